"""Who left since the copy is taken off a restored list again; who came back since stays."""

from collections import Counter
from datetime import timedelta

import pytest

from generator.model import Status, Week
from generator.subscribers.ledger.departures import find_begun, replay
from generator.subscribers.list import subscriptions
from generator.subscribers.store.database import Database
from generator.subscribers.store.keys import Keys
from generator.subscribers.store.log import Entry, Happened
from tests.subscribers.conftest import KEYS
from tests.subscribers.people import ADDRESS, HOUR, NOW, find, join_in

LATER = NOW + HOUR


def entry(happened: Happened, address: str = ADDRESS, later: timedelta = HOUR, keys: Keys = KEYS) -> Entry:
    return Entry(NOW + later, happened, keys.hash_address(address)[0])


def play(database: Database, *entries: Entry) -> Counter[Happened]:
    with database.begin() as transaction:
        return replay(transaction, entries)


@pytest.mark.parametrize(
    "happened, status",
    [
        (Happened.LEFT, Status.UNSUBSCRIBED),
        (Happened.BOUNCED, Status.BOUNCED),
        (Happened.COMPLAINED, Status.COMPLAINED),
    ],
)
def test_who_left_since_is_off_again(database: Database, happened: Happened, status: Status) -> None:
    join_in(database)
    join_in(database, "other@example.org")
    assert play(database, entry(happened)) == {happened: 1}
    with database.read() as transaction:
        found = find(transaction)
        assert (found.status, found.changed) == (status, LATER)
        assert find(transaction, "other@example.org").status is Status.CONFIRMED
    assert play(database, entry(happened)) == {}


def test_who_was_erased_since_is_erased_and_cannot_be_imported(database: Database) -> None:
    join_in(database)
    entries = (entry(Happened.ERASED), entry(Happened.ERASED, "unknown@example.org"))
    assert play(database, *entries) == {Happened.ERASED: 2}
    with database.read() as transaction:
        assert subscriptions.find_subscriber(transaction, ADDRESS) is None
        assert subscriptions.suppressed(transaction, ADDRESS)
        assert subscriptions.suppressed(transaction, "unknown@example.org")
    assert play(database, *entries) == {}


def test_who_came_back_before_the_copy_was_made_stays(database: Database) -> None:
    join_in(database)
    old = [entry(happened, later=-HOUR) for happened in (Happened.LEFT, Happened.ERASED, Happened.BOUNCED)]
    assert play(database, *old) == {}
    with database.read() as transaction:
        assert find(transaction).status is Status.CONFIRMED
        assert not subscriptions.suppressed(transaction, ADDRESS)


def test_what_is_worst_counts_of_several(database: Database) -> None:
    join_in(database)
    assert play(database, entry(Happened.BOUNCED), entry(Happened.COMPLAINED), entry(Happened.LEFT)) == {
        Happened.COMPLAINED: 1
    }


def test_a_line_that_was_written_under_an_older_key_counts(database: Database) -> None:
    older = Keys(("o" * 43,))
    join_in(database)
    before, database.keys = database.keys, Keys((*KEYS.secrets, *older.secrets))
    try:
        assert play(database, entry(Happened.LEFT, keys=older)) == {Happened.LEFT: 1}
    finally:
        database.keys = before


def test_letters_that_began_and_were_not_withdrawn() -> None:
    lines = [
        Entry(NOW, Happened.BEGUN, "2026-W47"),
        Entry(NOW, Happened.BEGUN, "2026-W48"),
        Entry(LATER, Happened.WITHDRAWN, "2026-W48"),
        Entry(LATER, Happened.LEFT, "a" * 64),
    ]
    assert find_begun(lines) == {Week(2026, 47): NOW}
    again = Entry(LATER, Happened.BEGUN, "2026-W48")
    assert find_begun([*lines, again]) == {Week(2026, 47): NOW, Week(2026, 48): LATER}
