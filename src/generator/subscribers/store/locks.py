"""Who has a list open: everybody shares a lock on a file beside it, and who replaces the list has it alone.

The system releases the lock when a process ends, however it ends. The file stays, because a lock on a file that was
replaced protects nothing; the list itself is replaced by a restore.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from generator.errors import DatabaseError
from generator.files import give_to_owner

if TYPE_CHECKING:
    from collections.abc import Iterator

_TICK = 0.05
"""Seconds between two attempts."""


class InUseError(DatabaseError):
    """Others have the list open."""

    def __init__(self, database: Path, holders: tuple[int, ...]) -> None:
        """`holders`: the numbers of their processes, as far as the system tells them."""
        self.holders = holders
        super().__init__(f"{database} is in use")


def share(database: Path, patience: float) -> int:
    """Have a list open; the lock lasts until the descriptor that this gives is closed.

    Raises DatabaseError when the list is being replaced for longer than `patience` seconds.
    """
    descriptor = _open(database)
    if not _take(descriptor, fcntl.LOCK_SH, patience):
        os.close(descriptor)
        raise DatabaseError(f"{database} is being restored; try again when that has ended")
    return descriptor


@contextmanager
def have_alone(database: Path, patience: float) -> Iterator[None]:
    """Keep everybody out. Raises InUseError when somebody has it open for longer than `patience` seconds."""
    descriptor = _open(database)
    try:
        if not _take(descriptor, fcntl.LOCK_EX, patience):
            raise InUseError(database, _find_holders(descriptor))
        yield
    finally:
        os.close(descriptor)


def _open(database: Path) -> int:
    path = database.resolve()
    path = path.with_name(f"{path.name}.lock")
    try:
        try:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            give_to_owner(descriptor, path.parent)
            return descriptor
    except OSError as error:
        raise DatabaseError(f"{database} cannot be opened: {error.strerror or error}") from None


def _take(descriptor: int, kind: int, patience: float) -> bool:
    end = monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() > end:
                return False
            sleep(_TICK)
        else:
            return True


def _find_holders(descriptor: int) -> tuple[int, ...]:
    """From the table that Linux keeps; nobody where there is none."""
    inode = str(os.fstat(descriptor).st_ino)
    found = set()
    try:
        for line in Path("/proc/locks").read_text(encoding="utf-8").splitlines():
            words = line.split()
            if "FLOCK" in words and any(word.split(":")[2:] == [inode] for word in words):
                found |= {int(word) for word in words[4:6] if word.isdigit()} - {0, os.getpid()}
    except (OSError, ValueError):
        return ()
    return tuple(sorted(found))
