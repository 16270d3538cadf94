"""What a text refers to, compared with what Python-Markdown makes of the same text."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html
from markdown import Markdown

from generator.content.markdown.marks import Heading, Item, Link, rewrite_links, scan, split_sections
from generator.render.markdown import EXTENSIONS
from tests.effort import assert_linear

# --- What is found ---


def targets(markdown: str) -> list[str]:
    return [link.target for link in scan(markdown).links]


@pytest.mark.parametrize(
    "markdown, expected",
    [
        ("[a](x.md)", ["x.md"]),
        ('[a](x.md "A title (with brackets)")', ["x.md"]),
        ("[a](<my file.md>)", ["my file.md"]),
        ("[a](my file.md)", ["my file.md"]),
        ("[a](x_(y).md)", ["x_(y).md"]),
        ("[a [b] c](x.md)", ["x.md"]),
        ("[one\ntwo](x.md)", ["x.md"]),
        ("[one\n\ntwo](x.md)", []),
        (r"\[a](x.md)", []),
        (r"[a\]](x.md)", ["x.md"]),
        ("[![a](x.png)](y.md)", ["y.md", "x.png"]),
        ("![a](x.png)", ["x.png"]),
        (r"\![a](x.md)", ["x.md"]),
        ("[a]()", [""]),
        ("[a][b]\n\n[b]: x.md", ["x.md"]),
        ("[b]: <x.md>", ["x.md"]),
        ("![a][b]\n\n[b]: x.png", ["x.png", "x.png"]),
        ("![b]\n\n[b]: x.png", ["x.png", "x.png"]),
        ("![a][none]\n\n[b]: x.png", ["x.png"]),
        ("<https://example.org>", ["https://example.org"]),
        ("<post@example.org>", ["mailto:post@example.org"]),
        ("<javascript:alert(1)>", ["javascript:alert(1)"]),
        ("`[a](x.md)`", []),
        ("``a ` [a](x.md)``", []),
        ("`one\n[a](x.md)`", []),
        ("`one\n\n[a](x.md)`", ["x.md"]),
        ("```\n[a](x.md)\n```", []),
        ("~~~\n[a](x.md)\n```\n[b](y.md)\n~~~\n[c](z.md)", ["z.md"]),
        ("````\n```\n[a](x.md)\n````", []),
        ("```\n[a](x.md)", ["x.md"]),
        ("~~~~\n~~~\n[a](x.md)\n~~~", ["x.md"]),
        ("  ~~~\n[a](x.md)\n  ~~~", ["x.md"]),
        ("> ~~~\n> `\n> ~~~\n~~~\n[a](x.md)\n~~~", ["x.md"]),
        ("```a ` [a](x.md)` b", ["x.md"]),
        ("` a\n- b ` [a](x.md) `", ["x.md"]),
        ("- `a` `one\n  [a](x.md)`", []),
        ("    `\n[a](x.md)`", ["x.md"]),
        ("<!-- ` -->\n[a](x.md) `", ["x.md"]),
        ("<div>` </div> [a](x.md) `", ["x.md"]),
        ("`a\n# b\n[a](x.md)`", ["x.md"]),
        (r"\`[a](x.md)`", ["x.md"]),
        ("[a](x'y.md)", ["x'y.md"]),
        ("[a](x'y.md) and (the 'quoted')", ["x"]),
        ('[a](((x"y)))', ['((x"y))']),
        ("[a](x.md", []),
        ("[a](((x.md)", []),
        ("[[a](x.md)", ["x.md"]),
        (r"[a](x\_y.md)", ["x_y.md"]),
        ("[a](x.md){: href=y.md }", ["y.md", "x.md"]),
        ("> - [b]: x.md", ["x.md"]),
        ("- [b]: more than a target", []),
        ("`\n[b]: x.md\n`", ["x.md"]),
        ("<irc://example.org/a b>", ["irc://example.org/a b"]),
    ],
)
def test_links_and_images_are_found_outside_code(markdown: str, expected: list[str]) -> None:
    assert targets(markdown) == expected


def test_each_mark_knows_its_line() -> None:
    """Lines are those of the file, whose front matter is not part of the text."""
    text = "# Title\n\n## Two\ntext[^a] and [b](x.md)\n\n- [ ] Do it. { #ref-1 }\n\n[^a]: Note"
    marks = scan(text, first_line=10)
    assert marks.headings == [Heading(1, "Title", None, 10), Heading(2, "Two", None, 12)]
    assert marks.footnotes == [("a", 13)]
    assert marks.links == [Link("x.md", "b", image=False, line=13)]
    assert marks.items == [Item("ref-1", "Do it.", 15)]


def test_an_image_is_told_from_a_link() -> None:
    assert scan("![alt text](x.png)").links == [Link("x.png", "alt text", image=True, line=1)]
    assert scan("![alt][x]\n\n[x]: x.png").links[1] == Link("x.png", "alt", image=True, line=1)
    assert scan(r"\\![alt](x.png)").links == [Link("x.png", "alt", image=True, line=1)]
    assert scan("![ [a](b[c) ](x.png)").links[0] == Link("x.png", " [a](b[c) ", image=True, line=1)


def test_notes_that_the_text_explains_itself_are_no_sources() -> None:
    marks = scan("One[^own] two[^ref-a] three[^ref-b] four[^ref-a].\n\n[^own]: Explained.\n")
    assert marks.defined == {"own"}
    assert marks.sources == ("ref-a", "ref-b")


@pytest.mark.parametrize(
    "line, expected",
    [
        ("- [ ] Text { #ref-1 }", Item("ref-1", "Text", 1)),
        ("* [x] Text {: #ref-1 }", Item("ref-1", "Text", 1)),
        ("  - [X] Text {#ref-1}  ", Item("ref-1", "Text", 1)),
        ("- [ ] Text", Item(None, "Text", 1)),
        ("- [ ] With `code` { #ref-1 }", Item("ref-1", "With `code`", 1)),
        ("- [ ] Text { #ref-1 } more", Item(None, "Text { #ref-1 } more", 1)),
    ],
)
def test_an_item_has_a_text_and_perhaps_an_id(line: str, expected: Item) -> None:
    assert scan(line).items == [expected]


@pytest.mark.parametrize("line", ["- [] Text", "- [y] Text", "[ ] Text", "- text [ ] more", "`- [ ] Text`"])
def test_what_is_no_item_is_none(line: str) -> None:
    assert scan(line).items == []


@pytest.mark.parametrize(
    "markdown, expected",
    [
        ("<b>x</b>", [("<b>", 1)]),
        ("one\n</b> <i>", [("</b>", 2)]),
        ("<!DOCTYPE html>", [("<!DOCTYPE html>", 1)]),
        ("<img\nsrc=x>", [("<img", 1)]),
        ("<!-- never ended", [("<!-- never ended", 1)]),
        ("1 < 2, a <3, <https://example.org>, <a@example.org>, `<b>`, <!-- note -->", []),
    ],
)
def test_html_is_found_once_a_line(markdown: str, expected: list[tuple[str, int]]) -> None:
    assert scan(markdown).html == expected


def test_a_comment_may_run_over_lines() -> None:
    assert scan("text\n<!-- one\ntwo -->").comments == [("one\ntwo", 2)]
    assert scan("<!-- feeds -->").comments == [("feeds", 1)]


@pytest.mark.parametrize(
    "markdown, expected",
    [
        ("## A ##", Heading(2, "A", None, 1)),
        ("##A", Heading(2, "A", None, 1)),
        ("## A { #b }", Heading(2, "A", "b", 1)),
        ("## A ## {: .x #b }", Heading(2, "A", "b", 1)),
        ("## A { .x }", Heading(2, "A", None, 1)),
        ("## A `#b`", Heading(2, "A `#b`", None, 1)),
        ("A\n===", Heading(1, "A", None, 1, height=2)),
        ("text\n\nA { #b }\n---", Heading(2, "A", "b", 3, height=2)),
        ("~~~~\n\nA\n---", Heading(2, "A", None, 3, height=2)),
        ("    code\nA\n---", Heading(2, "A", None, 2, height=2)),
        ("`one\n## A`", Heading(2, "A`", None, 2)),
    ],
)
def test_headings_are_found_however_they_are_written(markdown: str, expected: Heading) -> None:
    assert scan(markdown).headings == [expected]


@pytest.mark.parametrize(
    "markdown",
    ["one\ntwo\n---", "text\n\n---", "    code\n---", "    # code", "```\n# code\n```", "| a |\n|---|"],
)
def test_a_rule_a_table_and_code_are_no_headings(markdown: str) -> None:
    assert scan(markdown).headings == []


def test_sections_are_cut_at_headings_of_the_second_level() -> None:
    text = "above\n## A\none\n### Not B\n```\n## Not C\n```\nD\n---\ntwo"
    assert split_sections(text.replace("D\n", "\nD\n"), scan(text.replace("D\n", "\nD\n"), 5), 5) == [
        ("", "above", 5),
        ("A", "one\n### Not B\n```\n## Not C\n```\n", 6),
        ("D", "two", 13),
    ]


# --- Targets replaced ---


def test_targets_are_replaced_and_all_else_stays() -> None:
    text = '[a](x.md "t") `[a](x.md)` [![p](p.png)](<y z.md>) <https://example.org>\n\n[r]: x.md "t"\n'
    assert rewrite_links(text, str.upper) == (
        '[a](X.MD "t") `[a](x.md)` [![p](P.PNG)](Y Z.MD) <https://example.org>\n\n[r]: X.MD "t"\n'
    )


# --- The same as Python-Markdown ---

PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "a",
                "word",
                " ",
                "\n",
                "\n\n",
                "[",
                "]",
                "(",
                ")",
                "](",
                "![",
                "`",
                "``",
                "\\",
                "*",
                "_",
                "~~",
                '"',
                "'",
            ),
            *(
                "[a](x.md)",
                "![a](x.png)",
                "[a](x.md 'title')",
                "[b]: y.md",
                "[a][b]",
                "[b]",
                "![b]",
                "<https://e.org/>",
            ),
            *(
                "```\n",
                "~~~\n",
                "~~~~\n",
                "## ",
                "- ",
                "> ",
                "1. ",
                "    ",
                "---\n",
                "===\n",
                "[^n]",
                "[^n]: ",
                "| a |",
            ),
            *(
                "\n|-|-|\n",
                "{ #id }",
                "<",
                ">",
                "<!--",
                "-->",
                "<div>",
                "</div>",
                "!!! note\n",
                ": ",
                "\n[b]: ",
            ),
        ]
    ),
    max_size=14,
).map(lambda pieces: "".join(pieces).lstrip(" "))


def render(markdown: str) -> html.HtmlElement:
    text = Markdown(extensions=list(EXTENSIONS)).convert(markdown)
    return html.fragment_fromstring(text, create_parent="div")


def is_found(shown: str, found: list[Link]) -> bool:
    """Whether a target that Python-Markdown shows was found.

    It makes up some: of code, of a link in a target, or of a bracket after a quote. Then the beginning is enough.
    """
    odd = [re.split(r"[\"'(\[<`\\]", link.target) for link in found]
    return any(link.target == shown for link in found) or any(
        len(parts) > 1 and shown.startswith(parts[0]) for parts in odd
    )


@given(PIECES)
@settings(max_examples=400, deadline=None, derandomize=True)  # rare nonsense still slips through
@example("[a\nb](x.md)")
@example("![b]\n\n[b]: y.md")
@example("` a\n- b ` [a](x.md) `")
@example("a `\n~~~\nb\n~~~\n` [a](x.md) `")
@pytest.mark.slow
def test_no_link_or_image_gets_past_the_scanner(markdown: str) -> None:
    """What Python-Markdown makes a link or an image of, was found: it is checked, and a letter has its picture."""
    found = scan(markdown).links
    tree = render(markdown)
    for link in tree.iter("a"):
        inside = "footnote" in (link.get("class") or "") or "href" not in link.attrib
        assert inside or is_found(link.get("href"), found)
    for image in tree.iter("img"):
        assert is_found(image.get("src"), [link for link in found if link.image])


@given(PIECES)
@settings(max_examples=400, deadline=None, derandomize=True)  # rare nonsense still slips through
@example("~~~~\n\na\n---")
@example("~~~\na\n~~~\n---")
@example("[b]: y.md\na\n-")
@example("!!! note\na\n-")
@pytest.mark.slow
def test_no_heading_of_the_second_level_gets_past_the_scanner(markdown: str) -> None:
    """A letter is cut into its sections at the same places that a reader sees as headings."""
    shown = [element for element in render(markdown) if element.tag == "h2"]
    assert len(shown) <= sum(heading.level == 2 for heading in scan(markdown).headings)


@given(st.text(max_size=300), st.integers(1, 50))
def test_any_text_can_be_scanned_and_lines_stay_within_it(markdown: str, first: int) -> None:
    marks = scan(markdown, first)
    lines = [mark.line for found in (marks.headings, marks.links, marks.items) for mark in found]
    lines += [line for found in (marks.footnotes, marks.html, marks.comments) for _, line in found]
    assert all(first <= line <= first + markdown.count("\n") for line in lines)


@given(
    st.lists(st.sampled_from(["`", "```", "[", "](", "a", "\n", "<", "#", "[^a]"]), max_size=30).map("".join)
)
def test_a_fence_hides_everything_in_it(markdown: str) -> None:
    inside = re.sub("`", "'", markdown)
    marks = scan(f"````\n{inside}\n````")
    found = [marks.headings, marks.links, marks.items, marks.footnotes, marks.html, marks.comments]
    assert not any(found)


@given(PIECES)
@settings(deadline=None)
def test_targets_replaced_by_themselves_change_nothing(markdown: str) -> None:
    assert rewrite_links(markdown, lambda target: target) == markdown


NONSENSE = [
    *(
        "[",
        "![",
        "[a](",
        "[[a]",
        "](",
        "[^",
        "[](",
        "\n\n[",
        "- [ ] ",
        "[a](x'b) ",
        "![a](x [b](y) ",
        "![a][",
        "\n[b]: (",
    ),
    *(
        "`",
        "`a ``",
        "`\n",
        "``\n`\n",
        "\n```\n",
        "\n    `\n- ",
        "<",
        "<!--",
        "--><!--",
        "\n<!-- `",
        "<a@",
        "[a](<b",
    ),
    *("#", "# a   ", "{ #", "{ ", "- [ ] a {", "\n-", "a\n=\n", " ", "    \n", "\\", "\\`", "1.", "> ", "|`"),
]


@pytest.mark.parametrize("piece", NONSENSE)
@pytest.mark.parametrize("before", ["", "[b]: "])
@pytest.mark.slow
def test_nonsense_is_scanned_once(before: str, piece: str) -> None:
    """No pattern goes over the same text again and again, which takes minutes."""
    assert_linear(lambda size: scan(f"{before}{piece * (size // len(piece))} x"), 100_000)
