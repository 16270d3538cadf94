"""The ledger as a sender writes it: one durable commit for each message.

    freeze ──▶ PLANNED ──┬── claim, before DATA ──▶ SENDING ──┬── 2xx after the dot ──▶ ACCEPTED
                  ▲      │                             ▲      ├── 4xx ──▶ DEFERRED
                  │      ├── RCPT 4xx ──▶ DEFERRED ────┘      ├── 5xx ──▶ REFUSED
                  │      │                   (when due)       └── no reply, or the sender died ──▶ IN_DOUBT
                  │      ├── RCPT 5xx ──▶ REFUSED
                  │      └── unsubscribed, paused or erased since, or no SMTPUTF8
                  │              ──▶ SKIPPED (also from DEFERRED and SENDING)
                  │
                  └── `newsletter retry` (reopen) ◀── REFUSED, IN_DOUBT

    PLANNED, DEFERRED ── claim_batch, before a request with keys ──▶ SENDING ──▶ as above
                                          again: release, adopt ──────┘ ▲  └── not within the hours for which
                                                                └───────┘       the engine knows the keys ──▶ IN_DOUBT

    confirm (firsts.plan) ──▶ PLANNED ◀── confirm again: REFUSED, SKIPPED

Else ACCEPTED and SKIPPED are final. A sender reserves rows first: a reserved row keeps its progress, and no other
sender that lives takes it.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from generator.errors import DatabaseError, MailingError
from generator.model import Begun, Due, Kind, Language, Progress
from generator.subscribers.ledger.statements import Statements
from generator.subscribers.store.failures import explained
from generator.subscribers.store.log import Entry, Happened
from generator.subscribers.store.stamp import AT_HOME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from generator.model import MailingId, Settled
    from generator.subscribers.ledger.prepared import Prepared
    from generator.subscribers.store.database import Database

_LENGTH = 16
"""Characters of a reply that are kept."""

_NAME = 64
"""Characters that an engine calls a letter by."""

_BOTH = 2
"""Rows: the last one and the next."""


class Ledger:
    """The ledger of a week for one connection of one sender.

    Not thread-safe: each thread has one of its own. It has a connection of the driver outside of the pool, opened at
    the first call and again after it broke; every call that returns is committed.
    """

    def __init__(self, database: Database, week: MailingId, sender: int, *, first: bool = False) -> None:
        """`sender`: the number that `senders.enlist` gave; connections of one process share it. `first`: it reserves
        first letters only.
        """
        self._database = database
        dialect = database.dialect
        self._say = Statements(dialect, week, sender, first=first)
        self._fails: type[Exception] = dialect.loaded_dbapi.Error
        self._sqlite = database.file is not None
        self._held: Any = None
        self._after = 0

    def reserve(self, now: datetime, most: int = 200) -> list[Due]:
        """Reserve at most `most` rows that no living sender has: deferred ones that are due at `now` (UTC), the longest
        first; when there are none, planned ones in the order of the list. Their progress stays. Empty when there are
        none, or the mailing was stopped. Raises DatabaseError, also when another process took this sender for dead, and
        MailingError when the list was restored since.
        """
        with self._connected() as raw:
            if not self._may_begin(raw):
                return []
            return self._reserve(raw, now, self._say.reserve_deferred, most=most) or self._reserve_planned(
                raw, now, most
            )

    def advance(self, settled: Sequence[Settled], following: Due | None, now: datetime) -> bool:
        """Record what became of the letters before, and claim the next one as `sending`: one durable commit, which is
        on the disk when this returns.

        False: the next letter must not be sent, because its reader unsubscribed, paused or was erased (it is skipped
        now), or because another sender has it. Raises DatabaseError: nothing was recorded, and the next letter must not
        be sent. Idempotent: after an error, call it again with the same values.
        """
        with self._connected() as raw:
            usual = len(settled) == 1 and settled[0].progress is Progress.ACCEPTED
            at_once = usual and not self._sqlite  # which is quicker with one row after the other
            if following and at_once and self._advance_at_once(raw, settled[0], following, now):
                return True
            with self._transaction(raw):
                accepted = [one for one in settled if one.progress is Progress.ACCEPTED]
                self._say.accept.run_many(raw, [_describe(one, now) for one in accepted])
                for one in settled:
                    if one.progress is not Progress.ACCEPTED:
                        self._settle(raw, one, now)
                return following is None or self._claim(raw, following, now)

    def claim_batch(
        self, batch: str, contents: Mapping[int, str], now: datetime, until: datetime
    ) -> set[int]:
        """Claim reserved rows as `sending`, as one request that may be made again until `until`: one durable commit.

        `batch` names the request, and is new; `contents` has the digest of what is sent, by the id of the subscriber.
        Returns the ids of those who get it: the others unsubscribed, paused or were erased, and are skipped now, or
        another sender has them. Raises DatabaseError: the request must not be made. Idempotent.
        """
        with self._connected() as raw, self._transaction(raw):
            marks = [
                {"number": number, "batch": batch, "content": digest} for number, digest in contents.items()
            ]
            self._say.mark.run_many(raw, marks)
            found = self._say.claim_batch.run(raw, batch=batch, now=now, until=until).fetchall()
            claimed = {number for (number,) in found}
            for number in contents.keys() - claimed:
                self._skip(raw, number, now)
        return claimed

    def release(self, batch: str) -> None:
        """Leave what is still being sent of a batch to who sends it again. Raises DatabaseError."""
        with self._connected() as raw, self._transaction(raw):
            self._say.release_batch.run(raw, batch=batch)

    def adopt(self, account: str, now: datetime) -> tuple[str, list[Begun]]:
        """Take over a batch of this account to which no answer came, and that may be sent again at `now`.

        Returns its name, and what is still being sent of it in the order in which it was sent; an empty name when there
        is none, or the mailing was stopped. Raises DatabaseError and MailingError as `reserve` does.
        """
        with self._connected() as raw:
            if not self._may_begin(raw):
                return "", []
            while True:
                batch = self._say.find_batch.run(raw, account=f"{account}.%", now=now).fetchone()[0]
                if batch is None:
                    return "", []
                if rows := self._say.adopt_batch.run(raw, batch=batch).fetchall():
                    return batch, sorted(map(self._read_begun, rows), key=lambda one: one.subscriber_id)

    def give_back(self, dues: Sequence[Due]) -> None:
        """Free rows that were reserved and not begun, in one transaction. Raises DatabaseError."""
        if dues:
            with self._connected() as raw, self._transaction(raw):
                for due in dues:
                    self._say.give_back.run(raw, number=due.subscriber_id)

    def hasten(self, dues: Mapping[int, datetime]) -> None:
        """Make deferred rows due at these moments (UTC), if that is sooner; one transaction. Raises DatabaseError."""
        if dues:
            with self._connected() as raw, self._transaction(raw):
                for number, due in dues.items():
                    self._say.hasten.run(raw, number=number, due=due)

    def next_due(self) -> datetime | None:
        """When the first deferred row is due, in UTC; None when there is none. Raises DatabaseError."""
        with self._connected() as raw:
            return self._say.read_moment(self._say.find_next_due.run(raw).fetchone()[0])

    def close(self) -> None:
        """Close the connection. Idempotent; raises nothing."""
        held, self._held = self._held, None
        if held is not None:
            with suppress(DatabaseError), explained(self._database.name, self._fails):
                held.close()

    def _may_begin(self, raw: Any) -> bool:
        """Whether a letter may be begun: False when the mailing was stopped. Raises as `reserve` says."""
        self._check_home(raw)
        alive, trouble = self._say.find_standing.run(raw).fetchone()
        if not alive:
            raise DatabaseError(
                f"{self._database.name}: the connection was lost, so another process took over"
            )
        return not trouble

    def _check_home(self, raw: Any) -> None:
        """Raise MailingError when a dump was restored since: it does not know whom this process has written to.

        On SQLite every write looks whether the file is the same.
        """
        if self._sqlite:
            return
        found = raw.execute(AT_HOME).fetchone()
        if not (found and found[0]):
            raise MailingError(
                "the list was restored from a back-up while this process was sending, so it has stopped; "
                "run `newsletter resume --restored` first"
            )

    # --- Reserving ----------------------------------------------------------------------------------------------------

    def _reserve_planned(self, raw: Any, now: datetime, most: int) -> list[Due]:
        """From where the last ones ended; then once from the beginning, where others may have given some back."""
        while True:
            after = self._after
            found = self._reserve(raw, now, self._say.reserve_planned, after=after, most=most)
            if found:
                self._after = found[-1].subscriber_id
            else:
                self._after = 0
            if found or not after:
                return found

    def _reserve(self, raw: Any, now: datetime, statement: Prepared, **values: Any) -> list[Due]:
        while rows := statement.run(raw, now=now, **values).fetchall():
            dues, erased = [], []
            for row in rows:
                if (due := self._read_due(row)) is None:
                    erased.append(row[0])
                else:
                    dues.append((row[5], due))
            if erased:
                with self._transaction(raw):
                    for number in erased:
                        self._say.skip.run(raw, number=number, now=now)
            if dues:
                return [due for _, due in sorted(dues, key=lambda one: (one[0] or now, one[1].subscriber_id))]
        return []

    def _read_due(self, row: Sequence[Any]) -> Due | None:
        """None when the subscriber was erased."""
        number, handle, address, language, attempts, _, at, welcome, master = row[:9]
        if handle is None:
            return None
        joined = self._say.read_moment(at)
        return Due(number, handle, address, Language(language), attempts, joined, welcome or "", master or "")

    def _read_begun(self, row: Sequence[Any]) -> Begun:
        content, until, wanted = row[9:]
        moment = self._say.read_moment(until)
        if moment is None:
            raise ValueError("a row that is being sent has no end")
        return Begun(self._read_due(row), row[0], content, moment, bool(wanted))

    # --- Advancing ----------------------------------------------------------------------------------------------------

    def _advance_at_once(self, raw: Any, accepted: Settled, following: Due, now: datetime) -> bool:
        """What nearly every letter needs, in one journey. False: it could not do both, and the rest is left to do."""
        found: int = self._say.accept_and_claim.run(
            raw,
            number=accepted.subscriber_id,
            answer=accepted.reply[:_LENGTH],
            now=now,
            following=following.subscriber_id,
        ).rowcount
        return found == _BOTH

    def _settle(self, raw: Any, settled: Settled, now: datetime) -> None:
        number, reply = settled.subscriber_id, settled.reply[:_LENGTH]
        found = self._say.settle.run(
            raw,
            number=number,
            to=settled.progress.value,
            answer=reply,
            now=now,
            due=settled.not_before or (now if settled.progress is Progress.DEFERRED else None),
            more=int(settled.counted),
        ).rowcount
        # Not when it was kept before, and we did not hear of it.
        if found and (settled.counted or settled.progress is Progress.SKIPPED):
            self._note(raw, settled, now)

    def _note(self, raw: Any, settled: Settled, now: datetime) -> None:
        number, reply = settled.subscriber_id, settled.reply[:_LENGTH]
        if kind := _find_kind(settled):
            self._say.note.run(raw, number=number, kind=kind.value, detail=settled.why or reply, now=now)
        ended = self._say.bounce.run(raw, number=number, now=now).fetchall() if kind is Kind.HARD else ()
        for (address,) in ended:
            self._say.note.run(raw, number=number, kind=Kind.SUPPRESSED.value, detail=reply, now=now)
            hashed = self._database.keys.hash_address(address)[0]
            self._database.log([Entry(now, Happened.BOUNCED, hashed)])

    def _claim(self, raw: Any, following: Due, now: datetime) -> bool:
        if self._say.claim.run(raw, following=following.subscriber_id, now=now).rowcount:
            return True
        self._skip(raw, following.subscriber_id, now)
        return False

    def _skip(self, raw: Any, number: int, now: datetime) -> None:
        if self._say.skip.run(raw, number=number, now=now).rowcount:
            self._say.note_skip.run(raw, number=number, now=now)

    # --- The connection -----------------------------------------------------------------------------------------------

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """The driver's connection, opened when needed, with the write lock."""
        with self._database.lock_writing(), explained(self._database.name, self._fails):
            if self._held is None:
                self._held = self._database.open_connection()
            try:
                yield self._held
            except self._fails:
                if not self._sqlite:
                    self.close()  # the next call makes a new one, if there is a server again
                raise

    @contextmanager
    def _transaction(self, raw: Any) -> Iterator[None]:
        if not self._sqlite:
            with raw.transaction():
                yield
            return
        raw.execute("BEGIN IMMEDIATE")
        try:
            yield
            raw.execute("COMMIT")
        except BaseException:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raise


def _describe(accepted: Settled, now: datetime) -> dict[str, Any]:
    """The values of `accept`."""
    return {
        "number": accepted.subscriber_id,
        "answer": accepted.reply[:_LENGTH],
        "handed": accepted.handed[:_NAME],
        "now": now,
    }


def _find_kind(settled: Settled) -> Kind | None:
    """What the history of a subscriber says of it; an accepted letter stands in the ledger itself."""
    match settled.progress:
        case Progress.DEFERRED:
            return Kind.DEFERRED
        case Progress.IN_DOUBT:
            return Kind.DOUBTED
        case Progress.SKIPPED:
            return Kind.SKIPPED
        case Progress.REFUSED:
            return settled.kind
        case _:
            return None
