"""A copy of the list in one file, made while the service goes on.

To go back: stop the service, remove `newsletter.db-wal` and `newsletter.db-shm`, put the copy in the place of
`newsletter.db`, start the service. Who was erased after the copy was made must be erased again.

A copy does not know what was sent after it. So in the copy every letter that was not settled is in doubt: who goes back
to it sends nothing twice, unless they ask for it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from generator.errors import DatabaseError
from generator.files import create_path, is_device, make_folder, refuse_taken

if TYPE_CHECKING:
    from pathlib import Path

    from generator.subscribers.store.database import Database

_DOUBT = (
    """UPDATE delivery SET progress = 'in doubt', sender = NULL, not_before = NULL
    WHERE progress IN ('planned', 'sending', 'deferred')
    AND week IN (SELECT week FROM mailing WHERE finished IS NULL)""",
    "DELETE FROM sender",
)
"""In the words of SQLite, which has no others here."""


def back_up(database: Database, target: Path) -> int:
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
            return _copy(source, new)
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", type(error).__name__)
        raise DatabaseError(f"{target}: no copy was made; SQLite reports the error {code}") from None


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
