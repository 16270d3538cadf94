"""`docs/<language>/*.md` → the pages of the playbook that are not certainties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from generator.content.frontmatter import load_document
from generator.model import Page, Problem
from generator.reading import Fields, Line, did_you_mean, is_folder

if TYPE_CHECKING:
    from pathlib import Path

    from generator.content.frontmatter import Texts
    from generator.model import Language

MARKERS = ("letters", "evidence", "feeds")
"""Comments in a page, like `<!-- letters -->`, where the generator puts what it knows."""


class _Fields(Fields):
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
            message = "archive pages are made from newsletter/issues/; move this page elsewhere"
            problems.append(Problem(path, None, message))
            continue
        document = load_document(path, _Fields, texts, problems)
        if document is None:
            continue
        for comment, line in document.marks.comments:
            if comment.isalpha() and comment not in MARKERS:
                hint = did_you_mean(comment, MARKERS)
                problems.append(Problem(path, line, f"unknown marker “<!-- {comment} -->”{hint}"))
        title, summary = document.fields.title, document.fields.summary
        pages.append(Page(language, name, title, summary, document.markdown, path, document.line))
    if not (folder / "index.md").exists():
        problems.append(Problem(folder / "index.md", None, "the home page is missing"))
    return tuple(pages)
