"""How far readers are in the course: begun, paused, stopped, and planned lesson by lesson.

    a form ──▶ ASKED ── confirm ──▶ RUNNING ◀── resume ── PAUSED
                                    │  ▲ └──── pause ──────▲
                                    │  └── begin ── STOPPED
                                    └──── stop, or leave ──▲

A course that begins again goes on with the lesson at which it was stopped, so that none comes twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from generator.model import LESSONS, Course, CourseState, Status
from generator.subscribers.list import records
from generator.subscribers.store.schema import COURSE, SUBSCRIBER, insert_missing, read_row

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from generator.model import Subscriber
    from generator.subscribers.store.database import Transaction

_MONDAY, _LAST = 1, 4
"""Lessons leave from Monday to Thursday (ISO weekdays): Friday is for the letter, so nobody gets two mails on a day."""


def next_day(day: date) -> date:
    """The first day after this one on which lessons leave."""
    following = day + timedelta(days=1)
    while not is_lesson_day(following):
        following += timedelta(days=1)
    return following


def is_lesson_day(day: date) -> bool:
    """Whether lessons leave on this day."""
    return _MONDAY <= day.isoweekday() <= _LAST


def find(transaction: Transaction, subscriber_id: int) -> Course | None:
    """How far a reader is; None for one who never asked for the course."""
    row = transaction.connection.execute(
        select(COURSE).where(COURSE.c.subscriber_id == subscriber_id)
    ).first()
    return read_row(Course, row) if row else None


def begin(transaction: Transaction, subscriber: Subscriber, today: date, now: datetime) -> bool:
    """Start the course of a confirmed reader, or go on where it was stopped; whether that changed anything.

    `today` is a day in the time zone of the letter; the lesson leaves on the next lesson day.
    """
    current = records.lock(transaction, subscriber.id)
    if current is None or current.status is not Status.CONFIRMED:
        return False
    connection = transaction.connection
    values = {"state": CourseState.RUNNING, "due": next_day(today), "changed": now}
    made = connection.execute(
        insert_missing(connection, COURSE)
        .values(subscriber_id=subscriber.id, step=1, **values)
        .returning(COURSE.c.subscriber_id)
    ).first()
    return bool(made) or _move(
        transaction, subscriber.id, (CourseState.ASKED, CourseState.PAUSED, CourseState.STOPPED), **values
    )


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
        due=None,
        changed=now,
    )


def stop(transaction: Transaction, subscriber: Subscriber, now: datetime) -> bool:
    """End the course; whether that changed anything. Who begins it again goes on with the next lesson."""
    return _move(
        transaction,
        subscriber.id,
        (CourseState.ASKED, CourseState.RUNNING, CourseState.PAUSED),
        state=CourseState.STOPPED,
        due=None,
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
