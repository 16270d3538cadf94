"""Requests from a form: stored as they came, and processed later by a worker.

A request only adds a wish. It never looks at the list, so nothing in its answer, its time or its statements can tell
who is on it; and a wish that was answered with 202 is in the database. A worker settles wishes, where nobody watches.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from generator.model import (
    LESSONS,
    Asking,
    Consent,
    CourseState,
    NewSubscriber,
    Notice,
    Status,
    Step,
    Subscriber,
    Wish,
    key_of,
)
from generator.subscribers.list import outbox, records
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.list.throttle import may_write
from generator.subscribers.store.schema import CONSENT, COURSE, SUBSCRIBER, WISH, insert_missing, read_row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from generator.subscribers.store.database import Transaction

ASKED = 5
"""As many forms are kept as proof while nobody has confirmed: the newest."""


def add_wishes(transaction: Transaction, wishes: Sequence[Wish]) -> None:
    """Store requests with one INSERT. Each version must be known (see `consents.is_known`) or empty."""
    rows = [asdict(wish) | {"version": wish.version or None} for wish in wishes]
    if rows:
        transaction.connection.execute(insert(WISH), rows)


def settle_wishes(transaction: Transaction, now: datetime, most: int = 50) -> int:
    """Process at most `most` of the oldest requests, and delete them; how many there were.

    Does what a stranger may: queue a mail to the address, within its throttle, and add an unconfirmed subscriber.
    Workers may run it at the same time: each locks its own rows (SKIP LOCKED).
    """
    connection = transaction.connection
    rows = connection.execute(
        select(WISH).order_by(WISH.c.id).limit(most).with_for_update(skip_locked=True)
    ).all()
    # Ordered alike by every worker: two who lock in the same order never wait for each other.
    for row in sorted(rows, key=lambda row: (key_of(row.address), row.id)):
        wish = read_row(Wish, row, version=row.version or "")
        if wish.asking is Asking.SUBSCRIBE:
            _subscribe(transaction, wish, now)
        else:
            _manage(transaction, wish, now)
    if rows:
        connection.execute(delete(WISH).where(WISH.c.id.in_([row.id for row in rows])))
    return len(rows)


def _subscribe(transaction: Transaction, wish: Wish, now: datetime) -> None:
    subscriber = _find(transaction, wish.address)
    if subscriber is None:
        # Nobody is put on the list without a mail that tells them.
        if may_write(transaction, wish.address, Notice.CONFIRM, now) and (added := _add(transaction, wish)):
            outbox.post(transaction, Notice.CONFIRM, added, now)
    elif subscriber.status is Status.CONFIRMED:
        if may_write(transaction, subscriber.address, Notice.ALREADY, now):
            outbox.post(transaction, Notice.ALREADY, subscriber, now)
    elif subscriber.status is not Status.COMPLAINED:
        records.save(
            transaction, subscriber.id, language=wish.language, certainties=wish.certainties, changed=wish.at
        )
        _keep_course(transaction, subscriber.id, wish)
        _keep_proof(transaction, subscriber.id, wish)
        _drop_oldest_forms(transaction, subscriber.id)
        if may_write(transaction, subscriber.address, Notice.CONFIRM, now):
            outbox.post(transaction, Notice.CONFIRM, replace(subscriber, language=wish.language), now)


def _manage(transaction: Transaction, wish: Wish, now: datetime) -> None:
    subscriber = _find(transaction, wish.address)
    if subscriber is None or subscriber.status is Status.COMPLAINED:
        return  # we never write to a stranger
    notice = Notice.CONFIRM if subscriber.status is Status.UNCONFIRMED else Notice.MANAGE
    if may_write(transaction, subscriber.address, notice, now):
        outbox.post(transaction, notice, subscriber, now)


def _find(transaction: Transaction, address: str) -> Subscriber | None:
    subscriber = find_subscriber(transaction, address)
    return records.lock(transaction, subscriber.id) if subscriber else None


def _add(transaction: Transaction, wish: Wish) -> Subscriber | None:
    """A new, unconfirmed subscriber; None when somebody else added them a moment ago."""
    person = NewSubscriber(
        address=wish.address,
        language=wish.language,
        certainties=wish.certainties,
        status=Status.UNCONFIRMED,
        created=wish.at,
        changed=wish.at,
        handle=records.make_handle(),
    )
    made = transaction.connection.execute(
        insert_missing(transaction.connection, SUBSCRIBER).values(records.write(person)).returning(SUBSCRIBER)
    ).first()
    if made is None:
        return None
    _keep_proof(transaction, made.id, wish)
    _keep_course(transaction, made.id, wish)
    return read_row(Subscriber, made, consents=(), course=None)


def _keep_course(transaction: Transaction, subscriber_id: int, wish: Wish) -> None:
    """Keep whether the last form asks for the course, which begins when its reader confirms; an old one keeps its step.

    The subscriber is locked. A course that this form does not ask for is stopped: its text is what they agree to.
    """
    state = CourseState.ASKED if wish.course else CourseState.STOPPED
    values = {"state": state, "due": None, "changed": wish.at}
    if wish.course:
        transaction.connection.execute(
            insert_missing(transaction.connection, COURSE).values(
                subscriber_id=subscriber_id, step=1, **values
            )
        )
    transaction.connection.execute(
        update(COURSE)
        .where(COURSE.c.subscriber_id == subscriber_id, COURSE.c.state != state, COURSE.c.step <= LESSONS)
        .values(**values)
    )


def _keep_proof(transaction: Transaction, subscriber_id: int, wish: Wish) -> None:
    columns = records.write_consent(subscriber_id, Consent(Step.ASKED, wish.at, wish.source, wish.network))
    transaction.connection.execute(insert(CONSENT).values(columns | {"version": wish.version or None}))


def _drop_oldest_forms(transaction: Transaction, subscriber_id: int) -> None:
    """Keep the ASKED newest forms since the last other step: a stranger could send any number."""
    steps = transaction.connection.execute(
        select(CONSENT.c.id, CONSENT.c.step)
        .where(CONSENT.c.subscriber_id == subscriber_id)
        .order_by(CONSENT.c.id.desc())
    )
    newest = [number for number, step in takewhile(lambda row: row.step is Step.ASKED, steps)]
    if len(newest) > ASKED:
        transaction.connection.execute(delete(CONSENT).where(CONSENT.c.id.in_(newest[ASKED:])))
