"""What is read in a text, compared with the HTML that is made of the same text."""

import random
import re
from collections import Counter
from contextlib import suppress
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from generator.content.markdown.dialect import make_parser
from generator.content.markdown.limits import LONGEST_LETTER
from generator.content.markdown.marks import Block, Heading, Item, Link, Marks, Span, rewrite_links
from generator.content.markdown.reader import read_marks, read_text

# --- What is found ---


def targets(markdown: str) -> list[str]:
    return [link.target for link in read_marks(markdown).links]


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
        ("[b]: <x.md>", []),
        ("![a][b]\n\n[b]: x.png", ["x.png"]),
        ("![b]\n\n[b]: x.png", ["x.png"]),
        ("![a][none]\n\n[b]: x.png", []),
        ("<https://example.org>", ["https://example.org"]),
        ("<post@example.org>", ["mailto:post@example.org"]),
        ("<javascript:alert(1)>", []),
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
        ("> ~~~\n> `\n> ~~~\n~~~\n[a](x.md)\n~~~", []),
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
        ("[a](x.md){: href=y.md }", ["y.md"]),
        ("> - [b]: x.md\n>\n> [a][b]", ["x.md"]),
        ("- [b]: more than a target", []),
        ("`\n[b]: x.md\n\n[b] `", ["x.md"]),
        ("<irc://example.org/a b>", ["irc://example.org/a b"]),
    ],
)
def test_links_and_images_are_found_outside_code(markdown: str, expected: list[str]) -> None:
    assert targets(markdown) == expected


def test_each_mark_knows_its_line() -> None:
    """Lines are those of the file, whose front matter is not part of the text."""
    text = "# Title\n\n## Two\ntext[^a] and [b](x.md)\n\n- [ ] Do it. { #ref-1 }\n\n[^a]: Note"
    marks = read_marks(text, first_line=10)
    assert marks.headings == (Heading(1, "Title", "title", 10), Heading(2, "Two", "two", 12))
    assert marks.footnotes == (("a", 13),)
    assert marks.defined == {"a": 17}
    assert marks.links == (Link("x.md", "b", False, 13, Span(13, 30, 31), Span(13, 33, 37)),)
    assert marks.items == (Item("ref-1", "Do it.", 15),)


@pytest.mark.parametrize(
    "markdown, words, address",
    [
        ("a [b *c*](x.md 't') d", "b *c*", "x.md"),
        ("a [b](<x y.md>) c", "b", "<x y.md>"),
        ("> - a\n>   **b [c](x.md)**", "c", "x.md"),
        ("\ta\n\n1.\tb `](` [c](x.md)", "c", "x.md"),
        ("| a | b |\n|---|---|\n| b | [c](x.md) |", "c", "x.md"),
        ("one\n\n!!! note\n    one\n    [c](x.md)", "c", "x.md"),
        ("a[^1]\n\n[^1]:\n    one\n\n    [c](x.md)", "c", "x.md"),
        ("a\n: b\n\n    [c](x.md)", "c", "x.md"),
        ("```\n[c](x.md)\n```\n<div>[c](x.md)</div>\n\n[c](x.md)", "c", "x.md"),
        ("[c][d] e\n\n[D]: x.md 'title'", "c", "x.md"),
        ("![c][]\n\n> [c]: <x.md>", "c", "x.md"),
        ("a\\* \\[b\\] [c](x\\_y.md)", "c", "x\\_y.md"),
        ("[![a](a.png) c](x.md)", "![a](a.png) c", "x.md"),
        ("a <https://example.org/> c", "https://example.org/", "https://example.org/"),
        ("a <b@example.org>", "b@example.org", "b@example.org"),
    ],
)
def test_a_link_knows_where_its_words_and_its_address_stand(markdown: str, words: str, address: str) -> None:
    link = read_marks(markdown).links[0]
    assert link.words is not None
    assert link.address is not None
    assert markdown[link.words.start : link.words.end] == link.text == words
    assert markdown[link.address.start : link.address.end] == address
    assert link.line == link.words.line == markdown.count("\n", 0, link.words.start) + 1


