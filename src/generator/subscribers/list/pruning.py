"""What the list forgets by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, func, insert, select, update

from generator.model import Kind, Progress, Status
from generator.subscribers.list.throttle import MEMORY
from generator.subscribers.list.tokens import LIFETIMES, Purpose
from generator.subscribers.store.schema import (
    ANSWER,
    DELIVERY,
    EVENT,
    FIRST,
    IS_LESSON,
    MAILING,
    MASTER,
    OUTBOX,
    REPORT,
    SUBSCRIBER,
    THROTTLE,
    TOKEN,
    TOTAL,
    insert_missing,
)

if TYPE_CHECKING:
    from generator.subscribers.store.database import Transaction

_AFTERGLOW = timedelta(days=1)
"""So long after its end a token is still told from one that we never made."""

HISTORY = timedelta(weeks=26)
"""So long it is known who got which letter, and what their servers said."""

REMEMBERED = timedelta(days=2)
"""So long a report of a relay that is sent again is known: longer than its signature is valid."""

_SETTLED = (Progress.ACCEPTED, Progress.REFUSED, Progress.SKIPPED, Progress.IN_DOUBT)

_LASTING = (Kind.HARD, Kind.COMPLAINT, Kind.SUPPRESSED)
"""Why somebody is suppressed: kept for as long as they are on the list."""


def prune(transaction: Transaction, now: datetime) -> None:
    """Delete what is past its retention: in UTC, by `now`. Run it every hour, in a transaction of its own. Idempotent.

    - tokens, a day after they expired;
    - counts of the throttle, 90 days after the last notice;
    - unconfirmed subscribers, seven days after they came, when no notice waits for them and no token is valid;
    - reports of relays, `REMEMBERED` after they were judged;
    - events, and who got which letter, after `HISTORY`. How many got it stays, so that a mailing always balances. One
      mailing goes with each call, so that other writers do not wait;
    - the answers to a letter, after `HISTORY` too.
    """
    connection = transaction.connection
    connection.execute(delete(TOKEN).where(TOKEN.c.expires <= now - _AFTERGLOW))
    connection.execute(delete(THROTTLE).where(THROTTLE.c.last <= now - MEMORY))
    connection.execute(
        delete(SUBSCRIBER).where(
            SUBSCRIBER.c.status == Status.UNCONFIRMED,
            SUBSCRIBER.c.created <= now - LIFETIMES[Purpose.CONFIRM],
            ~exists().where(TOKEN.c.subscriber_id == SUBSCRIBER.c.id, TOKEN.c.expires > now),
            ~exists().where(OUTBOX.c.subscriber_id == SUBSCRIBER.c.id),
        )
    )
    connection.execute(delete(EVENT).where(EVENT.c.at <= now - HISTORY, EVENT.c.kind.not_in(_LASTING)))
    connection.execute(delete(REPORT).where(REPORT.c.judged <= now - REMEMBERED))
    old = select(MAILING.c.week).where(MAILING.c.frozen <= now - HISTORY)
    connection.execute(delete(ANSWER).where(ANSWER.c.week.in_(old)))
    _forget_deliveries(transaction, now)
    _forget_lessons(transaction, now)
    transaction.forget()  # them, and strangers whose wish came to nothing


def _forget_deliveries(transaction: Transaction, now: datetime) -> None:
    """Those of the oldest mailing that has them still. The next one goes an hour later: others wait to write."""
    connection = transaction.connection
    week = connection.execute(
        select(func.min(MAILING.c.week)).where(
            MAILING.c.frozen <= now - HISTORY, ~IS_LESSON, exists().where(DELIVERY.c.week == MAILING.c.week)
        )
    ).scalar()
    if week is None:
        return
    connection.execute(
        insert(TOTAL).from_select(
            ["week", "progress", "count"],
            select(DELIVERY.c.week, DELIVERY.c.progress, func.count())
            .where(DELIVERY.c.week == week)
            .group_by(DELIVERY.c.week, DELIVERY.c.progress),
        )
    )
    connection.execute(delete(DELIVERY).where(DELIVERY.c.week == week))


def _forget_lessons(transaction: Transaction, now: datetime) -> None:
    """Who got which lesson, each row by its own age; and the masters that no row names any more.

    How far each reader is stays in the table of the course, so nobody gets a lesson again.
    """
    connection = transaction.connection
    old = and_(
        DELIVERY.c.week.in_(select(MAILING.c.week).where(IS_LESSON)),
        FIRST,
        DELIVERY.c.joined <= now - HISTORY,
        DELIVERY.c.progress.in_(_SETTLED),
    )
    counted = connection.execute(
        select(DELIVERY.c.week, DELIVERY.c.progress, func.count())
        .where(old)
        .group_by(DELIVERY.c.week, DELIVERY.c.progress)
    ).all()
    for week, progress, number in counted:
        key = {"week": week, "progress": progress}
        connection.execute(insert_missing(connection, TOTAL).values(**key, count=0))
        connection.execute(
            update(TOTAL)
            .where(TOTAL.c.week == week, TOTAL.c.progress == progress)
            .values(count=TOTAL.c.count + number)
        )
    if counted:
        connection.execute(delete(DELIVERY).where(old))
        named = exists().where(DELIVERY.c.week == MASTER.c.week, DELIVERY.c.master == MASTER.c.digest)
        connection.execute(delete(MASTER).where(MASTER.c.week.like("course-%"), ~named))
