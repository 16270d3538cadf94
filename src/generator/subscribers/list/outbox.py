"""A transactional outbox: a notice is added in the transaction that causes it, and sent later by a worker.

A worker claims a notice, sends it, and finishes or postpones it, each in a transaction of its own. If it dies in
between, the notice is due again when its lease ends: delivery is at least once. Several workers may share an outbox.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from generator.model import Notice, Posting
from generator.subscribers.list import records
from generator.subscribers.list.tokens import Purpose, make_token
from generator.subscribers.store.keys import UNSUBSCRIBE
from generator.subscribers.store.schema import OUTBOX, SUBSCRIBER, read_row

if TYPE_CHECKING:
    from generator.model import Language, Subscriber
    from generator.subscribers.store.database import Transaction

LEASE = timedelta(minutes=10)
"""How long a claimed notice belongs to its worker; longer than any attempt to send it."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
PATIENCE = timedelta(hours=24)
"""A notice that cannot be sent for so long is of no use any more."""

_PURPOSES = {
    Notice.CONFIRM: Purpose.CONFIRM,
    Notice.ALREADY: Purpose.MANAGE,
    Notice.MANAGE: Purpose.MANAGE,
    Notice.CHANGED: Purpose.MANAGE,
}


def post(transaction: Transaction, notice: Notice, subscriber: Subscriber, now: datetime) -> None:
    """Queue a notice. Does nothing when the same one waits for the same subscriber and nobody has tried to send it."""
    waits = transaction.connection.execute(
        select(OUTBOX.c.id).where(
            OUTBOX.c.subscriber_id == subscriber.id, OUTBOX.c.notice == notice, OUTBOX.c.attempts == 0
        )
    ).first()
    if not waits:
        _add(transaction, notice, subscriber.id, subscriber.address, subscriber.language, now)


def post_goodbye(transaction: Transaction, address: str, language: Language, now: datetime) -> None:
    """Queue the last notice to somebody who was erased; its row is the only place where the address still stands."""
    _add(transaction, Notice.GOODBYE, None, address, language, now)


def claim(transaction: Transaction, now: datetime) -> Posting | None:
    """Lease the notice that is due for the longest time, for LEASE; None when none is due.

    Makes the token that the mail needs. Skips notices that another worker is claiming (SKIP LOCKED).
    """
    connection = transaction.connection
    due = (
        select(OUTBOX.c.id)
        .where(OUTBOX.c.not_before <= now)
        .order_by(OUTBOX.c.not_before, OUTBOX.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == due.scalar_subquery())
        .values(attempts=OUTBOX.c.attempts + 1, not_before=now + LEASE)
        .returning(OUTBOX)
    ).first()
    if row is None:
        return None
    notice, subscriber = row.notice, None
    if row.subscriber_id is not None:
        subscriber = records.find_one(transaction, SUBSCRIBER.c.id == row.subscriber_id)
    token = unsubscribe = ""
    if subscriber and (purpose := _PURPOSES.get(notice)):
        token = make_token(transaction, subscriber.id, purpose, now)
        if notice is not Notice.CONFIRM:
            unsubscribe = transaction.keys.sign(UNSUBSCRIBE, subscriber.handle)
    return read_row(Posting, row, token=token, unsubscribe=unsubscribe, subscriber=subscriber)


def finish(transaction: Transaction, posting: Posting) -> None:
    """Delete a notice that was sent, or never will be."""
    transaction.connection.execute(delete(OUTBOX).where(OUTBOX.c.id == posting.id))
    if posting.subscriber is None:
        transaction.forget()  # the last place where their address stood


def postpone(transaction: Transaction, posting: Posting, now: datetime) -> bool:
    """Retry with exponential backoff: after 1, 2, 4 … 60 minutes. False: older than PATIENCE, so it was deleted."""
    if now - posting.created >= PATIENCE:
        finish(transaction, posting)
        return False
    # Capped before the power: 2 ** 1000 minutes is no timedelta.
    pause = min(FIRST_PAUSE * 2 ** min(posting.attempts - 1, 10), LONGEST_PAUSE)
    found = transaction.connection.execute(
        update(OUTBOX).where(OUTBOX.c.id == posting.id).values(not_before=now + pause)
    )
    return found.rowcount > 0


def withdraw(transaction: Transaction, subscriber_id: int, *notices: Notice) -> None:
    """Delete what waits for a subscriber: these notices, or all when none is named."""
    condition = OUTBOX.c.subscriber_id == subscriber_id
    if notices:
        condition &= OUTBOX.c.notice.in_(notices)
    transaction.connection.execute(delete(OUTBOX).where(condition))


def waiting(transaction: Transaction) -> int:
    """The number of notices in the outbox, whether they are due or not."""
    return transaction.connection.execute(select(func.count()).select_from(OUTBOX)).scalar_one()


def find_oldest(transaction: Transaction) -> tuple[int, datetime | None]:
    """How many notices wait, and since when the oldest of them does; None when there is none."""
    number, oldest = transaction.connection.execute(select(func.count(), func.min(OUTBOX.c.created))).one()
    return number, oldest


def _add(  # noqa: PLR0913 - the columns
    transaction: Transaction,
    notice: Notice,
    subscriber_id: int | None,
    address: str,
    language: Language,
    now: datetime,
) -> None:
    transaction.connection.execute(
        insert(OUTBOX).values(
            notice=notice,
            subscriber_id=subscriber_id,
            address=address,
            language=language,
            created=now,
            not_before=now,
            attempts=0,
        )
    )