@pytest.mark.parametrize(
    "markdown, expected",
    [
        ("a `b` c", ["`b`"]),
        ("a ``b ` c`` d", ["``b ` c``"]),
        ("```text\na\n```", ["```text\na\n```"]),
        ("- a\n\n    ~~~\n    b\n    ~~~", ["    ~~~\n    b\n    ~~~"]),
        ("a\n\n    b\n\n    c\n\nd", ["    b\n\n    c"]),
        (r"a \`b`", []),
        ("- a\n- > `b`\n  > c `d\n  > e`", ["`b`", "`d\n  > e`"]),
    ],
)
def test_code_knows_where_it_stands(markdown: str, expected: list[str]) -> None:
    places = [code.place for code in read_marks(markdown).code]
    assert [markdown[place.start : place.end] for place in places if place] == expected


def test_an_image_is_told_from_a_link() -> None:
    def only(markdown: str) -> tuple[str, str, bool]:
        (link,) = read_marks(markdown).links
        return link.target, link.text, link.image

    assert only("![alt text](x.png)") == ("x.png", "alt text", True)
    assert only("![alt][x]\n\n[x]: x.png") == ("x.png", "alt", True)
    assert only(r"\\![alt](x.png)") == ("x.png", "alt", True)
    assert only("[alt](x.png)") == ("x.png", "alt", False)


def test_notes_that_the_text_explains_itself_are_no_sources() -> None:
    marks = read_marks("One[^own] two[^ref-a] three[^ref-b] four[^ref-a].\n\n[^own]: Explained.\n")
    assert marks.defined == {"own": 3}
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
    assert read_marks(line).items == (expected,)


@pytest.mark.parametrize("line", ["- [] Text", "- [y] Text", "[ ] Text", "- text [ ] more", "`- [ ] Text`"])
def test_what_is_no_item_is_none(line: str) -> None:
    assert read_marks(line).items == ()


@pytest.mark.parametrize(
    "markdown, expected",
    [
        ("<b>x</b>", [("<b>", 1)]),
        ("one\n</b> <i>", [("</b>", 2)]),
        ("<!DOCTYPE html>", [("<!DOCTYPE html>", 1)]),
        ("<img\nsrc=x>", [("<img", 1)]),
        (
            "<!-- never ended, 1 < 2, a <b, a <3, <https://example.org>, <a@example.org>, `<b>`, <!-- note -->",
            [],
        ),
    ],
)
def test_html_is_found_once_a_line(markdown: str, expected: list[tuple[str, int]]) -> None:
    assert list(read_marks(markdown).html) == expected


def test_a_comment_may_run_over_lines() -> None:
    assert read_marks("text\n<!-- one\ntwo -->").comments == (("one\ntwo", 2),)
    assert read_marks("<!-- feeds -->").comments == (("feeds", 1),)


@pytest.mark.parametrize(
    "markdown, expected",
    [
        ("## A ##", Heading(2, "A", "a", 1)),
        ("##A", Heading(2, "A", "a", 1)),
        ("## A { #b }", Heading(2, "A", "b", 1)),
        ("## A ## {: .x #b }", Heading(2, "A", "b", 1)),
        ("## A { .x }", Heading(2, "A", "a", 1)),
        ("## A `#b`", Heading(2, "A `#b`", "a-b", 1)),
        ("A\n===", Heading(1, "A", "a", 1, height=2)),
        ("text\n\nA { #b }\n---", Heading(2, "A", "b", 3, height=2)),
        ("~~~~\n\nA\n---", Heading(2, "A", "a", 3, height=2)),
        ("    code\nA\n---", Heading(2, "A", "a", 2, height=2)),
        ("`one\n## A`", Heading(2, "A`", "a", 2)),
    ],
)
def test_headings_are_found_however_they_are_written(markdown: str, expected: Heading) -> None:
    assert read_marks(markdown).headings == (expected,)


@pytest.mark.parametrize(
    "markdown",
    ["one\ntwo\n---", "text\n\n---", "    code\n---", "    # code", "```\n# code\n```", "| a |\n|---|"],
)
def test_a_rule_a_table_and_code_are_no_headings(markdown: str) -> None:
    assert read_marks(markdown).headings == ()


# --- The same as readers get ---

