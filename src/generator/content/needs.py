"""What a command needs of a project: a problem anywhere else must not stop it.

Each of these returns a predicate over paths below the root, for `load_newsletter` and `Newsletter.require`. The
settings are always needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from generator.content.archive import FOLDER as ISSUES
from generator.content.archive import read_week
from generator.content.assessment import PATH as ASSESSMENT
from generator.content.documents import read_front
from generator.content.evidence import PATH as EVIDENCE
from generator.content.pages.course import FOLDER as COURSE
from generator.content.releases import PATH as RELEASED
from generator.content.releases import load_releases
from generator.content.style import CLICHES, SYNONYMS, WORDS
from generator.content.thoughts import FOLDER as THOUGHTS
from generator.reading import list_folder
from generator.settings import load_settings
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from generator.model import Week

Needs: TypeAlias = Callable[[PurePath], bool]

_KEYS = re.compile(r"^(certainty|thought)[ \t]*:[ \t]*[\"']?([\w-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Places:
    """The files and folders that are needed, and all that is in them."""

    places: frozenset[PurePath]

    def __call__(self, path: PurePath) -> bool:
        # What is wrong with a folder above a place is in its way, too.
        return any(path == place or place in path.parents or path in place.parents for place in self.places)


def need_nothing(_: PurePath) -> bool:
    """Nothing but the settings."""
    return False


def need_letter(root: Path, week: Week) -> Needs:
    """What the letter of a week is made from, checked with and compared with."""
    folders = (path for path in _list_folders(root) if read_week(path.name) == week)
    return _need(f"{ISSUES}/{week}", *_list_facts(root), RELEASED, *_list_letters(root, folders))


def need_thought(root: Path, certainty: str) -> Needs:
    """What a thought about a certainty is checked with."""
    return _need(*_list_facts(root), *(f"{folder}/{certainty}.md" for folder in _list_certainties(root)))


def need_lesson(root: Path, certainty: str) -> Needs:
    """What a lesson of the course is checked with."""
    return need_thought(root, certainty)


def need_course(root: Path) -> Needs:
    """What lessons of the course are assembled from."""
    return _need(EVIDENCE, *_list_certainties(root))


def need_mailed_course(root: Path) -> Needs:
    """What the lessons of the course are mailed with."""
    return _need(COURSE, *_list_facts(root), *_list_certainties(root))


def need_assembly(root: Path) -> Needs:
    """What a new letter is made from, apart from the letters before it."""
    return _need(*_list_facts(root), THOUGHTS, *_list_certainties(root))


def need_releases(root: Path, until: datetime) -> Needs:
    """What it takes to record the letters that are out by a moment."""
    return _need(*_list_facts(root), RELEASED, *_list_letters(root, _list_out(root, until)))


def need_site(root: Path, until: datetime) -> Needs:
    """What the site shows with the letters that are out by a moment: no thought."""
    assessments = (ASSESSMENT.format(language=language) for language in load_languages(root))
    synonyms = (SYNONYMS.format(language=language) for language in load_languages(root))
    letters = (f"{ISSUES}/{path.name}" for path in _list_out(root, until))
    return _need("docs", COURSE, EVIDENCE, *assessments, *synonyms, *letters)


def need_book(root: Path) -> Needs:
    """What the playbook as a book is made from: no letter and no thought."""
    return _need(
        "docs", EVIDENCE, *(ASSESSMENT.format(language=language) for language in load_languages(root))
    )


def _need(*places: str) -> Needs:
    return _Places(frozenset(map(PurePath, places)))


def _list_certainties(root: Path) -> list[str]:
    """The folders with the pages of the certainties."""
    return [f"docs/{language}/certainties" for language in load_languages(root)]


def _list_facts(root: Path) -> list[str]:
    """The evidence, and the word lists of each language."""
    lists = (name.format(language=language) for name in (WORDS, CLICHES) for language in load_languages(root))
    return [EVIDENCE, *lists]


def _list_letters(root: Path, folders: Iterable[Path]) -> Iterator[str]:
    """The folders of letters, and the pages and thoughts that these name, whatever else is wrong with them."""
    languages, certainties = load_languages(root), _list_certainties(root)
    for folder in folders:
        yield f"{ISSUES}/{folder.name}"
        for language in languages:
            named = dict(_KEYS.findall(read_front(folder / f"{language}.md")))
            certainty, thought = named.get("certainty"), named.get("thought")
            yield from (f"{pages}/{certainty}.md" for pages in certainties if certainty)
            yield from (
                f"{THOUGHTS}/{certainty}/{thought}.{one}.md" for one in languages if certainty and thought
            )


def _list_out(root: Path, until: datetime) -> Iterator[Path]:
    """The folders of the weeks whose time to send has come, but those that are skipped; all while nobody can tell."""
    settings = load_settings(root, [])
    released = {week for week, _ in load_releases(root, [])}
    for path in _list_folders(root):
        week = read_week(path.name)
        if settings and week in settings.skip - released:
            continue
        if settings is None or (week is not None and settings.send_time(week) <= until):
            yield path


def _list_folders(root: Path) -> list[Path]:
    return list_folder(root / ISSUES)
