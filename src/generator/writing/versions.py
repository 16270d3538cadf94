"""`var/drafts/<text>/`: what stood in the files of a text, one version for each five minutes of writing."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.atomic import publish_artifacts
from generator.cache import digest
from generator.errors import PublishError
from generator.model import Artifact, Language
from generator.reading import list_folder, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from generator.writing.texts import Text

FOLDER = "var/drafts"
"""Where versions stand, below the root of the project; git ignores it."""

EVERY, KEPT = timedelta(minutes=5), timedelta(days=90)

_TIME = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"([a-z]{2})-(\d{8}T\d{6}Z)-([0-9a-f]{32})\.md")


@dataclass(frozen=True, slots=True)
class Version:
    """A file of a text as it was."""

    at: datetime
    language: Language
    digest: str
    path: Path


def list_versions(root: Path, text: Text) -> list[Version]:
    """All versions of a text, the newest first."""
    return sorted(_read(find_folder(root, text), text), key=lambda one: one.at, reverse=True)


def read_version(root: Path, text: Text, language: str, digest_: str) -> bytes | None:
    """What stood in the file of a language, or None when no such version is kept."""
    for version in list_versions(root, text):
        if (version.language, version.digest) == (language, digest_):
            return read_bytes(version.path, [])
    return None


def keep_version(  # noqa: PLR0913 (what a version has)
    root: Path, text: Text, language: Language, content: bytes, now: datetime, *, always: bool = False
) -> bool:
    """Keep what stands in a file before something else is written there; delete what is too old.

    Unless it must be kept `always`, not when a version is younger than EVERY. Gives whether nothing went wrong; then
    the caller decides what is not done.
    """
    versions, mark = list_versions(root, text), digest(content).hex()
    own = [version for version in versions if version.language == language]
    for version in versions:
        if now - version.at > KEPT:
            with suppress(OSError):
                version.path.unlink()
    if own and (own[0].digest == mark or (not always and now - own[0].at < EVERY)):
        return True
    name = f"{language}-{now.astimezone(UTC).strftime(_TIME)}-{mark}.md"
    try:
        publish_artifacts([Artifact(PurePosixPath(name), content)], find_folder(root, text))
    except PublishError:
        return False
    return True


def find_folder(root: Path, text: Text) -> Path:
    """Where the versions of a text stand."""
    return root / FOLDER / text.id


def _read(folder: Path, text: Text) -> Iterable[Version]:
    for path in list_folder(folder):
        if (match := _NAME.fullmatch(path.name)) and (language := Language(match[1])) in text.files:
            try:
                at = datetime.strptime(match[2], _TIME).replace(tzinfo=UTC)
            except ValueError:
                continue  # no day of a calendar: nobody's version
            yield Version(at, language, match[3], path)
