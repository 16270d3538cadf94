"""Files with subscribers, for the tests of import and export."""

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from generator.model import Status
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import METADATA, STAMP
from generator.subscribers.store.stamp import lift_mark
from generator.subscribers.transfer.exporting import export_subscribers
from generator.subscribers.transfer.formats import Defaults
from generator.subscribers.transfer.importing import Import, Order, Reject, Tally
from tests.languages import EN, NL

NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
CERTAINTIES = frozenset({"referral", "revenue"})
CALLED = {"nl": NL, "dutch": NL, "nederlands": NL, "en": EN, "english": EN, "engels": EN}
ORDER = Order(Defaults(NL, NOW, CERTAINTIES, CALLED))
PROVED = replace(ORDER, proof="Binder 2026")


def stream(content: str | bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(content.encode() if isinstance(content, str) else content))


def take(
    database: Database, content: str | bytes, order: Order = ORDER, name: str = "list.csv"
) -> tuple[Tally, list[Reject]]:
    """Import a file: what became of its rows, and those that were not taken."""
    rejects: list[Reject] = []
    reading = Import(stream(content), name, order)
    for _ in reading.run(database, rejects.append):
        pass
    return reading.tally, rejects


def give(database: Database, form: str = "csv", statuses: Iterable[Status] = ()) -> str:
    """Export all."""
    with database.read() as transaction:
        return "".join(export_subscribers(transaction, form, list(statuses)))


def empty(database: Database) -> None:
    """Sooner done than another database; it stays a list that is at home."""
    with database.begin() as transaction:
        for table in reversed(METADATA.sorted_tables):
            if table is not STAMP:
                transaction.connection.execute(table.delete())
        lift_mark(transaction.connection)
