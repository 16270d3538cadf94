"""An extension of Python-Markdown, for MkDocs too: footnotes have the numbers in which a reader meets them.

Python-Markdown numbers them as it finds them, and it looks into lists, tables and quotations after all paragraphs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import SubElement

from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from markdown import Markdown


class _Numbering(Treeprocessor):
    """Gives each mark its number, before `footnote-reorder` puts the notes in the same order."""

    def run(self, root: Element) -> None:
        if "footnote-reorder" not in self.md.treeprocessors:
            return  # they shall have the order in which they are written
        notes: Any = self.md.treeprocessors["footnote-reorder"].footnotes  # type: ignore[attr-defined]
        labels = {f"#{notes.makeFootnoteId(label)}": label for label in notes.footnotes}
        marks = [link for link in root.iter("a") if link.get("href") in labels]
        order = list(dict.fromkeys(labels[link.get("href", "")] for link in marks))
        notes.footnote_order[:] = order
        for link in marks:
            link.text = str(order.index(labels[link.get("href", "")]) + 1)
        for note in root.iterfind(".//div[@class='footnote']/ol/li"):
            if (
                note.find(".//a[@class='footnote-backref']") is None
            ):  # a note without a word, which would be an error
                SubElement(note, "a", {"class": "footnote-backref"})


class _Extension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(_Numbering(md), "footnote-numbering", 19.5)  # inline is 20, reordering 19


def makeExtension(**_: Any) -> Extension:  # noqa: N802 (the name that Python-Markdown looks for)
    """The extension, for a parser that was given the name of this module."""
    return _Extension()
