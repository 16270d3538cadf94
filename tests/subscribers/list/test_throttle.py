"""How often an address can be written to by who does not read its mail."""

from generator.model import Notice
from generator.subscribers.list.throttle import forget, may_write
from generator.subscribers.store.database import Database, Transaction
from generator.subscribers.store.schema import THROTTLE
from tests.subscribers.people import ADDRESS, HOUR, MINUTE, NOW


def test_the_question_goes_out_once_a_day_and_three_times_in_all(database: Database):
    with database.begin() as transaction:
        written = [hour for hour in range(0, 24 * 30, 12) if may(transaction, Notice.CONFIRM, hour)]
    assert written == [0, 24, 48]


def test_the_count_begins_anew_when_they_confirm_or_after_ninety_days(database: Database):
    with database.begin() as transaction:
        for day in range(3):
            assert may(transaction, Notice.CONFIRM, day * 24)
        assert not may(transaction, Notice.CONFIRM, 10 * 24)
        assert may(transaction, Notice.CONFIRM, (2 + 90) * 24)
        assert not may(transaction, Notice.CONFIRM, (2 + 90) * 24 + 1)
        forget(transaction, ADDRESS, Notice.CONFIRM)
        assert may(transaction, Notice.CONFIRM, (2 + 90) * 24 + 1)


def test_you_are_subscribed_already_is_said_once_a_day_for_ever(database: Database):
    with database.begin() as transaction:
        written = [hour for hour in range(0, 24 * 5, 8) if may(transaction, Notice.ALREADY, hour)]
    assert written == [0, 24, 48, 72, 96]


def test_a_link_goes_out_once_a_quarter_and_five_times_a_day(database: Database):
    with database.begin() as transaction:
        written = [
            minute
            for minute in range(0, 60 * 30, 5)
            if may_write(transaction, ADDRESS, Notice.MANAGE, NOW + minute * MINUTE)
        ]
    assert written[:5] == [0, 15, 30, 45, 60]
    assert written[5] == 60 + 24 * 60


def test_each_address_and_each_notice_has_a_count_of_its_own(database: Database):
    with database.begin() as transaction:
        assert may(transaction, Notice.CONFIRM, 0)
        assert may(transaction, Notice.ALREADY, 0)
        assert may(transaction, Notice.MANAGE, 0)
        assert may_write(transaction, "other@example.org", Notice.CONFIRM, NOW)
        assert not may_write(transaction, ADDRESS.upper(), Notice.CONFIRM, NOW)


def test_no_address_stands_in_what_was_counted(database: Database):
    with database.begin() as transaction:
        may(transaction, Notice.CONFIRM, 0)
        [row] = transaction.connection.execute(THROTTLE.select())
    assert row.key == database.keys.hash_address(ADDRESS)[0]
    assert "example" not in str(row)


def test_what_was_counted_under_an_older_key_counts(database: Database):
    with database.begin() as transaction:
        assert may(transaction, Notice.CONFIRM, 0)
        assert may(transaction, Notice.CONFIRM, 24)
        later = Transaction(transaction.connection, transaction.keys.rotate())
        assert not may(later, Notice.CONFIRM, 25)
        assert may(later, Notice.CONFIRM, 48)
        assert not may(later, Notice.CONFIRM, 72)
        assert [row.key for row in transaction.connection.execute(THROTTLE.select())] == [
            later.keys.hash_address(ADDRESS)[0]
        ]


def may(transaction: Transaction, notice: Notice, hours: int) -> bool:
    return may_write(transaction, ADDRESS, notice, NOW + hours * HOUR)
