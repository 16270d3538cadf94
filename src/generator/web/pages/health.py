"""Health of the service, for monitoring."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from generator.errors import DatabaseError
from generator.watch.findings import Finding, Level, find_worst
from generator.watch.look import look_at
from generator.web.insiders import is_insider

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.subscribers.store.database import Transaction
    from generator.watch.facts import Facts
    from generator.web.context import Context
    from generator.web.server.database import AsyncDatabase
    from generator.web.service import Service

FRESH = timedelta(seconds=5)
"""How long a result is cached: each look writes to the database, and anybody may request it."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Health:
    """Looks whether the service lives, and whether mail leaves. For the thread of the event loop."""

    service: Service
    database: AsyncDatabase
    _touched: datetime = field(default=_NEVER)
    _writable: bool = False
    _looked: datetime = field(default=_NEVER)
    _findings: list[Finding] = field(default_factory=list)
    _facts: Facts | None = None

    async def show_alive(self, context: Context) -> Response:
        """200 when the list can be written and the worker is not stuck, else 503: what a restart may mend."""
        return _answer({"status": all((await self._look_at_service(context.now)).values())})

    async def show(self, context: Context) -> Response:
        """200 when that is so and mail leaves, letters too, else 503. An insider reads the details."""
        parts = await self._look_at_service(context.now)
        if not timedelta() <= context.now - self._looked < FRESH:
            self._looked = context.now
            self._findings, self._facts = await self.database.call(lambda: self._look(context.now))
        # Of the relay its last word counts: who waits for a second one is green while nothing leaves.
        parts["relay"] = not (self._facts and self._facts.relay)
        well = all(parts.values()) and find_worst(self._findings) < Level.CRITICAL
        if not is_insider(context.request, self.service.token):
            return _answer({"status": well})
        return _answer({"status": well, **parts}, self._describe())

    def _look(self, now: datetime) -> tuple[list[Finding], Facts | None]:
        service = self.service
        return look_at(service.root, service.settings, service.database, now)

    def _describe(self) -> dict[str, Any]:
        """The details; no address is in them."""
        found: dict[str, Any] = {"findings": [one.describe() for one in self._findings]}
        if (facts := self._facts) is not None:
            waited = (facts.now - facts.oldest).total_seconds() if facts.oldest else 0
            found |= {
                "letter": {"week": str(facts.week), "state": facts.state},
                "notices": {"waiting": facts.notices, "oldest_seconds": max(0, round(waited))},
            }
        return found

    async def _look_at_service(self, now: datetime) -> dict[str, bool]:
        if not timedelta() <= now - self._touched < FRESH:
            self._touched = now
            self._writable = await self._check_writable()
        return {"list": self._writable, "mail": self.service.healthy(now)}

    async def _check_writable(self) -> bool:
        try:
            await self.database.write(_touch)
        except DatabaseError:
            return False
        return True


def _answer(parts: dict[str, bool], more: dict[str, Any] | None = None) -> Response:
    return JSONResponse(
        {**{name: "ok" if well else "failing" for name, well in parts.items()}, **(more or {})},
        HTTPStatus.OK if parts["status"] else HTTPStatus.SERVICE_UNAVAILABLE,
    )


def _touch(transaction: Transaction) -> None:
    """Write a page of the database file without changing a value."""
    transaction.connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
