"""The trees of a letter → HTML for every mail program: a function for each element that some program gets wrong.

What holds in all of them: tables, padding on cells, sizes as attributes, headings, lists, links. The looks are in
templates/email/letter.css; the classes here are its hooks.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import html

from generator.render.email.answers import find_answers, find_link
from generator.render.markdown import to_html

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.html import HtmlElement

    from generator.render.email.answers import Calendar

COLUMN = 536
"""The pixels of text and pictures in the widest column: 600 without its padding."""

_BOXES = {"open": "☐", "done": "☑\N{VARIATION SELECTOR-15}"}  # the selector makes it a sign, not an emoji
_BULLET = "•"


def render_email_html(content: HtmlElement, words: Mapping[str, str], calendar: Calendar) -> str:
    """The HTML inside a tree of a letter; the tree itself is not changed.

    `calendar`: an item's id → the address of the file that reminds of it.
    """
    tree = deepcopy(content)
    _add_answers(tree, words, calendar)
    _mend_headings(tree)
    _mend_tables(tree)  # before the rules that make tables of their own
    _mend_marks(tree)
    _mend_images(tree)
    _mend_code(tree)
    _mend_quotes(tree)
    _mend_asides(tree)
    _mend_items(tree, words)
    return to_html(tree)


def _add_answers(tree: HtmlElement, words: Mapping[str, str], calendar: Calendar) -> None:
    """Put two links below each open item: done, and remind me.

    They stand in the paragraph of the item and have no styles of their own: a letter has few bytes to spare.
    """
    for item in tree.iter("li"):
        answers, link = find_answers(item, calendar), find_link(item)
        if answers is None or link is None:
            continue
        (done, remind), line = answers, link.getparent()
        end = next((at for at, child in enumerate(line) if child.tag in _BLOCKS), len(line))
        line[end:end] = [
            html.Element("br"),
            _make_link(done, words["tick_done"], " · "),
            _make_link(remind, words["tick_remind"]),
        ]


_BLOCKS = frozenset(("blockquote", "div", "dl", "ol", "p", "pre", "table", "ul"))
"""What an item may have below its own line."""


def _make_link(address: str, text: str, tail: str | None = None) -> HtmlElement:
    link = html.Element("a", {"href": address})
    link.text, link.tail = text, tail
    return link


def _mend_headings(tree: HtmlElement) -> None:
    """Skip no level of headings: below the `h2` of a section comes an `h3`, whatever the author wrote."""
    level = 2
    for heading in tree.iter("h3", "h4", "h5", "h6"):
        level = min(int(heading.tag[1]), level + 1)
        heading.tag = f"h{level}"


def _mend_tables(tree: HtmlElement) -> None:
    """Mark up data tables for screen readers: header cells have a scope, and an empty one is no header."""
    for table in tree.iter("table"):
        table.set("class", "data" if _fits_phone(table) else "data tight")
        for cell in table.iter("th", "td"):
            if cell.tag == "th" and not cell.text_content().strip() and not len(cell):
                cell.tag = "td"
            elif cell.tag == "th":
                cell.set("scope", "col")
            if style := cell.get("style"):  # Markdown's only style is text-align; Word reads the attribute
                cell.set("align", style.partition(":")[2].strip(" ;"))


_PHONE = 272
"""The pixels of text on a telephone of 320, between the edges of the letter."""
_NESTED = {"li": 24, "blockquote": 19, "div": 35, "dd": 24}
"""How many of them each element takes in which a table stands."""
_LETTER, _PADDING, _NARROWEST = 9, 12, 56
"""The width of a bold letter of a head, the space after a cell, and the least width of a cell in letter.css."""


def _fits_phone(table: HtmlElement) -> bool:
    """Whether the columns of a table are wide enough on a telephone for the longest word of each head."""
    room = _PHONE - sum(_NESTED.get(str(element.tag), 0) for element in table.iterancestors())
    heads = [head.text_content().replace("-", "- ").split() for head in table.iter("th")]
    longest = (max(map(len, words), default=0) * _LETTER for words in heads)
    return sum(max(width, _NARROWEST) + _PADDING for width in longest) - _PADDING <= room


def _mend_marks(tree: HtmlElement) -> None:
    """Separate two footnote references side by side: 1 and 2, not 12."""
    for mark in tree.iter("sup"):
        after = mark.getnext()
        if after is not None and after.tag == "sup" and not mark.tail:
            mark.tail = "\N{NO-BREAK SPACE}"


def _mend_images(tree: HtmlElement) -> None:
    """Make images no wider than the column, by attributes for Outlook (Word), and narrower on small screens."""
    for image in tree.iter("img"):
        width, height = int(image.attrib["width"]), int(image.attrib["height"])
        shown = min(width, COLUMN)
        image.set("width", str(shown))
        image.set("height", str(max(1, round(height * shown / width))))
        image.set("style", f"max-width: {shown}px")


def _mend_code(tree: HtmlElement) -> None:
    """Put code blocks into a table cell, because only cells have a background in every program."""
    for block in list(tree.iter("pre")):
        table, cell = _frame("code")
        _replace(block, table)
        cell.append(block)


def _mend_quotes(tree: HtmlElement) -> None:
    """Put quotes into a table cell, because Outlook (Word) draws no border on a `blockquote`."""
    for quote in list(tree.iter("blockquote")):
        _fill_frame(quote, "quote")


def _mend_asides(tree: HtmlElement) -> None:
    """Put admonitions into a table cell with a border; their title stays, because colour alone conveys nothing."""
    for aside in list(tree.iterdescendants("div")):
        if "admonition" not in aside.attrib.pop("class", "").split():
            aside.drop_tag()
            continue
        for paragraph in aside.findall("p"):
            if paragraph.get("class") == "admonition-title":
                paragraph.set("class", "label")
        _fill_frame(aside, "aside")


def _mend_items(tree: HtmlElement, words: Mapping[str, str]) -> None:
    """Turn a list of checklist items into rows, each with a box that has a text for screen readers."""
    for items in [found for found in tree.iter("ul", "ol") if any(item.get("class") for item in found)]:
        table = _table("items")
        for item in items.iterchildren("li"):
            kind = item.get("class", "")
            sign = html.Element("span", {"role": "img", "aria-label": f"{words[kind]}:"} if kind else {})
            sign.text = _BOXES.get(kind, _BULLET)
            box, act = (
                html.Element("td", {"class": "box", "width": "34"}),
                html.Element("td", {"class": "act"}),
            )
            box.append(sign)
            _move(item, act)
            _append_row(table, box, act)
            table[-1].set("valign", "top")  # once, where a style would stand on both cells
        _replace(items, table)


def _table(name: str) -> HtmlElement:
    """A layout table, with role=presentation for screen readers."""
    plain = {"width": "100%", "cellpadding": "0", "cellspacing": "0"}
    return html.Element("table", {"role": "presentation", "class": name, **plain})


def _append_row(table: HtmlElement, *cells: HtmlElement) -> None:
    row = html.Element("tr")
    row.extend(cells)
    table.append(row)


def _frame(name: str) -> tuple[HtmlElement, HtmlElement]:
    """A table of one cell, and that cell."""
    table, cell = _table("frame"), html.Element("td", {"class": name})
    _append_row(table, cell)
    return table, cell


def _fill_frame(element: HtmlElement, name: str) -> None:
    """Put a frame inside an element, around its content."""
    table, cell = _frame(name)
    _move(element, cell)
    element.append(table)


def _move(source: HtmlElement, target: HtmlElement) -> None:
    """Move the content of one element into another, which is empty."""
    target.text, source.text = source.text, None
    target.extend(list(source))


def _replace(old: HtmlElement, new: HtmlElement) -> None:
    """Replace an element by another; the text behind it stays."""
    new.tail, old.tail = old.tail, None
    old.getparent().replace(old, new)
