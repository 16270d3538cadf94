"""Asks the service what any program on the internet can ask; it is called as an application, without a server."""

import asyncio
import itertools
import re
import threading
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from lxml import html

Fields = Mapping[str, str] | Sequence[tuple[str, str]]

ADDRESSES_OF_READERS = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str | None:
        """The only header of this name, or None."""
        found = [value for key, value in self.headers if key == name.lower()]
        assert len(found) <= 1, f"{name} stands there {len(found)} times"
        return found[0] if found else None

    @property
    def page(self) -> Any:
        return html.fromstring(self.body)

    def words(self) -> str:
        """What a reader sees of the page, in one line."""
        return " ".join(self.page.text_content().split())

    def form(self, action: str = "") -> dict[str, str]:
        """What a browser sends for the only form whose action contains `action`, with nothing filled in."""
        [form] = [form for form in self.page.forms if action in (form.action or "")]
        return {name: value for name, value in form.form_values() if value is not None}


class Loop:
    """An event loop in a thread of its own: Playwright keeps one running in the thread of the tests."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Awaitable[Any], patience: float = 60) -> Any:
        async def wait() -> Any:
            return await work

        done: Future[Any] = asyncio.run_coroutine_threadsafe(wait(), self._loop)
        return done.result(patience)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


def next_network() -> str:
    """An address in a network that nobody else in these tests comes from: a limit for one is none for another."""
    number = next(ADDRESSES_OF_READERS)
    return (
        f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1" if number > 0xFFFF else f"2001:db8:{number:x}::1"
    )


@dataclass
class Asker:
    """A browser without eyes: it sends what it is told, and follows nothing."""

    application: Any
    loop: Loop
    host: str = "letter.example.org"
    scheme: str = "https"
    extra: dict[str, str] = field(default_factory=dict)

    def ask(  # noqa: PLR0913 (what a request can have)
        self,
        method: str,
        path: str,
        *,
        body: bytes | Iterable[bytes] = b"",
        headers: Sequence[tuple[str, str]] = (),
        client: str | None = None,
        host: str | None = None,
    ) -> Answer:
        """One request. A body in parts comes chunked; `client` is who is at the other end, by default somebody new."""
        parts = [body] if isinstance(body, bytes) else list(body)
        given = {key.lower() for key, _ in headers}
        sent = [("host", self.host if host is None else host)]
        if isinstance(body, bytes) and body and "content-length" not in given:
            sent.append(("content-length", str(len(body))))
        sent += [(key.lower(), value) for key, value in headers]
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": self.scheme,
            "path": _unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(key.encode("latin-1"), value.encode("latin-1")) for key, value in sent],
            "client": (next_network() if client is None else client, 50_000),
            "server": ("127.0.0.1", 8000),
        }
        return self.loop.run(_call(self.application, scope, parts))

    def get(self, path: str, **asked: Any) -> Answer:
        return self.ask("GET", path, **asked)

    def post(self, path: str, fields: Fields | bytes = (), **asked: Any) -> Answer:
        """A form, as a browser of somebody on our own page sends it."""
        headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", f"{self.scheme}://{self.host}"),
            *asked.pop("headers", ()),
        ]
        given = dict(headers)  # the last one counts, so that a test can put another origin in its place
        body = fields if isinstance(fields, bytes) else urlencode(list(_pairs(fields))).encode()
        return self.ask("POST", path, body=body, headers=list(given.items()), **asked)


def _pairs(fields: Fields) -> Iterable[tuple[str, str]]:
    return fields.items() if isinstance(fields, Mapping) else fields


def _unquote(path: str) -> str:
    # As uvicorn does it: bytes that are no UTF-8 become U+FFFD.
    return re.sub(
        "(?:%[0-9a-fA-F]{2})+",
        lambda found: bytes.fromhex(found[0].replace("%", "")).decode("utf-8", "replace"),
        path,
    )


async def _call(application: Any, scope: dict[str, Any], parts: list[bytes]) -> Answer:
    waiting = iter([*parts[:-1], *parts[-1:]])
    left = len(parts)
    status, headers, body = 0, (), bytearray()
    ended = asyncio.Event()

    async def receive() -> dict[str, Any]:
        nonlocal left
        for part in waiting:
            left -= 1
            return {"type": "http.request", "body": part, "more_body": left > 0}
        await ended.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = tuple(
                (key.decode("latin-1"), value.decode("latin-1")) for key, value in message["headers"]
            )
        else:
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                ended.set()

    await application(scope, receive, send)
    return Answer(status, headers, bytes(body))
