"""One database with the list: SQLite in a file by default, PostgreSQL when the address says so.

A Transaction is all that the rest of the program sees of it.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from generator.errors import DatabaseError
from generator.subscribers.store.failures import NO_DATABASE, explained
from generator.subscribers.store.identity import OpenFile
from generator.subscribers.store.locks import share
from generator.subscribers.store.log import Entry, Happened, Log
from generator.subscribers.store.migrating import migrate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import URL, Connection, Dialect, Engine

    from generator.subscribers.store.keys import Keys

VARIABLE = "NEWSLETTER_DATABASE"
DEFAULT = "sqlite:///var/newsletter.db"
"""Below the root of the project; git ignores `var/`."""

PATIENCE = 5
"""Seconds to wait for another writer."""

QUIET = 0.01
"""Seconds without another writer, after which background work may write."""

DEFERENCE = 0.25
"""Seconds after which background work writes all the same."""

_FORGET, _LOG = "forget", "log"


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction, committed or rolled back by `Database.begin`. Not thread-safe."""

    connection: Connection
    keys: Keys

    @property
    def name(self) -> str:
        """The file, or the address without its password."""
        return _name(self.connection.engine.url)

    def forget(self) -> None:
        """Have what this transaction deletes overwritten in the files after the commit: see `_scrub`."""
        self.connection.info[_FORGET] = True

    def log(self, happened: Happened, what: str, now: datetime) -> None:
        """Have the log outside the list tell it (see `store.log`), in the moment before the commit."""
        self.connection.info.setdefault(_LOG, []).append(Entry(now, happened, what))

    def log_person(self, happened: Happened, address: str, now: datetime) -> None:
        """The same about somebody, whom it names by a keyed hash."""
        self.log(happened, self.keys.hash_address(address)[0], now)


