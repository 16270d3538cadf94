"""`docs/<language>/*.md` → the pages of the playbook that are not certainties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from generator.content.documents import load_document
from generator.model import Page, Problem
from generator.reading import Fields, Line, did_you_mean, is_folder

if TYPE_CHECKING:
    from pathlib import Path

    from generator.content.documents import Document, Texts
    from generator.content.markdown.marks import Marks
    from generator.model import Language

MARKERS = ("letters", "evidence", "feeds", "subscribe", "seven", "assessment", "team")
"""Comments in a page, like `<!-- letters -->`, where the generator puts what it knows."""

_TAKEN = ("assessment", "result", "playbook")
"""Anchors that the form of `<!-- assessment -->` brings with it."""


class PageFields(Fields):
    title: Line = Field(description="the title of the page")
    summary: Line = Field(description="what the page is about, in one sentence")


def load_pages(root: Path, language: Language, texts: Texts, problems: list[Problem]) -> tuple[Page, ...]:
    """Read the pages of one language by name, adding what is wrong with them."""
    folder = root / "docs" / language
    if not is_folder(folder, problems):
        return ()
    pages: list[Page] = []
    for path in sorted(folder.rglob("[!.]*.md")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name.startswith("certainties/"):
            continue
        if name.startswith("archive/"):
            message = "archive pages are generated from newsletter/issues/; move this page to another folder"
            problems.append(Problem(path, None, message))
            continue
        document = load_document(path, PageFields, texts, problems)
        if document is None:
            continue
        _check_markers(document, problems)
        title, summary = document.fields.title, document.fields.summary
        pages.append(Page(language, name, title, summary, document.markdown, path, document.line))
    if not (folder / "index.md").exists():
        problems.append(Problem(folder / "index.md", None, "the home page is missing"))
    return tuple(pages)


def find_markers(marks: Marks) -> dict[str, int]:
    """What a text asks the generator for, each with its line; words that are no marker too, for who judges them."""
    return {comment: line for comment, line in reversed(marks.comments) if comment.isalpha()}


def _check_markers(document: Document[PageFields], problems: list[Problem]) -> None:
    path, marks, markers = document.path, document.marks, find_markers(document.marks)
    for marker, line in markers.items():
        if marker not in MARKERS:
            hint = did_you_mean(marker, MARKERS)
            problems.append(Problem(path, line, f"unknown marker “<!-- {marker} -->”{hint}"))
    for comment, line in marks.comments:
        if comment in MARKERS and line != markers[comment]:
            message = f"duplicate marker “<!-- {comment} -->”; delete one of the two"
            problems.append(Problem(path, line, message))
    for heading in marks.headings if "assessment" in markers else ():
        if heading.anchor in _TAKEN:
            anchor = heading.anchor
            message = (
                f"the form already uses the anchor “#{anchor}”; choose another, like {{ #the-{anchor} }}"
            )
            problems.append(Problem(path, heading.line, message))
