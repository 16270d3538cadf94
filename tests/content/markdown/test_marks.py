"""What is done to a text by what was read in it."""

import pytest

from generator.content.markdown.marks import hide_code, rewrite_items, rewrite_links, split_sections
from generator.content.markdown.reader import read_marks


def test_targets_are_replaced_and_all_else_stays() -> None:
    text = '[a](x.md "t") `[a](x.md)` [![p](p.png)](<y z.md>) <https://example.org>\n\n[r] [r]: x.md\n\n[r]: x.md "t"\n'
    assert rewrite_links(text, read_marks(text), lambda target: target.replace("x.md", "X.MD").upper()) == (
        '[a](X.MD "t") `[a](x.md)` [![p](P.PNG)](Y Z.MD) <HTTPS://EXAMPLE.ORG>\n\n[r] [r]: x.md\n\n[r]: X.MD "t"\n'
    )


def test_a_name_that_two_links_have_is_replaced_once() -> None:
    text = "[a][c] and ![b][c]\n\n> [c]: x.md"
    assert rewrite_links(text, read_marks(text), lambda _: "y.md") == text.replace("x.md", "y.md")


@pytest.mark.parametrize(
    "markdown, expected",
    [
        ("- [ ] a { #ref-1 }\n- [x] b { #ref-2 }", "- [ ] <a ref-1>\n- [x] <b ref-2>"),
        ("- [ ] a\n\n```\n- [ ] a { #ref-1 }\n```", "- [ ] a\n\n```\n- [ ] a { #ref-1 }\n```"),
        ("a\n- [ ] a { #ref-1 }", "a\n- [ ] a { #ref-1 }"),
        ("- a\n    * [X]  b {: #ref-1 }  \n", "- a\n    * [X]  <b ref-1>\n"),
    ],
)
def test_items_are_replaced_where_readers_get_a_box(markdown: str, expected: str) -> None:
    found = rewrite_items(markdown, read_marks(markdown), lambda start, text, id_: f"{start}<{text} {id_}>")
    assert found == expected


def test_hidden_code_leaves_everything_else_in_its_place() -> None:
    text = "a `b` [c](`d`)\n\n```\ne\n```\n\n    f `g\n\nh\ti\n"
    assert hide_code(text, read_marks(text)) == "a     [c](`d`)\n\n   \n \n   \n\n        \n\nh\ti\n"


def test_sections_are_cut_at_headings_of_the_second_level() -> None:
    text = "above\n## A\none\n### Not B\n```\n## Not C\n```\n\nD\n---\ntwo"
    assert split_sections(text, read_marks(text, 5), 5) == [
        ("", "above", 5),
        ("A", "one\n### Not B\n```\n## Not C\n```\n", 6),
        ("D", "two", 13),
    ]
