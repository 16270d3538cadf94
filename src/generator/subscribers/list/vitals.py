"""How the list is, for who looks whether letters can go out: how large, how new, and by which step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import LargeBinary, cast, func, select

from generator.model.subscribers import Status
from generator.subscribers.list.listing import count_statuses
from generator.subscribers.store.migrating import newest_step
from generator.subscribers.store.schema import SUBSCRIBER

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from generator.subscribers.store.database import Database


@dataclass(frozen=True, slots=True)
class Vitals:
    """What is known of a list from outside."""

    name: str
    file: Path | None
    """None for PostgreSQL."""
    size: int
    """Bytes of the file; 0 for PostgreSQL."""
    step: str
    confirmed: int
    total: int
    utf8: int
    """How many confirmed ones have an address that takes SMTPUTF8."""
    newest: datetime | None
    """When a row was last changed; None when there is none."""


def read_vitals(database: Database) -> Vitals:
    """Count subscribers and measure the file, in a transaction that only reads. Raises DatabaseError."""
    with database.read() as transaction:
        statuses = count_statuses(transaction)
        newest = transaction.connection.execute(select(func.max(SUBSCRIBER.c.changed))).scalar()
        longer = func.length(cast(SUBSCRIBER.c.address, LargeBinary)) > func.length(SUBSCRIBER.c.address)
        utf8 = transaction.connection.execute(
            select(func.count()).where(SUBSCRIBER.c.status == Status.CONFIRMED, longer)
        ).scalar_one()
    file = database.file
    return Vitals(
        name=database.name,
        file=file,
        size=file.stat().st_size if file is not None else 0,
        step=newest_step(),  # to open it is to bring it there
        confirmed=statuses[Status.CONFIRMED],
        total=sum(statuses.values()),
        utf8=utf8,
        newest=newest,
    )
