"""How a list is, seen from outside."""

from datetime import UTC, datetime, timedelta

from generator.model import NewSubscriber
from generator.model.subscribers import Status
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.vitals import read_vitals
from generator.subscribers.store.database import Database
from tests.languages import NL

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)


def test_a_list_is_counted_and_measured(database: Database) -> None:
    empty = read_vitals(database)
    assert (empty.confirmed, empty.total, empty.utf8, empty.newest) == (0, 0, 0, None)
    assert empty.step >= "0002"
    assert empty.file == database.file
    assert empty.size == (database.file.stat().st_size if database.file else 0)
    with database.begin() as transaction:
        for number, status in enumerate((Status.CONFIRMED, Status.CONFIRMED, Status.BOUNCED)):
            then = NOW - timedelta(days=number)
            for name in (f"{number}", f"é{number}"):
                add_many(transaction, [NewSubscriber(f"{name}@example.com", NL, (), status, then, then)])
    full = read_vitals(database)
    assert (full.confirmed, full.total, full.utf8, full.newest) == (4, 6, 2, NOW)
    assert full.name == database.name
