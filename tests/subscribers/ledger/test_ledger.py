"""The ledger as a sender writes it: who gets the next letter, and what is on the disk before it leaves."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from generator.errors import DatabaseError, MailingError
from generator.model import Due, Kind, Progress, Settled, Status, Tally
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist, settle_dead
from generator.subscribers.list import subscriptions
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import DELIVERY, SENDER, STAMP, SUBSCRIBER
from tests.languages import EN
from tests.subscribers.files import empty
from tests.subscribers.letters import (
    WEEK,
    accepted,
    count,
    deferred,
    events,
    fill,
    put,
    read,
    refused,
    sender,
)
from tests.subscribers.people import DAY, HOUR, MINUTE, NOW


def numbers_of(dues: list[Due]) -> list[int]:
    return [due.subscriber_id for due in dues]


# --- Reserving --------------------------------------------------------------------------------------------------------


def test_who_is_next_comes_in_the_order_of_the_list(database: Database):
    numbers = fill(database, 5)
    with sender(database) as ledger:
        first = ledger.reserve(NOW, 2)
        assert numbers_of(first) == numbers[:2]
        with database.read() as transaction:
            person = subscriptions.get_subscriber(transaction, numbers[0])
        assert first[0] == Due(person.id, person.handle, person.address, EN, 0)
        assert person.address not in repr(first[0])
        assert numbers_of(ledger.reserve(NOW)) == numbers[2:]
        assert ledger.reserve(NOW) == []
    assert count(database) == Tally(5, remaining=5)


def test_what_is_given_back_is_there_for_others_and_for_us(database: Database):
    numbers = fill(database, 4)
    with sender(database) as ours, sender(database) as other:
        dues = ours.reserve(NOW)
        assert other.reserve(NOW) == []
        ours.advance([], dues[0], NOW)
        ours.give_back(dues)  # not the one that is being sent
        ours.give_back([])
        assert numbers_of(other.reserve(NOW, 1)) == [numbers[1]]
        assert numbers_of(ours.reserve(NOW)) == numbers[2:]
        ours.advance([accepted(dues[0])], None, NOW)


def test_deferred_ones_that_are_due_come_before_the_planned_ones(database: Database):
    numbers = fill(database, 3)
    with sender(database) as ledger:
        first, second = ledger.reserve(NOW, 2)
        assert ledger.next_due() is None
        ledger.advance(
            [deferred(first, not_before=NOW + HOUR), deferred(second, not_before=NOW + MINUTE)], None, NOW
        )
        assert ledger.next_due() == NOW + MINUTE
        with database.read() as transaction:
            assert mailings.find_next_due(transaction, WEEK) == NOW + MINUTE
        [again] = ledger.reserve(NOW + MINUTE)
        assert numbers_of(ledger.reserve(NOW + MINUTE)) == numbers[2:]
        assert numbers_of(ledger.reserve(NOW)) == []
        assert (again.subscriber_id, again.attempts) == (numbers[1], 1)
        assert ledger.next_due() == NOW + MINUTE
        assert numbers_of(ledger.reserve(NOW + HOUR)) == [numbers[0]]
    assert count(database) == Tally(3, deferred=2, remaining=1)


def test_what_is_deferred_may_become_due_sooner_and_never_later(database: Database):
    numbers = fill(database, 3)
    with sender(database) as ledger, sender(database) as other:
        first, second, third = ledger.reserve(NOW)
        ledger.advance([deferred(first, not_before=NOW + HOUR), deferred(second, not_before=NOW)], None, NOW)
        other.hasten({})
        other.hasten(dict.fromkeys(numbers, NOW + MINUTE))  # the third one is not deferred
        assert numbers_of(other.reserve(NOW)) == [numbers[1]]
        other.hasten({numbers[1]: NOW - HOUR})  # reserved
        assert numbers_of(ledger.reserve(NOW + MINUTE)) == [numbers[0]]
        ledger.give_back([third])
    assert count(database) == Tally(3, deferred=2, remaining=1)


def test_who_was_erased_is_skipped_and_does_not_hide_the_others(database: Database):
    numbers = fill(database, 4)
    with database.begin() as transaction:
        for number in numbers[:2]:
            subscriptions.erase(transaction, subscriptions.get_subscriber(transaction, number), NOW)
    with sender(database) as ledger:
        assert numbers_of(ledger.reserve(NOW, 2)) == numbers[2:]
    assert count(database) == Tally(4, skipped=2, remaining=2)


def test_a_list_that_was_restored_meanwhile_gives_nobody(list_on_postgresql: Database):
    """On SQLite it is another file, see test_identity."""
    empty(list_on_postgresql)
    fill(list_on_postgresql, 2)
    with sender(list_on_postgresql) as ledger:
        with list_on_postgresql.begin() as transaction:
            transaction.connection.execute(update(STAMP).values(home="where the dump was made"))
        with pytest.raises(MailingError, match="`newsletter resume --restored` first"):
            ledger.reserve(NOW)
    assert count(list_on_postgresql) == Tally(2, remaining=2)
    empty(list_on_postgresql)


# --- Advancing --------------------------------------------------------------------------------------------------------


def test_what_became_of_the_last_and_that_the_next_is_being_sent_is_one_commit(database: Database):
    numbers = fill(database, 3)
    with sender(database) as ledger:
        first, second, third = ledger.reserve(NOW)
        assert ledger.advance([], first, NOW)
        assert read(database)[numbers[0]] == ("sending", 0, "")
        assert ledger.advance([accepted(first)], second, NOW)
        assert list(read(database).values()) == [
            ("accepted", 1, "250 2.0.0"),
            ("sending", 0, ""),
            ("planned", 0, ""),
        ]
        assert ledger.advance([accepted(second), refused(third)], None, NOW)
    assert count(database) == Tally(3, accepted=2, refused=1)
    with database.read() as transaction:
        [row] = mailings.find_deliveries(transaction, numbers[1])
        assert (row.progress, row.reply, row.at) == (Progress.ACCEPTED, "250 2.0.0", NOW)
        left = transaction.connection.execute(select(DELIVERY.c.sender).distinct()).scalars().all()
    assert left == [None]


@pytest.mark.parametrize("last", [True, False], ids=["after another", "first of all"])
@pytest.mark.parametrize(
    "change, why",
    [
        ({"status": "unsubscribed"}, "unsubscribed"),
        ({"status": "bounced"}, "bounced"),
        ({"status": "complained"}, "complained"),
        ({"paused_until": WEEK.friday + timedelta(1)}, "paused"),
    ],
)
def test_who_left_since_they_were_reserved_is_skipped(
    database: Database, change: dict[str, object], why: str, *, last: bool
):
    numbers = fill(database, 3)
    with sender(database) as ledger:
        first, second, _ = ledger.reserve(NOW)
        ledger.advance([], first, NOW)
        put(database, numbers[1], **change)
        assert not ledger.advance([accepted(first)] if last else [], second, NOW)
        # Whatever came before is kept all the same.
        assert read(database)[numbers[0]][0] == ("accepted" if last else "sending")
        ledger.advance([accepted(first)], None, NOW)
    assert read(database)[numbers[1]] == ("skipped", 0, "")
    assert events(database, numbers[1]) == [("skipped", why)]


def test_who_was_erased_since_is_skipped_without_a_trace(database: Database):
    numbers = fill(database, 2)
    with sender(database) as ledger:
        first, second = ledger.reserve(NOW)
        with database.begin() as transaction:
            subscriptions.erase(transaction, subscriptions.get_subscriber(transaction, numbers[1]), NOW)
        assert not ledger.advance([deferred(first)], second, NOW)
        # One more letter that nobody can have a history of.
        ledger.advance([], first, NOW)
    assert read(database)[numbers[1]][0] == "skipped"
    assert events(database, numbers[1]) == []


def test_a_pause_that_ends_on_the_friday_is_none(database: Database):
    numbers = fill(database, 1)
    put(database, numbers[0], paused_until=WEEK.friday)
    with sender(database) as ledger:
        [due] = ledger.reserve(NOW)
        assert ledger.advance([], due, NOW)
        ledger.advance([accepted(due)], None, NOW)


def test_a_row_that_another_sender_has_is_left_alone(database: Database):
    numbers = fill(database, 2)
    with sender(database) as ours, sender(database) as other:
        first, second = ours.reserve(NOW)
        ours.advance([], first, NOW)
        assert not other.advance([accepted(first)], second, NOW)
        assert not other.advance([], first, NOW)
        assert read(database) == {numbers[0]: ("sending", 0, ""), numbers[1]: ("planned", 0, "")}
        assert ours.advance([accepted(first)], second, NOW)
        ours.advance([accepted(second)], None, NOW)
    assert count(database) == Tally(2, accepted=2)


def test_the_same_call_again_changes_nothing(database: Database):
    """Who did not hear the end of a commit asks again."""
    numbers = fill(database, 3)
    with sender(database) as ledger:
        first, second, third = ledger.reserve(NOW)
        ledger.advance([], first, NOW)
        for _ in range(2):
            assert ledger.advance([accepted(first)], second, NOW)
        for _ in range(2):
            assert ledger.advance([refused(second, "550 5.1.1", kind=Kind.HARD)], third, NOW)
        before = read(database)
        for _ in range(2):
            ledger.advance([accepted(third)], None, NOW)
    assert before[numbers[0]] == ("accepted", 1, "250 2.0.0")
    assert before[numbers[1]] == ("refused", 1, "550 5.1.1")
    assert events(database, numbers[1]) == [("hard bounce", "550 5.1.1"), ("suppressed", "550 5.1.1")]


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.SOFT])
def test_what_a_refusal_says_of_a_mailbox_is_noted_and_ends_nothing_at_once(database: Database, kind: Kind):
    numbers = fill(database, 1)
    with sender(database) as ledger:
        [due] = ledger.reserve(NOW)
        ledger.advance([refused(due, "550", kind=kind)], None, NOW)
    assert events(database, numbers[0]) == [(kind, "550")]
    with database.read() as transaction:
        assert subscriptions.get_subscriber(transaction, numbers[0]).status == "confirmed"


def test_an_address_that_does_not_exist_gets_no_more(database: Database):
    numbers = fill(database, 2)
    put(database, numbers[1], status="complained")
    with sender(database) as ledger:
        first, second = ledger.reserve(NOW)
        ledger.advance(
            [refused(due, "550 5.1.1", kind=Kind.HARD) for due in (first, second)], None, NOW + DAY
        )
    with database.read() as transaction:
        found = [subscriptions.get_subscriber(transaction, number) for number in numbers]
    assert [person.status for person in found] == [
        "bounced",
        "complained",
    ]  # the second word is not taken back
    assert found[0].changed == NOW + DAY
    assert events(database, numbers[0]) == [("hard bounce", "550 5.1.1"), ("suppressed", "550 5.1.1")]
    assert events(database, numbers[1]) == [("hard bounce", "550 5.1.1")]


def test_a_slow_relay_counts_against_nobody(database: Database):
    numbers = fill(database, 2)
    with sender(database) as ledger:
        first, second = ledger.reserve(NOW)
        ledger.advance([deferred(first, counted=False, not_before=None), deferred(second)], None, NOW)
        assert [due.attempts for due in ledger.reserve(NOW)] == [0, 1]
    assert events(database, numbers[0]) == []
    assert events(database, numbers[1]) == [("deferred", "451 4.3.0")]


def test_doubt_is_noted_at_once(database: Database):
    numbers = fill(database, 1)
    with sender(database) as ledger:
        [due] = ledger.reserve(NOW)
        ledger.advance([], due, NOW)
        ledger.advance([Settled(numbers[0], Progress.IN_DOUBT)], None, NOW)
        assert ledger.reserve(NOW) == []
    assert count(database) == Tally(1, in_doubt=1)
    assert events(database, numbers[0]) == [("doubted", "")]


def test_a_reply_is_never_longer_than_its_codes(database: Database):
    numbers = fill(database, 2)
    with sender(database) as ledger:
        first, second = ledger.reserve(NOW)
        words = "550 5.1.1 The address reader@example.org does not exist"
        ledger.advance([refused(first, words)], second, NOW)
        ledger.advance([Settled(second.subscriber_id, Progress.ACCEPTED, words)], None, NOW)
    assert {row[2] for row in read(database).values()} == {"550 5.1.1 The ad"}
    assert "reader" not in str(events(database, numbers[0]))


# --- When the database fails ------------------------------------------------------------------------------------------


def test_a_full_disk_keeps_nothing_and_the_call_may_be_repeated(sqlite: Database):
    numbers = fill(sqlite, 300)
    with sender(sqlite) as ledger:
        dues = ledger.reserve(NOW)
        ledger.advance([], dues[0], NOW)
        before = read(sqlite)
        pages = ledger._held.execute("PRAGMA page_count").fetchone()[0]
        ledger._held.execute(f"PRAGMA max_page_count = {pages}")
        settled = [accepted(dues[0])] + [
            refused(due) for due in dues[2:]
        ]  # more events than there is room for
        with pytest.raises(DatabaseError, match="the disk is full; nothing was saved"):
            ledger.advance(settled, dues[1], NOW)
        assert read(sqlite) == before
        ledger._held.execute("PRAGMA max_page_count = 100000")
        assert ledger.advance(settled, dues[1], NOW)
        assert read(sqlite)[numbers[1]][0] == "sending"
        ledger.advance([accepted(dues[1])], None, NOW)


def test_a_locked_database_is_waited_for_and_then_said(sqlite: Database):
    fill(sqlite, 2)
    with sender(sqlite) as ledger:
        first, second = ledger.reserve(NOW)
        ledger.advance([], first, NOW)
        ledger._held.execute("PRAGMA busy_timeout = 10")
        other = sqlite.open_connection()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="another program has locked the database; nothing was saved"):
            ledger.advance([accepted(first)], second, NOW)
        with pytest.raises(DatabaseError, match="another program has locked the database"):
            ledger.advance([refused(first)], second, NOW)
        other.execute("ROLLBACK")
        other.close()
        assert ledger.advance([accepted(first)], second, NOW)
        ledger.advance([accepted(second)], None, NOW)


def test_a_thread_that_never_gets_its_turn_says_so(sqlite: Database, monkeypatch: pytest.MonkeyPatch):
    fill(sqlite, 1)
    monkeypatch.setattr("generator.subscribers.store.database.PATIENCE", 0.01)
    with sender(sqlite) as ledger, sqlite.lock_writing(), ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ledger.reserve, NOW)
        assert "is busy; nothing was saved" in str(asked.exception(30))


def test_a_server_that_was_restarted_is_found_again(list_on_postgresql: Database):
    empty(list_on_postgresql)
    fill(list_on_postgresql, 2)
    with sender(list_on_postgresql) as ledger:
        first, second = ledger.reserve(NOW)
        ledger.advance([], first, NOW)
        end_connection(list_on_postgresql, ledger)
        with pytest.raises(DatabaseError, match="the server does not answer; nothing was saved"):
            ledger.advance([accepted(first)], second, NOW)
        assert ledger.advance([accepted(first)], second, NOW)
        end_connection(list_on_postgresql, ledger)
        with pytest.raises(DatabaseError, match="the server does not answer"):
            ledger.advance([refused(second)], None, NOW)
        ledger.advance([refused(second)], None, NOW)
    assert count(list_on_postgresql) == Tally(2, accepted=1, refused=1)


def end_connection(database: Database, ledger: Ledger) -> None:
    with database.begin() as transaction:
        transaction.connection.execute(
            text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ledger._held.info.backend_pid}
        )


def test_who_was_taken_for_dead_gets_nothing_more_but_may_say_what_it_knows(database: Database):
    """A sender on PostgreSQL whose connection broke, and that lives."""
    numbers = fill(database, 3)
    with sender(database) as ledger:
        first, second, _ = ledger.reserve(NOW)
        ledger.advance([], first, NOW)
        with database.begin() as transaction:
            row = update(SENDER).values(week="2026-W01")  # as if its lock were not held
            transaction.connection.execute(row)
        assert settle_dead(database, WEEK, NOW) == 1
        assert count(database) == Tally(3, in_doubt=1, remaining=2)
        assert not ledger.advance([accepted(first)], second, NOW)  # it may be another's by now
        with database.begin() as transaction:
            transaction.connection.execute(SENDER.delete())
        with pytest.raises(DatabaseError, match="so another process took over"):
            ledger.reserve(NOW)
    assert count(database) == Tally(3, accepted=1, remaining=2)
    assert events(database, numbers[0]) == [("doubted", "")]


# --- Several at once --------------------------------------------------------------------------------------------------


def send_all(database: Database, number: int) -> list[int]:
    """What one connection does; to whom it sent."""
    ledger, sent, settled = Ledger(database, WEEK, number), [], []
    while dues := ledger.reserve(NOW, 7):
        for due in dues:
            claimed = ledger.advance(settled, due, NOW)
            settled = [accepted(due)] if claimed else []
            sent += [due.subscriber_id] if claimed else []
    ledger.advance(settled, None, NOW)
    ledger.close()
    return sent


def test_senders_at_once_send_to_everybody_once(database: Database):
    numbers = fill(database, 120)
    with (
        enlist(database, WEEK, NOW) as one,
        enlist(database, WEEK, NOW) as other,
        ThreadPoolExecutor(4) as pool,
    ):
        work = [pool.submit(send_all, database, number) for number in (one, one, other, other)]
        put(database, numbers[-1], status="unsubscribed")
        sent = [number for done in work for number in done.result(60)]
    assert len(sent) == len(set(sent))
    tally = count(database)
    assert (tally.accepted, tally.accepted + tally.skipped) == (len(sent), 120)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(
            [
                "reserve",
                "next",
                "next",
                "next",
                "accept",
                "defer",
                "refuse",
                "doubt",
                "give",
                "die",
                "leave",
                "settle",
                "again",
                "pause",
            ]
        ),
        st.integers(0, 5),
    ),
    max_size=30,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_it_balances_whatever_happens_and_nobody_is_accepted_twice(
    list_on_sqlite: Database, steps: list[tuple[int, str, int]]
):
    """Two senders do, in any order, all that senders do; each dies and comes back as it likes."""
    database = list_on_sqlite
    empty(database)
    numbers = fill(database, 6)
    begun: dict[int, int] = dict.fromkeys(numbers, 0)
    two = Two(database, begun)
    try:
        for who, step, number in steps:
            two.do(who, step, numbers[number])
            tally = count(database)
            assert tally.balances
            assert tally.planned == 6
    finally:
        two.end(0)
        two.end(1)
    # Each time that a letter left, something was settled about it: nothing is sent again of itself.
    retried = two.retried
    for number in numbers:
        assert begun[number] <= 1 + two.deferred[number] + retried[number]
    # And whoever comes last can bring it to its end.
    settle_dead(database, WEEK, NOW)
    with sender(database) as ledger:
        while dues := ledger.reserve(NOW):
            for due in dues:
                if ledger.advance([], due, NOW):
                    ledger.advance([accepted(due)], None, NOW)
    tally = count(database)
    assert (tally.remaining, tally.deferred) == (0, 0)


class Two:
    """Two senders, one connection each."""

    def __init__(self, database: Database, begun: dict[int, int]) -> None:
        self.database, self.begun = database, begun
        self.deferred, self.retried = dict.fromkeys(begun, 0), dict.fromkeys(begun, 0)
        self.entered: list[object] = [None, None]
        self.ledgers: list[Ledger | None] = [None, None]
        self.queues: list[list[Due]] = [[], []]
        self.sending: list[Due | None] = [None, None]

    def end(self, who: int) -> None:
        if ledger := self.ledgers[who]:
            ledger.close()
            self.entered[who].__exit__(None, None, None)
        self.ledgers[who], self.queues[who], self.sending[who] = None, [], None

    def do(self, who: int, step: str, number: int) -> None:
        ledger = self.ledgers[who]
        match step:
            case "settle":
                settle_dead(self.database, WEEK, NOW)
            case "again":
                self.plan_again()
            case "pause":
                put(self.database, number, paused_until=WEEK.friday + timedelta(7))
            case "die" | "leave":
                self.end(who)  # a row that is being sent stays so, until somebody settles it
            case _ if ledger is None:
                self.entered[who] = enlist(self.database, WEEK, NOW)
                self.ledgers[who] = Ledger(self.database, WEEK, self.entered[who].__enter__())
            case "reserve":
                self.queues[who] += ledger.reserve(NOW, 2)
            case "give":
                ledger.give_back(self.queues[who])
                self.queues[who] = []
            case "next" if self.queues[who]:
                self.send(who, ledger)
            case "accept" | "defer" | "refuse" | "doubt" if self.sending[who]:
                self.settle(who, ledger, step)

    def send(self, who: int, ledger: Ledger) -> None:
        due, last = self.queues[who].pop(0), self.sending[who]
        claimed = ledger.advance([accepted(last)] if last else [], due, NOW)
        self.sending[who] = due if claimed else None
        self.begun[due.subscriber_id] += claimed

    def settle(self, who: int, ledger: Ledger, step: str) -> None:
        due = self.sending[who]
        self.deferred[due.subscriber_id] += step == "defer"
        found = {
            "accept": accepted(due),
            "defer": deferred(due),
            "refuse": refused(due),
            "doubt": Settled(due.subscriber_id, Progress.IN_DOUBT),
        }
        ledger.advance([found[step]], None, NOW)
        self.sending[who] = None

    def plan_again(self) -> None:
        before = read(self.database)
        with self.database.begin() as transaction:
            for progress in (Progress.REFUSED, Progress.IN_DOUBT):
                mailings.reopen(transaction, WEEK, progress, NOW)
        after = read(self.database)
        for number, row in after.items():
            self.retried[number] += row[0] != before[number][0]


def test_a_sender_looks_at_each_row_once(sqlite: Database):
    """The rows that are done lie before the cursor: a step costs the same at the end of a long list as at its start."""
    fill(sqlite, 400)
    with sender(sqlite) as ledger:
        counted: list[int] = []
        ledger.reserve(NOW, 50)
        raw = ledger._held
        while True:
            steps = 0

            def tick() -> None:
                nonlocal steps
                steps += 1

            raw.set_progress_handler(tick, 10)
            dues = ledger.reserve(NOW, 50)
            raw.set_progress_handler(None, 10)
            if not dues:
                break
            counted.append(steps)
    assert len(counted) == 7
    assert max(counted) < 1.5 * min(counted)
    with sqlite.read() as transaction:
        assert transaction.connection.execute(select(SUBSCRIBER.c.id)).all()


# --- Batches ----------------------------------------------------------------------------------------------------------

UNTIL = NOW + 23 * HOUR
BATCH = "account.one"


def claim(ledger: Ledger, most: int = 200) -> set[int]:
    dues = ledger.reserve(NOW, most)
    return ledger.claim_batch(BATCH, {due.subscriber_id: f"c{due.subscriber_id}" for due in dues}, NOW, UNTIL)


def test_a_batch_is_claimed_in_one_commit_and_who_left_is_skipped(database: Database):
    numbers = fill(database, 4)
    with sender(database) as ledger:
        dues = ledger.reserve(NOW, 3)
        put(database, numbers[1], status=Status.UNSUBSCRIBED)
        contents = dict.fromkeys(numbers_of(dues), "digest")
        for _ in range(2):  # a commit whose reply was lost
            assert ledger.claim_batch(BATCH, contents, NOW, UNTIL) == {numbers[0], numbers[2]}
        assert [read(database)[number][0] for number in numbers] == [
            "sending",
            "skipped",
            "sending",
            "planned",
        ]
        assert ledger.adopt("account", NOW) == ("", [])  # it is ours
        ledger.advance([replace(accepted(dues[0]), handed="m1"), refused(dues[2])], None, NOW)
    with database.read() as transaction:
        rows = transaction.connection.execute(select(DELIVERY).order_by(DELIVERY.c.subscriber_id)).all()
    assert [(row.handed, row.batch, row.content, row.until) for row in rows] == [("m1", *[None] * 3)] + [
        (None,) * 4
    ] * 3
    assert count(database).balances


def test_what_had_no_answer_is_taken_over_whole_by_one(database: Database):
    numbers = fill(database, 3)
    with sender(database) as first, sender(database) as second:
        assert claim(first) == set(numbers)
        put(database, numbers[1], paused_until=WEEK.friday + timedelta(9))
        first.release(BATCH)
        assert second.adopt("other", NOW) == ("", [])
        assert second.adopt("account", UNTIL) == ("", [])
        batch, begun = second.adopt("account", NOW)
        assert (batch, first.adopt("account", NOW)) == (BATCH, ("", []))
        assert [(one.subscriber_id, one.content, one.until, one.wanted) for one in begun] == [
            (number, f"c{number}", UNTIL, number != numbers[1]) for number in numbers
        ]
        second.advance([accepted(one.due) for one in begun if one.due], None, NOW)
    assert count(database) == Tally(3, accepted=3)
