"""Reports: what a person, a program and GitHub get to see of a problem."""

import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cli.reports import report_github, report_json, report_text, say_counts, show_line
from generator.model import Problem, Severity

PLACE = Path("newsletter/issues/2026-W48/nl.md")
ERROR = Problem(PLACE, 3, "“TK” stands for words", "placeholder", column=10, length=2, remedy="Write them.")
WARNING = Problem(PLACE, 2, "“!” shouts", "exclamation", Severity.WARNING, column=4, length=1)
WAIVED = Problem(PLACE, 1, "too short", "summary-length", Severity.WARNING, waived="a haiku")
TEXT = "---\ntitel!\nsummary: TK\n"


def plain(problems: list[Problem], root: Path) -> list[str]:
    return [click.unstyle(line) for line in report_text(problems, root)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / PLACE).parent.mkdir(parents=True)
    (tmp_path / PLACE).write_text(TEXT)
    return tmp_path


# --- Text ---


def test_of_very_many_problems_a_person_is_shown_the_worst_and_told_how_many_are_left(root: Path) -> None:
    many = [replace(WARNING, line=9 + number, column=None) for number in range(6_900)]
    shown = plain([*many, replace(ERROR, line=9_999)], root)
    assert shown[-2] == "newsletter/issues/2026-W48/nl.md: and 6,801 more problems; mend these first"
    assert sum("warning:" in line for line in shown) == 99
    assert any("error:" in line for line in shown)


def test_a_problem_has_its_place_its_line_a_caret_and_a_remedy(root: Path) -> None:
    """By line, whatever the order in which they were found; what is waived comes last, with the reason."""
    assert plain([WAIVED, ERROR, WARNING], root) == [
        "newsletter/issues/2026-W48/nl.md:2:4: warning: “!” shouts (exclamation)",
        "   2 │ titel!",
        "          ^",
        "newsletter/issues/2026-W48/nl.md:3:10: error: “TK” stands for words (placeholder)",
        "   3 │ summary: TK",
        "                ^~",
        "       Write them.",
        "",
        "Waived:",
        "newsletter/issues/2026-W48/nl.md:1: too short (summary-length)",
        "       because: a haiku",
        "",
    ]


def test_files_are_kept_apart(root: Path) -> None:
    other = Problem(Path("docs/en/index.md"), None, "the home page is missing")
    assert plain([ERROR, other, WARNING], root)[:3] == [
        "docs/en/index.md: error: the home page is missing",
        "",
        "newsletter/issues/2026-W48/nl.md:2:4: warning: “!” shouts (exclamation)",
    ]


def test_waivers_of_one_rule_are_said_once(root: Path) -> None:
    lines = plain([WAIVED, Problem(PLACE, 3, "too short", "summary-length", waived="a haiku")], root)
    assert lines[1] == f"{PLACE}:1: too short (summary-length), and 1 more"
    assert len(lines) == 4


@pytest.mark.parametrize("content", [b"\xff\xfe\n\0", b"a\xffb\n"], ids=["a picture", "not UTF-8"])
def test_a_file_that_is_no_text_is_no_reason_to_fail(root: Path, content: bytes) -> None:
    (root / PLACE).write_bytes(content)
    assert plain([ERROR, WARNING], root)[0].startswith(str(PLACE))


def test_a_file_that_is_gone_has_no_lines(root: Path) -> None:
    (root / PLACE).unlink()
    assert plain([ERROR], root) == [
        f"{PLACE}:3:10: error: {ERROR.message} (placeholder)",
        " " * 7 + "Write them.",
        "",
    ]


def test_line_ends_of_every_system_give_the_same_lines(root: Path) -> None:
    expected = plain([ERROR, WARNING], root)
    for end in ("\r\n", "\r"):
        (root / PLACE).write_bytes(TEXT.replace("\n", end).encode())
        assert plain([ERROR, WARNING], root) == expected


def test_nothing_in_a_file_reaches_the_terminal_as_a_command(root: Path) -> None:
    """Escape sequences, and marks that turn the order of letters, in text, path and reason."""
    bad = "\x1b[2J\u202e\x9b1m\u2028\x07\ud800"
    (root / PLACE).write_text(f"{bad}x", errors="surrogatepass")
    found = Problem(PLACE, 1, f"bad {bad}", "a-rule", column=1, length=1, remedy=bad)
    waived = Problem(Path(f"docs/{bad}.md"), 1, bad, "a-rule", waived=bad)
    output = "".join(plain([found, waived], root))
    assert "␛[2J" in output
    assert not [letter for letter in output if unicodedata.category(letter) in {"Cc", "Cs", "Zl"}]
    assert "\u202e" not in output


# --- A line with its caret ---


