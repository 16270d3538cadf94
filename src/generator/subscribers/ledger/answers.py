"""“Was this of use to you?”, below a letter: a number for each answer, and nothing about who gave it.

Nobody can vote only once where nobody is known, so the numbers are a hint. Few answers would tell who gave them, to
somebody who knows who got the letter; so nobody is shown less than `SHOWN_FROM`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, select, update

from generator.model import Useful
from generator.subscribers.list.pruning import HISTORY
from generator.subscribers.store.schema import ANSWER, MAILING, insert_missing

if TYPE_CHECKING:
    from datetime import datetime

    from generator.model import Week
    from generator.subscribers.store.database import Transaction

SHOWN_FROM = 5
"""So many answers to a letter must there be before anybody sees what they are."""


def may_answer(transaction: Transaction, week: Week, now: datetime) -> bool:
    """Whether the letter of a week went to readers, not so long ago that it is forgotten to whom."""
    known = exists().where(
        MAILING.c.week == str(week), MAILING.c.planned > 0, MAILING.c.frozen > now - HISTORY
    )
    return bool(transaction.connection.execute(select(known)).scalar())


def count_answer(transaction: Transaction, week: Week, useful: Useful, now: datetime) -> bool:
    """Count one answer; False, and nothing is counted, when there is no such letter to answer to."""
    if not may_answer(transaction, week, now):
        return False
    connection, key = transaction.connection, {"week": str(week), "useful": useful}
    connection.execute(insert_missing(connection, ANSWER).values(**key, count=0))
    this = and_(ANSWER.c.week == str(week), ANSWER.c.useful == useful)
    connection.execute(update(ANSWER).where(this).values(count=ANSWER.c.count + 1))
    return True


def find_answers(transaction: Transaction, week: Week) -> dict[Useful, int]:
    """How often each answer was given; empty as long as there are fewer than SHOWN_FROM in all."""
    rows = transaction.connection.execute(
        select(ANSWER.c.useful, ANSWER.c.count).where(ANSWER.c.week == str(week))
    )
    counted: dict[Useful, int] = {useful: number for useful, number in rows}  # noqa: C416 - mypy knows no dict of rows
    found = dict.fromkeys(Useful, 0) | counted
    return found if sum(found.values()) >= SHOWN_FROM else {}
