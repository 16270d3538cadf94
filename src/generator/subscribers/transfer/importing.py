"""A file → the list: some rows at a time, each time all or nothing, so that a run can be stopped and repeated.

Who is on the list stays as they are, unless only a file brought them and this one says that they left; who was erased
stays away.
"""

from __future__ import annotations

import signal
import sqlite3
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, literal, select

from generator.errors import TableError
from generator.model import Consent, Notice, Status, Step, key_of
from generator.subscribers.list.listing import add_many, find_statuses, find_suppressed
from generator.subscribers.list.records import save
from generator.subscribers.list.subscriptions import find_subscriber, unsubscribe
from generator.subscribers.store.schema import OUTBOX, SUBSCRIBER
from generator.subscribers.transfer.foreign import find_origin
from generator.subscribers.transfer.formats import COURSE, Defaults, RowError, shorten
from generator.subscribers.transfer.layouts import find_worst, normalise, write_cell
from generator.subscribers.transfer.meanings import Meanings
from generator.subscribers.transfer.opening import open_table
from generator.subscribers.transfer.tables import Row
from generator.subscribers.transfer.unknown import (
    SAMPLE,
    check_columns,
    find_unknown,
    find_unread,
    smells_of_leaving,
)

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import FrameType

    from generator.model import NewSubscriber
    from generator.subscribers.store.database import Database, Transaction
    from generator.subscribers.transfer.layouts import Origin
    from generator.subscribers.transfer.tables import Broken, Table

BATCH = 2000
"""Rows in one transaction: a tenth of a second in which nobody else writes."""

_STEP = 1000
"""Keys in one statement."""

_ENDED = {Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED}
_PROOFS = {Step.CONFIRMED, Step.ADDED, Step.IMPORTED}


