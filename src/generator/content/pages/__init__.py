"""`docs/<language>/*.md` → the pages of the playbook that are neither certainties nor templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from generator.content.documents import check_invisible, load_document, read_front
from generator.content.pages.templates import FOLDER as TEMPLATES
from generator.content.pages.templates import INDEX
from generator.model import Message, Page, Problem, join_or
from generator.reading import (
    LEADS_OUT,
    Fields,
    Line,
    did_you_mean,
    is_folder,
    is_text_name,
    leads_out,
    list_folder,
    plain_name,
    walk_folder,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.content.documents import Document, Texts
    from generator.content.markdown.marks import Marks
    from generator.model import Language, Languages

MARKERS = (
    "letters",  # the newest letter with its first sentences
    "evidence",  # the list of facts
    "feeds",  # the list of feeds
    "subscribe",  # the form to subscribe by email; without [service], a sentence instead of the text up to the next ##
    "specimen",  # a drawn example of a result, beside what stands above the first ##
    "seven",  # the certainties: mark, name, summary and the reader's own progress
    "assessment",  # the questions and the result; its certainties are ###, so it needs a ## above it
    "team",  # the results of a team from pasted links; on paper and without scripts, a sheet to fill in
    "kept",  # what the reader's browser keeps, to take along, put back or clear
    "publisher",  # name, address, KvK number and email, from the settings
    "editors",  # who edits and who answers replies, from the settings
    "article",  # the article that the playbook grew out of; nothing without [publisher.article]
    "templates",  # all templates, with the marks of their certainties
    "course",  # the lessons of the course
)
"""Comments in a page, like `<!-- letters -->`, where the generator puts what it knows."""

_TAKEN = {
    "assessment": ("assessment", "result", "playbook"),
    "seven": ("playbook",),
    "team": ("team", "playbook"),
}
"""Anchors that a marker brings with it."""


class PageFields(Fields):
    title: Line = Field(description=Message("the title of the page"))
    summary: Line = Field(description=Message("what the page is about, in one sentence"))
    heading: Line = Field(
        default="",
        description=Message("what stands at its top in large letters, where that is not the title"),
    )


def load_pages(root: Path, language: Language, texts: Texts, problems: list[Problem]) -> tuple[Page, ...]:
    """Read the pages of one language by name, adding what is wrong with them."""
    folder = root / "docs" / language
    if not is_folder(folder, problems):
        return ()
    pages: list[Page] = []
    paths = walk_folder(folder, problems)
    for path in paths:
        name = path.relative_to(folder).with_suffix("").as_posix()
        if message := _misplaced(path, name):
            problems.append(Problem(path, None, message))
            continue
        if path.suffix != ".md" or (name.startswith(("certainties/", f"{TEMPLATES}/")) and name != INDEX):
            continue
        document = load_document(path, PageFields, texts, problems)
        if document is None:
            continue
        _check_markers(document, problems)
        check_invisible(document, problems)
        fields = document.fields
        pages.append(
            Page(
                language,
                name,
                fields.title,
                fields.summary,
                document.markdown,
                path,
                document.line,
                heading=fields.heading or fields.title,
            )
        )
    _check_twins(paths, problems)
    if "index.md" not in {plain_name(path.name) for path in paths if path.parent == folder}:
        problems.append(Problem(folder / "index.md", None, Message("the home page is missing")))
    return tuple(pages)


def check_places(root: Path, languages: Languages, problems: list[Problem]) -> None:
    """Add a problem for each page that is in the folder of no language."""
    homes = [root / "docs" / language for language in languages]
    right = join_or(f"docs/{language}/" for language in languages)
    for place in list_folder(root / "docs"):
        if place in homes or place.name.startswith("."):
            continue
        for path in [place, *walk_folder(place)]:
            if is_text_name(path.name) and path.suffix != ".txt" and not is_folder(path):
                message = Message("is in the folder of no language, so nobody reads it; move it to {}", right)
                problems.append(Problem(path, None, message))


def _misplaced(path: Path, name: str) -> Message | None:
    """Why a file below the folder of a language is not published as it should be, or None."""
    if path.suffix != ".md":
        if is_folder(path):
            return None
        if path.is_symlink() and leads_out(path):
            return LEADS_OUT
        # A text without front matter, like robots.txt, is published as it is.
        meant = is_text_name(path.name) and (not path.name.endswith(".txt") or read_front(path))
        return (
            Message("is not a page; rename it to {}", path.with_name(plain_name(path.name)).name)
            if meant
            else None
        )
    if name.startswith("archive/"):
        return Message(
            "archive pages are generated from newsletter/issues/; move this page to another folder"
        )
    if name.startswith("course/") and name != "course/index":
        return Message(
            "pages of the course are generated from newsletter/course/; move this page to another folder"
        )
    if name.count("/") > 1 and name.startswith(f"{TEMPLATES}/"):
        return Message(
            "is in a folder below {}/, where nobody reads it; move it to {}/", TEMPLATES, TEMPLATES
        )
    if name.count("/") > 1 and name.startswith("certainties/"):
        return Message(
            "is in a folder below certainties/, which holds the seven pages only; move it to another folder"
        )
    return None


def _check_twins(paths: Sequence[Path], problems: list[Problem]) -> None:
    """Add a problem for a page whose name another one has already, apart from capitals and forms of accents."""
    first: dict[tuple[Path, str], Path] = {}
    for path in paths:
        if path.suffix == ".md":
            other = first.setdefault((path.parent, plain_name(path.name)), path)
            if other != path:
                message = Message(
                    "has the same name as {}, apart from capitals or the form of its accents, which "
                    "Windows and macOS take for one file; rename one of the two",
                    other.name,
                )
                problems.append(Problem(path, None, message))


def find_markers(marks: Marks) -> dict[str, int]:
    """What a text asks the generator for, each with its line; words that are no marker too, for who judges them."""
    return {comment: line for comment, line in reversed(marks.comments) if comment.isalpha()}


def _check_markers(document: Document[PageFields], problems: list[Problem]) -> None:
    path, marks, markers = document.path, document.marks, find_markers(document.marks)
    for marker, line in markers.items():
        if marker not in MARKERS:
            hint = did_you_mean(marker, MARKERS)
            problems.append(Problem(path, line, Message("unknown marker “<!-- {} -->”{}", marker, hint)))
    for comment, line in marks.comments:
        if comment in MARKERS and line != markers[comment]:
            message = Message("duplicate marker “<!-- {} -->”; delete one of the two", comment)
            problems.append(Problem(path, line, message))
    taken = {anchor: marker for marker in markers for anchor in _TAKEN.get(marker, ())}
    for heading in marks.headings:
        if owner := taken.get(heading.anchor):
            anchor = heading.anchor
            message = Message(
                "<!-- {} --> already uses the anchor “#{}”; choose another, like {{ #the-{} }}",
                owner,
                anchor,
                anchor,
            )
            problems.append(Problem(path, heading.line, message))
