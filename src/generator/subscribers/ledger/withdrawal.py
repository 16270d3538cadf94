"""Takes back a letter that was frozen and of which nothing has left, so that its week can be frozen again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, union_all

from generator.errors import MailingError
from generator.model import Kind, Progress
from generator.subscribers.ledger.mailings import find_mailing
from generator.subscribers.ledger.senders import name_living
from generator.subscribers.store.log import Happened
from generator.subscribers.store.schema import DELIVERY, EVENT, MAILING, MASTER, SENDER, TOTAL
from generator.subscribers.store.turns import await_confirming

if TYPE_CHECKING:
    from datetime import datetime

    from generator.model import Week
    from generator.subscribers.store.database import Database, Transaction

_UNSENT = (Progress.PLANNED, Progress.DEFERRED, Progress.SKIPPED)
"""Where a letter stands that has not left."""

_HARMLESS = (Kind.DEFERRED, Kind.SKIPPED)
"""What happens to a letter that has not left. Everything else says that it may have, or was refused."""


def find_obstacle(database: Database, week: Week) -> str:
    """Why a letter cannot be withdrawn; empty when it can. In a transaction of its own. Raises DatabaseError."""
    with database.begin() as transaction:
        return _find_obstacle(database, transaction, week)


def withdraw(database: Database, week: Week, now: datetime) -> None:
    """Delete all that is kept of a mailing, in one transaction. Raises MailingError when something of it may have left.

    A sender that starts at the same moment is either alive before this looks, and then nothing is deleted, or finds
    that its mailing has gone.
    """
    with database.begin() as transaction:
        connection = transaction.connection
        await_confirming(connection)  # nobody is planned a first letter of what is deleted
        obstacle = _find_obstacle(database, transaction, week)
        if not obstacle:
            for table in (DELIVERY, TOTAL):
                connection.execute(
                    delete(table).where(table.c.week == str(week), table.c.progress.in_(_UNSENT))
                )
            # Again, because a sender whose lock was lost with its connection may have begun a letter since.
            obstacle = _find_sent(transaction, week)
        if obstacle:
            raise MailingError(f"the letter of {week} cannot be withdrawn: {obstacle}")
        for table in (EVENT, MASTER, SENDER, MAILING):
            connection.execute(delete(table).where(table.c.week == str(week)))
        transaction.log(Happened.WITHDRAWN, str(week), now)


def _find_obstacle(database: Database, transaction: Transaction, week: Week) -> str:
    living = name_living(
        database, transaction, week
    )  # first: no sender starts until the end of this transaction
    if find_mailing(transaction, week) is None:
        return "it was never frozen"
    if living:
        return f"it is being sent by {', '.join(living)}; stop that process first"
    return _find_sent(transaction, week)


def _find_sent(transaction: Transaction, week: Week) -> str:
    """How many letters have left, or may have; empty when none has."""
    connection = transaction.connection
    found = Counter[str]()
    rows = connection.execute(
        union_all(
            *(
                select(table.c.progress, number)
                .where(table.c.week == str(week), table.c.progress.not_in(_UNSENT))
                .group_by(table.c.progress)
                for table, number in ((DELIVERY, func.count()), (TOTAL, func.sum(TOTAL.c.count)))
            )
        )
    )
    for progress, number in rows:
        found[progress] += int(number)  # a sum of PostgreSQL is a Decimal
    # Refused or in doubt before, and then planned again by `newsletter retry`.
    again = connection.execute(
        select(func.count(EVENT.c.subscriber_id.distinct())).where(
            EVENT.c.week == str(week), EVENT.c.kind.not_in(_HARMLESS)
        )
    ).scalar_one()
    if again and not found:
        found["previously refused or in doubt"] = again
    return ", ".join(f"{number:,} {progress}" for progress, number in found.items())
