"""Tells a list from a restored copy of it, which does not know what was sent since and so must not send.

A copy of SQLite is born with the mark: `newsletter backup` writes into it when it was made. On PostgreSQL others make
the copy, so there the list remembers where it is at home: a dump that is restored makes its tables anew, with other
numbers. The mark goes when the operator has said what is to be done (`newsletter resume --restored`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text, update

from generator.errors import MailingError
from generator.subscribers.store.schema import CONSENT, DELIVERY, EVENT, MAILING, STAMP, SUBSCRIBER

if TYPE_CHECKING:
    from sqlalchemy import Connection

DOUBT = (
    """UPDATE delivery SET progress = 'in doubt', sender = NULL, not_before = NULL
    WHERE progress IN ('planned', 'sending', 'deferred')
    AND (joined IS NOT NULL OR week IN (SELECT week FROM mailing WHERE finished IS NULL))""",
    "DELETE FROM sender",
)
"""What a copy does not know of the letters that were being sent: statements for both databases."""

MARK = "UPDATE stamp SET made = coalesce(made, ?)"
"""In the words of SQLite. A copy of a copy is as old as the first one."""

_HOME = """
SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
    || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) || '/' || 'stamp'::regclass::oid
"""

AT_HOME = f"SELECT made IS NULL AND home = ({_HOME}) FROM stamp"  # noqa: S608 (it stands above)
"""Whether this is the list itself, on PostgreSQL: for who has it open while somebody restores a dump."""


def find_home(connection: Connection) -> str:
    """What changes when a dump is restored, and when a server goes back in time; empty on SQLite."""
    if connection.dialect.name != "postgresql":
        return ""
    return str(connection.execute(text(_HOME)).scalar_one())


def find_mark(connection: Connection) -> datetime | None:
    """When the copy was made that this list was restored from; None when this is the list itself.

    On PostgreSQL it is the newest moment that the list knows.
    """
    row = connection.execute(select(STAMP)).first()
    if row is None or (row.made is None and row.home == find_home(connection)):
        return None
    return row.made or find_newest(connection)


def refuse_restored(connection: Connection) -> None:
    """Raise MailingError when this list was restored, and nobody has said yet what is to be done."""
    if made := find_mark(connection):
        raise MailingError(say_restored(made))


def say_restored(made: datetime) -> str:
    """Why a restored list sends nothing."""
    return (
        f"this list was restored from a back-up of {made:%Y-%m-%d %H:%M} UTC and does not know what was sent since; "
        "run `newsletter resume --restored` first"
    )


def mark(connection: Connection) -> None:
    """Say that this is a copy. It is as old as the newest thing in it, when it does not say so itself."""
    made = func.coalesce(STAMP.c.made, find_newest(connection))
    connection.execute(update(STAMP).values(made=made))
    for statement in DOUBT:
        connection.exec_driver_sql(statement)


def lift_mark(connection: Connection) -> None:
    """Say that this is the list itself, here."""
    connection.execute(update(STAMP).values(made=None, home=find_home(connection)))


def find_newest(connection: Connection) -> datetime:
    """The newest moment that a list knows of; long ago for an empty one."""
    columns = (SUBSCRIBER.c.changed, CONSENT.c.at, EVENT.c.at, MAILING.c.frozen, DELIVERY.c.at)
    found = [connection.execute(select(func.max(column))).scalar() for column in columns]
    return max((moment for moment in found if moment), default=datetime(2000, 1, 1, tzinfo=UTC))
