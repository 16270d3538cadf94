"""An issue that is frozen, counted, listed, stopped, and tried again."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import update

from generator.errors import MailingError, SecretError
from generator.model import Kind, Progress, Status, Tally
from generator.subscribers.ledger import mailings
from generator.subscribers.list import subscriptions
from generator.subscribers.list.audience import explain_nobody
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import Database
from generator.subscribers.store.keys import Keys
from generator.subscribers.store.schema import DELIVERY, MASTER
from tests.languages import EN, NL
from tests.subscribers.conftest import KEYS
from tests.subscribers.letters import (
    MAILING,
    MASTERS,
    WEEK,
    accepted,
    count,
    events,
    fill,
    put,
    read,
    refused,
    sender,
)
from tests.subscribers.people import HOUR, NOW, draft

FRIDAY = WEEK.friday


def test_frozen_is_what_is_sent_with_its_digest_and_how_many_get_it(database: Database):
    numbers = fill(database, 5)
    with database.read() as transaction:
        assert mailings.find_mailing(transaction, WEEK) == replace(MAILING, planned=5)
        assert mailings.list_mailings(transaction) == [replace(MAILING, planned=5)]
        assert mailings.find_masters(transaction, WEEK) == MASTERS
        digests = mailings.find_digests(transaction, WEEK)
        assert mailings.find_mailing(transaction, WEEK.next()) is None
        assert mailings.tally(transaction, WEEK.next()) == Tally(0)
    assert set(digests) == set(MASTERS)
    assert all(len(digest) == 64 for digest in digests.values())
    assert read(database) == dict.fromkeys(numbers, ("planned", 0, ""))
    assert count(database) == Tally(5, remaining=5)


def test_a_week_is_frozen_once(database: Database):
    numbers = fill(database)
    with pytest.raises(MailingError, match="already frozen"), database.begin() as transaction:
        mailings.freeze(transaction, MAILING, {NL: b"another"}, FRIDAY)
    assert list(read(database)) == numbers
    with database.read() as transaction:
        assert mailings.find_masters(transaction, WEEK) == MASTERS


def test_a_letter_that_nobody_would_get_is_not_frozen(database: Database):
    """The last reader may leave after somebody looked: it is asked in the transaction that freezes."""
    with database.begin() as transaction:
        add_many(transaction, [draft(1, status=Status.CONFIRMED, certainties=())])
        assert not explain_nobody(transaction, MAILING.certainty, FRIDAY)
        subscriber = subscriptions.find_subscriber(transaction, draft(1).address)
        assert subscriber
        subscriptions.unsubscribe(transaction, subscriber, NOW, "")
    said = f"nobody would get the letter of {WEEK}: the list has no confirmed subscribers: {database.name}"
    with pytest.raises(MailingError, match=re.escape(said)), database.begin() as transaction:
        mailings.freeze(transaction, MAILING, MASTERS, FRIDAY)
    with database.read() as transaction:
        assert mailings.find_mailing(transaction, WEEK) is None
        assert not mailings.find_digests(transaction, WEEK)
    fill(database)  # and then it can be frozen
    assert count(database) == Tally(2, remaining=2)


def test_nobody_is_left_out_because_their_language_is(database: Database):
    with database.begin() as transaction:
        add_many(transaction, [draft(2, status=Status.CONFIRMED, certainties=())])
    with pytest.raises(MailingError, match="no edition in “en”"), database.begin() as transaction:
        mailings.freeze(transaction, MAILING, {NL: b"Beste lezer"}, FRIDAY)
    assert count(database) == Tally(0)


def test_who_comes_or_changes_language_later_changes_nothing(database: Database):
    first, *_ = numbers = fill(database)
    with database.begin() as transaction:
        add_many(transaction, [draft(9, status=Status.CONFIRMED, certainties=())])
    put(database, first, language="nl")
    with sender(database) as ledger:
        dues = ledger.reserve(NOW)
    assert [due.subscriber_id for due in dues] == numbers
    assert dues[0].language == EN


def test_bytes_that_changed_in_the_database_are_not_sent(database: Database):
    fill(database)
    with database.begin() as transaction:
        transaction.connection.execute(update(MASTER).values(content=b"something else"))
    with (
        database.read() as transaction,
        pytest.raises(MailingError, match="has changed in the database since it was frozen"),
    ):
        mailings.find_masters(transaction, WEEK)


def test_refused_ones_are_planned_again_with_what_happened_kept(database: Database):
    numbers = fill(database, 4)
    with sender(database) as ledger:
        first, second, third, fourth = ledger.reserve(NOW)
        ledger.advance([refused(first), refused(second, kind=Kind.HARD), refused(third)], fourth, NOW)
        ledger.advance([accepted(fourth)], None, NOW)
    with database.begin() as transaction:
        mailings.finish(transaction, WEEK, NOW)
    put(database, numbers[2], status="unsubscribed")
    with database.begin() as transaction:
        # Not the address that does not exist, and not who has left.
        assert mailings.reopen(transaction, WEEK, Progress.REFUSED, NOW + HOUR) == 1
        assert mailings.find_mailing(transaction, WEEK).finished is None
    assert count(database) == Tally(4, accepted=1, refused=2, remaining=1)
    assert events(database, numbers[0]) == [("refused", "550 5.7.1"), ("retried", "")]
    with sender(database) as ledger:
        [due] = ledger.reserve(NOW)
        assert (due.subscriber_id, due.attempts) == (numbers[0], 1)


def test_nothing_to_try_again_leaves_the_mailing_as_it_is(database: Database):
    fill(database)
    with database.begin() as transaction:
        mailings.finish(transaction, WEEK, NOW)
        assert mailings.reopen(transaction, WEEK, Progress.IN_DOUBT, NOW) == 0
        assert mailings.find_mailing(transaction, WEEK).finished == NOW


def test_it_is_finished_once(database: Database):
    fill(database)
    with database.begin() as transaction:
        mailings.finish(transaction, WEEK, NOW)
        mailings.finish(transaction, WEEK, NOW + HOUR)
        assert mailings.find_mailing(transaction, WEEK).finished == NOW


def test_a_mailing_that_is_stopped_gives_nobody_out_until_it_may_go_on(database: Database):
    fill(database)
    with sender(database) as ledger:
        with database.begin() as transaction:
            mailings.stop(transaction, WEEK, "the relay refuses everything")
            assert mailings.find_mailing(transaction, WEEK).trouble == "the relay refuses everything"
        assert ledger.reserve(NOW) == []
        with database.begin() as transaction:
            mailings.stop(transaction, WEEK, "")
        assert len(ledger.reserve(NOW)) == 3


def test_deliveries_are_listed_by_subscriber_and_by_week(database: Database):
    numbers = fill(database, 4)
    with database.begin() as transaction:
        mailings.freeze(transaction, replace(MAILING, week=WEEK.next()), MASTERS, WEEK.next().friday)
        person = subscriptions.get_subscriber(transaction, numbers[1])
        found = mailings.find_deliveries(transaction, numbers[1])
        assert [(one.week, one.address, one.handle) for one in found] == [
            (week, person.address, person.handle) for week in (WEEK, WEEK.next())
        ]
        subscriptions.erase(transaction, person, NOW)
        listed = mailings.list_deliveries(transaction, WEEK, Progress.PLANNED, most=2)
        assert [(one.subscriber_id, one.address == "") for one in listed] == [
            (numbers[0], False),
            (numbers[1], True),
        ]
        assert mailings.list_events(transaction, numbers[1]) == []


def test_two_mailings_are_kept_apart(database: Database):
    fill(database)
    other = WEEK.next()
    with database.begin() as transaction:
        mailings.freeze(transaction, replace(MAILING, week=other), MASTERS, other.friday)
        assert [one.week for one in mailings.list_mailings(transaction)] == [other, WEEK]
    with sender(database) as ledger:
        first, *_ = ledger.reserve(NOW)
        ledger.advance([], first, NOW)
        ledger.advance([accepted(first)], None, NOW)
    assert count(database) == Tally(3, accepted=1, remaining=2)
    with database.read() as transaction:
        assert mailings.tally(transaction, other) == Tally(3, remaining=3)


def test_a_row_that_is_missing_is_seen(database: Database):
    fill(database)
    with database.begin() as transaction:
        row = DELIVERY.c.subscriber_id == min(read(database))
        transaction.connection.execute(DELIVERY.delete().where(row))
    assert not count(database).balances


def test_the_key_a_letter_began_with_signs_its_links_again():
    older = KEYS
    newer = older.rotate()
    assert newer.fingerprint != older.fingerprint
    again = newer.led_by(older.fingerprint)
    assert again.sign("unsubscribe", "handle") == older.sign("unsubscribe", "handle")
    assert set(again.secrets) == set(newer.secrets)
    assert older.secrets[0] not in older.fingerprint
    with pytest.raises(SecretError, match="the key with which this letter was started is missing"):
        Keys.make().led_by(older.fingerprint)
