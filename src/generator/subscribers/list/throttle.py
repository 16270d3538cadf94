"""How often a stranger can make us write to an address. Against list bombing: the sum over all who ask counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, select, update

from generator.model import Notice
from generator.subscribers.store.schema import THROTTLE, insert_missing

if TYPE_CHECKING:
    from generator.subscribers.store.database import Transaction

MEMORY = timedelta(days=90)
"""What was counted is forgotten when nothing was written for so long."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` notices, with at least `pause` between two; the count begins anew `rest` after the last."""

    pause: timedelta
    most: int
    rest: timedelta


LIMITS = {
    # Until they confirm: subscriptions.confirm forgets the count.
    Notice.CONFIRM: Limit(timedelta(days=1), 3, MEMORY),
    Notice.ALREADY: Limit(timedelta(days=1), 1, timedelta(days=1)),
    # After five, a day without.
    Notice.MANAGE: Limit(timedelta(minutes=15), 5, timedelta(days=1)),
    # Whoever has a letter that was passed on can change the preferences of its reader again and again.
    Notice.CHANGED: Limit(timedelta(), 5, timedelta(days=1)),
}


def may_write(transaction: Transaction, address: str, notice: Notice, now: datetime) -> bool:
    """Whether this notice may go to this address now; if so, it is counted.

    The counts of an address are locked until the transaction ends, so that requests at the same time count one by one.
    """
    limit, keys = LIMITS[notice], transaction.keys.hash_address(address)
    connection = transaction.connection
    rows = connection.execute(
        select(THROTTLE.c.key, THROTTLE.c.last, THROTTLE.c.count.label("times"))
        .where(THROTTLE.c.key.in_(keys), THROTTLE.c.notice == notice)
        .order_by(THROTTLE.c.key)
        .with_for_update()
    ).all()
    last = max((row.last for row in rows), default=None)
    count = sum(row.times for row in rows)
    if last is None or now - last >= limit.rest:
        count = 0
    elif now - last < limit.pause or count >= limit.most:
        return False
    # Under the newest key from now on; a count under an older one moves along.
    if any(row.key != keys[0] for row in rows):
        forget(transaction, address, notice)
    made = connection.execute(
        insert_missing(connection, THROTTLE)
        .values(key=keys[0], notice=notice, count=count + 1, last=now)
        .returning(THROTTLE.c.key)
    ).first()
    if made:
        return True
    if not rows:
        return False  # somebody else wrote the first one a moment ago
    connection.execute(
        update(THROTTLE)
        .where(THROTTLE.c.key == keys[0], THROTTLE.c.notice == notice)
        .values(count=count + 1, last=now)
    )
    return True


def forget(transaction: Transaction, address: str, notice: Notice) -> None:
    """Reset the count of a notice, because the reader of this mailbox confirmed."""
    keys = transaction.keys.hash_address(address)
    transaction.connection.execute(
        delete(THROTTLE).where(and_(THROTTLE.c.key.in_(keys), THROTTLE.c.notice == notice))
    )