PIECES = (
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
        "**",
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
        "- [ ] ",
    ),
    *("\t", "&amp;", "<b>", "*[a]: ", "a@b.nl", "<a@b.nl>", "\n- [x] a { #ref-1 }\n", "é", "x" * 30),
)
"""What has a meaning in Markdown, to be put together at random."""
CHUNKS, SIZE = 25, 400
"""Ten thousand texts in all."""


def write_odd_text(chance: random.Random) -> str:
    return "".join(chance.choices(PIECES, k=chance.randint(1, 18))).lstrip(" ")


def explain_sources(markdown: str) -> str:
    """A text with notes for the facts that it cites, which are added when it is rendered."""
    return "\n\n".join([*(f"[^{label}]: x" for label in read_marks(markdown).sources), markdown])


def list_read(marks: Marks) -> dict[str, Counter[object]]:
    return {
        "links": Counter((link.target, link.image) for link in marks.links),
        "footnotes": Counter(label for label, _ in marks.footnotes),
        "headings": Counter((heading.level, heading.anchor) for heading in marks.headings),
        "code": Counter(code.text.strip() for code in marks.code if code.text.strip()),
        "items": Counter({"": len(marks.items)}),
    }


def list_shown(tree: html.HtmlElement) -> dict[str, Counter[object]]:
    links = [link for link in tree.iter("a", "img") if "footnote" not in (link.get("class") or "")]
    code = ("".join(element.itertext()).strip() for element in tree.iter("code"))
    return {
        "links": Counter((link.get("href", link.get("src")), link.tag == "img") for link in links),
        "footnotes": Counter(
            link.get("href").removeprefix("#fn:") for link in tree.xpath("//a[@class='footnote-ref']")
        ),
        "headings": Counter(
            (int(one.tag[1]), one.get("id")) for one in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")
        ),
        "code": Counter(text for text in code if text),
        "items": Counter({"": len(list(tree.iter("input")))}),
    }


@pytest.mark.parametrize(
    "chunk", [0, *(pytest.param(number, marks=pytest.mark.slow) for number in range(1, CHUNKS))]
)
def test_what_is_read_is_what_readers_get(chunk: int) -> None:
    """Links, images, footnotes, headings, items and code, in texts that nobody would write."""
    parser, chance = make_parser(), random.Random(chunk)  # noqa: S311 (the same texts each time)
    lost = 0
    for _ in range(SIZE):
        markdown = explain_sources(write_odd_text(chance))
        marks = read_marks(markdown)
        if marks.html or marks.comments or marks.empty:
            continue  # refused in letters; a browser reads on in HTML as it likes
        shown = html.fragment_fromstring(parser.reset().convert(markdown), create_parent="div")
        assert list_read(marks) == list_shown(shown), markdown
        lost += sum(link.address is None for link in marks.links)
        check_places(markdown, marks)
    assert lost <= SIZE // 100  # where texts look like something that they are not, a place may be unknown


def check_places(markdown: str, marks: Marks) -> None:
    """Each place holds what it says: the address as it is written, and the code between its marks."""
    for link in marks.links:
        if link.address is None:
            continue
        written = markdown[link.address.start : link.address.end]
        if not re.search(r"[\\&`*_~\n\t\[<]", written + link.target):
            assert link.target.removeprefix("mailto:") == written, markdown
        assert link.address.line == markdown.count("\n", 0, link.address.start) + 1
    for code in marks.code:
        assert (
            code.place is None
            or not code.text
            or code.text.split()[0:1] == []
            or (code.text.split()[0] in markdown[code.place.start : code.place.end].expandtabs(4))
        ), markdown


def test_any_address_can_be_replaced() -> None:
    """Also in odd texts: whatever a reader can follow leads elsewhere afterwards."""
    chance, followed = random.Random(7), 0  # noqa: S311 (the same texts each time)
    for _ in range(SIZE):
        markdown = write_odd_text(chance)
        marks = read_marks(markdown)
        plain = [link.target for link in marks.links if re.fullmatch(r"[xy]\.(md|png)", link.target)]
        if marks.html or marks.comments or any(link.address is None for link in marks.links):
            continue
        changed = rewrite_links(markdown, marks, lambda target: "z.md" if target[:1] in "xy" else target)
        after = [link.target for link in read_marks(changed).links]
        assert len([target for target in after if target == "z.md"]) >= len(plain), (markdown, changed)
        followed += len(plain)
    assert followed > SIZE // 10


