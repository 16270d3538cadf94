"""Whoever freezes a letter and who confirms take turns, so that nobody falls between the audience and a first letter.

On PostgreSQL neither sees what the other has not committed: the letter would be frozen without a reader who, at the
same moment, is planned the letter before it. SQLite has one writer anyway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KEY = 7_000_009
"""Any number of our own, of an advisory lock."""


def await_confirming(connection: Connection) -> None:
    """Until the end of this transaction nobody is planned a first letter; wait for those who are being planned one."""
    _take(connection, "pg_advisory_xact_lock")


def await_freezing(connection: Connection) -> None:
    """Until the end of this transaction no letter is frozen or withdrawn; wait for one that is. Many may hold it."""
    _take(connection, "pg_advisory_xact_lock_shared")


def _take(connection: Connection, function: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT {function}(:key)"), {"key": _KEY})
