"""What the list forgets by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists

from generator.model import Status
from generator.subscribers.schema import OUTBOX, SUBSCRIBER, THROTTLE, TOKEN
from generator.subscribers.throttle import MEMORY
from generator.subscribers.tokens import LIFETIMES, Purpose

if TYPE_CHECKING:
    from generator.subscribers.database import Transaction

_AFTERGLOW = timedelta(days=1)
"""So long after its end a token is still told from one that we never made."""


def prune(transaction: Transaction, now: datetime) -> None:
    """Forget tokens a day past their end, who never confirmed, and how often we wrote to whom 90 days ago.

    Who never confirmed goes when no mail waits for them, the last one cannot be used any more, and it is at least seven
    days ago that they came. No notice: somebody who did not answer is left alone.
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
    transaction.forget()  # them, and strangers whose wish came to nothing
