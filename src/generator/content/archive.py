"""`newsletter/issues/<week>/` → Archive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.content.certainties import item_ids
from generator.content.editions import Known, load_edition
from generator.model import Archive, Edition, Issue, Language, Languages, Problem, Week
from generator.reading import is_folder, plain_name
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from generator.content.documents import Document, Texts
    from generator.content.editions import EditionFields
    from generator.model import Playbook
    from generator.settings import Settings

FOLDER = "newsletter/issues"
"""Where the issues stand, below the root of the project."""


def load_archive(  # noqa: PLR0913 (letters are compared with everything else)
    root: Path,
    settings: Settings | None,
    playbook: Playbook,
    texts: Texts,
    problems: list[Problem],
    now: datetime | None = None,
    released: Collection[Week] = (),
) -> Archive:
    """Read all issues of the project in `root`, adding a problem for everything that is wrong.

    Without `now` a letter may be dated as far ahead as one likes. Readers have the letters of the weeks in `released`,
    so these stay published when the settings skip them. The calendar cannot tell: the Friday of a week that is
    skipped passes, too.
    """
    folder = root / FOLDER
    if not folder.exists() or not is_folder(folder, problems):
        return Archive(())  # a new project has no issues yet
    thoughts: dict[str, set[str]] = {}
    for thought in (thought for found in playbook.thoughts.values() for thought in found):
        thoughts.setdefault(thought.slug, set()).add(thought.certainty)
    known = Known(root, playbook.facts, item_ids(playbook.certainties), thoughts)
    issues: list[Issue] = []
    languages = load_languages(root)
    for path in sorted(folder.iterdir(), reverse=True):
        week = None if path.name.startswith(".") else _week(path, problems)
        if week is None:
            continue
        found = _load_editions(path, week, known, languages, texts, problems)
        _check_dates(path, settings, found, now, problems)
        if len(found) == len(languages):
            _check_editions(found, problems)
            skipped = settings is not None and settings.skips(week) and week not in released
            issues.append(
                Issue(week, {language: edition for language, (_, edition) in found.items()}, skipped)
            )
    return Archive(tuple(issues))


def _week(path: Path, problems: list[Problem]) -> Week | None:
    """The week that a folder is named after."""
    if not path.is_dir():
        message = "is not a letter; a letter is a folder named after its week, like 2026-W48"
        problems.append(Problem(path, None, message))
        return None
    loose = _LOOSE.match(path.name)
    name = f"{loose[1]}-W{int(loose[2]):02}" if loose else path.name
    try:
        week = Week.parse(name)
    except ValueError as error:
        problems.append(Problem(path, None, str(error)))
        return None
    if name == path.name:
        return week
    message = f"“{path.name}” is not a week; write it like {name}"
    if (path.parent / name).is_dir():
        message = f"two letters in one week: {path.name} and {name}; delete one of the two"
    problems.append(Problem(path, None, message))
    return None


_LOOSE = re.compile(r"(\d{4})[-_ ]?[wW](\d{1,2})(?!\d)", re.ASCII)


def read_week(name: str) -> Week | None:
    """The week that the name of a folder means, also when it is written in another way."""
    loose = _LOOSE.match(name)
    try:
        return Week.parse(f"{loose[1]}-W{int(loose[2]):02}") if loose else None
    except ValueError:
        return None


def list_written(root: Path) -> list[Week]:
    """The weeks that have a folder with something in it, whatever that is."""
    folder = root / FOLDER
    paths = folder.iterdir() if folder.is_dir() else ()
    names = (path.name for path in paths if path.is_dir() and any(path.iterdir()))
    return [week for week in map(read_week, names) if week]


def _load_editions(  # noqa: PLR0913 (editions are compared with everything else)
    folder: Path, week: Week, known: Known, languages: Languages, texts: Texts, problems: list[Problem]
) -> dict[Language, tuple[Document[EditionFields], Edition]]:
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    editions: dict[Language, tuple[Document[EditionFields], Edition]] = {}
    right_names = {f"{language}.md" for language in languages}
    meant = {name: plain_name(name) for name in names - right_names}
    for language in languages if names else ():  # git knows no empty folders: there is no issue in one
        name = f"{language}.md"
        if name in names:
            edition = load_edition(folder / name, week, language, known, texts, problems)
            if edition is not None:
                editions[language] = edition
        elif name not in meant.values():  # else see below
            message = "the file is missing; a letter has both languages"
            problems.append(Problem(folder / name, None, message))
    for name, right in meant.items():
        if right in right_names:
            message = f"is not an edition; {_rename(right, names)}"
        elif name.lower().endswith(".md"):
            files = ", ".join(f"{language}.md" for language in languages)
            message = f"is not an edition; the files of a letter are {files} and pictures"
        else:
            continue
        problems.append(Problem(folder / name, None, message))
    return editions


def _rename(right: str, names: Collection[str]) -> str:
    return f"{right} exists too; keep one of the two" if right in names else f"rename it to {right}"


def _check_dates(
    folder: Path,
    settings: Settings | None,
    editions: Mapping[Language, tuple[Document[EditionFields], Edition]],
    now: datetime | None,
    problems: list[Problem],
) -> None:
    """Compare the dates of each edition with the week of its folder, with each other, and with the end of next year."""
    week, last = Week.parse(folder.name), settings.last_year(now) if settings and now else None
    wrong: dict[Week, list[Document[EditionFields]]] = {}
    for document, edition in editions.values():
        zone = settings.timezone if settings else edition.published.tzinfo
        found = Week.of(edition.published.astimezone(zone).date())
        late = [
            key
            for key in ("published", "updated")
            if last and key in document.lines and getattr(edition, key).astimezone(zone).year > last
        ]
        if found != week:
            wrong.setdefault(found, []).append(document)
        elif late:
            message = f"“{late[0]}” is after the end of {last}; check the year"
            problems.append(Problem(document.path, document.lines[late[0]], message))
        elif edition.updated < edition.published:
            message = "“updated” is earlier than “published”"
            problems.append(Problem(document.path, document.lines["updated"], message))
    for found, (document, *others) in wrong.items():
        both = " in both editions" if others else ""
        message = f"“published” is in week {found}{both}, but the folder is {week}"
        if (folder.parent / str(found)).is_dir():
            message += f"; that makes two letters in week {found}"
        problems.append(Problem(document.path, document.lines["published"], message))


def _check_editions(
    editions: Mapping[Language, tuple[Document[EditionFields], Edition]], problems: list[Problem]
) -> None:
    """What all editions of an issue must share: each is compared with the first one."""
    first, *others = editions.values()
    for other in others:
        _compare_editions(first, other, problems)


def _compare_editions(
    first: tuple[Document[EditionFields], Edition],
    second: tuple[Document[EditionFields], Edition],
    problems: list[Problem],
) -> None:
    (one, first_edition), (other, edition) = first, second
    for here, there in ((one, other), (other, one)):
        if here.fields.updated and not there.fields.updated:
            message = f"“updated” is missing in {there.path.name}; both editions must have it, or neither"
            problems.append(Problem(here.path, here.lines["updated"], message))
    for keys in (("certainty", "thought", "actions"), ("published",), ("draft",)):
        different = [key for key in keys if getattr(first_edition, key) != getattr(edition, key)]
        places = {(document.path, document.line_of(key)) for document in (one, other) for key in keys}
        if different and places.isdisjoint((problem.path, problem.line) for problem in problems):
            for key in different:  # when something is wrong with one of them, that was said already
                there_is = f"{_say(first_edition, key)} in {first_edition.source.name}"
                message = f"“{key}” is {_say(edition, key)}, but {there_is}; both editions must have the same"
                problems.append(Problem(edition.source, other.line_of(key), message))


def _say(edition: Edition, key: str) -> str:
    value = getattr(edition, key)
    return ", ".join(value) if isinstance(value, tuple) else str(value).lower()
