"""A letter that was frozen and of which nothing has left is taken back; every other one is not."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, text, update

from generator.errors import MailingError
from generator.model import Progress, Tally
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.senders import enlist, settle_dead
from generator.subscribers.ledger.withdrawal import find_obstacle, withdraw
from generator.subscribers.list import subscriptions
from generator.subscribers.list.pruning import HISTORY, prune
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import DELIVERY, EVENT, MAILING, MASTER, SENDER, TOTAL
from tests.subscribers.letters import MAILING as FROZEN
from tests.subscribers.letters import (
    MASTERS,
    WEEK,
    accepted,
    count,
    deferred,
    fill,
    put,
    read,
    refused,
    sender,
)
from tests.subscribers.people import HOUR, NOW

TABLES = (DELIVERY, TOTAL, EVENT, MASTER, SENDER, MAILING)


def rows(database: Database) -> dict[str, int]:
    """How many rows each table of mailings has."""
    with database.read() as transaction:
        return {
            table.name: transaction.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in TABLES
        }


def refuse(database: Database, said: str) -> None:
    before = rows(database), read(database)
    assert re.search(said, find_obstacle(database, WEEK))
    with pytest.raises(MailingError, match=f"the letter of {WEEK} cannot be withdrawn: .*{said}"):
        withdraw(database, WEEK, NOW)
    assert (rows(database), read(database)) == before


def freeze_again(database: Database) -> None:
    with database.begin() as transaction:
        mailings.freeze(transaction, FROZEN, MASTERS, WEEK.friday)


def test_nothing_of_it_is_left_and_the_week_can_be_frozen_again(database: Database):
    fill(database)
    assert find_obstacle(database, WEEK) == ""
    withdraw(database, WEEK, NOW)
    assert set(rows(database).values()) == {0}
    freeze_again(database)
    assert count(database) == Tally(3, remaining=3)


def test_letters_that_wait_or_were_skipped_have_not_left(database: Database):
    _, second, _ = fill(database)
    with sender(database) as ledger:
        one, two, _ = ledger.reserve(NOW)
        put(database, second, status="unsubscribed")
        ledger.advance([], one, NOW)
        assert not ledger.advance([deferred(one)], two, NOW)
    assert count(database) == Tally(3, deferred=1, skipped=1, remaining=1)
    assert rows(database)["event"] == 2
    withdraw(database, WEEK, NOW)
    assert set(rows(database).values()) == {0}


def test_one_for_nobody_from_before_they_were_refused_is_withdrawn(database: Database):
    fill(database)
    with database.begin() as transaction:
        transaction.connection.execute(DELIVERY.delete())
        transaction.connection.execute(update(MAILING).values(planned=0, finished=NOW))
    withdraw(database, WEEK, NOW)
    assert rows(database)["mailing"] == 0


def test_another_week_is_left_alone(database: Database):
    numbers = fill(database)
    with database.begin() as transaction:
        following = FROZEN.__class__(WEEK.next(), NOW, "", "proof", FROZEN.key)
        mailings.freeze(transaction, following, MASTERS, WEEK.next().friday)
        mailings.note_events(transaction, numbers, WEEK.next(), mailings.Kind.DEFERRED, NOW)
    withdraw(database, WEEK, NOW)
    assert rows(database) == {
        "delivery": 3,
        "total": 0,
        "event": 3,
        "master": 2,
        "sender": 0,
        "mailing": 1,
    }


@pytest.mark.parametrize(
    "progress, said",
    [(Progress.ACCEPTED, "1 accepted"), (Progress.REFUSED, "1 refused"), (Progress.SENDING, "1 sending")],
)
def test_one_of_which_a_letter_may_have_left_is_not(database: Database, progress: Progress, said: str):
    first, *_ = fill(database)
    with sender(database) as ledger:
        dues = ledger.reserve(NOW)
        ledger.advance([], dues[0], NOW)
        if progress is Progress.ACCEPTED:
            ledger.advance([accepted(dues[0])], None, NOW)
        if progress is Progress.REFUSED:
            ledger.advance([refused(dues[0])], None, NOW)
    assert read(database)[first][0] == progress
    refuse(database, said)


def test_what_a_sender_that_died_was_sending_is_in_doubt_and_cannot_be_withdrawn(database: Database):
    fill(database)
    with sender(database) as ledger:
        ledger.advance([], ledger.reserve(NOW)[0], NOW)
    assert settle_dead(database, WEEK, NOW) == 1
    refuse(database, "1 in doubt")
    with database.begin() as transaction:
        mailings.reopen(transaction, WEEK, Progress.IN_DOUBT, NOW)
    assert count(database) == Tally(3, remaining=3)
    refuse(database, "1 previously refused or in doubt")


def test_what_has_left_is_known_after_its_rows_were_forgotten(database: Database):
    fill(database)
    with sender(database) as ledger:
        one, *_ = ledger.reserve(NOW)
        ledger.advance([], one, NOW)
        ledger.advance([accepted(one)], None, NOW)
    with database.begin() as transaction:
        prune(transaction, NOW + HISTORY + HOUR)
    assert read(database) == {}
    refuse(database, "1 accepted")


def test_an_old_one_of_which_nothing_left_is_withdrawn_with_its_totals(database: Database):
    fill(database)
    with database.begin() as transaction:
        prune(transaction, NOW + HISTORY + timedelta(days=1))
    assert rows(database)["total"] == 1
    withdraw(database, WEEK, NOW)
    assert rows(database)["mailing"] == 0


def test_one_that_was_never_frozen_says_so(database: Database):
    refuse(database, "it was never frozen")


def test_nobody_withdraws_what_is_being_sent(database: Database):
    fill(database)
    with enlist(database, WEEK, NOW):
        refuse(database, r"it is being sent by .+:\d+; stop that process first")
    withdraw(database, WEEK, NOW)


def test_a_sender_that_starts_at_that_moment_gets_all_or_nothing(database: Database):
    """As a run does it: enlist, look what is frozen, reserve."""
    for _ in range(10):
        fill_or_freeze(database)
        together = Barrier(2)

        def send(together: Barrier = together) -> int:
            together.wait()
            with sender(database) as ledger:
                with database.read() as transaction:
                    frozen = mailings.find_digests(transaction, WEEK)
                found = ledger.reserve(NOW)
                ledger.give_back(found)
                assert bool(frozen) is bool(found)
                return len(found)

        def take_back(together: Barrier = together) -> bool:
            together.wait()
            try:
                withdraw(database, WEEK, NOW)
            except MailingError as error:
                assert "it is being sent by" in str(error)  # noqa: PT017 (it is one of two good ends)
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            sending, withdrawing = pool.submit(send), pool.submit(take_back)
            sent, withdrawn = sending.result(), withdrawing.result()
        assert sent in {0, 3}
        assert withdrawn or sent == 3
        assert count(database) == (Tally(0) if withdrawn else Tally(3, remaining=3))


def fill_or_freeze(database: Database) -> None:
    with database.read() as transaction:
        there = mailings.find_mailing(transaction, WEEK)
        known = subscriptions.find_subscriber(transaction, "Reader0@example.org")
    if known is None:
        fill(database)
    elif there is None:
        freeze_again(database)


def test_a_letter_that_was_begun_meanwhile_by_a_sender_without_its_lock_keeps_all(database: Database):
    """PostgreSQL lets it write until it notices that its connection is lost."""
    first, *_ = fill(database)
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as transaction:
            chosen = DELIVERY.c.subscriber_id == first
            transaction.connection.execute(update(DELIVERY).where(chosen).values(progress=Progress.SENDING))
            withdrawing = pool.submit(withdraw, database, WEEK, NOW)
            if database.file is None:
                wait_until_one_waits(database)
        with pytest.raises(MailingError, match="1 sending"):
            withdrawing.result()
    assert count(database) == Tally(3, remaining=3)


def wait_until_one_waits(database: Database) -> None:
    for _ in range(10_000):
        with database.read() as transaction:
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            if transaction.connection.execute(text(waiting)).scalar():
                return
    pytest.fail("nobody waits")
