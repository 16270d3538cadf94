"""Files → text, and keys → fields or problems."""

# ruff: noqa: E501 (a message stands on one line, as it is printed)

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from generator.model import Problem
from generator.reading import (
    MAX_TEXT_BYTES,
    Fields,
    Line,
    did_you_mean,
    is_folder,
    nearest,
    parse_fields,
    read_text,
)

# --- Text ---


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "text.md"


def problems_of(path: Path) -> list[str]:
    problems: list[Problem] = []
    assert read_text(path, problems) is None
    return [str(problem).removeprefix(str(path)) for problem in problems]


def test_line_ends_and_a_byte_order_mark_of_other_systems_are_read(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    problems: list[Problem] = []
    assert read_text(path, problems) == "one\ntwo\nthree\n"
    assert problems == []


def test_an_emoji_and_a_tab_are_text(path: Path) -> None:
    path.write_text("\tzonder 👍🏽 geen ‘applaus’\n", encoding="utf-8")
    assert read_text(path, []) == "\tzonder 👍🏽 geen ‘applaus’\n"


@pytest.mark.parametrize(
    "content, problem",
    [
        (b"", ": the file is empty"),
        (b" \n\t\r\n", ": the file is empty"),
        (b"one\ntwo \xe9\n", ":2: the file is not UTF-8 (the byte 0xe9); save it with the encoding UTF-8"),
        (
            "één\n".encode("utf-16"),
            ":1: the file is not UTF-8 (the byte 0xff); save it with the encoding UTF-8",
        ),
        (b"one\ntwo\nthree\x08\n", ":3: the control character U+0008 cannot be published; delete it"),
        (b"a\x00b", ":1: the control character U+0000 cannot be published; delete it"),
        (b"a\x0cb", ":1: the control character U+000C cannot be published; delete it"),
        ("a\n\ufffd".encode(), ":2: the control character U+FFFD cannot be published; delete it"),
        ("a\u2028b".encode(), ":1: the control character U+2028 cannot be published; delete it"),
        ("a\x85b".encode(), ":1: the control character U+0085 cannot be published; delete it"),
        (b"x" * (MAX_TEXT_BYTES + 1), ": the file has 1.0 MB; at most 1 MB is allowed"),
        (b"x" * 5_000_000, ": the file has 5.0 MB; at most 1 MB is allowed"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_published_is_refused_with_its_line(path: Path, content: bytes, problem: str) -> None:
    path.write_bytes(content)
    assert problems_of(path) == [problem]


CONFLICT = (
    "git could not merge two versions of this file; keep the right lines of both, and delete the lines that start with "
    "<<<<<<<, |||||||, ======= and >>>>>>>"
)


@pytest.mark.parametrize(
    "text, line",
    [
        ("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> branch\n", 2),
        ("<<<<<<< HEAD\nb\n||||||| 070ca17\na\n=======\nc\n>>>>>>> branch\n", 1),
        ("a\r\n<<<<<<<\r\nb\r\n=======\r\nc\r\n>>>>>>>\r\n", 2),
        ("b\n=======\nc\n>>>>>>> branch\n", 4),
        ("b\n||||||| 070ca17", 2),
    ],
)
def test_a_conflict_that_git_left_is_told(path: Path, text: str, line: int) -> None:
    path.write_bytes(text.encode())
    assert problems_of(path) == [f":{line}: {CONFLICT}"]


@pytest.mark.parametrize(
    "text",
    ["Kop\n=======\n", "a <<<<<<< b\n", "<<<<<<<<\n", "||||||||\n", "> > > > > > > diep\n", ">>>>>>>diep\n"],
)
def test_what_only_looks_like_a_conflict_is_text(path: Path, text: str) -> None:
    path.write_text(text)
    assert read_text(path, []) == text


def test_the_longest_text_is_read(path: Path) -> None:
    path.write_bytes(b"x" * MAX_TEXT_BYTES)
    assert read_text(path, []) is not None


def test_a_file_that_is_not_there_is_missing(path: Path) -> None:
    assert problems_of(path) == [": the file is missing"]


def test_a_folder_in_the_place_of_a_file_is_told(path: Path) -> None:
    path.mkdir()
    assert problems_of(path) == [": is a folder; expected a file"]


def test_a_pipe_is_not_waited_for(path: Path) -> None:
    os.mkfifo(path)
    assert problems_of(path) == [": is a device or a pipe; expected a file"]


def test_a_file_in_the_place_of_a_folder_above_is_told(path: Path) -> None:
    path.write_text("x")
    problems: list[Problem] = []
    assert read_text(path / "below.md", problems) is None
    assert str(problems[0]) == f"{path}/below.md: cannot be read: Not a directory"


@given(content=st.binary(max_size=200))
def test_whatever_is_in_a_file_it_is_text_or_one_problem(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.md"
    path.write_bytes(content)
    problems: list[Problem] = []
    text = read_text(path, problems)
    assert len(problems) == (text is None)
    assert text is None or (text.strip() and "\r" not in text and "\0" not in text)


def test_folders_are_told_from_files_and_from_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    problems: list[Problem] = []
    assert is_folder(tmp_path, problems)
    assert not is_folder(tmp_path / "file", problems)
    assert not is_folder(tmp_path / "none", problems)
    assert [problem.message for problem in problems] == [
        "is a file; expected a folder",
        "the folder is missing",
    ]


# --- Did you mean ---


def test_a_misspelt_word_is_guessed_whatever_its_case() -> None:
    assert did_you_mean("Sumary", ["title", "summary"]) == "; did you mean “summary”?"
    assert nearest("checklst", ["Idee", "Checklist"]) == "Checklist"


def test_a_few_known_words_are_listed_and_many_are_not() -> None:
    assert did_you_mean("x", ["b", "a"]) == "; known are: a, b"
    assert did_you_mean("x", map(str, range(13))) == ""
    assert did_you_mean("x", []) == ""


# --- Fields ---


class Address(Fields):
    street: Line = Field(description="a street")
    number: int = Field(ge=1, description="a number")


class Person(Fields):
    name: Line = Field(description="a name")
    address: Address = Field(description="an address")
    friends: list[str] = Field(default_factory=list, description="names")
    note: Line | None = None


LINES = {"name": 2, "address": 3, "address.street": 4, "address.number": 5, "friends": 6}
GOOD = {"name": "Ann", "address": {"street": "Main Street", "number": 1}}


def problems_with(data: object, under: str = "") -> list[str]:
    problems: list[Problem] = []
    assert (
        parse_fields(
            Person, data, Path("f"), {under + key: line for key, line in LINES.items()}, problems, under
        )
        is None
    )
    return [str(problem) for problem in problems]


def test_good_keys_become_fields() -> None:
    person = parse_fields(Person, GOOD | {"name": "  Ann \t Lee "}, Path("f"), LINES, [])
    assert person is not None
    assert (person.name, person.address.number, person.note) == ("Ann Lee", 1, None)


@pytest.mark.parametrize(
    "change, problem",
    [
        ({"name": None}, "f:2: “name” is empty; expected a name"),
        ({"name": " "}, "f:2: “name” is empty; expected a name"),
        ({"name": "\u200b"}, "f:2: “name” is empty; expected a name"),
        ({"name": "\u2060\ufeff \u0301"}, "f:2: “name” is empty; expected a name"),
        ({"name": "\u3164"}, "f:2: “name” is empty; expected a name"),
        ({"name": "An\u200bn"}, "f:2: “name” contains the invisible character U+200B; delete it; expected a name"),
        ({"name": True}, "f:2: “name” is true (so are yes and on without quotes); expected a name; put it in quotes"),
        ({"name": {"Yes": "he said"}}, "f:2: “name” has the wrong type: found “Yes: he said”; expected a name; put a value that contains a colon in quotes"),
        ({"address": {"street": "x", "number": "7"}}, "f:5: “address.number” has the wrong type: found “7”; expected a number; write it without quotes"),
        ({"name": 7}, "f:2: “name” has the wrong type: found 7; expected a name; put it in quotes"),
        ({"name": ["Ann"]}, "f:2: “name” has the wrong type: found [Ann]; expected a name; put a value that starts with [ in quotes"),
        ({"name": "a\nb"}, "f:2: “name” is more than one line; expected a name"),
        ({"name": "\x07"}, "f:2: “name” contains the control character U+0007; expected a name"),
        ({"name": "\ud800"}, "f:2: “name” contains the control character U+D800; expected a name"),
        ({"name": "=?"}, "f:2: “name” contains “=?”, which mail programs read as an encoded word; expected a name"),
        ({"nme": 1}, "f:1: unknown key “nme”; did you mean “name”?"),
        ({"colour": 1}, "f:1: unknown key “colour”; known are: address, friends, name, note"),
        ({1: 1}, "f:1: the key 1 is not text; put it in quotes"),
        ({"note": 1}, "f:1: “note” has the wrong type: found 1; put it in quotes"),
        ({"friends": "Bob"}, "f:6: “friends” has the wrong type: found “Bob”; expected names; write it as a list: [Bob]"),
        ({"friends": "Bob, Ann"}, "f:6: “friends” has the wrong type: found “Bob, Ann”; expected names; write it as a list: [Bob, Ann]"),
        ({"friends": "Bob of Ann"}, "f:6: “friends” has the wrong type: found “Bob of Ann”; expected names"),
        ({"address": {"street": "x", "number": "7 b"}}, "f:5: “address.number” has the wrong type: found “7 b”; expected a number"),
        ({"friends": ["Bob", 1]}, "f:6: “friends” has the wrong type: found 1; expected names; put it in quotes"),
        ({"address": "Main Street 1"}, "f:3: “address” has the wrong type: found “Main Street 1”; expected an address"),
        ({"address": {"street": "x", "number": 0}}, "f:5: “address.number” is 0; expected a number"),
        ({"address": {"number": 1}}, "f:4: the key “address.street” is missing; expected a street"),
        ({"address": {"street": "x", "number": 1, "strt": 1}}, "f:3: unknown key “strt”; did you mean “street”?"),
        ({"address": {"steet": "x", "number": 1}}, "f:3: unknown key “steet”; did you mean “street”?"),
        ({"name": ["x" * 99]}, f"f:2: “name” has the wrong type: found [{'x' * 38}…; expected a name; put a value that starts with [ in quotes"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_key_is_one_sentence_that_says_what_is_expected(
    change: dict[object, object], problem: str
) -> None:
    assert problems_with(GOOD | change) == [problem]


def test_the_lines_of_an_entry_in_a_list_are_its_own() -> None:
    assert problems_with({"name": "Ann", "address": {"street": "x"}}, under="3.") == [
        "f:5: the key “address.number” is missing; expected a number"
    ]


def test_a_value_that_holds_itself_is_shown_in_part() -> None:
    """A few lines of YAML can unfold to gigabytes; nobody waits for the message."""
    endless: list[object] = []
    endless += [endless] * 10
    for _ in range(20):
        endless = [endless] * 10
    (problem,) = problems_with(GOOD | {"name": endless})
    assert len(problem) < 120


def test_every_wrong_key_is_told() -> None:
    assert len(problems_with({"name": 1, "address": {"street": 2}, "frends": []})) == 4


def test_a_file_that_may_not_be_read_is_told(path: Path) -> None:
    path.write_text("x")
    path.chmod(0)
    if os.geteuid() == 0:
        pytest.skip("root may read everything; the next test asks somebody else")
    assert problems_of(path) == [": cannot be read: Permission denied"]
