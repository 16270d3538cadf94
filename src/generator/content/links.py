"""Every link and image in every text leads somewhere: to a file that is published, and to an anchor that is there."""

from __future__ import annotations

import os.path
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from generator.content.archive import FOLDER
from generator.content.certainties import IDS, is_item_id
from generator.content.images import check_alt
from generator.content.pages.course import FOLDER as COURSE
from generator.content.pages.course import read_name
from generator.content.thoughts import FOLDER as THOUGHTS
from generator.model import Message, Problem
from generator.reading import did_you_mean, exists, is_file, list_folder, nearest
from generator.settings import PATH as SETTINGS
from generator.urls import explain_url
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from generator.content.documents import Texts
    from generator.content.markdown.marks import Link
    from generator.model import Archive, Fact


_CALENDAR = PurePosixPath("assets/calendar")
REMINDERS = (_CALENDAR / "week.ics", _CALENDAR / "again.ics")
"""Files for calendars that are made below the folder of each language: every week, and the assessment again."""


def item_reminder(item_id: str) -> PurePosixPath:
    """The file, made for each checklist item too, that puts it into a calendar next Monday."""
    return _CALENDAR / f"{item_id}.ics"


@dataclass(frozen=True, slots=True)
class _Site:
    """What a link can lead to, by file."""

    folders: tuple[str, ...]
    """What is neither text nor hidden below these is published as it is."""
    anchors: Mapping[str, Collection[str]]
    pictures: Collection[str]
    """What letters show, and so is published beside them."""
    drafts: Mapping[str, bool]
    """Texts that readers do not get to see yet, and whether that is because their week is skipped."""
    wrong: Collection[str]
    """Files and folders that have a problem of their own: who links to them is not blamed."""


def check_links(
    root: Path, texts: Texts, archive: Archive, facts: Mapping[str, Fact], problems: list[Problem]
) -> None:
    """Add a problem for each link or image that leads nowhere."""
    site = _survey(root, texts, archive, facts, problems)
    for path, text in texts.items():
        if not text.marks.links:
            continue
        source, folder = str(path), str(path.parent)
        on_page = source.startswith(site.folders)
        for link in text.marks.links:
            if link.image and not on_page:
                continue  # said where the pictures of a letter are read
            if link.image:
                check_alt(link.target, link.text, path, link.line, problems)
            if message := _wrong(site, source, folder, link):
                problems.append(Problem(path, link.line, message))


def _survey(
    root: Path, texts: Texts, archive: Archive, facts: Mapping[str, Fact], problems: list[Problem]
) -> _Site:
    docs, issues, thoughts = root / "docs", f"{root / FOLDER}{os.sep}", f"{root / THOUGHTS}{os.sep}"
    known: dict[str, Collection[str]] = {str(path): text.marks.anchors for path, text in texts.items()}
    known = {source: found for source, found in known.items() if not source.startswith(thoughts)}
    wrong = {str(problem.path) for problem in problems}
    drafts = {
        str(edition.source): issue.skipped
        for issue in archive.issues
        if issue.kept
        for edition in issue.editions.values()
    }
    editions = [edition for issue in archive.issues for edition in issue.editions.values()]
    pictures = {str(image.source) for edition in editions for image in edition.images.values()}
    # What is made stands below docs/ on the site only, and may be linked to as if it were there.
    for source in [source for source in (*known, *wrong) if source.startswith(issues)]:
        week, _, name = source.removeprefix(issues).partition(os.sep)
        made = f"{docs / name.removesuffix('.md') / 'archive' / week}.md"
        known[made] = known.get(source, ())
        if source in wrong:
            wrong.add(made)
        if source in drafts:
            drafts[made] = drafts[source]
    languages = load_languages(root)
    for source in [source for source in (*known, *wrong) if source.startswith(f"{root / COURSE}{os.sep}")]:
        if lesson := read_name(Path(source).name, languages):
            certainty, language = lesson
            made = str(docs / language / "course" / f"{certainty}.md")
            known[made] = known.get(source, ())
            if source in wrong:
                wrong.add(made)
    for language in languages:
        known[str(docs / language / "archive/index.md")] = IDS
        known.update((str(docs / language / made), ()) for made in REMINDERS)
        about = str(docs / language / "about-the-numbers.md")
        if about in known:
            known[about] = {*known[about], *(fact.id for fact in facts.values() if fact.use != "avoid")}
    return _Site(
        tuple(f"{docs / language}{os.sep}" for language in languages), known, pictures, drafts, wrong
    )


