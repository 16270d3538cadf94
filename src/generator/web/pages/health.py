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
    from generator.web.server.service import Service
    from generator.web.server.threads import Keeper
    from generator.web.visits import Visit

FRESH = timedelta(seconds=5)
"""How long an answer holds: to look is to write, and anybody may ask."""


@dataclass(slots=True)
class Health:
    """Tries to write, and looks whether the worker moves."""

    service: Service
    keeper: Keeper
    _looked: datetime = field(default=datetime.min.replace(tzinfo=UTC))
    _writable: bool = False

    async def show(self, visit: Visit) -> Response:
        """200 when all is well, else 503; the body says which part is not."""
        now = visit.now
        if not timedelta() <= now - self._looked < FRESH:
            self._looked = now
            self._writable = await self._try_to_write()
        parts = {"list": self._writable, "mail": self.service.healthy(now)}
        well = all(parts.values())
        return JSONResponse(
            {name: "ok" if one else "failing" for name, one in {"status": well, **parts}.items()},
            HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE,
        )

    async def _try_to_write(self) -> bool:
        try:
            await self.keeper.write(_touch)
        except DatabaseError:
            return False
        return True


def _touch(transaction: Transaction) -> None:
    """Write a page of the file without changing what it says."""
    transaction.connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
