"""Brings the tables of a database up to date, with the numbered steps in `migrations/versions/`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from generator.errors import DatabaseError
from generator.subscribers.store.stamp import mark

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FOLDER = Path(__file__).with_name("migrations")

_LOCK = 7_000_007
"""Any number of our own: PostgreSQL lets one process at a time hold it."""


def newest_step() -> str:
    """The number of the last step, like 0001."""
    return max(
        path.name[:4] for path in (_FOLDER / "versions").glob("*.py") if re.match(r"\d{4}_", path.name)
    )


_MARKS = "0004"
"""The step since which a copy says itself that it is one."""


def migrate(connection: Connection, *, copied: bool = False) -> None:
    """Take the steps that this database has not seen, all or none. Raises DatabaseError for a newer one.

    `copied`: if it is older than the mark of a copy, it is a copy.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    step, newest = _find_step(connection), newest_step()
    if step == newest:
        return  # without Alembic, which takes longer to load than all else that happens here
    if step > newest:
        raise DatabaseError(
            f"the database has version {step}, but this program knows {newest}; upgrade, or restore a back-up"
        )
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    command.upgrade(config, "head")
    if copied and "" < step < _MARKS:
        mark(connection)
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise DatabaseError(
            f"the upgrade to version {newest} would break references, so it was not made; please report this bug"
        )


def _find_step(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
