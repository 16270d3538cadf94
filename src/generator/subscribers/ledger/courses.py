"""How far readers are in the course: begun, paused, stopped, and planned lesson by lesson.

    a form ──▶ ASKED ── confirm ──▶ RUNNING ◀── resume ── PAUSED
                                    │  ▲ └──── pause ──────▲
                                    │  └── begin ── STOPPED
                                    └──── stop, or leave ──▲

A course that begins again goes on with the lesson at which it was stopped, so that none comes twice.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, or_, select, update

from generator.model import LESSONS, Course, CourseState, CourseStep, Progress, Status, next_lesson_day
from generator.subscribers.ledger.mailings import STEP, had_mail
from generator.subscribers.ledger.statements import OPEN
from generator.subscribers.list import records
from generator.subscribers.store.log import Happened
from generator.subscribers.store.schema import (
    COURSE,
    DELIVERY,
    IS_LESSON,
    MAILING,
    MASTER,
    SUBSCRIBER,
    insert_missing,
    read_row,
)
from generator.subscribers.store.stamp import refuse_restored
from generator.subscribers.store.turns import await_confirming

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

    from generator.model import Language, Subscriber
    from generator.subscribers.store.database import Transaction


def find(transaction: Transaction, subscriber_id: int) -> Course | None:
    """How far a reader is; None for one who never asked for the course."""
    row = transaction.connection.execute(
        select(COURSE).where(COURSE.c.subscriber_id == subscriber_id)
    ).first()
    return read_row(Course, row) if row else None


def begin(transaction: Transaction, subscriber: Subscriber, today: date, now: datetime) -> bool:
    """Start the course of a confirmed reader, or go on where it was stopped; whether that changed anything.

    `today` is a day in the time zone of the letter; the lesson leaves on the next lesson day, or a week after the last
    one if that is later: who pauses and goes on gets no more lessons for it.
    """
    current = records.lock(transaction, subscriber.id)
    if current is None or current.status is not Status.CONFIRMED:
        return False
    connection, due = transaction.connection, next_lesson_day(today)
    values = {"state": CourseState.RUNNING, "changed": now}
    made = connection.execute(
        insert_missing(connection, COURSE)
        .values(subscriber_id=subscriber.id, step=1, due=due, **values)
        .returning(COURSE.c.subscriber_id)
    ).first()
    later = case((COURSE.c.due > due, COURSE.c.due), else_=due)
    before = (CourseState.ASKED, CourseState.PAUSED, CourseState.STOPPED)
    return bool(made) or _move(transaction, subscriber.id, before, **values, due=later)


def settle_confirmed(transaction: Transaction, subscriber: Subscriber, today: date, now: datetime) -> None:
    """In the transaction that has confirmed a reader: begin the course that their form asked for.

    One that was running when they left goes on only if they asked for it again.
    """
    course = find(transaction, subscriber.id)
    if course and course.state is CourseState.ASKED:
        begin(transaction, subscriber, today, now)
    elif course:
        stop(transaction, subscriber, now)


def pause(transaction: Transaction, subscriber: Subscriber, now: datetime) -> bool:
    """Hold the lessons until `begin`; whether that changed anything."""
    return _move(
        transaction,
        subscriber.id,
        (CourseState.RUNNING,),
        state=CourseState.PAUSED,
        changed=now,
    )


def stop(transaction: Transaction, subscriber: Subscriber, now: datetime) -> bool:
    """End the course; whether that changed anything. Who begins it again goes on with the next lesson."""
    return _move(
        transaction,
        subscriber.id,
        (CourseState.ASKED, CourseState.RUNNING, CourseState.PAUSED),
        state=CourseState.STOPPED,
        changed=now,
    )


def _move(
    transaction: Transaction, subscriber_id: int, before: Collection[CourseState], **columns: object
) -> bool:
    # The subscriber before the course, here and everywhere: two who lock in the same order never wait for each other.
    transaction.connection.execute(
        select(SUBSCRIBER.c.id).where(SUBSCRIBER.c.id == subscriber_id).with_for_update(key_share=True)
    )
    changed = transaction.connection.execute(
        update(COURSE)
        .where(
            COURSE.c.subscriber_id == subscriber_id,
            COURSE.c.state.in_(before),
            COURSE.c.step <= LESSONS,
        )
        .values(**columns)
        .returning(COURSE.c.subscriber_id)
    ).first()
    return changed is not None


# --- Planning ---------------------------------------------------------------------------------------------------------

WEEKLY = timedelta(weeks=1)
"""Between two lessons, at least."""

_WAITS = timedelta(weeks=1)
"""So long a lesson waits for a letter that was begun and is not sent: its reader gets the letter first."""


@dataclass(frozen=True, slots=True)
class Text:
    """A lesson as it is now."""

    certainty: str
    masters: Mapping[Language, bytes]


@dataclass(frozen=True, slots=True)
class Day:
    """When lessons are planned."""

    today: date
    """In the time zone of the letter."""
    began: datetime
    """When that day began, in UTC."""
    now: datetime
    """In UTC, to the second: the header Date of these lessons."""


def take_back(transaction: Transaction, today: date) -> None:
    """Make lessons due again that were planned and then skipped, because their readers had just paused.

    One that was tried before is due in its turn: it may be skipped because the way does not carry the address.
    """
    skipped = exists().where(
        DELIVERY.c.week == _name_before(),
        DELIVERY.c.subscriber_id == COURSE.c.subscriber_id,
        DELIVERY.c.progress == Progress.SKIPPED,
        or_(DELIVERY.c.attempts == 0, COURSE.c.due <= today),
    )
    transaction.connection.execute(
        update(COURSE)
        .where(COURSE.c.state == CourseState.RUNNING, COURSE.c.step > 1, skipped)
        .values(step=COURSE.c.step - 1, due=case((COURSE.c.due < today, COURSE.c.due), else_=today))
    )


def plan(
    transaction: Transaction, texts: Mapping[CourseStep, Text], commit: str, day: Day
) -> dict[CourseStep, int]:
    """Plan the lesson of everybody whose turn it is, but for those who had a letter today, or are about to get one.

    In one transaction, with the masters: what is planned has the same bytes for ever, whatever becomes of the text.
    Lessons of `texts` only; how many of each. Raises MailingError when the list was restored.
    """
    refuse_restored(transaction.connection)
    connection = transaction.connection
    await_confirming(connection)  # nor is a letter frozen: who gets both would not be seen
    chosen = _choose(connection, texts, day)
    found: dict[CourseStep, list[Any]] = defaultdict(list)
    for number, step, language in chosen:
        found[CourseStep(step)].append((number, language))
    for one in sorted(found):
        digests = _keep(connection, one, texts[one], commit, transaction.keys.fingerprint, day)
        _add(connection, one, found[one], digests, day)
    if found:
        transaction.log(Happened.BEGUN, day.today.isoformat(), day.now)
    return {one: len(found[one]) for one in sorted(found)}


def doubt(transaction: Transaction, days: Sequence[date], now: datetime) -> int:
    """In a list that was restored: put in doubt each lesson that may have left on one of these days; how many.

    Its reader goes on with the next one.
    """
    connection, number = transaction.connection, 0
    for today in sorted(days):
        moved = connection.execute(
            update(COURSE)
            .where(COURSE.c.state == CourseState.RUNNING, COURSE.c.due <= today, COURSE.c.step <= LESSONS)
            .values(_move_on(today, now))
            .returning(COURSE.c.subscriber_id, COURSE.c.step)
        ).all()
        for subscriber_id, following in moved:
            step = CourseStep(following - 1)
            _open_mailing(connection, step, "", "", transaction.keys.fingerprint, now)
            language = select(SUBSCRIBER.c.language).where(SUBSCRIBER.c.id == subscriber_id).scalar_subquery()
            master = (
                select(MASTER.c.digest)
                .where(MASTER.c.week == str(step), MASTER.c.language == language)
                .limit(1)
                .scalar_subquery()
            )
            made = connection.execute(
                insert_missing(connection, DELIVERY)
                .values(
                    week=str(step),
                    subscriber_id=subscriber_id,
                    language=language,
                    progress=Progress.IN_DOUBT,
                    attempts=1,
                    reply="",
                    at=None,
                    joined=datetime.combine(today, time(), UTC),
                    master=master,
                )
                .returning(DELIVERY.c.subscriber_id)
            ).first()
            number += bool(made)
            _count(connection, step, int(bool(made)))
            this = and_(MAILING.c.week == str(step), MAILING.c.finished.is_(None))
            connection.execute(update(MAILING).where(this).values(finished=now))
    return number


def list_waiting(transaction: Transaction) -> list[CourseStep]:
    """The lessons of which something is left to send, and that nobody has stopped."""
    rows = transaction.connection.execute(
        select(MAILING.c.week).where(
            IS_LESSON,
            MAILING.c.trouble == "",
            exists().where(DELIVERY.c.week == MAILING.c.week, OPEN),
        )
    ).scalars()
    return sorted(CourseStep.parse(week) for week in rows)


def list_stopped(transaction: Transaction) -> dict[CourseStep, str]:
    """The lessons that were stopped until somebody resumes them, and why."""
    rows = transaction.connection.execute(
        select(MAILING.c.week, MAILING.c.trouble).where(IS_LESSON, MAILING.c.trouble != "")
    )
    return {CourseStep.parse(week): trouble for week, trouble in rows}


def count_due(transaction: Transaction, today: date) -> int:
    """How many confirmed readers have a lesson due on this day or before it."""
    return transaction.connection.execute(
        select(func.count())
        .select_from(COURSE.join(SUBSCRIBER, SUBSCRIBER.c.id == COURSE.c.subscriber_id))
        .where(_is_due(today))
    ).scalar_one()


def _is_due(today: date) -> ColumnElement[bool]:
    return and_(
        COURSE.c.state == CourseState.RUNNING,
        COURSE.c.due <= today,
        COURSE.c.step <= LESSONS,
        SUBSCRIBER.c.status == Status.CONFIRMED,
        ~func.coalesce(SUBSCRIBER.c.paused_until > today, False),
    )


def _name_before() -> ColumnElement[str]:
    """The id of the lesson before the next one."""
    return case(
        {number + 1: str(CourseStep(number)) for number in range(1, LESSONS + 1)},
        value=COURSE.c.step,
        else_="",
    )


def _choose(
    connection: Connection, texts: Mapping[CourseStep, Text], day: Day
) -> list[tuple[int, int, Language]]:
    """Move on whose turn it is: the id, the lesson and the language of each, by their id."""
    since = day.now - _WAITS
    waits = exists().where(
        DELIVERY.c.week == MAILING.c.week,
        DELIVERY.c.subscriber_id == SUBSCRIBER.c.id,
        OPEN,
        ~IS_LESSON,
        or_(MAILING.c.frozen >= since, DELIVERY.c.joined >= since),  # the letter, or a first one, was begun
    )
    due = (
        select(COURSE.c.subscriber_id)
        .join(SUBSCRIBER, SUBSCRIBER.c.id == COURSE.c.subscriber_id)
        .where(
            _is_due(day.today),
            COURSE.c.step.in_([step.number for step in texts]),
            ~had_mail(connection, day.began),
            ~waits,
        )
    )
    numbers = connection.execute(due.order_by(COURSE.c.subscriber_id)).scalars().all()
    chosen: list[tuple[int, int, Language]] = []
    for start in range(0, len(numbers), STEP):
        some = numbers[start : start + STEP]
        # What somebody has just stopped is not moved on: the database looks at the newest version of each row.
        moved = connection.execute(
            update(COURSE)
            .where(
                COURSE.c.subscriber_id.in_(some),
                COURSE.c.state == CourseState.RUNNING,
                COURSE.c.due <= day.today,
                COURSE.c.step <= LESSONS,
            )
            .values(_move_on(day.today, day.now))
            .returning(COURSE.c.subscriber_id, COURSE.c.step)
        ).all()
        languages = dict(
            connection.execute(
                select(SUBSCRIBER.c.id, SUBSCRIBER.c.language).where(SUBSCRIBER.c.id.in_(some))
            ).all()
        )
        chosen += [
            (number, following - 1, languages[number]) for number, following in moved if number in languages
        ]
    return sorted(chosen)


def _move_on(today: date, now: datetime) -> dict[str, Any]:
    return {
        "step": COURSE.c.step + 1,
        "due": next_lesson_day(today + WEEKLY - timedelta(days=1)),
        "changed": now,
    }


def _keep(  # noqa: PLR0913 (what a mailing is made of)
    connection: Connection, step: CourseStep, text: Text, commit: str, key: str, day: Day
) -> dict[Language, str]:
    """Keep the masters of a lesson; the digest of each."""
    _open_mailing(connection, step, text.certainty, commit, key, day.now)
    connection.execute(update(MAILING).where(MAILING.c.week == str(step)).values(finished=None))
    digests = {language: sha256(content).hexdigest() for language, content in text.masters.items()}
    for language, digest in digests.items():
        connection.execute(
            insert_missing(connection, MASTER).values(
                week=str(step), language=language, digest=digest, content=text.masters[language]
            )
        )
    return digests


def _open_mailing(  # noqa: PLR0913 (what a mailing is made of)
    connection: Connection, step: CourseStep, certainty: str, commit: str, key: str, now: datetime
) -> None:
    """The mailing of a lesson, made by its first readers.

    Its links are signed with the newest key, once nothing waits that was planned with another.
    """
    this = MAILING.c.week == str(step)
    values = {"certainty": certainty, "commit": commit, "key": key}
    connection.execute(
        insert_missing(connection, MAILING).values(
            week=str(step), frozen=now, planned=0, trouble="", **values
        )
    )
    waiting = exists().where(DELIVERY.c.week == str(step), OPEN)
    connection.execute(update(MAILING).where(this, ~waiting).values(values))


def _add(
    connection: Connection,
    step: CourseStep,
    readers: Sequence[tuple[int, Language]],
    digests: Mapping[Language, str],
    day: Day,
) -> None:
    """A planned row for each reader. One who was skipped, or whose mailbox was gone, gets it after all."""
    made = 0
    for number, language in readers:
        values = {
            "language": language,
            "progress": Progress.PLANNED,
            "attempts": 0,
            "reply": "",
            "joined": day.now,
            "master": digests[language],
        }
        new = connection.execute(
            insert_missing(connection, DELIVERY)
            .values(week=str(step), subscriber_id=number, **values)
            .returning(DELIVERY.c.subscriber_id)
        ).first()
        made += bool(new)
        if not new:
            connection.execute(
                update(DELIVERY)
                .where(
                    DELIVERY.c.week == str(step),
                    DELIVERY.c.subscriber_id == number,
                    DELIVERY.c.progress.in_((Progress.SKIPPED, Progress.REFUSED)),
                )
                .values(**values, sender=None, not_before=None)
            )
    _count(connection, step, made)


def _count(connection: Connection, step: CourseStep, more: int) -> None:
    connection.execute(
        update(MAILING).where(MAILING.c.week == str(step)).values(planned=MAILING.c.planned + more)
    )
