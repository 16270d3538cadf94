"""`newsletter/issues/<week>/` → Archive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.content.certainties import item_ids
from generator.content.editions import Known, load_edition
from generator.content.thoughts import list_slugs
from generator.model import Archive, Edition, Issue, Language, Languages, Message, Problem, Week
from generator.reading import (
    exists,
    is_document,
    is_folder,
    is_text_name,
    list_folder,
    plain_name,
    walk_folder,
)
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
    if not exists(folder) or not is_folder(folder, problems):
        return Archive(())  # a new project has no issues yet
    known = know(root, playbook)
    issues: list[Issue] = []
    languages = load_languages(root)
    for path in reversed(list_folder(folder, problems)):
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


def know(root: Path, playbook: Playbook) -> Known:
    """What editions are compared with."""
    thoughts: dict[str, set[str]] = {}
    for thought in (thought for found in playbook.thoughts.values() for thought in found):
        thoughts.setdefault(thought.slug, set()).add(thought.certainty)
    return Known(playbook.facts, item_ids(playbook.certainties), thoughts, list_slugs(root))


def _week(path: Path, problems: list[Problem]) -> Week | None:
    """The week that a folder is named after."""
    if not is_folder(path):
        message = Message("is not a letter; a letter is a folder named after its week, like 2026-W48")
        problems.append(Problem(path, None, message))
        return None
    loose = _LOOSE.match(path.name)
    name = f"{loose[1]}-W{int(loose[2]):02}" if loose else path.name
    try:
        week = Week.parse(name)
    except ValueError as error:
        problems.append(Problem(path, None, error.args[0]))
        return None
    if name == path.name:
        return week
    message = Message("“{}” is not a week; write it like {}", path.name, name)
    if is_folder(path.parent / name):
        message = Message("two letters in one week: {} and {}; delete one of the two", path.name, name)
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
    names = (path.name for path in list_folder(root / FOLDER) if list_folder(path))
    return [week for week in map(read_week, names) if week]


def _load_editions(  # noqa: PLR0913 (editions are compared with everything else)
    folder: Path, week: Week, known: Known, languages: Languages, texts: Texts, problems: list[Problem]
) -> dict[Language, tuple[Document[EditionFields], Edition]]:
    right_names = [f"{language}.md" for language in languages]
    found = {path.name for path in list_folder(folder, problems)}
    hidden = {f".{name}" for name in right_names if name not in found}
    names = {name for name in found if not name.startswith(".") or name in hidden}
    editions: dict[Language, tuple[Document[EditionFields], Edition]] = {}
    meant = {name: _meant(name) for name in names.difference(right_names)}
    for language in languages if names else ():  # git knows no empty folders: there is no issue in one
        name = f"{language}.md"
        if name in names:
            edition = load_edition(folder / name, week, language, known, texts, problems)
            if edition is not None:
                editions[language] = edition
        elif name not in meant.values():  # else see below
            message = Message("the file is missing; a letter has both languages")
            problems.append(Problem(folder / name, None, message))
    for name in meant:
        if stray := _explain_stray(folder, name, names, right_names):
            problems.append(Problem(folder / name, None, stray))
    return editions


def _meant(name: str) -> str:
    """The name that a file of a letter should have, also when it is hidden, or a document of a word processor."""
    return plain_name(name.lstrip(".").rpartition(".")[0] if is_document(name) else name.lstrip("."))


def _explain_stray(
    folder: Path, name: str, names: Collection[str], right_names: Collection[str]
) -> Message | None:
    """Why nobody reads a file beside the editions of a letter, when its author thinks that somebody does."""
    if (right := _meant(name)) in right_names and is_document(name):
        return None if right in names else Message("is not an edition; save its text as {}", right)
    if right in right_names:
        return Message("is not an edition; {}", _rename(right, names))
    if name.lower().endswith(".md"):
        return Message("is not an edition; the files of a letter are {} and pictures", ", ".join(right_names))
    if any(is_text_name(path.name) for path in walk_folder(folder / name)):
        return Message(
            "is a folder in that of a letter, so its texts are not read; move them to {}/", folder.name
        )
    return None


def _rename(right: str, names: Collection[str]) -> Message:
    return (
        Message("{} exists too; keep one of the two", right)
        if right in names
        else Message("rename it to {}", right)
    )


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
            message = Message("“{}” is after the end of {}; check the year", late[0], last)
            problems.append(Problem(document.path, document.lines[late[0]], message))
        elif edition.updated < edition.published:
            message = Message("“updated” is earlier than “published”")
            problems.append(Problem(document.path, document.lines["updated"], message))
    for found, (document, *others) in wrong.items():
        both = Message(" in both editions") if others else ""
        message = Message("“published” is in week {}{}, but the folder is {}", found, both, week)
        if is_folder(folder.parent / str(found)):
            message = Message("{}; that makes two letters in week {}", message, found)
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
            message = Message(
                "“updated” is missing in {}; both editions must have it, or neither", there.path.name
            )
            problems.append(Problem(here.path, here.lines["updated"], message))
    for keys in (("certainty", "thought", "actions"), ("published",), ("draft",)):
        different = [key for key in keys if getattr(first_edition, key) != getattr(edition, key)]
        places = {(document.path, document.line_of(key)) for document in (one, other) for key in keys}
        if different and places.isdisjoint((problem.path, problem.line) for problem in problems):
            for key in different:  # when something is wrong with one of them, that was said already
                there_is = Message("{} in {}", _say(first_edition, key), first_edition.source.name)
                message = Message(
                    "“{}” is {}, but {}; both editions must have the same", key, _say(edition, key), there_is
                )
                problems.append(Problem(edition.source, other.line_of(key), message))


def _say(edition: Edition, key: str) -> str:
    value = getattr(edition, key)
    return ", ".join(value) if isinstance(value, tuple) else str(value).lower()