def _wrong(site: _Site, source: str, folder: str, link: Link) -> Message | None:
    """What is wrong with a link in the text at `source`, or None."""
    target = link.target
    if not target:
        return Message("the link “{}” has no address", link.text)
    if scheme := re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", target):
        if link.image:
            return Message("“{}” is not a file; put the picture in the folder of the page", target)
        if scheme[1].lower() not in {"https", "http", "mailto"}:
            return Message(
                "“{}” is not a link that a letter or a page can have; use https, mailto or the path "
                "of a file",
                target,
            )
        if scheme[1].lower() == "mailto":
            whole = re.match(r"mailto:\S+@", target, re.IGNORECASE)
            return (
                None
                if whole
                else Message("“{}” is not a complete address like mailto:name@example.org", target)
            )
        trouble = explain_url(target)
        return Message("“{}” {}", target, trouble) if trouble else None
    if target.startswith("/"):
        return Message(
            "“{}” starts with a slash; use the relative path of the file, like ../newsletter.md", target
        )
    name, _, anchor = target.partition("#")
    name, anchor = unquote(name), unquote(anchor)
    file = os.path.normpath(f"{folder}{os.sep}{name}") if name else source
    if file not in site.anchors:
        return _missing(site, Path(file), name)
    if file in site.drafts and source not in site.drafts:
        what = (
            Message("the letter of a week that {} skips", SETTINGS)
            if site.drafts[file]
            else Message("a draft")
        )
        return Message("“{}” is {}, which is not published", name, what)
    if (
        anchor
        and anchor not in site.anchors[file]
        and file not in site.wrong
        and not _is_item(site, file, anchor)
    ):
        hint = did_you_mean(anchor, site.anchors[file])
        return Message("“{}” has no anchor “#{}”{}", name or source.rpartition(os.sep)[2], anchor, hint)
    return None


def _is_item(site: _Site, file: str, anchor: str) -> bool:
    """Whether an anchor is an item that only one language has, which is reported elsewhere."""
    pages = (other + file.removeprefix(home) for home in site.folders for other in site.folders)
    return is_item_id(anchor) and any(anchor in site.anchors.get(page, ()) for page in pages)


_HOST = re.compile(r"www\.|[\w-]+(?:\.[\w-]+)*\.(?:nl|be|com|org|net|eu|io|uk)(?:/|$)", re.IGNORECASE)
"""A name that is rather that of another site than that of a file."""


def _missing(site: _Site, file: Path, name: str) -> Message | None:
    """What is wrong with a link to a file that is no text, or None."""
    if is_file(file):
        published = str(file) in site.pictures or (
            str(file).startswith(site.folders) and file.suffix != ".md"
        )
        if published or str(file) in site.wrong:
            return None
        return Message("“{}” is not published; link to a page, a letter, or a picture in a letter", name)
    if _HOST.match(name):
        return Message("“{}” is not a file; start an address with https://", name)
    folder = file.parent
    near = nearest(file.name, [path.name for path in list_folder(folder)])
    blamed = {str(file), str(folder), str(folder / (near or file.name))}
    if folder.parent.name == "issues" and not exists(folder):
        blamed.update(map(str, list_folder(folder.parent)))  # it may be there under a wrong name
    if not blamed.isdisjoint(site.wrong):
        return None
    return Message("no such file: “{}”{}", name, (Message("; did you mean “{}”?", near) if near else ""))
