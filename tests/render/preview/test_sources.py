"""Problems beside the words that they are about."""

from pathlib import Path

import pytest

from generator.model import Message, Problem
from generator.render.preview.sources import AFTER, BEFORE, mark_lines, read_source, show_problem

PATH = Path("newsletter/words.nl.txt")


def show(problem, lines):
    return show_problem(Path("/x"), problem, lines, "", editor=False)


@pytest.mark.parametrize(
    "column, length, excerpt",
    [
        (5, 3, ("one ", "two", " three")),
        (None, 0, ("", "", "one two three")),
        (99, 3, ("", "", "one two three")),
        (9, 99, ("one two ", "three", "")),
        (1, 0, ("", "o", "ne two three")),
    ],
)
def test_an_excerpt_marks_the_spot(column, length, excerpt):
    assert (
        show(Problem(PATH, 1, Message("odd"), column=column, length=length), ["one two three"]).excerpt
        == excerpt
    )


def test_of_a_long_line_only_what_is_around_the_spot_is_shown():
    shown = show(Problem(PATH, 1, Message("odd"), column=500_001, length=400_000), ["x" * 1_000_000])
    assert shown.excerpt[0] == "…" + "x" * BEFORE
    assert shown.excerpt[1] == "x" * 2 * AFTER
    assert shown.excerpt[2] == "…"


@pytest.mark.parametrize("line", [None, 9])
def test_without_such_a_line_there_is_no_excerpt(line):
    assert show(Problem(PATH, line, Message("odd")), ["one"]).excerpt == ("", "", "")


def test_spots_that_overlap_are_marked_once_and_waived_ones_not_at_all():
    problems = [
        Problem(PATH, 1, Message("a"), column=1, length=5),
        Problem(PATH, 1, Message("b"), column=3, length=5),
        Problem(PATH, 1, Message("c"), column=4, length=1),
        Problem(PATH, 1, Message("d"), column=10, length=1, waived="so"),
    ]
    (line,) = mark_lines(["0123456789"], [(problem, show(problem, [])) for problem in problems])
    assert line.parts == (("01234", True), ("56", True), ("789", False))
    assert len(line.problems) == 4


def test_every_line_of_a_file_is_shown_with_its_number():
    lines = mark_lines(["a", "", "c"], [(problem := Problem(PATH, None, Message("x")), show(problem, []))])
    assert [(line.number, line.parts, len(line.problems)) for line in lines] == [
        (1, (("a", False),), 1),
        (2, (("", False),), 0),
        (3, (("c", False),), 0),
    ]


def test_a_file_that_is_no_text_or_not_there_is_not_shown(tmp_path):
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "b.md").write_bytes(b"caf\xe9\n")
    assert read_source(tmp_path, Path("a.png")) is None
    assert read_source(tmp_path, Path("none.md")) is None
    assert read_source(tmp_path, Path("b.md")) == ["caf\N{REPLACEMENT CHARACTER}"]
