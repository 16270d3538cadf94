"""The middleware around every page: checks the Host, adds security headers, turns errors into pages, writes the log."""

from __future__ import annotations

import logging
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from generator.errors import GeneratorError, describe
from generator.model import Useful
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from generator.model import Languages
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
    # The URL of a page may contain a token: links must not pass it on.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, noarchive",
}

_FORMS = ("/subscribe", "/manage", *(f"/{one}" for one in Useful))
"""Pages with a form and without a token. They send their Origin, which browsers without Sec-Fetch-Site need: with
`no-referrer` it would be `null`, as from a stranger's page."""

_STATUS = ("/alive", "/health", "/metrics")
"""For monitoring, which asks by any name."""

_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


class Guard:
    """An ASGI middleware. Lets no exception through: the reader gets a page (500 or 503), the operator a line."""

    def __init__(self, app: ASGIApp, pages: Pages, origins: Origins, url: str, languages: Languages) -> None:
        """`url` is the public URL of the service."""
        self._app, self._pages, self._origins, self._url = app, pages, origins, url
        self._base, self._languages = urlsplit(url).path, languages
        headers = {**_HEADERS, **(_HTTPS if url.startswith("https:") else {})}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Its line in the log has the route, not the path, which may contain a token."""
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
        if path.startswith(self._base):  # a proxy may strip the path of the service, or not
            path = scope["path"] = path[len(self._base) - 1 :]
        named = (one for one in self._languages.others if path.startswith(f"/{self._languages.prefix(one)}"))
        language = next(named, self._languages.default)
        try:
            if not (path in _STATUS or self._origins.is_ours(Headers(scope=scope))):
                await self._refuse_host()(scope, receive, answer)
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

    def _refuse_host(self) -> PlainTextResponse:
        return PlainTextResponse(
            f"This service answers at {self._url} only. A proxy must pass on the Host header.\n",
            HTTPStatus.BAD_REQUEST,
        )
