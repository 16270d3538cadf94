"""Two who come at once: one acts, or both do, and nothing is lost."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text

from generator.model import Course, CourseState, Notice, Status, Subscriber
from generator.subscribers.ledger import courses
from generator.subscribers.list import consents, listing, outbox, records, subscriptions, wishes
from generator.subscribers.list.subscriptions import State
from generator.subscribers.list.throttle import may_write
from generator.subscribers.store.database import Database, Transaction
from tests.subscribers.people import (
    ADDRESS,
    NETWORK,
    NOW,
    SOURCE,
    SUBSCRIBE,
    WORDING,
    ask,
    draft,
    find,
    join,
    join_in,
    take,
)


def at_once(database: Database, *actions: Callable[[Transaction], Any]) -> list[Any]:
    """What each made in a transaction of its own, all begun at the same moment."""
    start, made = threading.Barrier(len(actions)), {}

    def act(number: int) -> None:
        start.wait()
        with database.begin() as transaction:
            made[number] = actions[number](transaction)

    threads = [threading.Thread(target=act, args=(number,)) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [made[number] for number in range(len(actions))]


def test_of_two_who_press_the_button_one_confirms_and_both_are_told_that_it_is_done(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        [mail] = take(transaction)
    done = at_once(
        database, *[lambda at: subscriptions.confirm(at, mail.token, NOW, SOURCE, NETWORK) for _ in range(2)]
    )
    assert {answer.state for answer in done} == {State.CONFIRMED, State.ALREADY}
    with database.read() as transaction:
        assert len(find(transaction).consents) == 2


def test_of_two_who_use_a_link_to_a_page_one_acts(database: Database):
    token = join_in(database).token
    done = at_once(database, *[lambda at: subscriptions.rotate_token(at, token, NOW) for _ in range(2)])
    assert sum(turned is not None for turned in done) == 1


def test_of_two_who_leave_one_is_written_down(database: Database):
    join_in(database)
    with database.read() as transaction:
        reader = find(transaction)
    done = at_once(
        database, *[lambda at: subscriptions.unsubscribe(at, reader, NOW, SOURCE) for _ in range(2)]
    )
    assert sorted(done) == [False, True]
    with database.read() as transaction:
        assert outbox.waiting(transaction) == 1


def test_leaving_and_confirming_at_once_ends_in_one_of_both(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        [mail] = take(transaction)
        reader = find(transaction)
    confirmed, left = at_once(
        database,
        lambda at: subscriptions.confirm(at, mail.token, NOW, SOURCE, NETWORK),
        lambda at: subscriptions.unsubscribe(at, reader, NOW, SOURCE),
    )
    assert left
    with database.read() as transaction:
        assert find(transaction).status is Status.UNSUBSCRIBED
    assert confirmed.state in {State.CONFIRMED, State.EXPIRED}


def test_of_two_who_begin_the_course_one_does(database: Database):
    join_in(database)
    with database.read() as transaction:
        reader = find(transaction)
    done = at_once(database, *[lambda at: courses.begin(at, reader, NOW.date(), NOW) for _ in range(2)])
    assert sorted(done) == [False, True]


def test_beginning_the_course_and_being_erased_at_once_leaves_nothing(database: Database):
    join_in(database)
    with database.read() as transaction:
        reader = find(transaction)
    at_once(
        database,
        lambda at: courses.begin(at, reader, NOW.date(), NOW),
        lambda at: subscriptions.erase(at, reader, NOW, goodbye=False),
    )
    with database.read() as transaction:
        assert subscriptions.find_subscriber(transaction, ADDRESS) is None
        assert courses.find(transaction, reader.id) is None


def test_forms_for_the_course_that_are_settled_at_once_keep_it_once(database: Database):
    with database.begin() as transaction:
        consents.keep_wordings(transaction, [WORDING])
        wishes.add_wishes(transaction, [replace(SUBSCRIBE, course=True)] * 8)
    at_once(database, *[lambda at: wishes.settle_wishes(at, NOW, most=2) for _ in range(4)])
    with database.begin() as transaction:
        while wishes.settle_wishes(transaction, NOW):
            pass
        assert find(transaction).course == Course(CourseState.ASKED, 1, None)


def test_workers_share_the_wishes_and_settle_each_once(database: Database):
    with database.begin() as transaction:
        consents.keep_wordings(transaction, [WORDING])
        addresses = [f"reader{number % 10}@example.org" for number in range(40)]
        wishes.add_wishes(transaction, [replace(SUBSCRIBE, address=address) for address in addresses])
    settled = at_once(database, *[lambda at: wishes.settle_wishes(at, NOW, most=10) for _ in range(4)])
    assert sum(settled) <= 40
    with database.begin() as transaction:
        while wishes.settle_wishes(transaction, NOW):
            pass
        assert listing.count_statuses(transaction)[Status.UNCONFIRMED] == 10
        assert outbox.waiting(transaction) == 10


def test_workers_share_the_mail_and_send_each_once(database: Database):
    with database.begin() as transaction:
        for number in range(6):
            ask(transaction, replace(SUBSCRIBE, address=f"reader{number}@example.org"))
    mails = at_once(database, *[lambda at: outbox.claim(at, NOW) for _ in range(4)])
    assert len({mail.id for mail in mails}) == 4


def test_two_imports_of_the_same_file_add_each_once(database: Database):
    drafts = [draft(number) for number in range(50)]
    made = at_once(database, *[lambda at: listing.add_many(at, drafts) for _ in range(2)])
    assert sum(made) == 50
    with database.read() as transaction:
        assert all(len(reader.consents) == 2 for reader in listing.walk(transaction))


def test_erasing_and_asking_at_once_harms_nothing(database: Database):
    with database.begin() as transaction:
        join(transaction)
        reader = find(transaction)
        wishes.add_wishes(transaction, [SUBSCRIBE])
    at_once(
        database,
        lambda at: subscriptions.erase(at, reader, NOW, goodbye=False),
        lambda at: wishes.settle_wishes(at, NOW),
    )
    with database.read() as transaction:
        left = subscriptions.find_subscriber(transaction, reader.address)
        assert left is None or left.status is Status.UNCONFIRMED


# --- On PostgreSQL, where there are several writers ---

on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@on_postgresql
def test_a_worker_leaves_to_another_what_that_one_has_in_hand(database: Database):
    with database.begin() as transaction:
        consents.keep_wordings(transaction, [WORDING])
        wishes.add_wishes(
            transaction, [replace(SUBSCRIBE, address=f"reader{number}@example.org") for number in range(3)]
        )
    with database.begin() as first, database.begin() as second:
        assert wishes.settle_wishes(first, NOW, most=1) == 1
        assert wishes.settle_wishes(second, NOW) == 2
    with database.begin() as first, database.begin() as second:
        assert outbox.claim(first, NOW)
        assert outbox.claim(second, NOW)


@on_postgresql
def test_workers_take_the_same_readers_in_the_same_order(database: Database):
    """Else each of two could hold the one that the other needs."""
    readers = [join_in(database, address).subscriber for address in ("a@example.org", "b@example.org")]
    with database.begin() as transaction:
        wishes.add_wishes(
            transaction, [replace(SUBSCRIBE, address=reader.address) for reader in reversed(readers)]
        )
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as transaction:
            records.lock(transaction, readers[0].id)
            settled = pool.submit(_settle, database)
            _wait_until_somebody_waits(database)
            records.lock(transaction, readers[1].id)
        assert settled.result(30) == 2


@on_postgresql
def test_who_is_put_on_the_list_while_their_wish_is_settled_stands_there_once(database: Database):
    with database.begin() as transaction:
        consents.keep_wordings(transaction, [WORDING])
        wishes.add_wishes(transaction, [replace(SUBSCRIBE, address="reader1@example.org")])
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as transaction:
            listing.add_many(transaction, [draft(1)])
            settled = pool.submit(_settle, database)
            _wait_until_somebody_waits(database)
        assert settled.result(30) == 1
    with database.read() as transaction:
        assert find(transaction, "reader1@example.org").status is Status.CONFIRMED
        assert outbox.waiting(transaction) == 0


def _settle(database: Database) -> int:
    with database.begin() as transaction:
        return wishes.settle_wishes(transaction, NOW)


@on_postgresql
def test_of_two_who_write_to_an_address_for_the_first_time_one_may(database: Database):
    def try_it() -> bool:
        with database.begin() as transaction:
            return may_write(transaction, ADDRESS, Notice.CONFIRM, NOW)

    with ThreadPoolExecutor(1) as pool:
        with database.begin() as transaction:
            assert may_write(transaction, ADDRESS, Notice.CONFIRM, NOW)
            second = pool.submit(try_it)
            _wait_until_somebody_waits(database)
        assert not second.result(30)


@on_postgresql
@pytest.mark.parametrize(
    "leave",
    [
        lambda transaction, reader: subscriptions.erase(transaction, reader, NOW),
        lambda transaction, reader: subscriptions.unsubscribe(transaction, reader, NOW, SOURCE),
    ],
    ids=["erase", "unsubscribe"],
)
def test_who_leaves_while_a_worker_claims_a_mail_to_them_waits_and_leaves(
    database: Database, leave: Callable[[Transaction, Subscriber], object]
):
    """Had they no order, the two would wait for each other."""
    join_in(database)
    with database.begin() as transaction:
        reader = find(transaction)
        outbox.post(transaction, Notice.CHANGED, reader, NOW)
    claimed, leaves = threading.Event(), threading.Event()

    def wait_before_the_token(connection, cursor, statement, parameters, context, executemany) -> None:  # noqa: PLR0913 - SQLAlchemy's signature
        if statement.startswith("INSERT INTO token"):
            claimed.set()
            leaves.wait(30)
            while not left.done() and not _somebody_waits(database):
                time.sleep(0.01)

    def go() -> None:
        claimed.wait(30)
        with database.begin() as transaction:
            leaves.set()
            leave(transaction, reader)

    event.listen(database._engine, "before_cursor_execute", wait_before_the_token)
    try:
        with ThreadPoolExecutor(1) as pool:
            left = pool.submit(go)
            with database.begin() as transaction:
                assert outbox.claim(transaction, NOW)
            left.result(30)
    finally:
        event.remove(database._engine, "before_cursor_execute", wait_before_the_token)
    with database.begin() as transaction:
        assert [mail.notice for mail in take(transaction)] == [Notice.GOODBYE]


def _somebody_waits(database: Database) -> bool:
    with database.read() as transaction:
        found = transaction.connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        return bool(found.scalar_one())


def _wait_until_somebody_waits(database: Database) -> None:
    until = time.monotonic() + 30
    while not _somebody_waits(database):
        assert time.monotonic() < until
        time.sleep(0.01)