class Database:
    """The list, open. Thread-safe: each transaction has a connection of the pool."""

    def __init__(self, engine: Engine, keys: Keys, log: Log | None = None, shared: int | None = None) -> None:
        """See open_database. `shared`: the descriptor of its lock (see `locks`), which `close` closes."""
        self._engine, self.keys, self._log = engine, keys, log
        self._release = weakref.finalize(self, os.close, shared) if shared is not None else None
        # SQLite has one writer. Threads of ours wait here in a row; its own waiting is a sleep of growing length.
        self._writing = Lock() if engine.dialect.name == "sqlite" else None
        self._owes = False
        self._asked = 0.0
        self._open: OpenFile | None = None
        self.mode = ""
        """How the file kept its changes before it was opened here; empty on PostgreSQL."""
        if self.file is not None:
            try:
                with (
                    explained(self.name),
                    engine.connect() as first,
                ):  # it turns on the log, if this is a new file
                    self.mode = first.info.get(_MODE, "")
                    self._open = _remember(self.file)
            except BaseException:
                self.close()
                raise

    @property
    def file(self) -> Path | None:
        """The file of SQLite; None for a server."""
        return _file_of(self._engine.url)

    @property
    def name(self) -> str:
        """The file, or the address without its password."""
        return _name(self._engine.url)

    @property
    def dialect(self) -> Dialect:
        """What SQLAlchemy knows of this kind of database, and of its driver."""
        return self._engine.dialect

    def explain_replaced(self) -> str:
        """What became of the file that is open, as a clause; empty when it is still the list, and on PostgreSQL."""
        return self._open.explain_change() if self._open is not None else ""

    @contextmanager
    def begin(self, *, later: bool = False, quiet: float = 0) -> Iterator[Transaction]:
        """A transaction that writes: committed when the block ends, rolled back when it raises. Raises DatabaseError
        when nothing was saved. On SQLite, threads of this process queue for at most PATIENCE seconds.

        `later`: background work that lets requests go first, for at most DEFERENCE seconds. `quiet`: nobody waits for
        it either, so it lets them go until there were none for so many seconds, or four times as long.
        """
        lock = self._writing
        if later:
            self._let_others_go(quiet or QUIET, 4 * quiet or DEFERENCE)
        else:
            self._asked = monotonic()
        if lock is not None and not lock.acquire(timeout=PATIENCE):
            raise DatabaseError(f"{self.name} is busy; nothing was saved")
        try:
            if replaced := self.explain_replaced():
                raise DatabaseError(
                    f"{self.name} {replaced} while it was in use; nothing was saved; restart this program"
                )
            with explained(self.name), self._engine.connect() as opened:
                connection = opened.execution_options(writes=True)
                connection.info.pop(_FORGET, None)
                connection.info.pop(_LOG, None)
                with connection.begin():
                    yield Transaction(connection, self.keys)
                    self.log(connection.info.pop(_LOG, ()))
                self._owes = self._owes or connection.info.pop(_FORGET, False)
                if self._owes:
                    self._owes = not _scrub(connection)
        finally:
            if lock is not None:
                lock.release()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that only reads: a snapshot, which waits for no writer. Raises DatabaseError."""
        with explained(self.name), self._engine.connect() as opened:
            connection = opened.execution_options(postgresql_readonly=True)
            with connection.begin():
                yield Transaction(connection, self.keys)

    @contextmanager
    def lock_writing(self) -> Iterator[None]:
        """Hold the write lock of this process, for a caller with its own connection. Does nothing on PostgreSQL. Raises
        DatabaseError when it is not free within PATIENCE seconds.
        """
        lock = self._writing
        if lock is None:
            yield
            return
        if not lock.acquire(timeout=PATIENCE):
            raise DatabaseError(f"{self.name} is busy; nothing was saved")
        try:
            yield
        finally:
            lock.release()

    def open_connection(self) -> Any:
        """A connection of the driver, outside of the pool; the caller closes it. In autocommit mode: each statement is
        a transaction, unless the caller says BEGIN. Raises DatabaseError.
        """
        with explained(self.name):
            connection = self._engine.raw_connection()
            connection.detach()
        raw: Any = connection.dbapi_connection
        if self.file:
            raw.execute("PRAGMA query_only = OFF")  # the connection may have been used for reading only
        else:
            raw.autocommit = True
        return raw

    def log(self, entries: Iterable[Entry]) -> None:
        """Write to the log outside the list, if there is one. Raises DatabaseError."""
        if self._log is not None:
            self._log.add(entries)

    def _let_others_go(self, quiet: float, longest: float) -> None:
        end = monotonic() + longest
        while self._asked > (now := monotonic()) - quiet and now < end:
            sleep(QUIET / 4)

    def close(self) -> None:
        """Close all connections, and let others replace the list."""
        self._engine.dispose()
        if self._open is not None:
            self._open.close()
        if self._release is not None:
            self._release()


def _remember(path: Path) -> OpenFile:
    try:
        return OpenFile(path)
    except OSError as error:
        raise DatabaseError(f"{path} cannot be opened: {error.strerror or error}") from None


def open_database(url: str, keys: Keys, root: Path, log: Log | None = None) -> Database:
    """Open the list and bring its tables up to date; a missing SQLite file is made, for its owner only.

    `url` as SQLAlchemy reads it; a path of SQLite is below `root`. `log` is told who leaves. Raises DatabaseError.
    """
    address = _read_address(url, root)
    shared = None
    if file := _file_of(address):
        _make_file(file)
        shared = share(file, PATIENCE)
    engine, engine_of_steps = _make_engine(address), _make_engine(address)
    if file:
        event.listen(engine, "connect", _remember_mode, insert=True)
        # To change a table SQLite often makes it anew, and with references on the old one takes its consents with it.
        event.listen(engine_of_steps, "connect", _without_references)
    database = Database(engine, keys, log, shared)
    steps = Database(engine_of_steps, keys)
    try:
        with steps.begin() as transaction:
            migrate(transaction.connection, copied=database.mode == "delete")
    except BaseException:
        database.close()
        raise
    finally:
        steps.close()
    return database


def find_file(url: str, root: Path) -> Path | None:
    """The file of a list on SQLite; None for a server. Raises DatabaseError when the address is wrong."""
    return _file_of(_read_address(url, root))


def _file_of(address: URL) -> Path | None:
    return Path(str(address.database)) if address.get_backend_name() == "sqlite" else None


def explain_missing(url: str, root: Path) -> str:
    """Why there is no list at an address; empty when there is one, or when only opening it can tell. Makes nothing.

    Raises DatabaseError when the address is wrong, or a server does not answer.
    """
    address = _read_address(url, root)
    if address.get_backend_name() == "sqlite":
        return _explain_missing_file(Path(str(address.database)))
    engine = _make_engine(address)
    try:
        with explained(_name(address)), engine.connect() as connection:
            tables = inspect(connection).get_table_names()
    except DatabaseError as error:
        if str(error).endswith(NO_DATABASE):
            return str(error)
        raise
    finally:
        engine.dispose()
    return "" if _TABLES.issubset(tables) else f"{_name(address)} is a database without its tables"


_TABLES = {"alembic_version", "subscriber"}
"""Every list has these, whatever step it is at."""


def _explain_missing_file(path: Path) -> str:
    try:
        if not path.stat().st_size:
            return f"{path} is an empty file"
    except (FileNotFoundError, NotADirectoryError):
        return f"{path} does not exist"
    except OSError:
        return ""
    try:
        # Not by our own connection, which turns on the write-ahead log in whatever file it opens.
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error:
        return ""
    return "" if tables >= _TABLES else f"{path} is a database without its tables"


def _read_address(url: str, root: Path) -> URL:
    """An address as we use it: a path of SQLite is absolute. Raises DatabaseError."""
    try:
        address = make_url(url)
        kind = address.get_backend_name()
        if kind == "postgresql":
            return address.set(drivername="postgresql+psycopg")
        if kind != "sqlite":
            raise DatabaseError(_wanted(kind))
        address.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise DatabaseError(_wanted("something else")) from None
    if not address.database or address.database == ":memory:":
        raise DatabaseError(f"{VARIABLE} does not name a file; expected {DEFAULT}")
    return address.set(database=str(root / address.database))


def _make_engine(address: URL) -> Engine:
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, hide_parameters=True, pool_timeout=PATIENCE)
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
        return engine
    # A server may have been restarted since the last time (pre_ping), be gone, or hold a lock.
    patience = {"connect_timeout": PATIENCE, "options": f"-c lock_timeout={PATIENCE}s"}
    return create_engine(
        address,
        hide_parameters=True,
        pool_timeout=PATIENCE,
        pool_pre_ping=True,
        connect_args={name: value for name, value in patience.items() if name not in address.query},
    )


def _wanted(found: str) -> str:
    return f"{VARIABLE} names {found}; expected {DEFAULT}, or postgresql://user:password@host/name"


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Never one that exists: closing it would drop the locks that this process has on it (fcntl).
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise DatabaseError(f"{path} cannot be opened: {error.strerror or error}") from None


def _set_up(connection: Any, _: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    _turn_to_log(connection)
    for pragma in (
        "synchronous = FULL",  # what we answered for is on the disk, not on its way
        "foreign_keys = ON",
        "secure_delete = ON",  # erased is overwritten
        "cache_size = -500",  # KB; who goes through the list once gains nothing by keeping it
    ):
        connection.execute(f"PRAGMA {pragma}")


_MODE = "mode"


def _remember_mode(connection: Any, record: Any) -> None:
    """How the file kept its changes before we opened it: a copy is made without a write-ahead log, a list has one."""
    record.info[_MODE] = connection.execute("PRAGMA journal_mode").fetchone()[0]


def _without_references(connection: Any, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")


def _turn_to_log(connection: sqlite3.Connection) -> None:
    """Keep a write-ahead log, so that readers do not wait for the writer. Only the first time it changes anything.

    Of two who come first at once SQLite refuses one without waiting, whatever busy_timeout says.
    """
    end = monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > end:
                raise
            sleep(QUIET)
        else:
            return


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later could be refused half-way; one that says so at once cannot.
    writes = connection.get_execution_options().get("writes", False)
    # Who only reads cannot write: a GET changes nothing, whatever its code says.
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _scrub(connection: Connection) -> bool:
    """Empty SQLite's log, where pages stand as they were before an erasure. False: somebody reads it; try again later.

    secure_delete has overwritten what was deleted in the pages themselves. PostgreSQL has VACUUM, and no need of this.
    """
    if connection.dialect.name != "sqlite":
        return True
    raw: Any = connection.connection.driver_connection
    try:
        raw.execute("PRAGMA busy_timeout = 0")  # a reader is not waited for: the next writer tries again
        try:
            busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            raw.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    except sqlite3.Error:  # what was asked is kept, so this is no reason to say that it was not
        return False
    return not busy


def _name(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    # Without the driver, and without the options: a password may stand there too.
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)
