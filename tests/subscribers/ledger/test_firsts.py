"""Who confirms gets the newest letter at once: once, whatever else happens at that moment."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest

from generator.errors import MailingError
from generator.model import Due, Language, Mailing, Progress, Settled, Status, Subscriber, Week, Welcome
from generator.subscribers.ledger import firsts, mailings
from generator.subscribers.ledger.accounts import find_account
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist
from generator.subscribers.ledger.withdrawal import withdraw
from generator.subscribers.list import records, subscriptions
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import Database, Transaction
from tests.languages import EN, NL
from tests.subscribers.files import empty
from tests.subscribers.letters import MAILING, MASTERS, WEEK, count, put, read
from tests.subscribers.people import NOW, draft

WEDNESDAY = NOW + timedelta(days=5)
WELCOME = Welcome(b"Welkom.\r\n", b"<tr></tr>\r\n")
NEXT = Week.parse("2026-W49")


def freeze(database: Database, mailing: Mailing = MAILING, readers: int = 2) -> None:
    """A letter, for these and who else is on the list."""
    with database.begin() as transaction:
        if readers:
            add_many(
                transaction, [draft(one, status=Status.CONFIRMED, certainties=()) for one in range(readers)]
            )
        mailings.freeze(transaction, mailing, MASTERS, mailing.week.friday)


def add(
    transaction: Transaction,
    number: int = 7,
    language: Language = NL,
    certainties: tuple[str, ...] = (),
    status: Status = Status.CONFIRMED,
) -> Subscriber:
    person = draft(number, status=status, certainties=certainties, language=language)
    add_many(transaction, [person])
    found = subscriptions.find_subscriber(transaction, person.address)
    assert found
    return found


def join(
    database: Database, number: int = 7, now: datetime = WEDNESDAY, **person: object
) -> tuple[int, Week | None]:
    """Somebody confirms; their number, and the week that is planned for them."""
    with database.begin() as transaction:
        firsts.keep_welcome(transaction, WELCOME)
        reader = add(transaction, number, **person)  # type: ignore[arg-type]
        return reader.id, firsts.plan(transaction, reader, now, WELCOME.digest)


def again(database: Database, number: int) -> Week | None:
    with database.begin() as transaction:
        reader = subscriptions.get_subscriber(transaction, number)
        assert reader
        return firsts.plan(transaction, reader, WEDNESDAY + timedelta(hours=1), WELCOME.digest)


def reserve(database: Database, *, first: bool = True, week: Week = WEEK) -> list[Due]:
    with enlist(database, week, WEDNESDAY) as number:
        ledger = Ledger(database, week, number, first=first)
        found = ledger.reserve(WEDNESDAY)
        ledger.give_back(found)
        ledger.close()
    return found


def end(database: Database, number: int, progress: Progress) -> None:
    """What came of the letter to one reader."""
    with enlist(database, WEEK, WEDNESDAY) as sender:
        ledger = Ledger(database, WEEK, sender)
        due = next(one for one in ledger.reserve(WEDNESDAY) if one.subscriber_id == number)
        if progress is not Progress.SKIPPED:
            assert ledger.advance([], due, WEDNESDAY)
            ledger.advance([Settled(number, progress, "250")], None, WEDNESDAY)
        else:
            put(database, number, status=Status.UNSUBSCRIBED)
            assert not ledger.advance([], due, WEDNESDAY)
            put(database, number, status=Status.CONFIRMED)
        ledger.close()


def test_who_confirms_has_a_row_of_the_newest_letter(database: Database):
    freeze(database)
    number, week = join(database)
    assert week == WEEK
    assert read(database)[number] == ("planned", 0, "")
    assert (count(database).planned, count(database).balances) == (3, True)
    [due] = reserve(database)
    assert (due.subscriber_id, due.joined, due.welcome) == (number, WEDNESDAY, WELCOME.digest)
    assert [one.joined for one in reserve(database, first=False)] == [None, None, WEDNESDAY]
    with database.read() as transaction:
        assert firsts.list_waiting(transaction, WEDNESDAY) == [WEEK]
        assert firsts.find_welcome(transaction, WELCOME.digest) == WELCOME
        account = find_account(transaction, WEEK)
        assert account
        assert account.joined == 1
        assert account.describe()["joined"] == 1


def test_without_a_letter_there_is_none(database: Database):
    assert join(database)[1] is None


@pytest.mark.parametrize(
    "person, planned",
    [
        ({}, NEXT),
        ({"certainties": ("proof",)}, WEEK),
        ({"certainties": ("proof", "revenue")}, NEXT),
        ({"certainties": ("rebound",)}, None),
        ({"language": EN}, NEXT),
        ({"language": Language("de")}, None),
        ({"now": NOW + firsts.FRESH + timedelta(days=8)}, None),
    ],
)
def test_it_is_the_newest_that_they_want_and_can_read(
    database: Database, person: dict[str, object], planned: Week | None
):
    freeze(database)
    later = replace(MAILING, week=NEXT, frozen=NOW + timedelta(days=7), certainty="revenue")
    freeze(database, later, readers=0)
    person = {"now": later.frozen + timedelta(days=1), **person}
    assert join(database, **person)[1] == planned  # type: ignore[arg-type]


def test_who_has_it_does_not_get_it_again(database: Database):
    freeze(database)
    number, _ = join(database)
    assert again(database, number) is None
    for other, progress in enumerate((Progress.ACCEPTED, Progress.IN_DOUBT)):
        with database.begin() as transaction:
            reader = add(transaction, 20 + other)
            assert firsts.plan(transaction, reader, WEDNESDAY)
        end(database, reader.id, progress)
        assert again(database, reader.id) is None
    assert count(database).balances


@pytest.mark.parametrize("progress", [Progress.SKIPPED, Progress.REFUSED])
def test_who_did_not_get_it_and_confirms_again_gets_it(database: Database, progress: Progress):
    freeze(database)
    number = min(read(database))
    end(database, number, progress)
    assert again(database, number) == WEEK
    assert read(database)[number] == ("planned", 0, "")
    assert [due.subscriber_id for due in reserve(database)] == [number]
    assert (count(database).planned, count(database).balances) == (2, True)


def test_a_friday_skips_who_has_a_first_letter_and_writes_to_them_the_next_week(database: Database):
    freeze(database)
    number, _ = join(database)
    with pytest.raises(MailingError, match="already frozen"):
        freeze(database, readers=0)
    freeze(database, replace(MAILING, week=NEXT, frozen=NOW + timedelta(days=7)), readers=0)
    assert [due.joined for due in reserve(database, week=NEXT, first=False)] == [None] * 3
    assert reserve(database, week=NEXT) == []
    end(database, number, Progress.ACCEPTED)
    assert count(database).accepted == 1


@pytest.mark.parametrize("left", ["unsubscribe", "erase", "pause"])
def test_who_leaves_before_it_is_sent_gets_nothing(database: Database, left: str):
    freeze(database)
    number, _ = join(database)
    with database.begin() as transaction:
        reader = subscriptions.get_subscriber(transaction, number)
        assert reader
        if left == "unsubscribe":
            subscriptions.unsubscribe(transaction, reader, WEDNESDAY, "a link")
        elif left == "erase":
            subscriptions.erase(transaction, reader, WEDNESDAY)
        else:
            subscriptions.pause(transaction, reader, (WEDNESDAY + timedelta(days=20)).date(), WEDNESDAY)
    with enlist(database, WEEK, WEDNESDAY) as sender:
        ledger = Ledger(database, WEEK, sender, first=True)
        for due in ledger.reserve(WEDNESDAY):
            assert not ledger.advance([], due, WEDNESDAY)
        ledger.close()
    assert read(database)[number][0] == "skipped"
    assert count(database).balances
    with database.read() as transaction:
        assert firsts.list_waiting(transaction, WEDNESDAY) == []


def test_a_letter_that_was_stopped_waits_for_a_person(database: Database):
    freeze(database)
    join(database)
    with database.begin() as transaction:
        mailings.stop(transaction, WEEK, "the relay refuses us")
        assert firsts.list_waiting(transaction, WEDNESDAY) == []
        mailings.stop(transaction, WEEK, "")
        assert firsts.list_waiting(transaction, WEDNESDAY) == [WEEK]


def test_a_letter_that_is_withdrawn_takes_its_first_ones_along(database: Database):
    freeze(database)
    number, _ = join(database)
    withdraw(database, WEEK, WEDNESDAY)
    freeze(database, readers=0)
    assert read(database)[number] == ("planned", 0, "")
    assert reserve(database) == []


@pytest.mark.parametrize("first", ["confirm", "freeze"])
def test_who_confirms_while_a_letter_is_frozen_gets_that_letter_once(
    list_on_postgresql: Database, first: str
):
    """On PostgreSQL neither sees the other before it has committed; on SQLite they come one after the other."""
    database = list_on_postgresql
    empty(database)
    freeze(database)
    with database.begin() as transaction:
        number = add(transaction, status=Status.UNCONFIRMED).id
    begun, go = Event(), Event()
    later = replace(MAILING, week=NEXT, frozen=NOW + timedelta(days=7))

    def confirm() -> None:
        with database.begin() as transaction:
            records.save(transaction, number, status=Status.CONFIRMED)
            reader = subscriptions.get_subscriber(transaction, number)
            assert reader
            if first == "confirm":
                firsts.plan(transaction, reader, later.frozen)
                begun.set()
                go.wait(1)
            else:
                begun.wait(5)
                firsts.plan(transaction, reader, later.frozen)

    def freeze_next() -> None:
        if first == "confirm":
            begun.wait(5)
        with database.begin() as transaction:
            mailings.freeze(transaction, later, MASTERS, NEXT.friday)
            if first == "freeze":
                begun.set()
                go.wait(1)

    with ThreadPoolExecutor(2) as pool:
        for task in [pool.submit(confirm), pool.submit(freeze_next)]:
            task.result()
    with database.read() as transaction:
        weeks = [one.week for one in mailings.find_deliveries(transaction, number)]
    assert weeks == ([WEEK, NEXT] if first == "confirm" else [NEXT])
