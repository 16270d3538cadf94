"""Artifacts → files: only what changed, each file whole at every moment, and a new text never over another."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import PublishError
from generator.files import is_running, link
from generator.model import Message

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


def publish_together(
    artifacts: Mapping[Path, Iterable[Artifact]], new: Mapping[Path, Iterable[Artifact]] | None = None
) -> Published:
    """Write the artifacts of several folders, or none of them: see publish_artifacts.

    The files of `new` become a person's. When one of them exists, whatever the caller believes, nothing is written.

    Everything is first written beside its target, on the same disk; only when all of it is there is it renamed into
    place, which POSIX does at once or not at all. Killed in between, a file is the old or the new one; a new folder
    comes with all that is in it.
    """
    tasks = [_Task(artifact, folder, new=True) for folder, found in (new or {}).items() for artifact in found]
    for task in tasks:
        if os.path.lexists(task.target):
            raise _refuse(task)
    unchanged = 0
    for folder, found in artifacts.items():
        for artifact in found:
            task = _Task(artifact, folder, new=False)
            if _is_same(artifact, task.target):
                unchanged += 1
            else:
                tasks.append(task)
    _perform(tasks)
    return Published(tuple(task.target for task in tasks), unchanged)


@dataclass(frozen=True, slots=True)
class _Task:
    """An artifact to write below a folder."""

    artifact: Artifact
    folder: Path
    new: bool
    """Whether it may only be put where nothing is."""

    @property
    def target(self) -> Path:
        return self.folder / self.artifact.path


def _refuse(task: _Task) -> PublishError:
    return PublishError(Message("{} already exists; nothing was written", task.artifact.path))


def _perform(tasks: Iterable[_Task]) -> None:
    stagings: dict[Path, Path] = {}
    moves: dict[Path, tuple[Path, _Task]] = {}
    created: list[Path] = []
    place = Path()
    try:
        for task in tasks:
            place = task.folder
            if task.folder not in stagings:
                task.folder.mkdir(parents=True, exist_ok=True)
                _sweep(task.folder)
                made = tempfile.mkdtemp(prefix=f"{STAGING}{os.getpid()}-", dir=task.folder)
                stagings[task.folder] = Path(made)
            place = task.target
            top = _find_new_folder(task.target, task.folder) or task.target
            staged, _ = moves.setdefault(top, (stagings[task.folder] / str(len(moves)), task))
            _write(task.artifact, staged / task.target.relative_to(top))
        for place, (_, task) in moves.items():
            if task.new and os.path.lexists(place):
                raise _refuse(task)
            _check_place(place)
        for place, (staged, task) in moves.items():
            if task.new:
                _create(staged, place, task)
                created.append(place)
            else:
                _replace(staged, place)
        created.clear()
    except OSError as error:
        raise PublishError(Message("{} cannot be written: {}", place, error.strerror or error)) from error
    finally:
        for path in created:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for staging in stagings.values():
            shutil.rmtree(staging, ignore_errors=True)


def _create(staged: Path, place: Path, task: _Task) -> None:
    """Put a file or a new folder where nothing is. Raises PublishError when something has come there meanwhile."""
    try:
        if staged.is_dir():
            staged.rename(place)  # over an empty folder at most
        else:
            link(staged, place)
    except OSError as error:
        if error.errno in {errno.EEXIST, errno.ENOTEMPTY}:
            raise _refuse(task) from None
        raise


def _replace(staged: Path, place: Path) -> None:
    """Put a file in the place of another, with the same rights."""
    if place.exists():
        shutil.copymode(place, staged)
    os.replace(staged, place)  # noqa: PTH105 (the name POSIX has for it)


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
        if pid.isdigit() and not is_running(int(pid)):
            shutil.rmtree(stale, ignore_errors=True)
