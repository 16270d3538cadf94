"""Whatever slip is made in YAML, TOML or JSON, a person reads what to write, and never the words of a library."""

# ruff: noqa: E501 (a message stands on one line, as it is printed)

import json
import re
import shutil
from pathlib import Path

import pytest

from generator.content.documents import Texts, load_document
from generator.content.evidence import load_facts
from generator.content.releases import PATH as RELEASED
from generator.content.releases import load_releases
from generator.content.thoughts import ThoughtFields
from generator.model import Problem
from generator.settings import PATH as SETTINGS
from generator.settings import load_settings
from tests.languages import give_words

LIBRARY = re.compile(
    r"did not find|could not (?:find|determine)|cannot start|not allowed|while (?:scanning|parsing|constructing)|[Bb]lock "
    r"|flow |mapping|scalar|sequence|alias|anchor|document start|constructor|unhashable|stream|escape character|Unicode"
    r"|Expect(?:ing|ed) |Extra data|delimiter|Unterminated|Unclosed|Unescaped|Invalid|Illegal|Cannot|Exceeds|recursion"
    r"|Input should|Value error|valid |isoformat|literal|None|True|False|Error|\['|\{'|[\[ ]'[^' ]+'(?=[,;\]]|$)"
)
"""What PyYAML, tomllib, json, pydantic and Python say."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Just the files of the sample that are no Markdown."""
    source = Path(__file__).parent / "sample/newsletter"
    for path in (*source.glob("*.toml"), *source.glob("*.yaml")):
        (tmp_path / "newsletter").mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / "newsletter")
    give_words(tmp_path)
    return tmp_path


KEYS = {"title": "Een titel", "summary": "Een zin over iets.", "actions": "[ref-1]", "sources": "[]"}


ACTION = "action: Als ik bel, dan vraag ik.\n"


def front(**changes: str) -> str:
    """A thought with other values; the key stands on line 2, 3, 4 or 5."""
    return "".join(f"{key}: {value}\n" for key, value in {**KEYS, **changes}.items())


def problems_of_thought(path: Path, keys: str) -> list[str]:
    path.write_text(f"---\n{keys}{ACTION}---\n\nEen tekst.\n", "utf-8")
    problems: list[Problem] = []
    load_document(path, ThoughtFields, Texts(), problems)
    return [f"{problem.line}: {problem.message}" for problem in problems]


QUOTES = "put a value that contains a colon in quotes"
WHOLE = "put the whole value in quotes when it starts with a quotation mark, like"
COLUMN = "start the key in the first column"
KEY = "use a key, a colon and a space, like “title: …”"

