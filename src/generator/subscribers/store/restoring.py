"""Puts a copy in the place of the list: examined first, and whole at every moment, also when this process is killed.

The copy is made ready beside the list (`stage`), where it gets the newest tables and the mark of a restored list. One
rename then puts it in place (`replace_list`). Until that moment nothing has happened to the list that is there.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import IO, TYPE_CHECKING

from generator.errors import DatabaseError
from generator.files import is_running, keep_names, link, make_folder
from generator.subscribers.store.database import open_database
from generator.subscribers.store.migrating import newest_step
from generator.subscribers.store.stamp import mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from generator.subscribers.store.database import Database
    from generator.subscribers.store.keys import Keys

_ENDS = ("-wal", "-journal", "-shm")
"""What SQLite keeps beside a file."""

_MAGIC = b"SQLite format 3\0"


@contextmanager
def stage(copy: Path, source: IO[bytes], place: Path) -> Iterator[Path]:
    """A copy, examined, in a file of its own beside `place`; the file goes when the block ends.

    `source` is the open file `copy`. Raises DatabaseError with what is wrong with it, in a sentence.
    """
    if any(_size(copy.with_name(copy.name + end)) for end in _ENDS[:2]):
        raise _refuse(
            copy, f"is not a whole back-up: {copy.name}-wal or -journal beside it holds a part of it"
        )
    make_folder(place)
    _sweep(place)
    staged = place.with_name(f".{place.name}.{os.getpid()}.restoring")
    try:
        try:
            with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(source, file)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _refuse(copy, f"cannot be copied to {place.parent}: {error.strerror or error}") from None
        _examine(copy, staged)
        yield staged
    finally:
        for end in ("", ".lock", *_ENDS):
            with suppress(OSError):
                staged.with_name(staged.name + end).unlink()


@contextmanager
def open_staged(copy: Path, staged: Path, keys: Keys) -> Iterator[Database]:
    """The staged copy as a list with the newest tables, marked as restored; in one file again when the block ends.

    Raises DatabaseError.
    """
    try:
        with closing(open_database(f"sqlite:///{staged}", keys, staged.parent)) as database:
            with database.begin() as transaction:
                mark(transaction.connection)
            yield database
        _examine(copy, staged)
        with staged.open("rb") as file:
            os.fsync(file.fileno())
    except DatabaseError as error:
        said = str(error).replace(str(staged), str(copy))
        raise DatabaseError(f"{said}; the list is as it was") from None


def replace_list(staged: Path, place: Path, now: datetime) -> Path | None:
    """Put a staged copy in the place of the list, which is kept beside it; gives its new name. None: there was none.

    Nobody may have the list open. Raises DatabaseError; then the list is as it was.
    """
    try:
        aside = _put_aside(place, now) if _size(place) else None
        for end in _ENDS:
            place.with_name(place.name + end).unlink(missing_ok=True)
        staged.replace(place)
        keep_names(place.parent)
    except OSError as error:
        raise DatabaseError(f"{place} cannot be replaced: {error.strerror or error}") from None
    if aside:
        _mark_aside(aside)
    return aside


def _put_aside(place: Path, now: datetime) -> Path:
    """Give the list a second name; with what SQLite keeps beside it, if it is damaged."""
    with place.open("rb") as file:
        sound = file.read(len(_MAGIC)) == _MAGIC  # of another file SQLite would delete what is beside it
    if sound:
        with suppress(sqlite3.Error), closing(_connect(place, "rw")) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    stem = f"{place.stem}-before-restoring-{now:%Y-%m-%dT%H%M%S}"
    names = (
        place.with_name(f"{stem}{more}.db") for more in ("", *(f"-{number}" for number in range(2, 1000)))
    )
    aside = next(name for name in names if not os.path.lexists(name))
    link(place, aside)
    for end in _ENDS[:2]:
        beside = place.with_name(place.name + end)
        if _size(beside):
            beside.rename(aside.with_name(aside.name + end))
    keep_names(place.parent)
    return aside


def _mark_aside(aside: Path) -> None:
    """Who puts it back by hand has a restored list too. What cannot be read stays as it is."""
    if _size(aside.with_name(f"{aside.name}-wal")):
        return
    with suppress(sqlite3.Error), closing(_connect(aside, "rw")) as old:
        old.execute("UPDATE stamp SET made = coalesce(made, strftime('%Y-%m-%d %H:%M:%f', 'now'))")
        old.commit()
        old.execute("PRAGMA journal_mode = DELETE")


def _sweep(place: Path) -> None:
    """Delete what a restore left behind that was killed: it holds addresses."""
    for stale in place.parent.glob(f".{place.name}.*.restoring*"):
        number = stale.name.removeprefix(f".{place.name}.").partition(".")[0]
        if number.isdigit() and not is_running(int(number)):
            stale.unlink(missing_ok=True)


def _examine(copy: Path, staged: Path) -> None:
    """Raise DatabaseError when it is not a whole list that this program knows."""
    with staged.open("rb") as file:
        head = file.read(100)
    if not head:
        raise _refuse(copy, "is empty")
    if not head.startswith(_MAGIC):
        raise _refuse(copy, "is not a back-up: it is not an SQLite database")
    # The size of a page, where 1 means 65,536, and how many there are: see “The Database Header” of SQLite.
    page, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
    whole = pages * (65_536 if page == 1 else page)
    if _size(staged) < whole:
        raise _refuse(copy, f"is incomplete: it has {_size(staged):,} of {whole:,} bytes")
    try:
        with closing(_connect(staged, "rw")) as opened:
            opened.execute("PRAGMA journal_mode = DELETE")
            tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master")}
            if not tables >= {"alembic_version", "subscriber"}:
                raise _refuse(copy, "is not a back-up of a list of subscribers: its tables are others")
            found = opened.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok" or opened.execute("PRAGMA foreign_key_check").fetchone():
                raise _refuse(copy, "is damaged")
            step = str((opened.execute("SELECT version_num FROM alembic_version").fetchone() or ("",))[0])
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", type(error).__name__)
        raise _refuse(copy, f"is damaged or incomplete (SQLite reports {code})") from None
    if step > newest_step():
        raise _refuse(copy, f"has version {step}, but this program knows {newest_step()}; upgrade it first")


def _refuse(copy: Path, why: str) -> DatabaseError:
    return DatabaseError(f"{copy} {why}; nothing was restored")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
