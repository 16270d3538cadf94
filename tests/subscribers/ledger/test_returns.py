"""What follows when letters come back, or readers complain."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, update

from generator.model import (
    Kind,
    Mailing,
    NewSubscriber,
    Notice,
    Outcome,
    Progress,
    Status,
    Subscriber,
    Week,
)
from generator.subscribers.ledger import mailings, returns
from generator.subscribers.ledger.returns import Return, record
from generator.subscribers.list import outbox
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.subscriptions import confirm, erase, find_subscriber, unsubscribe
from generator.subscribers.store.database import Database, Transaction
from generator.subscribers.store.schema import DELIVERY, EVENT
from tests.languages import LANGUAGES, NL
from tests.subscribers.people import DAY, HOUR, NOW, SUBSCRIBE, ask, take

WEEK = Week(2026, 48)
SOURCE = "mailto:unsubscribe@example.org"


@pytest.fixture
def transaction(database: Database) -> Iterator[Transaction]:
    with database.begin() as transaction:
        yield transaction


def people(transaction: Transaction, number: int, status: Status = Status.CONFIRMED) -> list[Subscriber]:
    """So many readers at many providers; the first of them."""
    return add(transaction, [f"reader{count}@{count % 10}.example.org" for count in range(number)], status)


def add(
    transaction: Transaction, addresses: list[str], status: Status = Status.CONFIRMED
) -> list[Subscriber]:
    add_many(transaction, [NewSubscriber(address, NL, (), status, NOW, NOW) for address in addresses])
    return [find(transaction, address) for address in addresses[:150]]


def reader(transaction: Transaction, status: Status = Status.CONFIRMED) -> Subscriber:
    return people(transaction, 1, status)[0]


def find(transaction: Transaction, address: str) -> Subscriber:
    found = find_subscriber(transaction, address)
    assert found
    return found


def bounce(
    transaction: Transaction,
    who: Subscriber,
    kind: Kind = Kind.HARD,
    week: Week | None = WEEK,
    now: datetime = NOW,
) -> Outcome:
    return record(transaction, Return(kind, week, who.handle, "550 5.1.1"), now)


def status(transaction: Transaction, who: Subscriber) -> Status:
    return find(transaction, who.address).status


def events(transaction: Transaction, who: Subscriber) -> list[tuple[Kind, str]]:
    return [(event.kind, event.detail) for event in mailings.list_events(transaction, who.id)]


def weeks(number: int) -> list[Week]:
    """So many letters, one after the other; the last is that of the week that comes."""
    return [Week.of(WEEK.friday - timedelta(weeks=back)) for back in reversed(range(number))]


def send(
    transaction: Transaction, week: Week, who: Subscriber, progress: Progress = Progress.ACCEPTED
) -> None:
    """A mailing of that week has reached the relay, or has not."""
    frozen = NOW - timedelta(days=(WEEK.friday - week.friday).days)
    if mailings.find_mailing(transaction, week) is None:
        mailing = Mailing(week, frozen, "", "revenue", "k" * 16)
        mailings.freeze(transaction, mailing, dict.fromkeys(LANGUAGES, b"x"), week.friday)
        mailings.finish(transaction, week, frozen)
    row = (DELIVERY.c.week == str(week)) & (DELIVERY.c.subscriber_id == who.id)
    if not transaction.connection.execute(update(DELIVERY).where(row).values(progress=progress)).rowcount:
        columns = {"week": str(week), "subscriber_id": who.id, "language": "nl", "progress": progress}
        transaction.connection.execute(insert(DELIVERY).values(**columns))


# --- Hard bounces ---


def test_a_hard_bounce_ends_the_letters_and_says_so_in_the_history(transaction: Transaction) -> None:
    who = reader(transaction)
    assert bounce(transaction, who) is Outcome.BOUNCED
    assert status(transaction, who) is Status.BOUNCED
    assert events(transaction, who) == [(Kind.HARD, "550 5.1.1"), (Kind.SUPPRESSED, "550 5.1.1")]


def test_a_report_that_is_read_again_counts_once(transaction: Transaction) -> None:
    who = reader(transaction)
    bounce(transaction, who)
    assert bounce(transaction, who) is Outcome.KNOWN
    assert bounce(transaction, who, Kind.SOFT) is Outcome.KNOWN, "nor does a milder one about the same letter"
    assert len(events(transaction, who)) == 2


@pytest.mark.parametrize("before", [Status.UNSUBSCRIBED, Status.UNCONFIRMED, Status.COMPLAINED])
def test_who_gets_no_letters_stays_where_they_are(transaction: Transaction, before: Status) -> None:
    who = reader(transaction, before)
    assert bounce(transaction, who) is Outcome.COUNTED
    assert status(transaction, who) is before


def test_nothing_is_left_to_send_to_a_mailbox_that_is_gone(transaction: Transaction) -> None:
    who = reader(transaction)
    outbox.post(transaction, Notice.CHANGED, who, NOW)
    bounce(transaction, who)
    assert take(transaction, NOW) == []


def test_whoever_was_erased_is_nobody(transaction: Transaction) -> None:
    who = reader(transaction)
    erase(transaction, who, NOW, goodbye=False)
    assert bounce(transaction, who) is Outcome.KNOWN


def test_a_new_confirmation_ends_it_and_older_letters_count_no_more(transaction: Transaction) -> None:
    ask(transaction, SUBSCRIBE)
    confirm(transaction, take(transaction)[0].token, NOW, SOURCE, "")
    who = find(transaction, SUBSCRIBE.address)
    before, after = weeks(2)
    send(transaction, before, who)
    assert bounce(transaction, who, week=before) is Outcome.COUNTED, (
        "they confirmed after that letter had left"
    )
    assert status(transaction, who) is Status.CONFIRMED
    assert bounce(transaction, who, week=Week(2026, 40)) is Outcome.COUNTED, "also when nobody knows when"
    later = after.next()
    assert bounce(transaction, who, week=later) is Outcome.BOUNCED


# --- Soft bounces ---


def test_three_letters_in_a_row_end_it(transaction: Transaction) -> None:
    who = reader(transaction)
    for week, effect in zip(weeks(3), [Outcome.COUNTED, Outcome.COUNTED, Outcome.BOUNCED], strict=True):
        send(transaction, week, who)
        assert bounce(transaction, who, Kind.SOFT, week) is effect
        assert bounce(transaction, who, Kind.SOFT, week) is Outcome.KNOWN
    assert status(transaction, who) is Status.BOUNCED
    assert events(transaction, who)[-1] == (Kind.SUPPRESSED, "too often")


def test_a_letter_that_arrived_breaks_the_row(transaction: Transaction) -> None:
    who = reader(transaction)
    for week in weeks(6):
        send(transaction, week, who)
        if week != weeks(6)[2]:
            effect = bounce(transaction, who, Kind.SOFT, week, NOW - timedelta(weeks=20))
            assert effect is (Outcome.BOUNCED if week == WEEK else Outcome.COUNTED)


@pytest.mark.parametrize("progress", [Progress.SKIPPED, Progress.PLANNED, Progress.IN_DOUBT])
def test_a_letter_that_was_not_sent_neither_breaks_a_row_nor_makes_one(
    transaction: Transaction, progress: Progress
) -> None:
    who = reader(transaction)
    for week in weeks(4):
        send(transaction, week, who, progress if week == weeks(4)[1] else Progress.ACCEPTED)
    effects = [bounce(transaction, who, Kind.SOFT, week) for week in (weeks(4)[0], *weeks(4)[2:])]
    assert effects == [Outcome.COUNTED, Outcome.COUNTED, Outcome.BOUNCED]


def test_a_report_that_comes_late_completes_its_row(transaction: Transaction) -> None:
    who = reader(transaction)
    for week in weeks(4):
        send(transaction, week, who)
    first, second, third, _ = weeks(4)
    assert bounce(transaction, who, Kind.SOFT, third) is Outcome.COUNTED
    assert bounce(transaction, who, Kind.SOFT, first) is Outcome.COUNTED
    assert bounce(transaction, who, Kind.SOFT, second) is Outcome.BOUNCED


def test_five_within_thirty_days_end_it_in_a_row_or_not(transaction: Transaction) -> None:
    who = reader(transaction)
    for number, week in enumerate(weeks(9)):
        send(transaction, week, who)
        if number % 2 == 0:
            effect = bounce(transaction, who, Kind.SOFT, week, NOW + number * DAY)
            assert effect is (Outcome.BOUNCED if week == WEEK else Outcome.COUNTED)


def test_five_within_more_than_thirty_days_do_not(transaction: Transaction) -> None:
    who = reader(transaction)
    for number, week in enumerate(weeks(9)):
        send(transaction, week, who)
        if number % 2 == 0:
            assert bounce(transaction, who, Kind.SOFT, week, NOW + number * 4 * DAY) is Outcome.COUNTED


def test_soft_ones_from_before_a_new_confirmation_do_not_count(transaction: Transaction) -> None:
    ask(transaction, SUBSCRIBE)
    confirm(transaction, take(transaction)[0].token, NOW - 60 * DAY, SOURCE, "")
    who = find(transaction, SUBSCRIBE.address)
    effects = [bounce(transaction, who, Kind.SOFT, week) for week in weeks(3)]
    assert effects[-1] is Outcome.BOUNCED
    ask(transaction, SUBSCRIBE, NOW + DAY)
    confirm(transaction, take(transaction, NOW + DAY)[0].token, NOW + DAY, SOURCE, "")
    assert status(transaction, who) is Status.CONFIRMED
    assert bounce(transaction, who, Kind.SOFT, WEEK.next(), NOW + 8 * DAY) is Outcome.COUNTED


def test_what_a_sender_noted_is_looked_at_later(transaction: Transaction) -> None:
    who, other, gone, back = people(transaction, 4)
    for week in weeks(3):
        for one in (who, other, gone, back):
            send(transaction, week, one, Progress.REFUSED)
            if one is not other or week == WEEK:
                mailings.note_events(transaction, [one.id], week, Kind.SOFT, NOW)
    send(transaction, WEEK.next(), back)
    unsubscribe(transaction, gone, NOW, SOURCE)
    assert returns.suppress_soft_bounced(transaction, NOW) == 1
    assert returns.suppress_soft_bounced(transaction, NOW) == 0
    assert [status(transaction, one) for one in (who, other, gone, back)] == [
        Status.BOUNCED,
        Status.CONFIRMED,
        Status.UNSUBSCRIBED,
        Status.CONFIRMED,  # a letter has arrived since
    ]


def test_old_soft_bounces_end_nothing_after_their_letters_were_forgotten(transaction: Transaction) -> None:
    """They ended a subscription that was confirmed again since; the ledger forgets its rows before the events."""
    who = reader(transaction)
    for week in weeks(3):
        send(transaction, week, who)
        bounce(transaction, who, Kind.SOFT, week)
    assert status(transaction, who) is Status.BOUNCED
    returns.records.save(transaction, who.id, status=Status.CONFIRMED)
    transaction.connection.execute(DELIVERY.delete())
    assert returns.suppress_soft_bounced(transaction, NOW) == 0
    assert status(transaction, who) is Status.CONFIRMED


# --- Complaints ---


@pytest.mark.parametrize("before", list(Status))
def test_a_complaint_ends_all_mail_for_ever(transaction: Transaction, before: Status) -> None:
    ask(transaction, SUBSCRIBE)
    token = take(transaction)[0].token
    who = find(transaction, SUBSCRIBE.address)
    returns.records.save(transaction, who.id, status=before)
    outbox.post(transaction, Notice.GOODBYE, who, NOW)
    expected = Outcome.COUNTED if before is Status.COMPLAINED else Outcome.COMPLAINED
    assert bounce(transaction, who, Kind.COMPLAINT) is expected
    assert status(transaction, who) is Status.COMPLAINED
    if expected is Outcome.COMPLAINED:
        assert take(transaction, NOW) == []
    confirm(transaction, token, NOW, SOURCE, "")
    ask(transaction, SUBSCRIBE, NOW + 8 * DAY)
    assert status(transaction, who) is Status.COMPLAINED
    assert not unsubscribe(transaction, who, NOW, SOURCE)


def test_a_complaint_without_a_letter_counts_once_too(transaction: Transaction) -> None:
    who = reader(transaction)
    assert bounce(transaction, who, Kind.COMPLAINT, None) is Outcome.COMPLAINED
    assert bounce(transaction, who, Kind.COMPLAINT, None) is Outcome.KNOWN
    assert bounce(transaction, who, Kind.COMPLAINT) is Outcome.COUNTED


# --- A flood ---


def test_in_a_flood_they_are_held_and_mailings_stop_once(transaction: Transaction) -> None:
    everybody = people(transaction, 25)
    freeze(transaction, WEEK)
    freeze(transaction, WEEK.next())
    mailings.finish(transaction, WEEK.next(), NOW)
    assert [bounce(transaction, who) for who in everybody[:20]] == [Outcome.BOUNCED] * 20
    assert mailings.find_mailing(transaction, WEEK).trouble == ""
    assert bounce(transaction, everybody[20]) is Outcome.HELD
    assert "--held show" in mailings.find_mailing(transaction, WEEK).trouble
    assert mailings.find_mailing(transaction, WEEK.next()).trouble == "", "it was done"
    mailings.stop(transaction, WEEK, "")  # somebody knows, and goes on
    assert bounce(transaction, everybody[21]) is Outcome.HELD
    assert mailings.find_mailing(transaction, WEEK).trouble == ""
    assert [status(transaction, who) for who in everybody[20:]] == [Status.CONFIRMED] * 5
    assert events(transaction, everybody[20]) == [(Kind.HELD, "hard bounce 550 5.1.1")]
    assert bounce(transaction, everybody[20]) is Outcome.KNOWN
    assert bounce(transaction, everybody[22], Kind.SOFT) is Outcome.COUNTED, "it ends nothing"
    assert bounce(transaction, everybody[23], Kind.COMPLAINT) is Outcome.HELD
    assert returns.count_held(transaction) == {"hard bounce 550 5.1.1": 2, "complaint 550 5.1.1": 1}
    assert bounce(transaction, everybody[24], now=NOW + 24 * HOUR) is Outcome.BOUNCED, (
        "a day later it is over"
    )


def test_a_flood_is_a_share_of_a_long_list(transaction: Transaction) -> None:
    everybody = people(transaction, 1200)
    effects = [bounce(transaction, who, Kind.COMPLAINT) for who in everybody[:8]]
    assert effects == [Outcome.COMPLAINED] * 6 + [Outcome.HELD] * 2


def test_soft_bounces_that_end_letters_are_a_flood_too(transaction: Transaction) -> None:
    """A provider that refuses us every week, in words that nobody knows."""
    everybody = people(transaction, 30)
    for week in weeks(3)[:2]:
        assert {bounce(transaction, who, Kind.SOFT, week) for who in everybody} == {Outcome.COUNTED}
    effects = [bounce(transaction, who, Kind.SOFT) for who in everybody]
    assert effects == [Outcome.BOUNCED] * 20 + [Outcome.HELD] * 10
    assert bounce(transaction, everybody[25], Kind.SOFT) is Outcome.KNOWN
    assert returns.count_held(transaction) == {"soft bounce 550 5.1.1": 10}
    assert returns.suppress_soft_bounced(transaction, NOW) == 0
    assert returns.act_on_held(transaction, NOW + HOUR) == 10


def test_so_are_those_that_a_sender_noted(transaction: Transaction) -> None:
    everybody = people(transaction, 30)
    freeze(transaction, WEEK.next())
    for week in weeks(3):
        for who in everybody:
            send(transaction, week, who, Progress.REFUSED)
        mailings.note_events(transaction, [who.id for who in everybody], week, Kind.SOFT, NOW)
    assert returns.suppress_soft_bounced(transaction, NOW) == 20
    assert returns.suppress_soft_bounced(transaction, NOW) == 0
    assert returns.count_held(transaction) == {"soft bounce": 10}
    assert "--held show" in mailings.find_mailing(transaction, WEEK.next()).trouble
    assert returns.drop_held(transaction) == 10
    assert returns.suppress_soft_bounced(transaction, NOW) == 0


@pytest.mark.parametrize("kind", [Kind.HARD, Kind.SOFT])
def test_more_than_half_of_the_readers_of_one_provider_are_a_flood(
    transaction: Transaction, kind: Kind
) -> None:
    """Of a long list they may be few."""
    readers = add(transaction, [f"reader{count}@Example.com" for count in range(12)])
    people(transaction, 1000)
    if kind is Kind.SOFT:
        for week in weeks(3)[:2]:
            assert {bounce(transaction, who, kind, week) for who in readers} == {Outcome.COUNTED}
    effects = [bounce(transaction, who, kind) for who in readers]
    assert effects == [Outcome.BOUNCED] * 6 + [Outcome.HELD] * 6
    other = find(transaction, "reader0@0.example.org")
    assert bounce(transaction, other) is Outcome.BOUNCED, "the others go on"


def test_a_firm_with_few_readers_may_close(transaction: Transaction) -> None:
    readers = add(transaction, [f"reader{count}@example.com" for count in range(5)])
    people(transaction, 100)
    assert {bounce(transaction, who) for who in readers} == {Outcome.BOUNCED}


def test_a_provider_that_blocks_us_for_weeks_ends_nobody(transaction: Transaction) -> None:
    readers = add(transaction, [f"reader{count}@example.com" for count in range(120)])
    people(transaction, 380)
    for number, week in enumerate(weeks(8)):
        for who in readers:
            send(transaction, week, who)
            found = Return(Kind.REFUSED, week, who.handle, "550 5.7.1", "blocked")
            assert record(transaction, found, NOW + 7 * number * DAY) is Outcome.SKIPPED
    assert record(transaction, found, NOW + 50 * DAY) is Outcome.KNOWN
    assert {status(transaction, who) for who in readers} == {Status.CONFIRMED}
    assert returns.suppress_soft_bounced(transaction, NOW) == 0
    assert returns.count_causes(transaction, NOW + 49 * DAY) == {("example.com", "blocked"): 120}
    assert not returns.count_causes(transaction, NOW + 60 * DAY)


def test_who_would_be_left_alone_anyway_is_not_held(transaction: Transaction) -> None:
    everybody = people(transaction, 22)
    for who in everybody[:21]:
        bounce(transaction, who)
    unsubscribe(transaction, everybody[21], NOW, SOURCE)
    assert bounce(transaction, everybody[21]) is Outcome.COUNTED


def test_an_operator_believes_what_was_held(transaction: Transaction) -> None:
    held = flood(transaction)
    unsubscribe(transaction, held[2], NOW, SOURCE)
    assert returns.act_on_held(transaction, NOW + HOUR) == 2
    assert [status(transaction, who) for who in held] == [
        Status.BOUNCED,
        Status.BOUNCED,
        Status.UNSUBSCRIBED,
    ]
    assert events(transaction, held[0]) == [(Kind.HARD, "550 5.1.1"), (Kind.SUPPRESSED, "550 5.1.1")]
    assert bounce(transaction, held[0]) is Outcome.KNOWN
    assert not returns.count_held(transaction)


def test_an_operator_does_not_believe_what_was_held(transaction: Transaction) -> None:
    held = flood(transaction)
    assert returns.drop_held(transaction) == 3
    assert [status(transaction, who) for who in held] == [Status.CONFIRMED] * 3
    assert events(transaction, held[0]) == [(Kind.DROPPED, "hard bounce 550 5.1.1")]
    assert bounce(transaction, held[0]) is Outcome.KNOWN, "the same report is not believed later"
    assert returns.act_on_held(transaction, NOW) == 0


def test_held_complaints_without_a_letter_can_be_believed(transaction: Transaction) -> None:
    everybody = people(transaction, 6)
    effects = [bounce(transaction, who, Kind.COMPLAINT, None) for who in everybody]
    assert effects == [Outcome.COMPLAINED] * 5 + [Outcome.HELD]
    assert bounce(transaction, everybody[5], Kind.COMPLAINT, None) is Outcome.KNOWN
    assert returns.act_on_held(transaction, NOW) == 1
    assert status(transaction, everybody[5]) is Status.COMPLAINED


def test_the_history_goes_with_whoever_is_erased(transaction: Transaction) -> None:
    held = flood(transaction)
    for who in held:
        erase(transaction, who, NOW, goodbye=False)
    assert returns.act_on_held(transaction, NOW) == 0
    left = transaction.connection.execute(EVENT.select().where(EVENT.c.kind == Kind.HELD)).all()
    assert left == []


def freeze(transaction: Transaction, week: Week) -> None:
    mailing = Mailing(week, NOW, "", "revenue", "k" * 16)
    mailings.freeze(transaction, mailing, dict.fromkeys(LANGUAGES, b"x"), week.friday)


def flood(transaction: Transaction) -> list[Subscriber]:
    """The three whose bounces are held."""
    everybody = people(transaction, 23)
    assert [bounce(transaction, who) for who in everybody].count(Outcome.HELD) == 3
    return everybody[20:]


def test_two_who_read_the_same_report_at_once_count_it_once(database: Database) -> None:
    with database.begin() as transaction:
        who = reader(transaction)

    def read() -> Outcome:
        with database.begin() as transaction:
            return bounce(transaction, who)

    with ThreadPoolExecutor(4) as pool:
        effects = [one.result() for one in [pool.submit(read) for _ in range(4)]]
    assert sorted(effects) == [Outcome.KNOWN] * 3 + [Outcome.BOUNCED]
    with database.read() as transaction:
        assert len(events(transaction, who)) == 2
