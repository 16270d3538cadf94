"""A copy of the list in one file, made while the service goes on.

To go back: stop the service, remove `newsletter.db-wal` and `newsletter.db-shm`, put the copy in the place of
`newsletter.db`, start the service. Who was erased after the copy was made must be erased again.

A copy does not know what was sent after it. So in the copy every letter that was not settled is in doubt: who goes back
to it sends nothing twice, unless they ask for it.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from generator.errors import DatabaseError

if TYPE_CHECKING:
    from pathlib import Path

    from generator.subscribers.database import Database

_DOUBT = (
    """UPDATE delivery SET progress = 'in doubt', sender = NULL, not_before = NULL
    WHERE progress IN ('planned', 'sending', 'deferred')
    AND week IN (SELECT week FROM mailing WHERE finished IS NULL)""",
    "DELETE FROM sender",
)
"""In the words of SQLite, which has no others here."""


def back_up(database: Database, target: Path) -> int:
    """Copy the list as it is at this moment into a file for its owner only; how many subscribers are in the copy.

    The file gets its name when it is complete, checked and on the disk; one that had the name is replaced. Nobody waits
    for it: SQLite shows a reader the list as it was when he began. Raises DatabaseError, also for PostgreSQL.
    """
    source = database.file
    if source is None:
        raise DatabaseError(
            f"{database.name} is no file; make a copy with pg_dump --format=custom, and read it with pg_restore"
        )
    source, target = source.resolve(), target.resolve()
    if target in {source.with_name(source.name + end) for end in ("", "-wal", "-shm", "-journal")}:
        raise DatabaseError(f"{target} is the list itself; give the copy another name")
    if target.exists() and not target.is_file():
        raise DatabaseError(f"{target} is no file; give the copy another name")
    new = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        number = _copy(source, new)
        with new.open("rb") as file:
            os.fsync(file.fileno())
        new.replace(target)
        _keep_name(target.parent)
    except OSError as error:
        raise DatabaseError(f"{target} cannot be written: {error.strerror or error}") from None
    except sqlite3.Error as error:
        raise DatabaseError(f"{target}: no copy was made: {error}") from None
    finally:
        new.unlink(missing_ok=True)
    return number


def _copy(source: Path, new: Path) -> int:
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(new)) as copy,
    ):
        old.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, which needs no other beside it
        for statement in _DOUBT:
            copy.execute(statement)
        copy.commit()
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok" or copy.execute("PRAGMA foreign_key_check").fetchone():
            raise DatabaseError(f"{source} is damaged, so no copy was made: {found}")
        number: int = copy.execute("SELECT count(*) FROM subscriber").fetchone()[0]
    return number


def _keep_name(folder: Path) -> None:
    """Put the name on the disk too."""
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
