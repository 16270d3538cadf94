"""What the list forgets by itself, and what not."""

from dataclasses import replace
from pathlib import Path

import pytest

from generator.model import Notice, Status
from generator.subscribers.list import outbox, subscriptions
from generator.subscribers.list.pruning import prune
from generator.subscribers.list.records import save
from generator.subscribers.list.throttle import may_write
from generator.subscribers.list.tokens import Purpose, find_token
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import THROTTLE
from tests.subscribers.people import ADDRESS, DAY, HOUR, MANAGE, MINUTE, NOW, SUBSCRIBE, ask, find, join, take


def test_who_never_confirmed_is_forgotten_after_seven_days_without_a_word(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        take(transaction)
        prune(transaction, NOW + 7 * DAY - MINUTE)
        assert find(transaction)
        prune(transaction, NOW + 7 * DAY)
        assert subscriptions.find_subscriber(transaction, ADDRESS) is None
        assert outbox.waiting(transaction) == 0
        assert not subscriptions.suppressed(transaction, ADDRESS)


def test_nobody_is_forgotten_while_the_last_mail_still_works(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        take(transaction)
        ask(transaction, SUBSCRIBE, NOW + 6 * DAY)
        prune(transaction, NOW + 8 * DAY)
        assert len(take(transaction, NOW + 8 * DAY)) == 1  # a relay that was gone for long
        prune(transaction, NOW + 14 * DAY)
        assert find(transaction)
        prune(transaction, NOW + 15 * DAY)
        assert subscriptions.find_subscriber(transaction, ADDRESS) is None


def test_who_came_without_a_mail_has_seven_days_too(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        outbox.withdraw(transaction, find(transaction).id)
        prune(transaction, NOW + 7 * DAY - MINUTE)
        assert find(transaction)
        prune(transaction, NOW + 7 * DAY)
        assert subscriptions.find_subscriber(transaction, ADDRESS) is None


def test_a_stranger_who_asks_again_and_again_keeps_nobody_on_the_list(database: Database):
    with database.begin() as transaction:
        for day in range(20):
            now = NOW + day * DAY
            ask(transaction, SUBSCRIBE, now)
            take(transaction, now)
            prune(transaction, now)
        assert subscriptions.find_subscriber(transaction, ADDRESS) is None


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.UNCONFIRMED])
def test_everybody_else_stays(database: Database, status: Status):
    with database.begin() as transaction:
        join(transaction)
        save(transaction, find(transaction).id, status=status)
        prune(transaction, NOW + 1000 * DAY)
        assert find(transaction).status is status


def test_a_token_is_known_for_a_day_past_its_end(database: Database):
    with database.begin() as transaction:
        token = join(transaction).token
        prune(transaction, NOW + 2 * DAY - HOUR)
        found = find_token(transaction, token, Purpose.MANAGE, NOW + 2 * DAY - HOUR)
        assert found
        assert found.expired
        prune(transaction, NOW + 2 * DAY)
        assert find_token(transaction, token, Purpose.MANAGE, NOW + 2 * DAY) is None


def test_what_was_counted_is_forgotten_after_ninety_days(database: Database):
    with database.begin() as transaction:
        may_write(transaction, ADDRESS, Notice.CONFIRM, NOW)
        prune(transaction, NOW + 90 * DAY - HOUR)
        assert transaction.connection.execute(THROTTLE.select()).all()
        prune(transaction, NOW + 90 * DAY)
        assert not transaction.connection.execute(THROTTLE.select()).all()


def test_a_stranger_whose_wish_came_to_nothing_is_in_no_byte_of_the_files(sqlite: Database, tmp_path: Path):
    def files() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.glob("newsletter.db*"))

    with sqlite.begin() as transaction:
        ask(transaction, MANAGE)
    with sqlite.begin() as transaction:
        ask(transaction, replace(SUBSCRIBE, address="other@example.org"))
        take(transaction)
    with sqlite.begin() as transaction:
        prune(transaction, NOW)
    assert ADDRESS.encode() not in files()
    assert b"other@example.org" in files()
    with sqlite.begin() as transaction:
        prune(transaction, NOW + 7 * DAY)
    assert b"other@example.org" not in files()