@dataclass(frozen=True, slots=True)
class Order:
    """What the operator says of a file."""

    defaults: Defaults
    proof: str = ""
    """Where the proof of consent is kept of those for whom the file has none; they come in as confirmed."""
    ask: bool = False
    """Imported addresses that are unconfirmed, or have no proof of consent, get a confirmation mail."""
    status: Status | None = None
    """Where all of them stand, when the file does not say."""
    origin: str = ""
    form: str = ""
    sheet: str = ""
    """Of a workbook; empty: the only one with something in it."""
    meanings: Meanings = field(default_factory=Meanings)
    """Of columns and values that we do not know."""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken."""

    line: int
    problem: str
    address: str = field(repr=False, default="")
    """The value in the file, unchanged."""


@dataclass(slots=True)
class Tally:
    """What became of the rows so far. What it counts is on the list, and stays there whatever happens next."""

    line: int = 0
    """Rows up to this line have been dealt with."""
    added: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    """Of those added: where they stand."""
    asked: int = 0
    """Of those added: who gets the question by mail."""
    present: int = 0
    """They were on the list."""
    ended: int = 0
    """They were on the list because of a file, and left according to this one."""
    twice: int = 0
    """The same address stands higher up in the file."""
    erased: int = 0
    """They were erased, and stay so."""
    rejected: int = 0


class Import:
    """A file that is to be taken in."""

    def __init__(self, stream: io.BufferedReader, name: str, order: Order) -> None:
        """Read the beginning of the file; `name` is that of the file, without folders. Raises TableError."""
        self.tally = Tally()
        self._order = order
        self.table: Table = order.meanings.rename(open_table(stream, order.form, order.sheet))
        self.origin: Origin = find_origin(self.table.columns, order.origin)
        if (
            order.meanings
        ):  # what the operator says of a file does not make it one of ours, whose consents prove
            self.origin = replace(self.origin, proves=False)
        self._columns = {"", *self.table.columns}
        self._telling = {name for name in self.table.columns if normalise(name) in self.origin.telling}
        sample: list[Row | Broken] = []
        if not all(map(self.origin.knows, self.table.columns)):
            sample += islice(self.table.rows, SAMPLE)
        check_columns(self.origin, self.table.columns, order.meanings, sample)
        self._unread = find_unread(self.origin, self.table.columns, order.meanings)
        self._rows = chain(sample, self.table.rows)
        self._status = self.origin.find_status(name, frozenset(self.table.columns), order.status)
        self._skips = bool(order.meanings.ignored)
        # To tell an address that stands in the file twice from one that was on the list before.
        self._seen: _Seen

    def preview(self, most: int, reject: Callable[[Reject], None]) -> dict[Status, list[str]]:
        """The first addresses that would come in with each status. Reads the file to its end: instead of `run`."""
        shown: dict[Status, list[str]] = {status: [] for status in Status}
        for row in self._rows:
            self.tally.line = row.line
            person = self._read(row, reject)
            if person is not None:
                self.tally.statuses[person.status] += 1
                if len(shown[person.status]) < most:
                    shown[person.status].append(person.address)
        return {status: addresses for status, addresses in shown.items() if addresses}

    def run(self, database: Database, reject: Callable[[Reject], None]) -> Iterator[Tally]:
        """Import all rows, BATCH in a transaction, and yield the tally after each. Call it once, from one thread.

        `reject` is called for every row that is not taken. Idempotent: the same file can be imported again. Raises
        DatabaseError and TableError; what the tally counts by then is committed.
        """
        batch: list[NewSubscriber] = []
        line = 0
        with _keep_room(), closing(_Seen()) as self._seen:
            for row in self._rows:
                line = row.line
                if (person := self._read(row, reject)) is not None:
                    batch.append(person)
                if len(batch) == BATCH:
                    self._take(database, batch, line)
                    yield self.tally
                    batch = []
            self._take(database, batch, line)
            yield self.tally

    def _read(self, row: Row | Broken, reject: Callable[[Reject], None]) -> NewSubscriber | None:
        if isinstance(row, Row):
            try:
                self._check(row)
                return self._admit(self.origin.read(self._skip(row), self._order.defaults, self._status))
            except RowError as error:
                said = next((row.cells[name] for name in _ADDRESSES if row.cells.get(name)), "")
                found = Reject(row.line, str(error), said if isinstance(said, str) else "")
        else:
            found = Reject(row.line, row.problem)
        self.tally.rejected += 1
        reject(found)
        return None

    def _check(self, row: Row) -> None:
        """Refuse what stands in a column without a name, or in JSON below a name that the first object has not."""
        if row.cells.get(""):
            raise RowError(f"has {shorten(row.cells[''])} in a column without a name")
        if missing := self._telling - row.cells.keys():
            raise RowError(f"has no {shorten(min(missing))}, which the first one has")
        if more := row.cells.keys() - self._columns:
            if unknown := find_unknown(self.origin, sorted(more), self._order.meanings):
                name, value = unknown[0], row.cells[unknown[0]]
                raise RowError(f"has the unknown field {shorten(name)}: {shorten(value)}")
            self._columns |= more
            self._unread += find_unread(self.origin, sorted(more), self._order.meanings)
        for name in self._unread:
            if (value := row.cells.get(name)) and smells_of_leaving(write_cell(value)):
                raise RowError(f"has {shorten(value)} in the column {shorten(name)}, which is not read")

    def _skip(self, row: Row) -> Mapping[str, Any]:
        """The cells without those that are ignored."""
        skips = self._order.meanings.skips
        return (
            {name: cell for name, cell in row.cells.items() if not skips(name)} if self._skips else row.cells
        )

    def _admit(self, person: NewSubscriber) -> NewSubscriber:
        """Nobody is confirmed without proof, nor gets a course that they did not ask us for."""
        if person.course and not (self.origin.proves and person.consents):
            raise RowError(
                f"has a course, and no consent as in an export of this program; empty {', '.join(COURSE)}"
            )
        if person.status is not Status.CONFIRMED:
            return person
        if self.origin.proves and any(consent.step in _PROOFS for consent in person.consents):
            return person
        now = self._order.defaults.now
        if self._order.proof:
            given = Consent(Step.IMPORTED, now, self._order.proof)
            return replace(person, consents=(*person.consents, given))
        if self._order.ask:
            return replace(person, status=Status.UNCONFIRMED, changed=now)
        raise RowError(
            "would be confirmed without proof of consent; name the proof with --proof, or ask by mail with --ask"
        )

    def _take(self, database: Database, batch: Sequence[NewSubscriber], line: int) -> None:
        """Put a batch on the list; when that fails the tally counts none of it."""
        with _uninterrupted():
            self._take_all(database, batch, line)

    def _take_all(self, database: Database, batch: Sequence[NewSubscriber], line: int) -> None:
        dry_run, tally = self._order.dry_run, replace(self.tally, line=line)
        with database.read() if dry_run else database.begin() as transaction:
            new = self._choose(transaction, batch, tally)
            tally.added += len(new) if dry_run else add_many(transaction, new)
            tally.statuses = tally.statuses + Counter(person.status for person in new)
            if self._order.ask:
                asked = [person for person in new if person.status is Status.UNCONFIRMED]
                tally.asked += len(asked)
                if not dry_run:
                    _ask(transaction, asked, self._order)
        self.tally = tally
        self._seen.add(key_of(person.address) for person in new)

    def _choose(
        self, transaction: Transaction, people: Sequence[NewSubscriber], tally: Tally
    ) -> list[NewSubscriber]:
        """Those who are not on the list, and never were."""
        addresses = [person.address for person in people]
        present = find_statuses(transaction, addresses)
        erased = find_suppressed(transaction, addresses)
        new: dict[str, NewSubscriber] = {}
        for person in people:
            key = key_of(person.address)
            if key in erased:
                tally.erased += 1
            elif key in new:
                tally.twice += 1
                if person.status in _ENDED and find_worst([person.status, new[key].status]) is person.status:
                    new[key] = person  # once left, in whichever row, is left
            elif person.status in _ENDED and self._ends(transaction, person, present.get(key)):
                tally.ended += 1
            elif key in self._seen and (self._order.dry_run or key in present):
                tally.twice += 1
            elif key in present:
                tally.present += 1
            else:
                new[key] = person
        return list(new.values())

    def _ends(self, transaction: Transaction, person: NewSubscriber, status: Status | None) -> bool:
        """End the subscription of somebody who left there; whether it was for us to end.

        It is when all that speaks for it came with files. Who confirmed here since, or was added by hand, stays.
        """
        if status not in {Status.CONFIRMED, Status.UNCONFIRMED}:
            return False
        found = find_subscriber(transaction, person.address)
        steps = {consent.step for consent in found.consents} if found else {Step.ADDED}
        imported = status is Status.CONFIRMED and Step.IMPORTED in steps
        if not found or steps & {Step.CONFIRMED, Step.ADDED}:
            return False
        if not imported and key_of(person.address) not in self._seen:
            return False  # they asked here, and have not answered yet
        if not self._order.dry_run:
            now, source = self._order.defaults.now, f"{self.origin.title}: {person.status}"
            unsubscribe(transaction, found, now, source, goodbye=False)
            save(transaction, found.id, status=person.status)
        return True


class _Seen:
    """The keys of those who came with the file, by eight bytes of each: in a file that is gone when it is closed."""

    def __init__(self) -> None:
        self._table = sqlite3.connect("", isolation_level=None)
        self._table.execute("PRAGMA journal_mode = OFF")
        self._table.execute("CREATE TABLE seen (hash INTEGER PRIMARY KEY)")
        self._table.execute("BEGIN")  # which never ends: nothing of it is to last

    def add(self, keys: Iterable[str]) -> None:
        self._table.executemany(
            "INSERT OR IGNORE INTO seen VALUES (?)", ((number,) for number in sorted(map(hash, keys)))
        )

    def __contains__(self, key: str) -> bool:
        return self._table.execute("SELECT 1 FROM seen WHERE hash = ?", (hash(key),)).fetchone() is not None

    def close(self) -> None:
        self._table.close()


_ADDRESSES = ("address", "email", "email address", "email_address", "e-mailadres", "e-mail")


def _ask(transaction: Transaction, people: Sequence[NewSubscriber], order: Order) -> None:
    """Put the question into the outbox for people who were not on the list: nothing waits for them yet."""
    now = order.defaults.now
    for start in range(0, len(people), _STEP):
        keys = [key_of(person.address) for person in people[start : start + _STEP]]
        rows = select(
            literal(Notice.CONFIRM.value),
            SUBSCRIBER.c.id,
            SUBSCRIBER.c.address,
            SUBSCRIBER.c.language,
            literal(now, OUTBOX.c.created.type),
            literal(now, OUTBOX.c.not_before.type),
            literal(0),
        ).where(SUBSCRIBER.c.key.in_(keys), SUBSCRIBER.c.status == Status.UNCONFIRMED)
        columns = ["notice", "subscriber_id", "address", "language", "created", "not_before", "attempts"]
        transaction.connection.execute(insert(OUTBOX).from_select(columns, rows))


@contextmanager
def _keep_room() -> Iterator[None]:
    """Raises TableError when there is no room for a temporary file."""
    try:
        yield
    except sqlite3.Error as error:
        raise TableError(f"needs a temporary file, for which there is no room: {error}") from None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until a batch is on the list and counted, so that what is said of it is so."""
    before = signal.getsignal(signal.SIGINT)
    if current_thread() is not main_thread() or not callable(before):
        yield
        return
    pressed: list[FrameType | None] = []
    signal.signal(signal.SIGINT, lambda _, frame: pressed.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        before(signal.SIGINT, pressed[0])
