"""Who came and who went, by week, source and provider."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from generator.model import Consent, Kind, Origin, Status, Step, Week
from generator.subscribers.list import growth, subscriptions
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import EVENT, SUBSCRIBER
from tests.languages import EN, NL
from tests.subscribers.people import DAY, NETWORK, NOW, SOURCE, draft, find, join

THIS = Week.of(NOW.date())
LAST = Week.of(NOW.date() - timedelta(weeks=1))
EARLIER = Week.of(NOW.date() - timedelta(weeks=2))


def put(database: Database, number: int, address: str, at: datetime, source: str = "a card") -> None:
    consents = (Consent(Step.IMPORTED, at, source),)
    with database.begin() as transaction:
        add_many(
            transaction,
            [
                replace(
                    draft(number), address=address, language=EN, status=Status.CONFIRMED, consents=consents
                )
            ],
        )


def note(database: Database, address: str, kind: Kind, at: datetime) -> None:
    with database.begin() as transaction:
        number = transaction.connection.execute(
            select(SUBSCRIBER.c.id).where(SUBSCRIBER.c.key == address)
        ).scalar_one()
        transaction.connection.execute(
            insert(EVENT).values(subscriber_id=number, kind=kind, at=at, detail="")
        )


def test_each_week_has_those_who_came_and_went_in_it(database: Database):
    with database.begin() as transaction:
        join(transaction, "stays@example.org")
        join(transaction, "leaves@example.org", NOW - 7 * DAY)
        subscriptions.unsubscribe(transaction, find(transaction, "leaves@example.org"), NOW, SOURCE, NETWORK)
    put(database, 1, "bounces@example.org", NOW - 7 * DAY)
    note(database, "bounces@example.org", Kind.HARD, NOW)  # by itself it ends nothing
    note(database, "bounces@example.org", Kind.SUPPRESSED, NOW)
    put(database, 2, "long-ago@example.org", NOW - 90 * DAY)
    with database.read() as transaction:
        found = growth.count_growth(transaction, [THIS, EARLIER, LAST])
    assert found == [
        growth.Growth(EARLIER, 0, 0, 0),
        growth.Growth(LAST, 2, 0, 0),
        growth.Growth(THIS, 1, 1, 1),
    ]


@pytest.mark.parametrize(
    "moment, week",
    [
        (datetime(2026, 11, 22, 23, 59, 59, 999999, tzinfo=UTC), "2026-W47"),
        (datetime(2026, 11, 23, tzinfo=UTC), "2026-W48"),
        (datetime(2026, 11, 29, 23, 59, 59, tzinfo=UTC), "2026-W48"),
    ],
)
def test_a_week_begins_on_monday_at_midnight_in_utc(database: Database, moment: datetime, week: str):
    put(database, 1, "somebody@example.org", moment)
    with database.read() as transaction:
        found = growth.count_growth(transaction, [Week.parse("2026-W47"), Week.parse("2026-W48")])
    assert {str(row.week): row.came for row in found} == {"2026-W47": 0, "2026-W48": 0} | {week: 1}


def test_readers_are_counted_by_language_and_status(database: Database):
    with database.begin() as transaction:
        join(transaction)
    put(database, 1, "english@example.org", NOW)
    with database.read() as transaction:
        found = growth.count_readers(transaction)
    assert found[NL] == dict.fromkeys(Status, 0) | {Status.CONFIRMED: 1}
    assert found[EN] == dict.fromkeys(Status, 0) | {Status.CONFIRMED: 1}


def test_the_source_is_where_somebody_began_and_not_where_they_confirmed(database: Database):
    with database.begin() as transaction:
        join(transaction)
    for number in range(2):
        put(database, number, f"{number}@example.org", NOW, "a fair")
    put(database, 3, "long-ago@example.org", NOW - 90 * DAY, "another fair")
    with database.read() as transaction:
        assert growth.count_sources(transaction, NOW - 30 * DAY, 9) == [("a fair", 2), (SOURCE, 1)]
        assert growth.count_sources(transaction, NOW - 30 * DAY, 1) == [("a fair", 2)]


def test_the_provider_that_gives_most_back_is_first(database: Database):
    put(database, 1, "a@one.example.org", NOW)
    put(database, 2, "b@two.example.org", NOW)
    put(database, 3, "c@two.example.org", NOW)
    put(database, 4, "d@three.example.org", NOW)
    note(database, "a@one.example.org", Kind.SOFT, NOW)
    note(database, "b@two.example.org", Kind.HARD, NOW)
    note(database, "c@two.example.org", Kind.COMPLAINT, NOW)
    note(database, "d@three.example.org", Kind.HARD, NOW - 90 * DAY)
    with database.read() as transaction:
        found = growth.count_returns(transaction, NOW - 30 * DAY, 9)
    assert found == [
        growth.Provider("two.example.org", 2, {Kind.HARD: 1, Kind.COMPLAINT: 1}),
        growth.Provider("one.example.org", 1, {Kind.SOFT: 1}),
    ]


@pytest.mark.parametrize(
    "source, origin",
    [
        (SOURCE, Origin.SITE),
        ("https://example.org/ (letter)", Origin.LETTER),
        ("https://example.org/ (forward)", Origin.FORWARD),
        ("https://letter.example.org/subscribe (course)", Origin.COURSE),
        ("https://example.org/ (import)", Origin.SITE),  # no form tells that
        ("(forward) https://example.org/", Origin.SITE),
        ("", Origin.SITE),
    ],
)
def test_a_form_tells_by_which_way_somebody_came(database: Database, source: str, origin: Origin):
    consents = (Consent(Step.ASKED, NOW, source), Consent(Step.CONFIRMED, NOW, "confirm (letter)"))
    with database.begin() as transaction:
        add_many(transaction, [replace(draft(1), status=Status.CONFIRMED, consents=consents)])
    with database.read() as transaction:
        found = growth.count_origins(transaction, [THIS, LAST])
    assert found == [(LAST, dict.fromkeys(Origin, 0)), (THIS, dict.fromkeys(Origin, 0) | {origin: 1})]


def test_each_reader_counts_once_by_their_last_way_while_they_are_confirmed(database: Database):
    twice = (Consent(Step.ASKED, NOW - 7 * DAY, SOURCE), Consent(Step.ASKED, NOW, f"{SOURCE} (forward)"))
    with database.begin() as transaction:
        add_many(
            transaction,
            [
                replace(draft(1), status=Status.CONFIRMED, consents=twice),
                replace(draft(2), status=Status.UNSUBSCRIBED, consents=twice),
                replace(
                    draft(3), status=Status.CONFIRMED, consents=(Consent(Step.ADDED, NOW, "x (letter)"),)
                ),
                replace(draft(4), status=Status.CONFIRMED, consents=(Consent(Step.IMPORTED, NOW, "a file"),)),
            ],
        )
    with database.read() as transaction:
        [(_, before), (_, found)] = growth.count_origins(transaction, [THIS, LAST])
    assert not any(before.values())
    assert {way: number for way, number in found.items() if number} == {
        Origin.FORWARD: 1,
        Origin.HAND: 1,
        Origin.IMPORT: 1,
    }