YAML: dict[str, tuple[str, str]] = {
    "a colon": (front(title="Let op: vrijdag"), f"2: is not YAML: {QUOTES}"),
    "a colon at the end": (front(title="Let op:"), f"2: is not YAML: {QUOTES}"),
    "a colon in curly quotes": (
        front(title="“Let op: vrijdag”"),
        "2: is not YAML: put a value that contains a colon in straight quotes",
    ),
    "a quoted beginning": (front(title='"Ja" zei hij'), f"2: is not YAML: {WHOLE} '\"Yes\", she said'"),
    "a beginning in single quotes": (front(title="'Ja' zei hij"), f"2: is not YAML: {WHOLE} \"'Yes', she said\""),
    "quotes in quotes": (front(title='"Hij zei "ja" en ging"'), f"2: is not YAML: {WHOLE} '\"Yes\", she said'"),
    "an apostrophe in single quotes": (
        front(title="'foto's van vrijdag'"),
        "2: is not YAML: write '' for an apostrophe in single quotes, or put the value in double quotes (\")",
    ),
    "quotes that stay open": (front(title='"Een titel'), '2: is not YAML: the quotes " do not match'),
    "a comma after the quotes": (
        front(title='"Een titel",'),
        "2: is not YAML: delete the “,” after the closing quotation mark",
    ),
    "quotes around key and value": (
        "".join(f'"{line}"\n' for line in front().splitlines()),
        f"3: is not YAML: {KEY}",
    ),
    "a quotation mark before a key": (front().replace("summary", '"summary'), '3: is not YAML: the quotes " do not match'),
    "a backslash": (
        front(title='"C:\\docs"'),
        r"2: is not YAML: write \\ for a backslash, or put the value in single quotes (')",
    ),
    "brackets at the beginning": (
        front(title="[Ja] en nee"),
        "2: is not YAML: put a value that starts with [ in quotes",
    ),
    "nothing but brackets": (
        front(title="[Ja]"),
        "2: “title” has the wrong type: found [Ja]; expected the title, which is also the subject of the letter; put a value that starts with [ in quotes",
    ),
    "braces at the beginning": (
        front(title="{naam} belt"),
        "2: is not YAML: put a value that starts with { in quotes",
    ),
    "a bracket that stays open": (front(actions="[ref-1"), "4: is not YAML: the brackets do not match"),
    "a bracket too many": (front(actions="[ref-1]]"), "4: is not YAML: the brackets do not match"),
    "a list without its first bracket": (
        front(actions="ref-1]"),
        "4: “actions” has the wrong type: found “ref-1]”; expected one or two item ids, like [ref-2]",
    ),
    "two commas": (front(actions="[ref-1,, ref-2]"), "4: is not YAML: there is one comma too many"),
    "a key indented by one space": (front().replace("summary", " summary"), f"3: is not YAML: {COLUMN}"),
    "a key indented by two spaces": (front().replace("actions", "  actions"), f"4: is not YAML: {COLUMN}"),
    "the first key indented": (f" {front()}", f"2: is not YAML: {COLUMN}"),
    "all keys but the first indented": (front().replace("\n", "\n ").rstrip(" "), f"3: is not YAML: {COLUMN}"),
    "a tab": (front().replace("summary", "\tsummary"), "3: is not YAML: the line starts with a tab; use spaces"),
    "no space after the colon": (front().replace("summary: ", "summary:"), f"3: is not YAML: {KEY}"),
    "no colon": (front().replace("summary: ", "summary "), f"3: is not YAML: {KEY}"),
    "an equals sign": (front().replace("summary: ", "summary = "), f"3: is not YAML: {KEY}"),
    "a second line of a text": (front(title="Een titel\nvan twee regels"), f"3: is not YAML: {KEY}"),
    "a dash without a space": (
        front(actions="\n-ref-1"),
        "5: is not YAML: put a space after the dash, like “- id: …”",
    ),
    "dashes below each other": (
        front(actions="\n  - ref-1\n - ref-2"),
        "6: is not YAML: start each “- ” of a list in the same column",
    ),
    "a dash before a text": (front(title="- een"), "2: is not YAML: put a value that starts with - in quotes"),
    "bold": (front(title="**Nu** bellen"), "2: is not YAML: put a value that starts with * in quotes"),
    "a star": (front(title="*nu"), "2: is not YAML: put a value that starts with * in quotes"),
    "an ampersand": (front(title="&Co belt"), "2: put a value that starts with & in quotes"),
    "an exclamation mark": (front(title="!Nu bellen"), "2: put a value that starts with ! in quotes"),
    "a tag of Python": (
        front(title="!!python/object:os.system x"),
        "2: put a value that starts with ! in quotes",
    ),
    "a list with an ampersand": (front(actions="&a [ref-1]"), "4: put a value that starts with & in quotes"),
    "a list that holds itself": (front(actions="&a [*a]"), "4: put a value that starts with & in quotes"),
    "an at sign": (front(title="@home"), "2: is not YAML: put a value that starts with @ in quotes"),
    "a per cent sign": (front(title="%50"), "2: is not YAML: put a value that starts with % in quotes"),
    "a backtick": (front(title="`code`"), "2: is not YAML: put a value that starts with ` in quotes"),
    "a greater than": (front(title="> 30 dagen"), "2: is not YAML: put a value that starts with > in quotes"),
    "a bar": (front(title="| 30 dagen"), "2: is not YAML: put a value that starts with | in quotes"),
    "a question mark": (front(title="? waarom"), "2: is not YAML: put a value that starts with ? in quotes"),
    "a comma": (front(title=", en toen"), "2: is not YAML: put a value that starts with , in quotes"),
    "a key that is a list": (front() + "[a]: b\n", f"6: is not YAML: {KEY}"),
    "a key that is not one": (front() + "? [a]\n: b\n", f"6: is not YAML: {KEY}"),
    "three dots": (
        front().replace("summary", "...\nsummary"),
        "3: is not YAML: delete this line, because ... has a special meaning in YAML",
    ),
    "a merge": (front() + "<<: {a: b}\n", "6: “<<” is not a key; delete it"),
    "a key twice": (front() + "title: x\n", "6: duplicate key “title”; delete one of the two"),
    "a date that does not exist": (front(title="2026-02-30"), "2: “title: 2026-02-30” is not a date, time or number that exists"),
    "a date": (
        front(title="2026-02-20"),
        "2: “title” has the wrong type: found 2026-02-20; expected the title, which is also the subject of the letter; put it in quotes",
    ),
    "a number": (
        front(title="7"),
        "2: “title” has the wrong type: found 7; expected the title, which is also the subject of the letter; put it in quotes",
    ),
    "yes": (
        front(title="Yes"),
        "2: “title” is true (so are yes and on without quotes); expected the title, which is also the subject of the letter; put it in quotes",
    ),
    "no": (
        front(title="no"),
        "2: “title” is false (so are no and off without quotes); expected the title, which is also the subject of the letter; put it in quotes",
    ),
    "a word for a truth": (
        front(against="maybe"),
        "6: “against” has the wrong type: found “maybe”; expected true when it argues, with a source, against the usual advice",
    ),
    "a truth in quotes": (
        front(against='"true"'),
        "6: “against” has the wrong type: found “true”; expected true when it argues, with a source, against the usual advice; write it without quotes",
    ),
    "a list in a list": (
        front(actions="[[ref-1]]"),
        "4: “actions” has the wrong type: found [ref-1]; expected one or two item ids, like [ref-2]; put a value that starts with [ in quotes",
    ),
    "a title that nobody sees": (
        front(title='"\u200b"'),
        "2: “title” is empty; expected the title, which is also the subject of the letter",
    ),
    "keys in braces": ('{"title": "x"\n', f"2: is not YAML: {KEY}"),
    "brackets without end": (front(actions="[" * 6000), "4: is not YAML: the brackets do not match"),
    "a number without end": (
        front(title="9" * 5000),
        "2: “title: 99999999999999999999999999999999…” is not a date, time or number that exists",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", YAML)
def test_a_slip_in_front_matter_is_told_with_what_to_write(tmp_path: Path, name: str) -> None:
    keys, expected = YAML[name]
    (found, *others) = problems_of_thought(tmp_path / "a.nl.md", keys)
    assert found == expected
    assert not others
    assert not LIBRARY.search(found)


FACT = "- id: ref-a\n  certainty: referral\n- id: ref-b\n  certainty: referral\n"

EVIDENCE: dict[str, tuple[str, str]] = {
    "an entry indented by two spaces": (
        FACT.replace("- id: ref-b\n", "  - id: ref-b\n  "),
        "3: is not YAML: start with “- ” in the first column",
    ),
    "an entry indented by one space": (
        FACT.replace("- id: ref-b\n", " - id: ref-b\n "),
        "3: is not YAML: start with “- ” in the first column",
    ),
    "a key that is not indented": (
        FACT.replace("  certainty", "certainty", 1),
        "2: is not YAML: start the key in the same column as the key above it",
    ),
    "a key indented by one space": (
        FACT.replace("  certainty", " certainty", 1),
        "2: is not YAML: start the key in the same column as the key above it",
    ),
    "a key indented by three spaces": (
        FACT.replace("  certainty", "   certainty", 1),
        "2: is not YAML: start the key in the same column as the key above it",
    ),
    "a dash without a space": (
        FACT.replace("- id: ref-b", "-id: ref-b"),
        "3: is not YAML: put a space after the dash, like “- id: …”",
    ),
    "a text": ("zomaar een tekst\n", "1: must be a list of facts, each starting with “- id: …”"),
}


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_slip_in_the_evidence_is_told_with_what_to_write(project: Path, name: str) -> None:
    text, expected = EVIDENCE[name]
    (project / "newsletter/evidence.yaml").write_text(text, "utf-8")
    problems: list[Problem] = []
    load_facts(project, problems)
    assert [f"{problem.line}: {problem.message}" for problem in problems] == [expected]
    assert not LIBRARY.search(problems[0].message)


def test_yes_and_no_of_a_fact_stand_in_quotes(project: Path) -> None:
    path = project / "newsletter/evidence.yaml"
    text, wrong = path.read_text("utf-8"), []
    path.write_text(re.sub(r'verified: "?yes"?', "verified: yes", text, count=1), "utf-8")
    load_facts(project, wrong)
    assert [problem.message for problem in wrong] == [
        "“verified” is true (so are yes and on without quotes); expected “yes”, “secondary” or “no”, in quotes"
    ]


EXAMPLE = 'write a key, = and a value, like name = "…"'
TABLE = "put a table like [sender] on a line of its own"

TOML: list[tuple[str, str, str]] = [
    # what stands on line 8, what is written instead, and what is told
    ('"Royal Dutch Updates"', "Royal Dutch Updates", '8: write text in quotes, like name = "…"'),
    ('"Royal Dutch Updates"', "“Royal Dutch Updates”", '8: use straight quotes, like name = "…"'),
    ('"Royal Dutch Updates"', '"Royal', '8: the quotes " do not match'),
    ('"Royal Dutch Updates"', "'Dutch' Updates'", '8: put a value that contains an apostrophe in double quotes (")'),
    ('"Royal Dutch Updates"', '"The "Royal" Updates"', r'8: write \" for a quotation mark inside the text'),
    ('"Royal Dutch Updates"', '"Royal",', "8: delete the “,” after the closing quotation mark"),
    ('"Royal Dutch Updates"', '"C:\\docs"', r"8: write \\ for a backslash"),
    ('"Royal Dutch Updates"', '"\\ud800"', r"8: write \\ for a backslash"),
    ('"Royal Dutch Updates"', "", "8: the value is missing: write it after the ="),
    ('"Royal Dutch Updates"', "{a = 1", "8: the brackets do not match"),
    ('"Royal Dutch Updates"', '"a" time = "b"', "8: put one key on each line"),
    ('name = "Royal Dutch Updates"', 'name: "Royal Dutch Updates"', f"8: {EXAMPLE}"),
    ('name = "Royal Dutch Updates"', 'name "Royal Dutch Updates"', f"8: {EXAMPLE}"),
    ('name = "Royal Dutch Updates"', 'the name = "Royal Dutch Updates"', f"8: {EXAMPLE}"),
    ('name = "Royal Dutch Updates"', '= "Royal Dutch Updates"', f"8: {EXAMPLE}"),
    ('name = "Royal Dutch Updates"', '// name = "Royal Dutch Updates"', f"8: {EXAMPLE}"),
    ("feed_issues = 20", "feed_issues = yes", "11: use true or false, in lower case and without quotes"),
    ("feed_issues = 20", "feed_issues = True", "11: use true or false, in lower case and without quotes"),
    ("feed_issues = 20", "feed_issues = 1,5", "11: use a decimal point instead of a comma"),
    ("feed_issues = 20", "feed_issues = 020", "11: “020” is not a number; write it like 20"),
    ("feed_issues = 20", "feed_issues = 20 stuks", "11: “20 stuks” is not a number; write it like 20"),
    ("feed_issues = 20", 'time = "07:00"', "11: duplicate key; delete one of the two"),
    ('"06:00"', "06:00", '9: put a date or a time in quotes, like time = "06:00"'),
    ('"06:00"', "2026-02-30", '9: put a date or a time in quotes, like time = "06:00"'),
    ("[letter]", "[letter", f"7: {TABLE}"),
    ("[letter]", "[the letter]", f"7: {TABLE}"),
    ("[letter]", "[letter] # ok\nskip = [2026-W53]", '8: put each entry in quotes, like ["2026-W53"]'),
    ("[letter]", '[letter]\nskip = ["2026-W53" "2027-W01"]', "8: put a comma between the entries of a list"),
    ("[letter]", '[letter]\nskip = [\n  "2026-W53"\n  "2027-W01"\n]', "10: put a comma between the entries of a list"),
    ("[letter]", '[letter]\nskip = ["2026-W53"', "8: the brackets do not match"),
    ("[letter]", "[site]", "7: duplicate table; delete one of the two"),
]  # fmt: skip


@pytest.mark.parametrize("old, new, expected", TOML)
def test_a_slip_in_the_settings_is_told_with_what_to_write(
    project: Path, old: str, new: str, expected: str
) -> None:
    path = project / SETTINGS
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    problems: list[Problem] = []
    load_settings(project, problems)
    line, _, advice = expected.partition(": ")
    assert [f"{problem.line}: {problem.message}" for problem in problems] == [
        f"{line}: is not TOML: {advice}"
    ]
    assert not LIBRARY.search(problems[0].message)


ENTRY = {"digest": "0" * 32, "id": "tag:example.org,2026:issue/2026-W45/nl", "updated": "yesterday"}
CURE = "only `generate release` writes this file; restore it from git"

JSON = [
    ('{"2026-W45": {"nl": {}},}', f"1: is not JSON; {CURE}"),
    ('{"2026-W45": {"nl": {}}\n{"2026-W46": {}}', f"2: is not JSON; {CURE}"),
    ('{"2026-W45": {"nl": "\n"}}', f"1: is not JSON; {CURE}"),
    ("{'2026-W45': {}}", f"1: is not JSON; {CURE}"),
    ("{2026: {}}", f"1: is not JSON; {CURE}"),
    ("nothing", f"1: is not JSON; {CURE}"),
    ("9" * 5000, f"1: is not JSON; {CURE}"),
    ('{"a": 1, "a": 2}', f"1: duplicate key “a”; {CURE}"),
    (
        json.dumps({"2026-W45": {"nl": ENTRY}}),
        "1: “updated” is “yesterday”; expected a date and time with a time zone, like 2026-11-27T06:00:00+01:00",
    ),
]  # fmt: skip


@pytest.mark.parametrize("text, expected", JSON)
def test_a_slip_in_what_was_released_is_told_with_what_to_do(project: Path, text: str, expected: str) -> None:
    (project / "newsletter/issues/2026-W45").mkdir(parents=True)
    (project / RELEASED).write_text(text, "utf-8")
    problems: list[Problem] = []
    load_releases(project, problems)
    assert [f"{problem.line}: {problem.message}" for problem in problems] == [expected]
    assert not LIBRARY.search(problems[0].message)


# --- What is no slip ---


@pytest.mark.parametrize(
    "keys",
    [
        front(title="Bel nu!"),
        front(title='"! & * zijn tekens"'),
        front(title="Jansen & Zoon") + "season:\n",
        front(title="'Jansen & Zoon' # !"),
        front(sources="[]  # &a"),
    ],
)
def test_marks_of_yaml_within_a_value_are_text(tmp_path: Path, keys: str) -> None:
    assert [one for one in problems_of_thought(tmp_path / "a.nl.md", keys) if "season" not in one] == []


@pytest.mark.parametrize("fence", ["---  ", "---\t", "--- "])
def test_spaces_after_the_dashes_of_the_front_matter_are_no_slip(tmp_path: Path, fence: str) -> None:
    path = tmp_path / "a.nl.md"
    path.write_text(f"{fence}\n{front()}{ACTION}{fence}\n\nEen tekst.\n", "utf-8")
    problems: list[Problem] = []
    document = load_document(path, ThoughtFields, Texts(), problems)
    assert problems == []
    assert document is not None
    assert (document.markdown, document.line) == ("\nEen tekst.\n", 8)


@pytest.mark.parametrize(
    "row", ["a{}b:", "- {}", '"{}', "[{}", "x: [,{}", "{}: x", "x = 1{}y"], ids=lambda row: row.format("…")
)
@pytest.mark.parametrize("filling", [" ", "[", "\\a", "- ", ",", "\n"], ids=repr)
def test_a_line_of_the_greatest_length_is_explained_too(tmp_path: Path, row: str, filling: str) -> None:
    """A pattern that reads it again and again would never come to an end."""
    found = problems_of_thought(tmp_path / "a.nl.md", f"title: x\n{row.format(filling * 300_000)}\n")
    assert found
    assert not any(LIBRARY.search(one) for one in found)


@pytest.mark.parametrize(
    "row", ["a{}b", 'a = "{}', "a = [{}", "a = 1{}y", "[{}"], ids=lambda row: row.format("…")
)
@pytest.mark.parametrize("filling", [" ", "[", "\\a", "= ", ",", "\n"], ids=repr)
def test_a_line_of_the_greatest_length_is_explained_in_the_settings(
    project: Path, row: str, filling: str
) -> None:
    (project / SETTINGS).write_text(f"{row.format(filling * 300_000)}\n", "utf-8")
    problems: list[Problem] = []
    load_settings(project, problems)
    assert problems
    assert not any(LIBRARY.search(problem.message) for problem in problems)
