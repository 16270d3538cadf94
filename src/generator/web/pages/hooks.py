"""Web hooks: a relay reports what became of letters. What is believed is kept, answered, and judged later."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from generator.delivery.incoming.hooks.events import believe
from generator.delivery.incoming.hooks.notifications import CONFIRM
from generator.delivery.incoming.hooks.signatures import load_json
from generator.errors import SignatureError
from generator.web.forms import read_body
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.delivery.incoming.hooks.relays import Relay
    from generator.web.context import Context

LARGEST = 393_216
"""Bytes. SNS sends 256 KB at most, to which the quotes of JSON in JSON are added."""

AT_A_TIME = 64
"""Requests of one relay that are read and kept at a time, so that none of them takes all connections and memory."""

SOON = 5
"""Seconds after which a relay may try again."""


@dataclass(slots=True)
class Hook:
    """The hook of one relay. For the thread of the event loop."""

    relay: Relay
    secret: str = field(repr=False)
    _busy: int = 0

    async def take(self, context: Context) -> Response:
        """200 once what concerns us is on the disk. Else the relay tries again: 401 when it is not believed, 400 when
        it is not JSON, 413 when it is too large, and 503 when there are too many.
        """
        if self._busy >= AT_A_TIME:
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "stuck", wait=SOON)
        self._busy += 1
        try:
            return await self._take(context)
        finally:
            self._busy -= 1

    async def _take(self, context: Context) -> Response:
        headers = context.request.headers
        body = await read_body(context.request, LARGEST)
        try:
            if self.relay.check is None:
                # RSA takes a while, and the certificate may have to be fetched.
                notifications = context.app.service.notifications
                await to_thread(notifications.check, self.secret, headers, body, context.now)
            else:
                self.relay.check(self.secret, headers, body, context.now)
            event = load_json(body)
        except SignatureError as error:
            return _say(f"Not believed: {error}.", HTTPStatus.UNAUTHORIZED)
        except ValueError:
            return _say("This is not JSON.", HTTPStatus.BAD_REQUEST)
        if self.relay.check is None and event["Type"] == CONFIRM:
            return await self._confirm(context, event)
        found = list(self.relay.read(event, headers))
        reports = believe(context.app.keys, self.relay.name, found, context.now)
        if reports:
            await context.app.database.keep(reports)
        return _say(f"{len(reports)} of {len(found)} kept; the others do not carry a tag of ours.")

    async def _confirm(self, context: Context, message: dict[str, object]) -> Response:
        """Amazon asks whether its topic may report here; we said so, by naming it."""
        try:
            await to_thread(context.app.service.notifications.confirm, self.secret, message)
        except SignatureError as error:
            return _say(f"Not believed: {error}.", HTTPStatus.UNAUTHORIZED)
        return _say("Confirmed.")


def _say(text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return PlainTextResponse(f"{text}\n", status)