# --- Words ---


def letters(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W\d_]", re.sub(r"\{ #[^}]*\}", "", text)))


def test_the_words_are_those_that_readers_get() -> None:
    """Of odd texts too: every letter, and no mark, address, code or entity."""
    parser, chance, wrong = make_parser(), random.Random(3), 0  # noqa: S311 (the same texts each time)
    for _ in range(SIZE):
        markdown = explain_sources(write_odd_text(chance))
        reading = read_text(markdown)
        assert [len(line) for line in reading.words.split("\n")] == [
            len(line) for line in markdown.split("\n")
        ]
        if reading.marks.html or reading.marks.comments or reading.marks.empty:
            continue
        shown = html.fragment_fromstring(parser.reset().convert(markdown), create_parent="div")
        for element in shown.xpath(
            "//code | //sup | //p[@class='admonition-title'] | //a[contains(text(), '@')]"
        ):
            element.drop_tree()
        for element in shown.xpath("//a[starts-with(text(), 'https:')]"):
            element.drop_tree()
        wrong += letters(reading.words) != letters(shown.text_content())
    assert wrong <= SIZE // 100  # where the place of a text is unknown


def test_words_stay_where_they_are_in_their_blocks() -> None:
    text = (
        "## Één *kop* { #a }\n\nEen [link](x.md 'y')[^n] &amp; \\*ster*: `code`.\n> Nog\n\n"
        "1. een\n    - [ ] twee\n\n| a |\n|---|\n| **b** |\n\n[^n]: Een noot."
    )
    reading = read_text(text, 5)
    assert [line.rstrip() for line in reading.words.split("\n")] == [
        *("   Één  kop  { #a }", "", "Een  link                       *ster*:       .", "  Nog", ""),
        *("   een", "          twee", "", "  a", "", "    b", "", "      Een noot."),
    ]
    assert reading.blocks == (
        *(Block("heading", 5, 5), Block("paragraph", 7, 7), Block("paragraph", 8, 8), Block("item", 10, 10)),
        *(Block("item", 11, 11), Block("row", 13, 13), Block("row", 15, 15), Block("paragraph", 17, 17)),
    )


# --- Any text ---


@given(st.text(max_size=300), st.integers(1, 50))
def test_any_text_can_be_read_and_lines_stay_within_it(markdown: str, first: int) -> None:
    marks = read_marks(markdown, first)
    lines = [mark.line for found in (marks.headings, marks.links, marks.items) for mark in found]
    lines += [line for found in (marks.footnotes, marks.html, marks.comments) for _, line in found]
    assert all(first <= line <= first + markdown.count("\n") for line in lines)


@given(
    st.lists(st.sampled_from(["`", "```", "[", "](", "a", "\n", "<", "#", "[^a]"]), max_size=30).map("".join)
)
@settings(deadline=None)
def test_a_fence_hides_everything_in_it(markdown: str) -> None:
    inside = re.sub("`", "'", markdown)
    marks = read_marks(f"````\n{inside}\n````")
    assert not any((marks.headings, marks.links, marks.items, marks.footnotes, marks.html, marks.comments))


MOST_SECONDS = 5
"""Of a processor, so that a busy machine does not matter; the least that a mistake would take is a minute."""
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
    *(
        "\"'(",
        "<a b='",
        "- ",
        "\n> - ",
        "a\n\n",
        "# a\n\n",
        "*a ",
        "**a* ",
        "[^a]\n",
        "[a](x.md) ",
        "| a ",
        "&amp;",
    ),
    *("#", "# a   ", "{ #", "{ ", "- [ ] a {", "\n-", "a\n=\n", " ", "    \n", "\\", "\\`", "1.", "> ", "|`"),
]


@pytest.mark.parametrize("piece", NONSENSE)
@pytest.mark.slow
def test_nonsense_is_read_or_refused_soon(piece: str) -> None:
    """Of 20 KB in at most two seconds; most of it in a few hundredths."""
    for before in ("", "[b]: ", "a\n\n"):
        start = thread_time()
        with suppress(RecursionError):  # refused too
            read_marks(f"{before}{piece * (LONGEST_LETTER // len(piece))} x")
        assert thread_time() - start < MOST_SECONDS
