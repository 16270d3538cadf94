"""Artifacts → files: only what changed, each file whole at every moment."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.model import Artifact

STAGING = ".staging-"
"""The beginning of the name of a folder for files that are not yet published."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a call did: the paths written, and how many files were right already."""

    written: tuple[Path, ...]
    unchanged: int


def publish_artifacts(artifacts: Iterable[Artifact], folder: Path) -> Published:
    """Write artifacts below a folder. Raises PublishError; what was there before is then whole."""
    return publish_together({folder: artifacts})


def publish_together(artifacts: Mapping[Path, Iterable[Artifact]]) -> Published:
    """Write the artifacts of several folders, or none of them: see publish_artifacts.

    Everything is first written beside its target, on the same disk; only when all of it is there is it renamed into
    place, which POSIX does at once or not at all. Killed in between, a file is the old or the new one; a new folder
    comes with all that is in it.
    """
    changed: list[tuple[Artifact, Path, Path]] = []
    unchanged = 0
    for folder, found in artifacts.items():
        for artifact in found:
            target = folder / artifact.path
            if _is_same(artifact, target):
                unchanged += 1
            else:
                changed.append((artifact, folder, target))
    _replace(changed)
    return Published(tuple(target for _, _, target in changed), unchanged)


def _replace(changed: Iterable[tuple[Artifact, Path, Path]]) -> None:
    stagings: dict[Path, Path] = {}
    moves: dict[Path, Path] = {}
    place = Path()
    try:
        for artifact, folder, target in changed:
            place = folder
            if folder not in stagings:
                folder.mkdir(parents=True, exist_ok=True)
                _sweep(folder)
                stagings[folder] = Path(tempfile.mkdtemp(prefix=f"{STAGING}{os.getpid()}-", dir=folder))
            place = target
            top = _find_new_folder(target, folder) or target
            staged = moves.setdefault(top, stagings[folder] / str(len(moves)))
            _write(artifact, staged / target.relative_to(top))
        for place in moves:
            _check_place(place)
        for place, staged in moves.items():
            os.replace(staged, place)  # noqa: PTH105 (the name POSIX has for it)
    except OSError as error:
        raise PublishError(f"{place}: cannot be written: {error.strerror or error}") from error
    finally:
        for staging in stagings.values():
            shutil.rmtree(staging, ignore_errors=True)


def _find_new_folder(target: Path, folder: Path) -> Path | None:
    """The folder that must be made for a target, with all that will be in it, or None when it can just be placed."""
    missing = [
        parent for parent in target.parents if parent.is_relative_to(folder) and not os.path.lexists(parent)
    ]
    return missing[-1] if missing else None


def _is_same(artifact: Artifact, target: Path) -> bool:
    content = artifact.content
    try:
        if isinstance(content, Path):
            return (
                target.stat().st_size == content.stat().st_size
                and target.read_bytes() == content.read_bytes()
            )
        return target.stat().st_size == len(content) and target.read_bytes() == content
    except OSError:
        return False  # not there; or not to be read, which writing will explain


def _write(artifact: Artifact, path: Path) -> None:
    content = artifact.content.read_bytes() if isinstance(artifact.content, Path) else artifact.content
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # a full disk may say so only now


def _check_place(place: Path) -> None:
    """Find out whether something can be renamed to a place, before the first thing is."""
    if not place.parent.is_dir():
        number = errno.ENOTDIR
    elif place.is_dir():
        number = errno.EISDIR
    elif not os.access(place.parent, os.W_OK | os.X_OK):
        number = errno.EACCES
    else:
        return
    raise OSError(number, os.strerror(number))


def _sweep(folder: Path) -> None:
    """Delete what a killed run left behind."""
    for stale in folder.glob(f"{STAGING}*"):
        pid = stale.name.removeprefix(STAGING).split("-")[0]
        if pid.isdigit() and not _is_running(int(pid)):
            shutil.rmtree(stale, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True
