"""Whether the file of the list that is open is still the one that has its name.

Who moves a back-up to that name, or copies one into the file, while a program has it open, would have what the program
writes go nowhere, or into a mixture of the two. So each write looks first; it takes a few microseconds.
"""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pathlib import Path

_AT, _WITH_LOG = 18, b"\x02\x02"
"""Where the file says how it is written, and what it says with a write-ahead log, which ours has from the first moment
on. A copy that `newsletter backup` made has none (https://www.sqlite.org/fileformat2.html#file_format_version_numbers).
"""


GONE = "was deleted or moved"
"""Of a file in whose place is nothing."""


class OpenFile:
    """A file of SQLite that this process has open, as it was when it was opened."""

    # The system drops all locks of a process on a file when the process closes it anywhere, those of SQLite too. So one
    # descriptor serves all who have the file open here, and the last of them closes it.
    _known: ClassVar[dict[tuple[int, int], tuple[int, int]]] = {}
    """Device and inode → descriptor, and how many use it."""
    _guard: ClassVar[Lock] = Lock()

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._path, self._trouble = path, ""
        with self._guard:
            found = path.stat()
            self._key = found.st_dev, found.st_ino
            descriptor, users = self._known.get(self._key) or (os.open(path, os.O_RDONLY | os.O_CLOEXEC), 0)
            self._known[self._key] = descriptor, users + 1
            self._descriptor = descriptor

    def explain_change(self) -> str:
        """What became of the file since, as a clause; empty when it is the same. Once changed, it stays changed."""
        if not self._trouble and self._descriptor >= 0:
            self._trouble = self._look()
        return self._trouble

    def _look(self) -> str:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return GONE
        except OSError as error:
            return f"cannot be found any more ({error.strerror or error})"
        if (found.st_dev, found.st_ino) != self._key:
            return "was replaced by another file"
        if os.pread(self._descriptor, len(_WITH_LOG), _AT) != _WITH_LOG:
            return "was overwritten with another file"
        return ""

    def close(self) -> None:
        """Look no more; only after the last connection to the file is closed."""
        with self._guard:
            if self._descriptor < 0:
                return
            descriptor, users = self._known[self._key]
            self._descriptor = -1
            if users > 1:
                self._known[self._key] = descriptor, users - 1
            else:
                del self._known[self._key]
                os.close(descriptor)
