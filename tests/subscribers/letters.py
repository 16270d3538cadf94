"""Mailings, in the tests of the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import select, update

from generator.model import Due, Mailing, Progress, Settled, Status, Tally, Week
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import DELIVERY, SUBSCRIBER
from tests.languages import EN, NL
from tests.subscribers.conftest import KEYS
from tests.subscribers.people import NOW, draft

WEEK = Week.parse("2026-W48")
MAILING = Mailing(WEEK, NOW, "0123456789abcdef", "proof", KEYS.fingerprint)
MASTERS = {NL: b"Beste lezer", EN: b"Dear reader"}


def fill(database: Database, number: int = 3, **changes: object) -> list[int]:
    """So many confirmed readers, and the letter of the week frozen for them; their numbers."""
    with database.begin() as transaction:
        changes = {"status": Status.CONFIRMED, "certainties": (), **changes}
        add_many(transaction, [draft(one, **changes) for one in range(number)])
        mailings.freeze(transaction, MAILING, MASTERS, WEEK.friday)
        return list(
            transaction.connection.execute(select(SUBSCRIBER.c.id).order_by(SUBSCRIBER.c.id)).scalars()
        )


def read(database: Database) -> dict[int, tuple[str, int, str]]:
    """Each row: progress, attempts, reply."""
    with database.read() as transaction:
        rows = transaction.connection.execute(select(DELIVERY).order_by(DELIVERY.c.subscriber_id)).all()
    return {row.subscriber_id: (row.progress, row.attempts, row.reply) for row in rows}


def count(database: Database) -> Tally:
    with database.read() as transaction:
        return mailings.tally(transaction, WEEK)


def events(database: Database, number: int) -> list[tuple[str, str]]:
    with database.read() as transaction:
        return [(event.kind.value, event.detail) for event in mailings.list_events(transaction, number)]


def put(database: Database, number: int, **columns: object) -> None:
    """Change a subscriber behind the back of the ledger."""
    with database.begin() as transaction:
        transaction.connection.execute(update(SUBSCRIBER).where(SUBSCRIBER.c.id == number).values(**columns))


@contextmanager
def sender(database: Database) -> Iterator[Ledger]:
    """A process that sends, over one connection."""
    with enlist(database, WEEK, NOW) as number:
        ledger = Ledger(database, WEEK, number)
        try:
            yield ledger
        finally:
            ledger.close()


def accepted(due: Due) -> Settled:
    return Settled(due.subscriber_id, Progress.ACCEPTED, "250 2.0.0")


def deferred(due: Due, **changes: object) -> Settled:
    return replace(Settled(due.subscriber_id, Progress.DEFERRED, "451 4.3.0", NOW), **changes)


def refused(due: Due, reply: str = "550 5.7.1", **changes: object) -> Settled:
    return replace(Settled(due.subscriber_id, Progress.REFUSED, reply), **changes)
