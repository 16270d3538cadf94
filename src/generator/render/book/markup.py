"""The book as one source for Typst: `templates/book/book.typ`, which says how it looks, and what is called in it.

All words are string literals, so no character of a text is ever read as markup.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from generator.errors import TemplateError
from generator.render.book.text import NOTES
from generator.render.templating import find_token, load_tokens, render_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from lxml.html import HtmlElement

    from generator.render.book.text import Book, Chapter, Note

DESIGN = "book/book.typ"
"""Below `templates/`."""

FONTS = ("book/fonts", "card")
"""The folders with the fonts of the book, below `templates/`."""

_SPACE = re.compile(r"[ \t\r\n\f]+")
_INLINE = {"strong": "strong", "em": "emph", "del": "strike", "sub": "sub", "code": "code"}
_WORD = re.compile(r"\S+")


def render_markup(root: Path, book: Book) -> str:
    """The whole source. Raises TemplateError for an element that the book has no form for."""
    try:
        design = (root / "templates" / DESIGN).read_text(encoding="utf-8")
    except OSError as error:
        raise TemplateError(f"templates/{DESIGN}: cannot be read: {error.strerror}") from error
    notes, last = NOTES, book.chapters[-1]
    parts = [
        *_write_values(root, book),
        design,
        "#cover()",
        "#contents()",
        *(_write_chapter(chapter) for chapter in book.chapters[:-1]),
        f"#chapter({_quote(notes)}, {_quote(book.words['notes'])})[{_par(_text(book.words['notes_text']))}]",
        f"#notes({', '.join(_write_note(note) for note in book.notes)})",
        _write_chapter(last),
        "#context [#metadata(counter(page).final().first())<page-count>]",
    ]
    return "\n".join(parts) + "\n"


def _write_values(root: Path, book: Book) -> Iterator[str]:
    """What the design knows of the book."""
    day = book.day
    values = {
        "title": book.title,
        "description": book.description,
        "author": book.author,
        "edition": book.edition,
        "language": str(book.language),
        "over-title": book.words["over_title"],
        "contents": book.words["contents"],
    }
    yield f"#let book = ({', '.join(f'{name}: {_quote(value)}' for name, value in values.items())})"
    yield f"#let day = datetime(year: {day.year}, month: {day.month}, day: {day.day})"
    colours = ", ".join(f"{name}: rgb({_quote(value)})" for name, value in load_tokens(root)["light"].items())
    yield f"#let colour = ({colours})"
    accent, ink = find_token(root, "light", "accent"), find_token(root, "light", "ink")
    drawings = []
    for mark in book.marks:
        svg = render_template(root, f"marks/{mark}.svg").strip()
        svg = svg.replace('class="mark__accent"', f'color="{accent}"').replace("currentColor", ink, 1)
        drawings.append(f"{mark}: bytes({_quote(svg)})")
    yield f"#let drawings = ({', '.join(drawings)})"


def _write_chapter(chapter: Chapter) -> str:
    values = [_quote(chapter.id), _quote(chapter.title)]
    values += ["part: true"] if chapter.part else []
    values += [f"order: {chapter.order}"] if chapter.order else []
    values += [f"above: {_quote(chapter.above)}"] if chapter.above else []
    values += [f"mark: {_quote(chapter.mark)}"] if chapter.mark else []
    if chapter.lead is not None:
        values.append(f"lead: [{''.join(_list_inline(chapter.lead))}]")
    return f"#chapter({', '.join(values)})[{_write_blocks(chapter.body)}]"


def _write_note(note: Note) -> str:
    return f"({note.number}, [{_write_blocks(note.body)}])"


# --- Elements ---


def _write_blocks(parent: HtmlElement) -> str:
    """What stands in an element: blocks, or words, or words and below them blocks."""
    parts: list[str] = []
    words: list[str] = [_text(parent.text)] if (parent.text or "").strip() else []

    def end_words() -> None:
        if words:
            parts.append("".join(words))
            words.clear()

    for child in parent:
        if block := _write_block(child):
            end_words()
            parts.append(block)
            words += [_text(child.tail)] if (child.tail or "").strip() else []
        else:
            words += [_write_inline(child), _text(_find_tail(child))]
    end_words()
    return "\n\n".join(parts)


def _write_block(element: HtmlElement) -> str:
    """A block, or nothing for an element within a line."""
    form = _BLOCKS.get(element.tag)
    return form(element) if form else ""


def _write_paragraph(element: HtmlElement) -> str:
    words, kind = "".join(_list_inline(element)), element.get("class", "")
    return f"#{_PARAGRAPHS[kind]}[{words}]" if kind in _PARAGRAPHS else _par(words)


_PARAGRAPHS = {"quiet": "quiet", "sum": "sum", "admonition-title": "label-line"}
"""By their class, what paragraphs are called in the design that are not like the others."""


def _write_heading(element: HtmlElement) -> str:
    return f"#section({int(element.tag[1])})[{''.join(_list_inline(element))}]"


def _write_division(element: HtmlElement) -> str:
    inner = _write_blocks(element)
    return f"#aside[{inner}]" if "admonition" in element.get("class", "") else inner


def _list_inline(parent: HtmlElement) -> Iterator[str]:
    yield _text(parent.text)
    for child in parent:
        yield _write_inline(child)
        yield _text(_find_tail(child))


def _find_tail(element: HtmlElement) -> str:
    """What follows an element; a line does not begin with a space."""
    tail = element.tail or ""
    return tail.lstrip() if element.tag == "br" else tail


def _write_inline(element: HtmlElement) -> str:
    inner = "".join(_list_inline(element))
    if element.tag == "sup" and element.get("class") == "note":
        before = element.getprevious()
        follows = before is not None and before.get("class") == "note" and not before.tail
        return f"{'#and-refer()' if follows else ''}#refer({element.text})"
    if element.tag == "a":
        target = element.get("href", "")
        if target.startswith("#"):
            return f"#inside({_quote(target.removeprefix('#'))})[{inner}]"
        return f"#outside({_quote(target)})[{inner}]"
    if element.tag == "br":
        return "#linebreak()"
    if element.tag == "abbr":
        return inner
    if element.tag == "sup":
        return f"#super[{inner}]"
    if name := _INLINE.get(element.tag):
        return f"#{name}[{inner}]"
    raise TemplateError(f"templates/{DESIGN}: the book has no form for the element “{element.tag}”")


def _write_list(element: HtmlElement) -> str:
    items = [item for item in element if item.tag == "li"]
    ticked = any(item.get("class") == "item" for item in items)
    written = []
    for item in items:
        anchor = f"#anchor({_quote(item.get('id', ''))})" if item.get("id") else ""
        written.append(f"[{anchor}{_write_blocks(item)}]")
    if ticked:
        return f"#checklist({', '.join(written)})"
    if element.tag == "ol":
        start = element.get("start", "1")
        return f"#enum(start: {int(start)}, {', '.join(written)})"
    return f"#list({', '.join(written)})"


def _write_terms(element: HtmlElement) -> str:
    entries: list[str] = []
    name = ""
    for child in element:
        if child.tag == "dt":
            name = "".join(_list_inline(child))
        else:
            entries.append(f"([{name}], [{_write_blocks(child)}])")
    return f"#glossary({', '.join(entries)})"


def _write_table(element: HtmlElement) -> str:
    rows = list(element.iter("tr"))
    head = [row for row in rows if row.getparent().tag == "thead"]
    columns = max(len(row) for row in rows)
    widths = [_weigh([row[place] for row in rows if place < len(row)]) for place in range(columns)]
    cells = [f"table.header({', '.join(_write_cells(head))})"] if head else []
    cells += _write_cells(row for row in rows if row not in head)
    kind = element.get("class", "plain")
    return f"#grid-of({_quote(kind)}, ({', '.join(f'{width}fr' for width in widths)},), {', '.join(cells)})"


_BLOCKS: dict[str, Callable[[HtmlElement], str]] = {
    **dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), _write_heading),
    "p": _write_paragraph,
    "ul": _write_list,
    "ol": _write_list,
    "dl": _write_terms,
    "table": _write_table,
    "pre": lambda element: f"#copied({_quote(element.text_content().rstrip())})",
    "blockquote": lambda element: f"#quote(block: true)[{_write_blocks(element)}]",
    "hr": lambda _: "#rule()",
    "section": lambda element: f"#together[{_write_blocks(element)}]",
    "div": _write_division,
}


def _write_cells(rows: Iterable[HtmlElement]) -> list[str]:
    return [f"[{_write_blocks(cell)}]" for row in rows for cell in row]


def _weigh(cells: list[HtmlElement]) -> float:
    """How wide a column is beside the others: by what stands in it, and no narrower than its longest word."""
    texts = [" ".join(cell.text_content().split()) for cell in cells]
    longest = max((len(word) for text in texts for word in _WORD.findall(text)), default=1)
    return round(max(math.sqrt(max(map(len, texts), default=1)) * 2.2, longest, 3.0), 1)


def _par(inner: str) -> str:
    return f"#par[{inner}]"


def _text(text: str | None) -> str:
    """Words, in which any run of white space is one space, as in HTML."""
    said = _SPACE.sub(" ", text or "")
    return f"#{_quote(said)}" if said else ""


def _quote(text: str) -> str:
    """A string literal of Typst."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
    return f'"{escaped}"'
