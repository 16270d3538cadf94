"""Readers go through the course lesson by lesson: each once, a week apart, and never on a day with another mail."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update

from generator.errors import MailingError
from generator.model import (
    Course,
    CourseState,
    CourseStep,
    Due,
    Language,
    Mailing,
    Progress,
    Settled,
    Status,
    Subscriber,
    Week,
)
from generator.subscribers.ledger import courses, firsts, mailings
from generator.subscribers.ledger.courses import Day, Text
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist
from generator.subscribers.list import subscriptions
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.pruning import HISTORY, prune
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import COURSE, DELIVERY, MASTER
from generator.subscribers.store.stamp import mark
from tests.languages import EN, NL
from tests.subscribers.letters import MASTERS, put
from tests.subscribers.people import draft

MONDAY = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)
FRIDAY = MONDAY - timedelta(days=3)
BEGUN = FRIDAY.date()
LETTER = Week(2026, 48)
WEEK = timedelta(weeks=1)
ONE, TWO = CourseStep(1), CourseStep(2)
TEXTS = {
    CourseStep(number): Text("relations", {NL: f"Les {number}".encode(), EN: f"Lesson {number}".encode()})
    for number in range(1, 8)
}


def day(moment: datetime = MONDAY) -> Day:
    """The tests live in UTC."""
    return Day(moment.date(), moment.replace(hour=0, minute=0), moment)


def begin(database: Database, number: int = 1, language: Language = NL, today: date = BEGUN) -> Subscriber:
    """A confirmed reader who begins the course."""
    with database.begin() as transaction:
        person = draft(number, status=Status.CONFIRMED, certainties=(), language=language)
        add_many(transaction, [person])
        reader = subscriptions.find_subscriber(transaction, person.address)
        assert reader
        assert courses.begin(transaction, reader, today, FRIDAY)
    return reader


def find(database: Database, reader: Subscriber) -> Course:
    with database.read() as transaction:
        found = courses.find(transaction, reader.id)
    assert found
    return found


def plan(
    database: Database, moment: datetime = MONDAY, texts: dict[CourseStep, Text] | None = None
) -> dict[CourseStep, int]:
    with database.begin() as transaction:
        courses.take_back(transaction, moment.date())
        return courses.plan(transaction, texts or TEXTS, "0123456789abcdef", day(moment))


def send(database: Database, step: CourseStep = ONE, now: datetime = MONDAY) -> list[Due]:
    """Send all that is planned of a lesson; who was given it."""
    sent = []
    with enlist(database, step, now) as number:
        ledger = Ledger(database, step, number)
        for due in ledger.reserve(now):
            if ledger.advance([], due, now):
                ledger.advance([Settled(due.subscriber_id, Progress.ACCEPTED, "250")], None, now)
                sent.append(due)
        ledger.close()
    return sent


def rows(database: Database) -> list[tuple[str, int, Progress]]:
    with database.read() as transaction:
        found = transaction.connection.execute(
            select(DELIVERY.c.week, DELIVERY.c.subscriber_id, DELIVERY.c.progress).order_by(
                DELIVERY.c.week, DELIVERY.c.subscriber_id
            )
        ).all()
    return [tuple(row) for row in found]


@pytest.mark.parametrize(
    "today, first",
    [
        ("2026-11-30", "2026-12-01"),
        ("2026-12-02", "2026-12-03"),
        ("2026-12-03", "2026-12-07"),  # Thursday
        ("2026-12-04", "2026-12-07"),
        ("2026-12-06", "2026-12-07"),
    ],
)
def test_the_first_lesson_leaves_on_the_next_lesson_day(database: Database, today: str, first: str):
    reader = begin(database, today=date.fromisoformat(today))
    assert find(database, reader) == Course(CourseState.RUNNING, 1, date.fromisoformat(first))


def test_seven_lessons_leave_in_seven_weeks_and_no_more(database: Database):
    reader, moment = begin(database), MONDAY
    for number in range(1, 8):
        assert plan(database, moment) == {CourseStep(number): 1}
        assert plan(database, moment) == {}, "a second planner finds nobody"
        [due] = send(database, CourseStep(number), moment)
        assert (due.subscriber_id, due.joined) == (reader.id, moment)
        for later in range(1, 7):
            assert plan(database, moment + timedelta(days=later)) == {}
        moment += WEEK
    assert find(database, reader).finished
    assert plan(database, moment) == {}
    with database.begin() as transaction:
        assert not courses.begin(transaction, reader, moment.date(), moment), "nothing is left of it"
    assert [name for name, *_ in rows(database)] == [f"course-{number}" for number in range(1, 8)]
    with database.read() as transaction:
        for number in range(1, 8):
            tally = mailings.tally(transaction, CourseStep(number))
            assert (tally.planned, tally.accepted, tally.balances) == (1, 1, True)


def test_a_lesson_that_was_changed_reaches_only_those_who_have_not_had_it(database: Database):
    early = begin(database, 1)
    plan(database)
    begin(database, 2, today=MONDAY.date())
    changed = TEXTS | {ONE: Text("relations", {NL: b"Les 1, beter", EN: b"Lesson 1, better"})}
    assert plan(database, MONDAY + timedelta(days=1), changed) == {ONE: 1}
    first, second = sorted(send(database, now=MONDAY + timedelta(days=1)), key=lambda due: due.subscriber_id)
    assert first.subscriber_id == early.id
    with database.read() as transaction:
        assert mailings.find_master(transaction, ONE, first.master) == b"Les 1"
        assert mailings.find_master(transaction, ONE, second.master) == b"Les 1, beter"
        assert mailings.find_master(transaction, TWO, first.master) is None


def test_who_changes_language_between_two_lessons_gets_the_next_one_in_it(database: Database):
    reader = begin(database)
    plan(database)
    put(database, reader.id, language=EN)
    assert [due.language for due in send(database)] == [NL]
    plan(database, MONDAY + WEEK)
    assert [due.language for due in send(database, TWO, MONDAY + WEEK)] == [EN]


@pytest.mark.parametrize("leave", ["stop", "pause", "unsubscribe", "erase", "hold letters"])
def test_who_stops_after_planning_gets_nothing(database: Database, leave: str):
    reader = begin(database)
    plan(database)
    with database.begin() as transaction:
        match leave:
            case "stop":
                assert courses.stop(transaction, reader, MONDAY)
            case "pause":
                assert courses.pause(transaction, reader, MONDAY)
            case "unsubscribe":
                assert subscriptions.unsubscribe(transaction, reader, MONDAY, "a link")
            case "erase":
                subscriptions.erase(transaction, reader, MONDAY)
            case _:
                subscriptions.pause(transaction, reader, MONDAY.date() + timedelta(days=1), MONDAY)
    assert send(database) == []
    assert rows(database) == [("course-1", reader.id, Progress.SKIPPED)]


def test_a_lesson_that_was_skipped_is_the_next_one_after_the_pause(database: Database):
    reader = begin(database)
    plan(database)
    with database.begin() as transaction:
        courses.pause(transaction, reader, MONDAY)
    send(database)
    with database.begin() as transaction:
        assert courses.begin(transaction, reader, MONDAY.date(), MONDAY)
    assert plan(database, MONDAY + timedelta(days=1)) == {ONE: 1}
    assert [due.subscriber_id for due in send(database, now=MONDAY + timedelta(days=1))] == [reader.id]
    assert find(database, reader).step == 2
    with database.read() as transaction:
        assert mailings.tally(transaction, ONE).planned == 1


def test_pausing_and_going_on_brings_no_lesson_sooner(database: Database):
    reader = begin(database)
    plan(database)
    send(database)
    for leave in (courses.pause, courses.stop):
        with database.begin() as transaction:
            assert leave(transaction, reader, MONDAY)
            assert courses.begin(transaction, reader, MONDAY.date(), MONDAY)
        assert find(database, reader).due == (MONDAY + WEEK).date()
    assert plan(database, MONDAY + timedelta(days=1)) == {}


def test_the_last_lesson_that_was_skipped_is_due_after_the_pause(database: Database):
    reader, moment = begin(database), MONDAY
    for number in range(1, 8):
        moment = MONDAY + WEEK * (number - 1)
        plan(database, moment)
        if number == 7:
            with database.begin() as transaction:
                subscriptions.pause(transaction, reader, (moment + timedelta(days=5)).date(), moment)
        send(database, CourseStep(number), moment)
    assert plan(database, moment + timedelta(days=1)) == {}
    moment += WEEK
    assert plan(database, moment) == {CourseStep(7): 1}
    assert [due.subscriber_id for due in send(database, CourseStep(7), moment)] == [reader.id]
    assert plan(database, moment + WEEK) == {}


def test_who_stopped_and_begins_again_goes_on_with_the_next_lesson(database: Database):
    reader = begin(database)
    plan(database)
    send(database)
    with database.begin() as transaction:
        courses.stop(transaction, reader, MONDAY)
    assert plan(database, MONDAY + WEEK) == {}
    with database.begin() as transaction:
        courses.begin(transaction, reader, (MONDAY + WEEK).date(), MONDAY + WEEK)
    assert plan(database, MONDAY + WEEK + timedelta(days=1)) == {TWO: 1}


@pytest.mark.parametrize("status", [Status.UNSUBSCRIBED, Status.BOUNCED, Status.UNCONFIRMED])
def test_nobody_else_than_confirmed_readers_has_a_lesson(database: Database, status: Status):
    reader = begin(database)
    put(database, reader.id, status=status)
    assert plan(database) == {}
    with database.begin() as transaction:
        assert not courses.begin(transaction, reader, MONDAY.date(), MONDAY)


def test_a_course_that_ran_when_its_reader_left_does_not_go_on_by_itself(database: Database):
    reader = begin(database)
    with database.begin() as transaction:
        subscriptions.unsubscribe(transaction, reader, MONDAY, "a link")
    put(database, reader.id, status=Status.CONFIRMED)
    with database.begin() as transaction:
        courses.settle_confirmed(transaction, reader, MONDAY.date(), MONDAY)
    assert find(database, reader).state is CourseState.STOPPED
    with database.begin() as transaction:  # and with the box ticked
        transaction.connection.execute(update(COURSE).values(state=CourseState.ASKED))
        courses.settle_confirmed(transaction, reader, MONDAY.date(), MONDAY)
    assert find(database, reader) == Course(CourseState.RUNNING, 1, MONDAY.date() + timedelta(days=1))


# --- One mail a day ---------------------------------------------------------------------------------------------------


def freeze(
    database: Database,
    week: Week = LETTER,
    frozen: datetime = FRIDAY,
    began: datetime | None = None,
) -> None:
    with database.begin() as transaction:
        mailing = Mailing(week, frozen, "0123456789abcdef", "proof", transaction.keys.fingerprint)
        mailings.freeze(transaction, mailing, MASTERS, week.friday, began)


def finish_letter(database: Database, now: datetime, week: Week = LETTER) -> None:
    with enlist(database, week, now) as number:
        ledger = Ledger(database, week, number)
        for due in ledger.reserve(now):
            ledger.advance([], due, now)
            ledger.advance([Settled(due.subscriber_id, Progress.ACCEPTED, "250")], None, now)
        ledger.close()


def test_a_lesson_waits_a_day_when_its_reader_has_had_a_letter(database: Database):
    reader = begin(database)
    freeze(database)
    finish_letter(database, MONDAY - timedelta(hours=1))  # resumed after the weekend
    assert plan(database) == {}
    assert plan(database, MONDAY + timedelta(days=1)) == {ONE: 1}
    assert find(database, reader).due == date(2026, 12, 8)


def test_a_lesson_waits_for_a_letter_that_was_begun_and_is_not_sent(database: Database):
    begin(database)
    freeze(database)
    assert plan(database) == {}
    finish_letter(database, MONDAY + timedelta(hours=3))
    assert plan(database, MONDAY + timedelta(hours=4)) == {}
    assert plan(database, MONDAY + timedelta(days=1)) == {ONE: 1}


def test_a_letter_that_nobody_ever_resumes_does_not_hold_the_course_for_ever(database: Database):
    begin(database)
    freeze(database)
    assert plan(database, MONDAY + WEEK) == {ONE: 1}


def test_a_letter_waits_a_day_for_readers_who_had_a_lesson_today(database: Database):
    in_course, other = begin(database), draft(9, status=Status.CONFIRMED, certainties=())
    with database.begin() as transaction:
        add_many(transaction, [other])
    plan(database)
    send(database)
    noon = MONDAY.replace(hour=12)
    freeze(database, Week(2026, 49), noon, day().began)
    with enlist(database, Week(2026, 49), noon) as number:
        ledger = Ledger(database, Week(2026, 49), number)
        today = ledger.reserve(noon)
        tomorrow = ledger.reserve(noon + timedelta(days=1))
        ledger.close()
    assert [due.address for due in today] == [other.address]
    assert [(due.subscriber_id, due.joined) for due in tomorrow] == [(in_course.id, noon + timedelta(days=1))]
    with database.read() as transaction:
        assert mailings.count_put_off(transaction, Week(2026, 49)) == 1
        assert firsts.list_waiting(transaction, noon) == []
        assert firsts.list_waiting(transaction, noon + timedelta(days=1)) == [Week(2026, 49)]


@pytest.mark.parametrize("sent", [FRIDAY, None], ids=["sent today", "still waits"])
def test_a_letter_waits_a_day_for_readers_whose_first_letter_is_late(
    database: Database, sent: datetime | None
):
    """It was planned yesterday: the relay was away, or midnight came between."""
    begin(database, 8)
    freeze(database, Week(2026, 47), FRIDAY - WEEK)
    finish_letter(database, FRIDAY - WEEK, Week(2026, 47))
    reader = begin(database, 1)
    with database.begin() as transaction:
        assert firsts.plan(transaction, reader, FRIDAY - timedelta(hours=9)) == Week(2026, 47)
    if sent:
        finish_letter(database, sent, Week(2026, 47))
    freeze(database, LETTER, FRIDAY, day(FRIDAY).began)
    assert (str(LETTER), reader.id, Progress.DEFERRED) in rows(database)
    with database.read() as transaction:
        assert mailings.count_put_off(transaction, LETTER) == 1


def test_a_letter_does_not_wait_for_one_that_was_stopped_or_came_yesterday(database: Database):
    begin(database, 8)
    for week, moment in ((Week(2026, 46), FRIDAY - 2 * WEEK), (Week(2026, 47), FRIDAY - WEEK)):
        freeze(database, week, moment)
        finish_letter(database, moment, week)
    for number in (1, 2):
        reader = begin(database, number)
        with database.begin() as transaction:
            firsts.plan(transaction, reader, FRIDAY - timedelta(hours=9))
        if number == 1:
            finish_letter(database, FRIDAY - timedelta(hours=8), Week(2026, 47))
    with database.begin() as transaction:
        mailings.stop(transaction, Week(2026, 47), "too many are refused")
    freeze(database, LETTER, FRIDAY, day(FRIDAY).began)
    with database.read() as transaction:
        assert mailings.count_put_off(transaction, LETTER) == 0


@pytest.mark.parametrize("later, progress", [(1, Progress.DEFERRED), (4, Progress.PLANNED)])
def test_a_letter_waits_a_day_for_readers_whose_lesson_still_leaves_today(
    database: Database, later: int, progress: Progress
):
    """A run of Monday died, and that of Tuesday goes on with it; but on a Friday no lesson leaves."""
    reader = begin(database)
    plan(database)
    today, week = MONDAY + timedelta(days=later), Week(2026, 49)
    freeze(database, week, today, day(today).began)
    assert rows(database) == [
        (str(week), reader.id, progress),
        (str(ONE), reader.id, Progress.PLANNED),
    ]


def test_a_lesson_waits_for_a_first_letter_that_has_not_left(database: Database):
    """Though the letter itself is older than a week."""
    begin(database, 8)
    freeze(database, Week(2026, 47), MONDAY - timedelta(days=10))
    finish_letter(database, MONDAY - timedelta(days=10), Week(2026, 47))
    plan(database)
    reader = begin(database, 1, today=MONDAY.date())
    with database.begin() as transaction:
        assert firsts.plan(transaction, reader, MONDAY) == Week(2026, 47)
    tuesday = MONDAY + timedelta(days=1)
    assert plan(database, tuesday) == {}
    finish_letter(database, tuesday, Week(2026, 47))
    assert plan(database, tuesday + timedelta(days=1)) == {ONE: 1}


def test_a_first_letter_waits_a_day_for_who_had_a_lesson_and_came_back(database: Database):
    freeze_reader = begin(database, 8)
    freeze(database)
    reader = begin(database, 1)
    plan(database, texts={ONE: TEXTS[ONE]})
    send(database)
    with database.begin() as transaction:
        assert firsts.plan(transaction, reader, MONDAY + timedelta(hours=2)) == Week(2026, 48)
        assert firsts.list_waiting(transaction, MONDAY + timedelta(hours=3)) == []
        assert firsts.list_waiting(transaction, MONDAY + timedelta(hours=26)) == [Week(2026, 48)]
    assert freeze_reader.id != reader.id


def test_a_lesson_that_was_left_waits_when_its_reader_has_had_a_letter_today(database: Database):
    """The run of the lesson dies on Thursday, that of the letter on Friday; on Monday both go on."""
    begin(database)
    plan(database, MONDAY + timedelta(days=3))
    friday, monday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=7)
    freeze(database, Week(2026, 49), friday, day(friday).began)
    finish_letter(database, monday.replace(hour=5), Week(2026, 49))
    with database.begin() as transaction:
        mailings.put_off_lesson(transaction, ONE, day(monday).began, monday)
        assert mailings.count_put_off(transaction, ONE) == 1
    assert send(database, ONE, monday) == []
    assert len(send(database, ONE, monday + timedelta(days=1))) == 1


def test_the_service_does_not_send_lessons(database: Database):
    begin(database)
    plan(database)
    with database.read() as transaction:
        assert firsts.list_waiting(transaction, MONDAY) == []
        assert courses.list_waiting(transaction) == [ONE]


# --- At the same moment -----------------------------------------------------------------------------------------------


def test_two_planners_at_once_plan_each_lesson_once(database: Database):
    readers = [begin(database, number) for number in range(40)]
    barrier = Barrier(2)

    def work() -> int:
        barrier.wait()
        return sum(plan(database).values())

    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(work) for _ in range(2)]
        assert sorted(one.result() for one in found) == [0, len(readers)]
    assert [(name, progress) for name, _, progress in rows(database)] == [
        ("course-1", Progress.PLANNED)
    ] * len(readers)


def test_who_stops_while_lessons_are_planned_gets_it_later_or_not_at_all_and_never_twice(database: Database):
    readers = [begin(database, number) for number in range(20)]
    barrier = Barrier(2)

    def stop() -> None:
        barrier.wait()
        for reader in readers:
            with database.begin() as transaction:
                courses.stop(transaction, reader, MONDAY)

    def work() -> None:
        barrier.wait()
        plan(database)

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(stop), pool.submit(work)]:
            one.result()
    with database.read() as transaction:
        planned = courses.list_waiting(transaction)
    if planned:
        assert send(database) == [], "all of them have stopped"
    with database.begin() as transaction:
        for reader in readers:
            assert courses.begin(transaction, reader, MONDAY.date(), MONDAY)
    assert plan(database, MONDAY + timedelta(days=1)) == {ONE: len(readers)}
    assert len(send(database, now=MONDAY + timedelta(days=1))) == len(readers)


# --- Afterwards -------------------------------------------------------------------------------------------------------


def test_rows_of_lessons_are_forgotten_by_their_own_age(database: Database):
    early = begin(database)
    plan(database)
    send(database)
    late = MONDAY + HISTORY - timedelta(days=7)
    begin(database, 2, today=late.date())
    plan(database, late + timedelta(days=1), {ONE: TEXTS[ONE]})
    with database.begin() as transaction:
        prune(transaction, MONDAY + HISTORY)
    assert [number for name, number, _ in rows(database) if name == "course-1"] == [early.id + 1]
    for moment in (MONDAY + HISTORY, late + timedelta(days=1) + HISTORY):
        with database.begin() as transaction:
            prune(transaction, moment)
    with database.read() as transaction:
        tally = mailings.tally(transaction, ONE)
        assert (tally.planned, tally.accepted, tally.remaining, tally.balances) == (2, 1, 1, True)
        assert transaction.connection.execute(select(MASTER.c.language)).all(), "one is still to be sent"
    assert find(database, early).step == 2


def test_a_restored_list_puts_in_doubt_what_may_have_left_since(database: Database):
    reader, later = begin(database), begin(database, 2, today=date(2026, 12, 20))
    days = [(MONDAY + WEEK * number).date() for number in range(2)]
    with database.begin() as transaction:
        assert courses.doubt(transaction, days, MONDAY + 2 * WEEK) == 2
    assert rows(database) == [
        ("course-1", reader.id, Progress.IN_DOUBT),
        ("course-2", reader.id, Progress.IN_DOUBT),
    ]
    assert find(database, reader).step == 3
    assert find(database, later).step == 1
    assert plan(database, MONDAY + 2 * WEEK) == {CourseStep(3): 1}
    with database.begin() as transaction:
        assert mailings.tally(transaction, ONE).balances
        assert mailings.reopen(transaction, ONE, Progress.IN_DOUBT, MONDAY) == 0, "its text is not known"


def test_a_restored_list_plans_nothing_before_somebody_has_said_what_is_to_be_done(database: Database):
    begin(database)
    with database.begin() as transaction:
        mark(transaction.connection)
    with pytest.raises(MailingError, match="restored"):
        plan(database)


def test_lessons_that_are_to_be_sent_and_those_that_were_stopped(database: Database):
    begin(database)
    with database.read() as transaction:
        assert courses.count_due(transaction, FRIDAY.date()) == 0
        assert courses.count_due(transaction, MONDAY.date()) == 1
    plan(database)
    with database.begin() as transaction:
        assert courses.count_due(transaction, MONDAY.date()) == 0
        mailings.stop(transaction, ONE, "the relay refuses the sender")
        assert courses.list_stopped(transaction) == {ONE: "the relay refuses the sender"}
        assert courses.list_waiting(transaction) == []


def test_a_lesson_in_a_batch_is_sent_again_only_to_who_is_in_the_course(database: Database):
    stays, stops = begin(database, 1), begin(database, 2)
    plan(database)
    with enlist(database, ONE, MONDAY) as number:
        ledger = Ledger(database, ONE, number)
        contents = {due.subscriber_id: "digest" for due in ledger.reserve(MONDAY)}
        assert ledger.claim_batch("account.one", contents, MONDAY, MONDAY + timedelta(hours=23)) == {
            stays.id,
            stops.id,
        }
        ledger.release("account.one")
        with database.begin() as transaction:
            courses.stop(transaction, stops, MONDAY)
        _, begun = ledger.adopt("account", MONDAY)
        ledger.close()
    assert {one.subscriber_id: one.wanted for one in begun} == {stays.id: True, stops.id: False}
    assert all(one.due and one.due.master for one in begun)
