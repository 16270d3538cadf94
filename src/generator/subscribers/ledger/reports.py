"""What relays reported by web hook: kept before it is answered, and judged later (delivery.incoming.hooks.judging)."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from generator.errors import DatabaseError, describe
from generator.model import Report
from generator.subscribers.store.schema import REPORT, insert_missing, read_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from generator.model import Outcome
    from generator.subscribers.store.database import Transaction

MOST = 200_000
"""Reports that may wait to be judged, some 100 MB. More are refused, and the relay sends them again."""

_LOG = logging.getLogger(__name__)

_WAITS = REPORT.c.judged.is_(None)


def add_reports(transaction: Transaction, reports: Sequence[Report]) -> None:
    """Keep reports; one that is known is left as it is. Raises DatabaseError when too many wait."""
    newest, oldest = select(func.max(REPORT.c.id)), select(func.min(REPORT.c.id)).where(_WAITS)
    last, first = transaction.connection.execute(
        select(newest.scalar_subquery(), oldest.scalar_subquery())
    ).one()
    if first is not None and last - first >= MOST:
        raise DatabaseError(f"{MOST:,} reports of relays wait in {transaction.name}; nothing was saved")
    if reports:
        rows = [asdict(report) | {"week": report.week} for report in reports]  # asdict takes a week apart
        transaction.connection.execute(insert_missing(transaction.connection, REPORT), rows)


def settle_reports(
    transaction: Transaction,
    judge: Callable[[Transaction, Report, datetime], Outcome],
    now: datetime,
    after: int = 0,
    most: int = 50,
) -> tuple[int, list[Outcome]]:
    """Judge the oldest that wait behind number `after`: the number of the last one, 0 for none; and what came of them.

    The key of each stays, and its words go. One that we have a bug with is logged, and stays as it is.
    """
    connection, outcomes, number = transaction.connection, [], 0
    rows = connection.execute(
        select(REPORT)
        .where(_WAITS, REPORT.c.id > after)
        .order_by(REPORT.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        number, report = row.id, read_row(Report, row)
        try:
            with connection.begin_nested():
                outcomes.append(judge(transaction, report, now))
                done = update(REPORT).where(REPORT.c.id == number)
                connection.execute(done.values(judged=now, words="", status=""))
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 (a bug with one does not keep the others waiting)
            _LOG.error("report %d of %s cannot be judged: %s", number, report.relay, describe(error))
    return number, outcomes


def is_waiting(transaction: Transaction) -> bool:
    """Whether there are any to judge."""
    return transaction.connection.execute(select(REPORT.c.id).where(_WAITS).limit(1)).first() is not None


def is_kept(transaction: Transaction, handle: str) -> bool:
    """Whether a report about this handle came, judged or not."""
    found = select(REPORT.c.id).where(REPORT.c.handle == handle).limit(1)
    return transaction.connection.execute(found).first() is not None
