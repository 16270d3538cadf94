"""What the parser would take minutes for is told before it begins."""

import pytest

from generator.content.markdown.limits import LONGEST_LETTER, LONGEST_PAGE, find_excess
from tests.effort import assert_linear

TOO_MUCH = {
    "characters": ("a " * 6_001, 0, "the text has 12,002 characters; at most 12,000 are allowed"),
    "open brackets": ("a\n\nb\n" + "[" * 51, 3, "more than 50 open brackets “[”; close them"),
    "links without an end": (
        "a\n\n" + "[a](bbbbbbbb " * 700,
        2,
        "a paragraph has 700 links without an end; close their brackets",
    ),
    "lines": ("b\n" * 1_001, 0, "the text has 1,002 lines; at most 1,000 are allowed"),
    "marks": ("*a* " * 751, 0, "the text has 1,502 marks of Markdown; at most 1,500 are allowed"),
    "footnotes": ("a[^b] " * 121, 0, "the text has 121 footnotes and other names; at most 120 are allowed"),
    "abbreviations": ("*[A]: b\n" * 121, 0, "the text has 121 footnotes and other names"),
    "columns": (
        "a\n\n" + "| a " * 13 + "\n" + "|---" * 13,
        3,
        "the table has 13 columns; at most 12 are allowed",
    ),
    "columns without an edge": ("a" + "|a" * 12 + "\n-" + "|:-:" * 12, 1, "the table has 13 columns"),
    "columns in a quotation": ("> a" + "|a" * 12 + "\n> -" + "|-" * 12, 1, "the table has 13 columns"),
    "quotations": (
        "a\n\n" + ">" * 11 + " a",
        2,
        "lists and quotations are nested 11 deep; at most 10 levels",
    ),
    "lists on one line": ("- " * 11 + "a", 0, "lists and quotations are nested 11 deep"),
    "numbered lists": ("1. " * 11 + "a", 0, "lists and quotations are nested 11 deep"),
    "lists by indentation": (
        "\n".join("    " * level + "- a" for level in range(11)),
        10,
        "lists and quotations are nested 11 deep",
    ),
    "lists by tabs": ("\n".join("\t" * level + "- a" for level in range(11)), 10, "lists and quotations are"),
    "notes in each other": ("\n".join("    " * level + "!!! note" for level in range(11)), 10, "lists and"),
    "quotations and lists": ("> - " * 6 + "a", 0, "lists and quotations are nested 12 deep"),
    "tags without an end": ("a\n\n" + "<b cc " * 1_400, 2, "too many signs “<” have no “>”; write &lt;"),
    "a definition": (
        "a\n[b]: " + "\"'" * 3_000,
        1,
        "the address of a name like “[name]: address” is too long",
    ),
}


@pytest.mark.parametrize("text, line, message", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_much_is_told_with_its_line(text: str, line: int, message: str) -> None:
    found = find_excess(text, LONGEST_LETTER)
    assert found
    assert (found[0], found[1][: len(message)]) == (line, message)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a " * 6_000,
        "[a](b) " * 300,
        "[" * 50 + "\n\n" + "[" * 50,
        r"\[" * 60,
        "- [ ] a { #ref-1 }\n" * 450,
        "a\n\n" * 499,
        "- " * 30,
        "* " * 30 + "\n\n- - -",
        ">" * 10 + " a",
        "    " * 9 + "- a",
        "```\n" + " " * 60 + "return\n```",
        "| a " * 12 + "\n" + "|---" * 12 + "\n" + "| b " * 12,
        "a | b\n" * 40,
        "[^a] " * 120,
        "5 < 6 en <https://example.org/> " * 300,
        "[b]: https://example.org/?" + "a=b&" * 200,
    ],
)
def test_what_somebody_may_write_is_not_too_much(text: str) -> None:
    assert find_excess(text, LONGEST_LETTER) is None


def test_a_page_may_be_longer_but_not_full_of_tags() -> None:
    assert find_excess("a " * 40_000, LONGEST_PAGE) is None
    message = "too many signs “<” have no “>”; write &lt; for a sign that is no tag"
    assert find_excess("<a b='" * 10_000, LONGEST_PAGE) == (0, message)


def test_a_paragraph_of_a_page_is_divided() -> None:
    message = "a paragraph has 2,001 lines; divide it by empty lines"
    assert find_excess("a\n\n" + "b\n" * 2_000 + "b", LONGEST_PAGE) == (2, message)


PIECES = (
    *(
        " ",
        "\t",
        "> ",
        ">",
        "- ",
        "1. ",
        "1",
        "| ",
        "|",
        "-",
        "-|",
        ": ",
        "!!! ",
        "[^",
        "[^a]:",
        "[a]: ",
        "*[",
        "<a ",
    ),
    *(
        "<a",
        "<",
        "<!--",
        "[",
        "[a](",
        "[]",
        "\\",
        "a\n",
        "- \n",
        "\n",
        " \n",
        "a\n\n",
        ">\n",
        "|-|\n",
        "    - a\n",
    ),
)


@pytest.mark.parametrize("piece", PIECES)
def test_to_look_for_it_takes_as_long_as_the_text(piece: str) -> None:
    """Of a text that is not refused for its length, so that everything in it is looked at."""
    assert_linear(lambda size: find_excess(piece * size, 100_000_000), 400_000 // len(piece))
