"""What must outlive the list: who left, and which letter began. Files of their own, to which lines are only added.

A list that is restored from a back-up does not know who left since. This log does, and holds no address: it names
people by the keyed hash by which erased addresses are suppressed. A line is on the disk before the change that it tells
of is committed, so nobody is told “you have left” and is not in it. There is a file for each month, for `RETENTION`.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from generator.errors import DatabaseError
from generator.files import give_to_owner, keep_names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

VARIABLE = "NEWSLETTER_LOG"
"""The folder with the log; better on another disk than the list."""

FOLDER = "log"
"""Where it is when nobody has named a folder: beside the list."""

RETENTION = timedelta(days=400)
"""A back-up that is older cannot learn from the log who left since."""


class Happened(StrEnum):
    """What a line tells."""

    LEFT = "left"
    ERASED = "erased"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BEGUN = "begun"
    """The letter of a week was frozen, or the lessons of a day were planned."""
    WITHDRAWN = "withdrawn"
    """And this was undone before anybody had it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    at: datetime
    happened: Happened
    what: str
    """A week, a day like 2026-12-01, or the keyed hash of an address."""

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ} {self.happened} {self.what}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """All that a log holds."""

    entries: tuple[Entry, ...]
    """In the order in which they were written."""
    unreadable: tuple[str, ...]
    """Lines that are none of ours or were cut off, as file:line."""


_LINE = re.compile(rf"(\S+Z) ({'|'.join(Happened)}) ([0-9a-f]{{64}}|\d{{4}}-(?:W\d\d|\d\d-\d\d))")


class Log:
    """The log in a folder. Threads and processes may add to it at the same time."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made before there is something to write."""
        self.folder = folder

    def add(self, entries: Iterable[Entry]) -> None:
        """Write lines to the disk, all or none of those of a month. Raises DatabaseError."""
        months: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            months[f"{entry.at.astimezone(UTC):%Y-%m}"].append(entry)
        try:
            for month, some in months.items():
                self._add(self.folder / f"{month}.log", "".join(f"{entry}\n" for entry in some))
        except OSError as error:
            raise DatabaseError(
                f"the log of who left in {self.folder} cannot be written: {error.strerror or error}; nothing was saved"
            ) from None

    def read(self) -> Recorded:
        """All lines. Raises DatabaseError when a file cannot be read."""
        entries, unreadable = [], []
        for path in self.list_files():
            try:
                text = path.read_text(encoding="utf-8", errors="replace")
            except OSError as error:
                raise DatabaseError(f"{path} cannot be read: {error.strerror or error}") from None
            for number, line in enumerate(text.splitlines(), start=1):
                if entry := _read(line):
                    entries.append(entry)
                elif line:
                    unreadable.append(f"{path.name}:{number}")
        return Recorded(tuple(entries), tuple(unreadable))

    def list_files(self) -> list[Path]:
        """Its files, oldest first."""
        return sorted(path for path in self.folder.glob("????-??.log") if path.is_file())

    def _add(self, path: Path, text: str) -> None:
        new = not path.exists()
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            give_to_owner(self.folder, self.folder.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            size = os.fstat(descriptor).st_size
            # Half a line, left by a power cut, must not spoil this one.
            ends = not size or os.pread(descriptor, 1, size - 1) == b"\n"
            content = (text if ends else f"\n{text}").encode()
            try:
                _write(descriptor, content)
            except OSError:
                os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)
        if new:
            give_to_owner(path, self.folder)
            keep_names(self.folder)
            self._prune(path)

    def _prune(self, newest: Path) -> None:
        """Delete the files that ended before the retention of the newest one began."""
        first = (datetime.strptime(f"{newest.stem}-01Z", "%Y-%m-%d%z") - RETENTION).strftime("%Y-%m")
        for path in self.list_files():
            if path.stem < first:
                path.unlink(missing_ok=True)


def _write(descriptor: int, content: bytes) -> None:
    """All of it, to the disk. Raises OSError."""
    if os.write(descriptor, content) != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(descriptor)


def _read(line: str) -> Entry | None:
    found = _LINE.fullmatch(line)
    if not found:
        return None
    try:
        at = datetime.strptime(found[1], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Entry(at, Happened(found[2]), found[3])
