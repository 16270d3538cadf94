"""Processes that send the same mailing at the same time, on one machine or on several, and the detection of dead ones.

A sender holds a lock that the system takes away when it dies, however it dies: no clock, and no lease that could end
while it lives. On SQLite that is one byte of a file beside the database, at the place of its number (fcntl); on
PostgreSQL an advisory lock of a connection that does nothing else.
"""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import ExitStack, closing, contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import and_, delete, exists, insert, or_, select, text, update

from generator.errors import DatabaseError
from generator.files import give_to_owner
from generator.model import Kind, Progress
from generator.subscribers.ledger.mailings import STEP, note_events
from generator.subscribers.ledger.statements import OPEN, UNBATCHED
from generator.subscribers.store.failures import explained
from generator.subscribers.store.schema import BATCHED, DELIVERY, SENDER
from generator.subscribers.store.stamp import refuse_restored

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.model import MailingId
    from generator.subscribers.store.database import Database, Transaction

CLASS = 7_000_008
"""Any number of our own: PostgreSQL keeps our locks apart from those of others by it."""

_KEEPALIVES = {"tcp_keepalives_idle": 30, "tcp_keepalives_interval": 10, "tcp_keepalives_count": 3}
"""In seconds: a machine that is gone is noticed within a minute or so, and not after two hours."""


@contextmanager
def enlist(database: Database, week: MailingId, now: datetime) -> Iterator[int]:
    """Register this process as a sender of a week, and give its number. It counts as alive while it holds a lock that
    the system releases: until the block ends, or the process dies.

    Raises DatabaseError, and MailingError when the list was restored and nobody has said yet what is to be done.
    """
    with _hold(database, week, now) as number:
        try:
            yield number
        finally:
            with suppress(DatabaseError):  # then it counts as dead, and the next one does this
                _leave(database, week, number)


def settle_dead(database: Database, week: MailingId, now: datetime, account: str | None = None) -> int:
    """Put what dead senders were sending in doubt, and free what they had reserved; how many rows are in doubt.

    What was being sent in a batch with keys is freed as well while the same may be sent again, and put in doubt
    after that. `account`: of the engine that letters go to now, empty for a relay that knows no keys; what went to
    another one is put in doubt at once. None: it is not known here.

    One transaction of its own. Idempotent. The number of the sender stays in a row that is in doubt: if it lives after
    all, and only lost its lock with its connection, it may still record what became of that letter. Raises
    DatabaseError.
    """
    with database.begin() as transaction:
        connection = transaction.connection
        living = _find_living(database, transaction, week)
        again = and_(BATCHED, DELIVERY.c.until > now)
        if account is not None:
            again = and_(again, DELIVERY.c.batch.startswith(f"{account or '-'}.", autoescape=True))
        rows = connection.execute(
            select(DELIVERY.c.subscriber_id, DELIVERY.c.progress, DELIVERY.c.sender, again.label("again"))
            .where(
                DELIVERY.c.week == str(week),
                or_(
                    and_(DELIVERY.c.sender.is_not(None), DELIVERY.c.sender.not_in(living), OPEN),
                    and_(DELIVERY.c.sender.is_(None), BATCHED, DELIVERY.c.progress == Progress.SENDING),
                ),
            )
            .order_by(DELIVERY.c.subscriber_id)
            .with_for_update()
        ).all()
        doubtful = [row.subscriber_id for row in rows if row.progress == Progress.SENDING and not row.again]
        begun = [
            row.subscriber_id for row in rows if row.progress == Progress.SENDING and row.again and row.sender
        ]
        reserved = [row.subscriber_id for row in rows if row.progress != Progress.SENDING]
        _write(transaction, week, begun, sender=None)
        _write(transaction, week, reserved, sender=None, **UNBATCHED)
        _write(
            transaction,
            week,
            doubtful,
            progress=Progress.IN_DOUBT,
            attempts=DELIVERY.c.attempts + 1,
            at=now,
            **UNBATCHED,
        )
        note_events(transaction, doubtful, week, Kind.DOUBTED, now)
        connection.execute(delete(SENDER).where(SENDER.c.week == str(week), SENDER.c.id.not_in(living)))
    return len(doubtful)


def _write(transaction: Transaction, week: MailingId, numbers: Sequence[int], **columns: Any) -> None:
    for start in range(0, len(numbers), STEP):
        transaction.connection.execute(
            update(DELIVERY)
            .where(DELIVERY.c.week == str(week), DELIVERY.c.subscriber_id.in_(numbers[start : start + STEP]))
            .values(**columns)
        )


def list_living(database: Database, week: MailingId) -> list[str]:
    """The senders of a week that live, as host:process. In a transaction of its own. Raises DatabaseError."""
    with database.begin() as transaction:
        return name_living(database, transaction, week)


