"""The book as an EPUB 3: a file for each chapter, the notes, the contents and the cover, in a ZIP.

The same book gives the same bytes: every date is that of the edition, and nothing is compressed, for which each zlib
has its own bytes.
"""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy
from html import escape
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from generator.errors import TemplateError
from generator.render.book.text import NOTES, Chapter
from generator.render.page.cards import FONT as DISPLAY
from generator.render.page.cards import break_lines, fit_title
from generator.render.png import render_png
from generator.render.templating import render_template

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.html import HtmlElement

    from generator.render.book.text import Book, Note

_FONTS = ("newsreader-text", "newsreader-italic", "newsreader-display", "instrument-sans")
_LICENSES = ("OFL.txt", "OFL-instrument-sans.txt")
_SITE_FONTS = "templates/site/assets/fonts"
_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP can name."""

_COVER = "book/cover.svg"
_COVER_WIDTH, _COVER_TEXT = 1200, 960
_OPS = "{http://www.idpf.org/2007/ops}type"


def render_epub(root: Path, book: Book) -> bytes:
    """The bytes of the file. Raises TemplateError."""
    homes = _find_homes(book)
    chapters = [*book.chapters[:-1], _collect_notes(book), book.chapters[-1]]
    values = {
        "book": book,
        "words": book.words,
        "identifier": uuid5(NAMESPACE_URL, f"{book.url}book"),
        "modified": f"{book.day:%Y-%m-%dT%H:%M:%SZ}",
        "date": f"{book.day:%Y-%m-%d}",
        "chapters": chapters,
        "fonts": _FONTS,
        "licenses": _LICENSES,
        "first": book.chapters[0].id,
    }
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": render_template(root, "book/container.xml"),
        "EPUB/package.opf": render_template(root, "book/package.opf", **values),
        "EPUB/contents.xhtml": render_template(root, "book/contents.xhtml", **values),
        "EPUB/cover.xhtml": render_template(root, "book/cover.xhtml", **values),
        "EPUB/cover.png": _draw_cover(root, book),
        "EPUB/book.css": render_template(root, "book/book.css"),
    }
    for chapter in chapters:
        marked: set[str] = set()
        lead, text = (
            _write(part, homes, marked) if part is not None else "" for part in (chapter.lead, chapter.body)
        )
        mark = render_template(root, f"marks/{chapter.mark}.svg").strip() if chapter.mark else ""
        files[f"EPUB/{chapter.id}.xhtml"] = render_template(
            root, "book/chapter.xhtml", book=book, chapter=chapter, text=text, lead=lead, mark=mark
        )
    for name in (*(f"{font}.woff2" for font in _FONTS), *_LICENSES):
        files[f"EPUB/fonts/{name}"] = _read(root, f"{_SITE_FONTS}/{name}")
    return _pack(files)


def _find_homes(book: Book) -> dict[str, str]:
    """The chapter in whose file each id is."""
    homes = {chapter.id: chapter.id for chapter in book.chapters}
    homes |= {NOTES: NOTES} | {f"note-{note.number}": NOTES for note in book.notes}
    for chapter in book.chapters:
        homes |= {item.get("id", ""): chapter.id for item in chapter.body.iter("li") if item.get("id")}
    return homes


def _collect_notes(book: Book) -> Chapter:
    """The chapter with the notes."""
    body = etree.Element("div")
    etree.SubElement(body, "p").text = book.words["notes_text"]
    notes = etree.SubElement(body, "ol", {"class": "notes"})
    for note in book.notes:
        notes.append(_write_note(book, note))
    return Chapter(NOTES, book.words["notes"], body)


def _write_note(book: Book, note: Note) -> etree._Element:
    item = etree.Element("li", {"id": f"note-{note.number}"})
    for child in deepcopy(note.body):
        item.append(child)
    if len(item) == 0:
        item.text = note.body.text
    line = etree.SubElement(item, "p")
    etree.SubElement(
        line, "a", {"href": f"{note.first}.xhtml#ref-note-{note.number}", "role": "doc-backlink"}
    ).text = book.words["back"]
    return item


def _write(tree: HtmlElement, homes: dict[str, str], marked: set[str]) -> str:
    """What is in a tree, as XHTML. `marked` are the notes to which a place in this file has an id already."""
    tree = deepcopy(tree)
    tree.tail = None
    for link in tree.iter("a"):
        target = link.get("href", "").removeprefix("#")
        if link.get("href", "").startswith("#"):
            link.set("href", f"{homes[target]}.xhtml#{target}")
    for sup in [found for found in tree.iter("sup") if found.get("class") == "note"]:
        number, sup.text = sup.text, None
        before = sup.getprevious()
        if before is not None and before.get("class") == "note" and not before.tail:
            sup.text = ", "
        link = etree.SubElement(sup, "a", {"href": f"{NOTES}.xhtml#note-{number}", "role": "doc-noteref"})
        link.set(_OPS, "noteref")
        link.text = number
        if number not in marked:
            marked.add(number)
            link.set("id", f"ref-note-{number}")
    for item in [found for found in tree.iter("li") if found.get("class") == "item"]:
        box = etree.Element("span", {"class": "box", "aria-hidden": "true"})
        box.text, box.tail = "☐", f" {item.text or ''}"
        item.text = None
        item.insert(0, box)
    inner = escape(tree.text or "", quote=False)
    return inner + "".join(etree.tostring(child, encoding="unicode", method="xml") for child in tree)


def _draw_cover(root: Path, book: Book) -> bytes:
    font = root / "templates" / DISPLAY
    lines, size = fit_title(book.title, font, _COVER_TEXT)
    svg = render_template(
        root,
        _COVER,
        book=book,
        words=book.words,
        lines=lines,
        size=size,
        text=break_lines(book.description, font, 44, _COVER_TEXT),
        marks=[f"marks/{mark}.svg" for mark in book.marks],
    )
    return render_png(svg, _COVER, width=_COVER_WIDTH, font=font)


def _read(root: Path, name: str) -> bytes:
    try:
        return (root / name).read_bytes()
    except OSError as error:
        raise TemplateError(f"{name}: cannot be read: {error.strerror}") from error


def _pack(files: dict[str, str | bytes]) -> bytes:
    """A ZIP with these files, the first one first."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, wherever it is made
            archive.writestr(entry, data)
    return content.getvalue()
