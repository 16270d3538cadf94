"""Around every page: who may ask, what every answer says to the browser, and one line in the log."""

from __future__ import annotations

import logging
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from generator.errors import GeneratorError, describe
from generator.model import Language
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from generator.web.page import Pages
    from generator.web.server.origins import Origins

_LOG = logging.getLogger(__name__)

_HEADERS = {
    # No script, no frame, nothing from elsewhere; forms lead nowhere but here.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # A token stands in the address: it must not travel with a link.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, noarchive",
}

_FORMS = ("/subscribe", "/manage")
"""Pages without a token that send a form. Browsers that know no Sec-Fetch-Site then say whose form it is: with
`no-referrer` they send `Origin: null`, as a stranger's page may."""

_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


class Guard:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, pages: Pages, origins: Origins, url: str) -> None:
        """`url` is where readers reach the service."""
        self._app, self._pages, self._origins, self._url = app, pages, origins, url
        self._base = urlsplit(url).path
        headers = {**_HEADERS, **(_HTTPS if url.startswith("https:") else {})}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        started, status, said = time.perf_counter(), 0, ""

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if path.endswith(_FORMS):
                    message["headers"] = [*message["headers"], (b"referrer-policy", b"same-origin")]
                given = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in self._headers if name not in given),
                ]
            await send(message)

        path: str = scope["path"]
        if path.startswith(self._base):  # a proxy may take the path of the service off, or leave it on
            path = scope["path"] = path[len(self._base) - 1 :]
        language = Language.EN if path.startswith(f"/{Language.EN.prefix}") else Language.NL
        try:
            if not (path == "/health" or self._origins.is_ours(Headers(scope=scope))):
                await self._send_away()(scope, receive, answer)
            else:
                await self._app(scope, receive, answer)
        except Exception as error:  # noqa: BLE001 (whatever it is: a page for the reader, a line for the operator)
            said = f"  {describe(error)}"
            if not status:
                refusal = (
                    Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "stuck", wait=60)
                    if isinstance(error, GeneratorError)
                    else Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "broken")
                )
                await self._pages.refuse(language, refusal)(scope, receive, answer)
        route = getattr(scope.get("route"), "path", "-")
        took = (time.perf_counter() - started) * 1000
        _LOG.log(
            logging.ERROR if said else logging.INFO,
            "%s %s %d %.1f ms%s",
            scope["method"],
            route,
            status,
            took,
            said,
        )

    def _send_away(self) -> PlainTextResponse:
        return PlainTextResponse(
            f"This service answers at {self._url} only. A proxy must pass on the Host header.\n",
            HTTPStatus.BAD_REQUEST,
        )
