"""A copy of the list in one file, made while the service goes on; `newsletter restore` goes back to it.

A copy does not know what was sent after it. So it is marked from its birth (see `stamp`): a list that is restored from
it, even by hand, sends nothing before the operator agrees. And every letter that was not settled is in doubt in it.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from generator.errors import DatabaseError
from generator.files import create_path, is_device, make_folder, refuse_taken
from generator.subscribers.store.stamp import DOUBT, MARK

if TYPE_CHECKING:
    from pathlib import Path

    from generator.subscribers.store.database import Database


def back_up(database: Database, target: Path, now: datetime) -> int:
    """Copy the list as it is at this moment into a file for its owner only; how many subscribers are in the copy.

    The file gets its name when it is complete, checked and on the disk, and only where nothing is. Nobody waits for it:
    SQLite shows a reader the list as it was when he began. Raises DatabaseError, also for PostgreSQL, and PublishError.
    """
    source = database.file
    if source is None:
        raise DatabaseError(
            f"{database.name} is not a file; copy it with pg_dump --format=custom, and restore it with pg_restore"
        )
    source = source.resolve()
    if target.resolve() in {source.with_name(source.name + end) for end in ("", "-wal", "-shm", "-journal")}:
        raise DatabaseError(f"{target} is the list itself; choose another name for the copy")
    if is_device(target):
        raise DatabaseError(f"{target} is not a file; choose another name for the copy")
    refuse_taken(target)
    make_folder(target)
    try:
        with create_path(target) as new:
            return _copy(source, new, now)
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", type(error).__name__)
        raise DatabaseError(f"{target}: no copy was made; SQLite reports the error {code}") from None


def _copy(source: Path, new: Path, now: datetime) -> int:
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(new)) as copy,
    ):
        old.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, which needs no other beside it
        for statement in DOUBT:
            copy.execute(statement)
        copy.execute(MARK, (f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}",))
        copy.commit()
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok" or copy.execute("PRAGMA foreign_key_check").fetchone():
            raise DatabaseError(f"{source} is damaged, so no copy was made: {found}")
        number: int = copy.execute("SELECT count(*) FROM subscriber").fetchone()[0]
    return number


@dataclass(frozen=True, slots=True)
class Backups:
    """The back-ups in a folder."""

    folder: Path
    files: tuple[Path, ...]
    """Oldest first."""

    @property
    def last(self) -> datetime | None:
        """When the newest one was made, in UTC; None when there is none."""
        return datetime.fromtimestamp(self.files[-1].stat().st_mtime, UTC) if self.files else None


def list_backups(folder: Path) -> Backups:
    """Those that are whole: a file gets its name when it is."""
    found = ((path.stat().st_mtime_ns, path) for path in folder.glob("[!.]*.db") if path.is_file())
    return Backups(folder, tuple(path for _, path in sorted(found)))


def name_backup(folder: Path, now: datetime) -> Path:
    """A name that is free for a back-up that is made by itself."""
    stem = f"{now.astimezone(UTC):%Y-%m-%dT%H%M%S}"
    names = (folder / f"{stem}{more}.db" for more in ("", *(f"-{number}" for number in range(2, 1000))))
    return next(name for name in names if not name.exists())


def prune_backups(folder: Path, keep: int) -> None:
    """Delete the oldest of those that were made by themselves, and leave so many. Others have another name."""
    own = [path for path in list_backups(folder).files if _OWN.fullmatch(path.name)]
    for path in own[:-keep]:
        with suppress(OSError):  # the next time, or by hand: the new one is there
            path.unlink()


_OWN = re.compile(r"\d{4}-\d\d-\d\dT\d{6}(-\d+)?\.db")