@pytest.mark.parametrize(
    "line, column, length, shown, mark",
    [
        ("Geen idee!", 10, 1, "Geen idee!", "         ^"),
        ("Geen idee!", 6, 5, "Geen idee!", "     ^~~~~"),
        ("Geen idee!", None, 0, "Geen idee!", ""),
        ("Geen idee!", 6, 99, "Geen idee!", "     ^~~~~"),
        ("Geen", 9, 3, "Geen", "    ^"),
        ("\t\tx", 3, 1, "    x", "    ^"),
        ("日本 x", 4, 1, "日本 x", "     ^"),
        ("日本 x", 1, 2, "日本 x", "^~~~"),
        ("e\u0301e\u0301 x", 6, 1, "e\u0301e\u0301 x", "   ^"),
        ("👍 x", 3, 1, "👍 x", "   ^"),
        ("שלום x", 6, 1, "שלום x", ""),
        ("", 1, 0, "", "^"),
    ],
)
def test_the_caret_stands_below_the_spot(
    line: str, column: int | None, length: int, shown: str, mark: str
) -> None:
    """By the cells of a terminal; right-to-left letters have no caret, for each terminal orders them as it likes."""
    assert show_line(line, column, length, 40) == (shown, mark)


@pytest.mark.parametrize("column, beginning", [(1, "WORD"), (53, "…"), (105, "…")])
def test_of_a_long_line_the_neighbourhood_is_shown(column: int, beginning: str) -> None:
    line = "WORD" + "x" * 48 + "WORD" + "x" * 48 + "WORD"
    shown, mark = show_line(line, column, 4, 40)
    assert len(shown) <= 40
    assert shown.startswith(beginning)
    assert shown[mark.index("^") :].startswith("WORD")
    assert mark.endswith("^~~~")


@given(
    line=st.text(st.characters(exclude_characters="\n"), max_size=300)
    | st.text("ab \t日\u0301ש", max_size=300),
    column=st.none() | st.integers(1, 320),
    length=st.integers(0, 320),
    width=st.integers(40, 120),
)
def test_every_spot_of_every_line_fits_the_terminal(
    line: str, column: int | None, length: int, width: int
) -> None:
    shown, mark = show_line(line, column, length, width)
    cells = sum(
        0
        if unicodedata.category(letter) in {"Mn", "Me", "Cf"}
        else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in shown
    )
    assert cells <= width
    assert len(mark) <= width + 1
    assert re.fullmatch(r"( *\^~*)?", mark)


def test_a_line_of_a_megabyte_takes_no_time(root: Path) -> None:
    (root / PLACE).write_text("word " * 200_000)
    found = [
        Problem(PLACE, 1, "x", "a-rule", column=column, length=4) for column in range(1, 900_000, 100_000)
    ]
    lines = plain(found, root)
    assert max(map(len, lines)) <= 120
    assert sum("^~~~" in line for line in lines) == len(found)


# --- JSON, GitHub, counts ---


def test_json_has_every_field_and_the_counts() -> None:
    report = json.loads(report_json([ERROR, WARNING, WAIVED]))
    assert report["problems"][2] == {
        "path": "newsletter/issues/2026-W48/nl.md",
        "line": 3,
        "column": 10,
        "length": 2,
        "rule": "placeholder",
        "severity": "error",
        "message": "“TK” stands for words",
        "remedy": "Write them.",
        "waived": "",
        "help": "newsletter/CHECKS.md#placeholder",
    }
    assert (report["errors"], report["warnings"], report["waived"]) == (1, 1, 1)
    assert report_json([ERROR]).isascii()


def test_github_gets_errors_first_and_what_is_waived_as_a_notice() -> None:
    """GitHub shows ten annotations of each kind and drops the rest, so what blocks comes first."""
    assert list(report_github([WAIVED, WARNING, ERROR])) == [
        f"::error file={PLACE},line=3,col=10,endColumn=11,title=placeholder::“TK” stands for words%0AWrite them.",
        f"::warning file={PLACE},line=2,col=4,endColumn=4,title=exclamation::“!” shouts",
        f"::notice file={PLACE},line=1,title=summary-length::too short%0Awaived: a haiku",
        "1 error, 1 warning, 1 waived",
    ]


def test_github_takes_no_commands_from_a_text() -> None:
    """A line end, a comma or a colon in a name would end a property or begin another command."""
    found = Problem(Path("a,b:c%\n::stop.md"), 1, "100% “x”\n::error::no\r", "a-rule")
    assert next(iter(report_github([found]))) == (
        "::error file=a%2Cb%3Ac%25%0A%3A%3Astop.md,line=1,title=a-rule::100%25 “x”%0A::error::no%0D"
    )


@pytest.mark.parametrize(
    "problems, said",
    [
        ([], "no problems"),
        ([ERROR], "1 error"),
        ([ERROR, ERROR, WARNING, WAIVED, WAIVED], "2 errors, 1 warning, 2 waived"),
        ([WAIVED], "1 waived"),
    ],
)
def test_counts_leave_out_what_there_is_none_of(problems: list[Problem], said: str) -> None:
    assert say_counts(problems) == said
