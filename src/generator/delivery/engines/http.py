"""One connection by HTTP to an engine: each request is made once, and what failed says whether it may have been taken.

TLS is verified, no redirect is followed, no cookie is kept, and a proxy is used as httpx does by itself.
"""

from __future__ import annotations

import json
import math
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache, partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpx

from generator.clock import read_clock
from generator.errors import DoubtError, TransportError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE = 15.0
"""Seconds to connect, and to write a part of a request."""

FINAL = 120.0
"""Seconds to wait for the whole answer: an engine examines and stores what it takes before it answers."""

LARGEST = 4 << 20
"""Bytes of an answer that are read."""

_FAILED = 500
"""Answers from here on say nothing certain: the engine may have taken what it could not answer for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer below 500: its status, the seconds of its Retry-After (0 without one), and its body."""

    status: int
    wait: float
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By their names in lower case."""

    def read(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Line:
    """A connection that is opened when it is needed, and kept. For one thread, except `hang_up`."""

    def __init__(self, url: str, name: str, headers: Mapping[str, str], final: float = FINAL) -> None:
        """`url` is what all paths are below; `name` says whom we ask, in messages. No message shows a header.

        `final`: seconds to wait for the whole of an answer.
        """
        self._url, self._name, self._headers, self._final = url.rstrip("/"), name, dict(headers), final
        self._client: httpx.Client | None = None
        self._socket: Any = None
        self._hung_up = self._written = False

    def ask(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Make one request. Returns any answer below 500.

        Raises TransportError: the request has certainly not left whole. Raises DoubtError: it may have been taken (no
        answer in time, a connection that ended, an answer of 500 and above).
        """
        if self._hung_up:
            raise TransportError(f"{self._name}: the connection was ended here")
        end = monotonic() + self._final
        self._written = False
        try:
            if self._client is None:
                self._client = _make_client(self._headers, self._final)
            request = self._client.build_request(
                method,
                self._url + path,
                content=content,
                headers=headers,
                extensions={"trace": self._note},
            )
            response = self._client.send(request, stream=True)
            try:
                body = _read_body(response, end)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            self.close()
            # A request that has not left whole cannot be understood.
            failure = DoubtError if self._written else TransportError
            raise failure(f"{self._name}: {_explain(error)}") from None
        if response.status_code >= _FAILED:
            raise DoubtError(f"{self._name} answers {response.status_code}")
        return Answer(
            response.status_code, _read_wait(response.headers.get("Retry-After", "")), body, response.headers
        )

    def close(self) -> None:
        """End the connection, if there is one. Raises nothing; the next `ask` opens another."""
        client, self._client, self._socket = self._client, None, None
        if client is not None:
            with suppress(Exception):
                client.close()

    def hang_up(self) -> None:
        """End the connection at once, for good. Any thread may call it; an `ask` in another thread fails."""
        self._hung_up = True
        if (sock := self._socket) is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _note(self, event: str, info: Mapping[str, Any]) -> None:
        """What httpcore is doing: the system has taken all of the request, or a socket was opened."""
        if event == "http11.send_request_body.complete":
            self._written = True
        elif event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")


def _make_client(headers: Mapping[str, str], final: float) -> httpx.Client:
    make = partial(
        httpx.Client,
        headers={"User-Agent": "zekerheden", "Accept": "application/json", **headers},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        verify=_trust(),
        follow_redirects=False,  # elsewhere the token would be somebody else's
        timeout=httpx.Timeout(PATIENCE, read=final),
    )
    try:
        return make()
    except (ImportError, ValueError):  # a SOCKS proxy, for which httpx lacks a library, or none that it knows
        return make(trust_env=False)


@cache
def _trust() -> ssl.SSLContext:
    """Whom the machine trusts: read once, because that takes longer than a letter."""
    return ssl.create_default_context()


def _read_body(response: httpx.Response, end: float) -> bytes:
    """Raises ValueError when it is too long, TimeoutError when it comes too slowly."""
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > LARGEST:
            raise ValueError("the answer is too long")
        if monotonic() > end:
            raise TimeoutError
    return bytes(body)


def _read_wait(text: str) -> float:
    """The seconds of a Retry-After, which is a number or a date (RFC 9110, 10.2.3); 0 when it is neither."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - read_clock()).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0


def explain(error: Exception) -> str:
    """Why there is no answer, in plain words; empty when it is none of the usual reasons."""
    for reason in _trace(error):
        if isinstance(reason, socket.gaierror):
            return "there is no such host, or the DNS does not answer"
        if isinstance(reason, TimeoutError | httpx.TimeoutException):
            return "no answer in time"
        if isinstance(reason, ssl.SSLError):
            said = getattr(reason, "verify_message", "") or reason.reason
            return f"no secure connection: {str(said).replace('_', ' ').lower()}"
    return "no connection can be made" if isinstance(error, httpx.ConnectError | httpx.ProxyError) else ""


def _explain(error: Exception) -> str:
    ended = str(error) if type(error) is ValueError else "the connection ended without an answer"
    return explain(error) or ended


def _trace(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__  # httpcore drops the cause of its own errors
