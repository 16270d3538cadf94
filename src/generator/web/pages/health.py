"""Health of the service, for monitoring."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from generator.errors import DatabaseError

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.subscribers.store.database import Transaction
    from generator.web.context import Context
    from generator.web.server.database import AsyncDatabase
    from generator.web.service import Service

FRESH = timedelta(seconds=5)
"""How long a result is cached: each check writes to the database, and anybody may request it."""


@dataclass(slots=True)
class Health:
    """Checks that the list can be written, and that the worker is not stuck. For the thread of the event loop."""

    service: Service
    database: AsyncDatabase
    _checked: datetime = field(default=datetime.min.replace(tzinfo=UTC))
    _writable: bool = False

    async def show(self, context: Context) -> Response:
        """200 when both are well, else 503; the JSON says which of them fails."""
        now = context.now
        if not timedelta() <= now - self._checked < FRESH:
            self._checked = now
            self._writable = await self._check_writable()
        parts = {"list": self._writable, "mail": self.service.healthy(now)}
        well = all(parts.values())
        return JSONResponse(
            {name: "ok" if one else "failing" for name, one in {"status": well, **parts}.items()},
            HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE,
        )

    async def _check_writable(self) -> bool:
        try:
            await self.database.write(_touch)
        except DatabaseError:
            return False
        return True


def _touch(transaction: Transaction) -> None:
    """Write a page of the database file without changing a value."""
    transaction.connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
