"""`newsletter/released.json` → what readers have got already, and back; `generate release` writes it, nobody else.

It says of each letter that went out what it was then, so that nobody changes it unseen and no feed shows it twice.
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from generator.content.archive import FOLDER
from generator.content.documents import parse_yaml
from generator.model import Language, Message, Problem, Release, Week
from generator.reading import (
    Fields,
    Line,
    did_you_mean,
    exists,
    is_folder,
    parse_fields,
    read_text,
    show_value,
)
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from generator.model import Edition

PATH = "newsletter/released.json"
"""Where the releases stand, below the root of the project."""

Releases = dict[tuple[Week, Language], Release]

_CURE = Message("only `generate release` writes this file; restore it from git")


class _TwiceError(ValueError):
    """A duplicate key in a file."""


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(Message("is {}", show_value(text))) from None
    if moment.tzinfo is None:
        raise ValueError(Message("has no time zone"))
    return text


class _Release(Fields):
    id: Line = Field(description=Message("the id of the feed entry, a tag URI"))
    digest: str = Field(pattern=r"^[0-9a-f]{32}$", description=Message("32 digits from 0 to f"))
    updated: Annotated[str, AfterValidator(_moment)] = Field(
        description=Message("a date and time with a time zone, like 2026-11-27T06:00:00+01:00")
    )


def load_releases(root: Path, problems: list[Problem]) -> Releases:
    """Read what was released, or add what is wrong with the file; without it nothing was."""
    path = root / PATH
    if not exists(path):
        return {}
    text = read_text(path, problems)
    if text is None:
        return {}
    try:
        weeks = json.loads(text, object_pairs_hook=_once)
    except _TwiceError as error:
        problems.append(Problem(path, 1, Message("duplicate key “{}”; {}", error, _CURE)))
        return {}
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        problems.append(Problem(path, line, Message("is not JSON; {}", _CURE)))
        return {}
    found: list[Problem] = []
    releases = _read(weeks, root, {}, found)
    if found:  # then it is worth a second look where
        _, lines = parse_yaml(text, path, 1, []) or (None, {})
        found.clear()
        _read(weeks, root, lines, found)
        problems += found
    return releases


def write_releases(releases: Mapping[tuple[Week, Language], Release]) -> bytes:
    """The file that holds releases."""
    weeks: dict[str, dict[str, dict[str, str]]] = {}
    for (week, language), release in releases.items():
        entry = {"id": release.id, "digest": release.digest, "updated": release.updated.isoformat()}
        weeks.setdefault(str(week), {})[str(language)] = entry
    return (json.dumps(weeks, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def digest_edition(edition: Edition) -> str:
    """A digest of what readers read of an edition: the same for ever and everywhere, until they read something else."""
    read = [
        edition.title,
        edition.subject,
        edition.summary,
        edition.certainty,
        edition.published.timestamp(),
        [(section.heading, section.markdown.strip()) for section in edition.sections],
        [(name, _digest(image.source.read_bytes())) for name, image in sorted(edition.images.items())],
    ]
    return _digest(json.dumps(read).encode())


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found


def _read(weeks: Any, root: Path, lines: dict[str, int], problems: list[Problem]) -> Releases:
    path = root / PATH
    if not isinstance(weeks, dict):
        problems.append(
            Problem(
                path, 1, Message("must contain weeks with their editions, like {{“2026-W45”: {{“nl”: …}}}}")
            )
        )
        return {}
    releases: Releases = {}
    languages = load_languages(root)
    for name, editions in weeks.items():
        try:
            week = Week.parse(name)
        except ValueError as error:
            problems.append(Problem(path, lines.get(name, 1), error.args[0]))
            continue
        for language, entry in editions.items() if isinstance(editions, dict) else [("", None)]:
            key = f"{name}.{language}" if language else name
            if language not in languages or not isinstance(entry, dict):
                hint = did_you_mean(language, languages)
                message = Message("“{}” is not an edition with an id, a digest and a date{}", key, hint)
                problems.append(Problem(path, lines.get(key, 1), message))
            elif fields := parse_fields(_Release, entry, path, lines, problems, under=f"{key}."):
                release = Release(fields.id, fields.digest, datetime.fromisoformat(fields.updated))
                releases[week, Language(language)] = release
        if not is_folder(root / FOLDER / name):
            message = Message(
                "{} was published, but its folder is missing; restore it, because readers have its address",
                name,
            )
            problems.append(Problem(path, lines.get(name, 1), message))
    return releases
