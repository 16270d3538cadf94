"""Who gets a letter: every confirmed subscriber who wants its certainty and is not paused on its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text, and_, func, or_, select, type_coerce

from generator.model import Due, Status
from generator.subscribers.store.schema import SUBSCRIBER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import ColumnElement

    from generator.subscribers.store.database import Transaction


def belongs(certainty: str, day: date) -> ColumnElement[bool]:
    """Whether a subscriber gets a letter about a certainty on a day."""
    return and_(SUBSCRIBER.c.status == Status.CONFIRMED, _wants(certainty), ~_paused(day))


def list_audience(transaction: Transaction, certainty: str, day: date) -> Iterator[Due]:
    """Who would get a letter about a certainty on a day, in the order of the list; nothing is frozen."""
    rows = transaction.connection.execute(
        select(SUBSCRIBER.c.id, SUBSCRIBER.c.handle, SUBSCRIBER.c.address, SUBSCRIBER.c.language)
        .where(belongs(certainty, day))
        .order_by(SUBSCRIBER.c.id)
    )
    for number, handle, address, language in rows:
        yield Due(number, handle, address, language, 0)


def explain_nobody(transaction: Transaction, certainty: str, day: date) -> str:
    """Why nobody would get a letter about a certainty on a day; empty when somebody would."""
    connection = transaction.connection
    if connection.execute(select(SUBSCRIBER.c.id).where(belongs(certainty, day)).limit(1)).first():
        return ""
    confirmed = SUBSCRIBER.c.status == Status.CONFIRMED
    counted = select(
        func.count(),
        func.count().filter(confirmed),
        func.count().filter(confirmed, _paused(day)),
        func.count().filter(confirmed, _wants(certainty)),
    )
    everybody, readers, paused, wanting = connection.execute(counted.select_from(SUBSCRIBER)).one()
    if not everybody:
        return f"the list is empty: {transaction.name}"
    if not readers:
        return f"the list has no confirmed subscribers: {transaction.name}"
    if paused == readers:
        return f"all confirmed subscribers ({readers:,}) are paused on {day}"
    if not wanting:
        return f"no confirmed subscriber (of {readers:,}) chose “{certainty}”"
    return (
        f"of {readers:,} confirmed subscribers, {paused:,} are paused beyond {day} and "
        f"{readers - paused:,} did not choose “{certainty}”"
    )


def _wants(certainty: str) -> ColumnElement[bool]:
    chosen = type_coerce(SUBSCRIBER.c.certainties, Text)
    return or_(chosen == "", chosen.contains(f" {certainty} ", autoescape=True))


def _paused(day: date) -> ColumnElement[bool]:
    return func.coalesce(SUBSCRIBER.c.paused_until > day, False)