def name_living(database: Database, transaction: Transaction, week: MailingId) -> list[str]:
    """The same, in a transaction that writes: until it ends no sender can register."""
    living = _find_living(database, transaction, week)
    rows = transaction.connection.execute(select(SENDER).where(SENDER.c.id.in_(living)).order_by(SENDER.c.id))
    return [row.name for row in rows]


def _leave(database: Database, week: MailingId, number: int) -> None:
    with database.begin() as transaction:
        connection = transaction.connection
        mine = and_(DELIVERY.c.week == str(week), DELIVERY.c.sender == number)
        # Whatever it still sends is for settle_dead, which knows the time; or for who sends that batch again.
        sending = DELIVERY.c.progress == Progress.SENDING
        connection.execute(update(DELIVERY).where(mine, OPEN, ~sending).values(sender=None))
        sends = exists().where(mine, sending)
        connection.execute(delete(SENDER).where(SENDER.c.id == number, ~sends))


# --- Locks ------------------------------------------------------------------------------------------------------------


@contextmanager
def _hold(database: Database, week: MailingId, now: datetime) -> Iterator[int]:
    """A row in SENDER, and its lock before others see the row."""
    if database.file is None:
        fails = database.dialect.loaded_dbapi.Error
        with explained(database.name, fails), closing(database.open_connection()) as keeper:
            with database.begin() as transaction:
                number = _add(transaction, week, now)
                for setting, seconds in _KEEPALIVES.items():
                    keeper.execute(f"SET {setting} = {seconds}")
                keeper.execute("SELECT pg_advisory_lock(%s, %s)", (CLASS, number))
            yield number
        return
    with ExitStack() as stack:
        locks = _Locks.of(database.file)
        with database.begin() as transaction:
            number = _add(transaction, week, now)
            locks.take(number)
            stack.callback(locks.drop, number)  # also when it is not kept, and another gets the same number
        yield number


def _add(transaction: Transaction, week: MailingId, now: datetime) -> int:
    connection = transaction.connection
    _wait_turn(transaction)
    refuse_restored(transaction.connection)
    name = f"{socket.gethostname()}:{os.getpid()}"
    made = connection.execute(
        insert(SENDER).values(week=str(week), name=name, began=now).returning(SENDER.c.id)
    )
    return int(made.scalar_one())


_HELD = text(
    "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = :class AND objsubid = 2 AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def _wait_turn(transaction: Transaction) -> None:
    """Nobody enlists while another looks who lives; SQLite has one writer anyway."""
    if transaction.connection.dialect.name == "postgresql":
        transaction.connection.execute(text("LOCK TABLE sender IN SHARE ROW EXCLUSIVE MODE"))


def _find_living(database: Database, transaction: Transaction, week: MailingId) -> list[int]:
    """The numbers of the senders of a week that live."""
    _wait_turn(transaction)
    numbers = transaction.connection.execute(select(SENDER.c.id).where(SENDER.c.week == str(week))).scalars()
    if database.file is not None:
        locks = _Locks.of(database.file)
        return [number for number in numbers if locks.holds(number)]
    held = set(transaction.connection.execute(_HELD, {"class": CLASS}).scalars())
    return [number for number in numbers if number in held]


class _Locks:
    """The locks of one file.

    The system forgets all that a process holds on a file as soon as that process closes it anywhere, so it is opened
    once and never closed. It does not keep two holders in one process apart, so we do.
    """

    _known: ClassVar[dict[tuple[int, int], _Locks]] = {}
    _guard: ClassVar[Lock] = Lock()

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path, self._descriptor = path, descriptor
        self._mine: set[int] = set()

    @classmethod
    def of(cls, database: Path) -> _Locks:
        """Of the file beside a database; made when it is missing. Raises DatabaseError."""
        path = database.resolve()
        path = path.with_name(f"{path.name}.senders")
        with cls._guard, _explained(path):
            with suppress(FileNotFoundError):
                found = path.stat()
                if known := cls._known.get((found.st_dev, found.st_ino)):
                    return known
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            give_to_owner(descriptor, database)  # an operator who looks must not keep the service out
            found = os.fstat(descriptor)
            return cls._known.setdefault((found.st_dev, found.st_ino), cls(path, descriptor))

    def take(self, number: int) -> None:
        """Hold a new number."""
        with _explained(self._path):
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        self._mine.add(number)

    def drop(self, number: int) -> None:
        """Hold it no longer."""
        self._mine.discard(number)
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, number)

    def holds(self, number: int) -> bool:
        """Whether anybody holds it. Ask within a transaction that writes: nobody else asks at the same time."""
        if number in self._mine:
            return True
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except OSError:
            return True
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, number)
        return False


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DatabaseError(f"{path} cannot be used: {error.strerror or error}") from None
