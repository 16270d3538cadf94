"""What the parser would take minutes for is told before it begins."""

import pytest

from generator.content.markdown.limits import LONGEST_LETTER, LONGEST_PAGE, find_excess

TOO_MUCH = {
    "characters": ("a " * 10_001, 0, "the text has 20,002 characters; at most 20,000 are allowed"),
    "open brackets": ("a\n\nb\n" + "[" * 51, 3, "more than 50 open brackets “[”; close them"),
    "links without an end": (
        "a\n\n" + "[a](" * 4_500,
        2,
        "a paragraph has 4,500 links without an end; close their brackets",
    ),
    "lines": ("a\n\n" + "b\n" * 2_000 + "b", 2, "a paragraph has 2,001 lines; divide it by empty lines"),
    "a definition": (
        "a\n[b]: " + "\"'" * 3_000,
        1,
        "the address of a name like “[name]: address” is too long",
    ),
}


@pytest.mark.parametrize("text, line, message", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_much_is_told_with_its_line(text: str, line: int, message: str) -> None:
    assert find_excess(text, LONGEST_LETTER) == (line, message)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a " * 10_000,
        "[a](b) " * 700,
        "[" * 50 + "\n\n" + "[" * 50,
        r"\[" * 60,
        "- [ ] a { #ref-1 }\n" * 1_000,
        "a\n\n" * 5_000,
        "[b]: https://example.org/?" + "a=b&" * 200,
    ],
)
def test_what_somebody_may_write_is_not_too_much(text: str) -> None:
    assert find_excess(text, LONGEST_LETTER) is None


def test_a_page_may_be_longer_but_not_full_of_tags() -> None:
    assert find_excess("a " * 40_000, LONGEST_PAGE) is None
    message = "a paragraph has 10,000 signs “<”; divide it by empty lines"
    assert find_excess("<a b='" * 10_000, LONGEST_PAGE) == (0, message)
