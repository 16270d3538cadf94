"""Footnotes have the numbers in which a reader meets them, whatever they stand in."""

import pytest
from lxml import html

from generator.content.markdown.dialect import make_parser

NOTES = "[^two]: Note two.\n\n[^one]: Note one."


@pytest.mark.parametrize(
    "first",
    [
        "- a[^one]",
        "> a[^one]",
        "| a[^one] |\n| --- |",
        "!!! note\n    a[^one]",
        "a\n:   b[^one]",
        "### a[^one]",
    ],
)
def test_a_note_within_a_block_comes_before_one_in_the_paragraph_below(first: str) -> None:
    tree = html.fragment_fromstring(
        make_parser().convert(f"{first}\n\nb[^two] c[^one]\n\n{NOTES}"), create_parent="div"
    )
    assert [mark.text_content() for mark in tree.iter("sup")] == ["1", "2", "1"]
    assert [note.findtext("p").rstrip("\u00a0") for note in tree.iterfind(".//div/ol/li")] == [
        "Note one.",
        "Note two.",
    ]
    assert [mark[0].get("href") for mark in tree.iter("sup")] == ["#fn:one", "#fn:two", "#fn:one"]


def test_a_note_that_is_cited_only_in_another_note_comes_last() -> None:
    tree = html.fragment_fromstring(
        make_parser().convert("a[^one]\n\n[^two]: Two.\n\n[^one]: One.[^two]"), create_parent="div"
    )
    assert [mark.text_content() for mark in tree.iter("sup")] == ["1", "2"]


def test_a_note_without_a_word_is_no_failure() -> None:
    """It is a problem with its line, see content.frontmatter."""
    assert "b" in make_parser().convert("a[^one] b[^two]\n\n[^two]: Two.\n\n[^one]:")
