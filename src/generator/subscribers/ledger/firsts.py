"""First letters: who confirms gets the newest letter that is out at once, as a row of the ledger like all others.

The row is planned in the transaction that confirms, so that nobody is confirmed without it; its key (week, subscriber)
keeps anybody from having it twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select, true, update

from generator.model import Progress, Week, Welcome
from generator.subscribers.ledger.mailings import DAY, had_mail
from generator.subscribers.ledger.statements import OPEN
from generator.subscribers.store.schema import (
    DELIVERY,
    FIRST,
    IS_LESSON,
    MAILING,
    MASTER,
    SUBSCRIBER,
    WELCOME,
    insert_missing,
    read_row,
)
from generator.subscribers.store.turns import await_freezing

if TYPE_CHECKING:
    from datetime import datetime

    from generator.model import Subscriber
    from generator.subscribers.store.database import Transaction

FRESH = timedelta(weeks=13)
"""No older letter is a first one. Much shorter than `pruning.HISTORY`: it must be known who has had it."""

_NEVER_HAD = (Progress.SKIPPED, Progress.REFUSED)
"""Where the letter stands that somebody did not get who left, or whose mailbox was gone, and confirms again."""


def plan(transaction: Transaction, subscriber: Subscriber, now: datetime, welcome: str = "") -> Week | None:
    """Plan the newest letter in the language and about the certainties of a subscriber who has just been confirmed.

    In the transaction that confirmed them, after it has; `welcome` is the digest of words that were kept, or empty.
    Returns the week; None when there is no such letter, or they have it or are about to get it.
    """
    connection = transaction.connection
    await_freezing(connection)
    wanted = MAILING.c.certainty.in_(subscriber.certainties) if subscriber.certainties else true()
    week = connection.execute(
        select(MAILING.c.week)
        .join(MASTER, and_(MASTER.c.week == MAILING.c.week, MASTER.c.language == subscriber.language))
        .where(MAILING.c.planned > 0, MAILING.c.frozen > now - FRESH, ~IS_LESSON, wanted)
        .order_by(MAILING.c.week.desc())
        .limit(1)
    ).scalar()
    if week is None:
        return None
    # Who left and comes back may have had a mail a moment ago, and nobody gets two a day.
    had = connection.execute(
        select(SUBSCRIBER.c.id).where(SUBSCRIBER.c.id == subscriber.id, had_mail(connection, now - DAY))
    ).first()
    leaves = now + DAY if had else now
    values = {
        "language": subscriber.language,
        "progress": Progress.DEFERRED if had else Progress.PLANNED,
        "not_before": leaves if had else None,
        "attempts": 0,
        "reply": "",
        "joined": leaves.replace(microsecond=0),  # to the second, as the header Date has it
        "welcome": welcome or None,
    }
    made = connection.execute(
        insert_missing(connection, DELIVERY)
        .values(week=week, subscriber_id=subscriber.id, **values)
        .returning(DELIVERY.c.subscriber_id)
    ).first()
    if made:
        connection.execute(
            update(MAILING).where(MAILING.c.week == week).values(planned=MAILING.c.planned + 1)
        )
        return Week.parse(week)
    again = connection.execute(
        update(DELIVERY)
        .where(
            DELIVERY.c.week == week,
            DELIVERY.c.subscriber_id == subscriber.id,
            DELIVERY.c.progress.in_(_NEVER_HAD),
        )
        .values(**values, sender=None)
        .returning(DELIVERY.c.subscriber_id)
    ).first()
    return Week.parse(week) if again else None


def list_waiting(transaction: Transaction, now: datetime) -> list[Week]:
    """The weeks of first letters that may leave now, or were being sent by whom nobody knows; oldest first.

    Those of a letter that was stopped wait for `newsletter resume`.
    """
    due = or_(DELIVERY.c.progress != Progress.DEFERRED, DELIVERY.c.not_before <= now)
    sound = select(MAILING.c.week).where(MAILING.c.trouble == "", ~IS_LESSON)
    weeks = transaction.connection.execute(
        select(DELIVERY.c.week)
        .where(DELIVERY.c.week.in_(sound), FIRST, OPEN, due)
        .distinct()
        .order_by(DELIVERY.c.week)
    ).scalars()
    return [Week.parse(week) for week in weeks]


def keep_welcome(transaction: Transaction, welcome: Welcome) -> None:
    """Keep words of welcome for as long as a letter with them may be sent again. Idempotent."""
    transaction.connection.execute(
        insert_missing(transaction.connection, WELCOME).values(
            digest=welcome.digest, text=welcome.text, html=welcome.html
        )
    )


def find_welcome(transaction: Transaction, digest: str) -> Welcome | None:
    """Words of welcome that were kept."""
    row = transaction.connection.execute(select(WELCOME).where(WELCOME.c.digest == digest)).first()
    return read_row(Welcome, row) if row else None
