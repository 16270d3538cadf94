"""`newsletter/issues/<week>/` → Archive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.content.certainties import item_ids
from generator.content.editions import Known, load_edition
from generator.model import Archive, Edition, Issue, Language, Problem, Week
from generator.reading import is_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.content.editions import EditionFields
    from generator.content.frontmatter import Document, Texts
    from generator.model import Playbook
    from generator.settings import Settings

FOLDER = "newsletter/issues"
"""Where the issues stand, below the root of the project."""


def load_archive(
    root: Path, settings: Settings | None, playbook: Playbook, texts: Texts, problems: list[Problem]
) -> Archive:
    """Read all issues of the project in `root`, adding a problem for everything that is wrong."""
    folder = root / FOLDER
    if not folder.exists() or not is_folder(folder, problems):
        return Archive(())  # a new project has no issues yet
    thoughts: dict[str, set[str]] = {}
    for thought in (thought for found in playbook.thoughts.values() for thought in found):
        thoughts.setdefault(thought.slug, set()).add(thought.certainty)
    known = Known(root, playbook.facts, item_ids(playbook.certainties), thoughts)
    issues: list[Issue] = []
    for path in sorted(folder.iterdir(), reverse=True):
        week = None if path.name.startswith(".") else _week(path, problems)
        if week is None:
            continue
        found = _load_editions(path, week, known, texts, problems)
        _check_dates(week, folder, settings, found, problems)
        if len(found) == len(Language):
            _check_editions(found, problems)
            issues.append(Issue(week, {language: edition for language, (_, edition) in found.items()}))
    return Archive(tuple(issues))


def _week(path: Path, problems: list[Problem]) -> Week | None:
    """The week that a folder is named after."""
    if not path.is_dir():
        message = "is no issue: an issue is a folder named after its week, like 2026-W48"
        problems.append(Problem(path, None, message))
        return None
    loose = re.match(r"(\d{4})[-_ ]?[wW](\d{1,2})(?!\d)", path.name, re.ASCII)
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
        message = f"two issues in one week: {path.name} and {name}; a week has one"
    problems.append(Problem(path, None, message))
    return None


def _load_editions(
    folder: Path, week: Week, known: Known, texts: Texts, problems: list[Problem]
) -> dict[Language, tuple[Document[EditionFields], Edition]]:
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    editions: dict[Language, tuple[Document[EditionFields], Edition]] = {}
    for language in Language if names else ():  # git knows no empty folders: there is no issue in one
        name = f"{language}.md"
        if name in names:
            edition = load_edition(folder / name, week, language, known, texts, problems)
            if edition is not None:
                editions[language] = edition
        elif not any(other.lower() == name for other in names):  # else see below
            message = "the file is missing: an issue stands in every language"
            problems.append(Problem(folder / name, None, message))
    for name in names:
        if name.endswith(".md") and name.removesuffix(".md") not in list(Language):
            message = "is no edition: the files of an issue are nl.md, en.md and pictures"
            problems.append(Problem(folder / name, None, message))
    return editions


def _check_dates(
    week: Week,
    folder: Path,
    settings: Settings | None,
    editions: Mapping[Language, tuple[Document[EditionFields], Edition]],
    problems: list[Problem],
) -> None:
    """Compare the dates of each edition with the week that its folder is named after, and with each other."""
    wrong: dict[Week, list[Document[EditionFields]]] = {}
    for document, edition in editions.values():
        zone = settings.timezone if settings else edition.published.tzinfo
        found = Week.of(edition.published.astimezone(zone).date())
        if found != week:
            wrong.setdefault(found, []).append(document)
        elif edition.updated < edition.published:
            message = "“updated” is earlier than “published”"
            problems.append(Problem(document.path, document.lines["updated"], message))
    for found, (document, *others) in wrong.items():
        both = " in both editions" if others else ""
        message = f"“published” is in week {found}{both}, but the folder is {week}"
        if (folder / str(found)).is_dir():
            message += f"; that makes two issues in week {found}"
        problems.append(Problem(document.path, document.lines["published"], message))


def _check_editions(
    editions: Mapping[Language, tuple[Document[EditionFields], Edition]], problems: list[Problem]
) -> None:
    """What both editions of an issue must share."""
    (one, nl), (other, en) = editions[Language.NL], editions[Language.EN]
    for keys in (("certainty", "thought", "actions"), ("published",), ("draft",)):
        different = [key for key in keys if getattr(nl, key) != getattr(en, key)]
        places = {(document.path, document.line_of(key)) for document in (one, other) for key in keys}
        if different and places.isdisjoint((problem.path, problem.line) for problem in problems):
            for key in different:  # when something is wrong with one of them, that was said already
                message = (
                    f"“{key}” is {_say(en, key)}, in nl.md it is {_say(nl, key)}; both editions have the same"
                )
                problems.append(Problem(en.source, other.line_of(key), message))


def _say(edition: Edition, key: str) -> str:
    value = getattr(edition, key)
    return ", ".join(value) if isinstance(value, tuple) else str(value).lower()
