"""Whether an address of the web can be opened: asked politely, and never for longer than patience lasts.

Nothing of a body is read, however large it is; nothing but http and https is followed.
"""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Event, Timer
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

WORKERS = 8
"""How many hosts are asked at a time."""
PATIENCE = 10.0
"""Seconds for each step of an answer, and for the whole of its headers."""

_TRIES = 2
_GONE = frozenset({404, 410})
_UNKNOWN_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


class Kind(StrEnum):
    """What became of an address."""

    FINE = "fine"
    GONE = "gone"
    MOVED = "moved"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a request: the new address, or the reason for the failure."""

    kind: Kind
    detail: str = ""


def is_external(target: str) -> bool:
    """Whether a link leads to the web."""
    return target.lower().startswith(("http://", "https://"))


def ask_all(addresses: Iterable[str], agent: str, patience: float) -> dict[str, Answer]:
    """Ask for all addresses, those of one host one after the other."""
    hosts: dict[str, list[str]] = {}
    for address in sorted(addresses):
        hosts.setdefault(_host(address), []).append(address)

    stopped = Event()

    def ask_host(those: list[str]) -> dict[str, Answer]:
        return {address: _ask(address, agent, patience) for address in those if not stopped.is_set()}

    answers: dict[str, Answer] = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            for found in pool.map(ask_host, hosts.values()):
                answers |= found
        except BaseException:  # Ctrl-C: what is being asked is waited for, and nothing else
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return answers


def _ask(address: str, agent: str, patience: float) -> Answer:
    """Ask for the head of an address; for all of it when that is refused, and once more when nothing is clear."""
    answer = _open("HEAD", address, agent, patience)
    for _ in range(_TRIES):
        if answer.kind in {Kind.FINE, Kind.MOVED}:
            break
        answer = _open("GET", address, agent, patience)
        if answer.kind is not Kind.UNKNOWN:
            break
    return answer


def _open(method: str, address: str, agent: str, patience: float) -> Answer:
    try:
        request = Request(_ascii(address), headers={"User-Agent": agent, "Accept": "*/*"}, method=method)  # noqa: S310 (http only)
        with _opener().open(request, timeout=patience) as response:
            there = response.url
    except HTTPError as error:
        error.close()
        if error.code in _GONE:
            return Answer(Kind.GONE, f"the answer is {error.code}")
        if error.msg.startswith(_Redirects.inf_msg):
            return Answer(Kind.UNKNOWN, "it redirects without end")
        return Answer(Kind.UNKNOWN, f"the answer is {error.code}")
    except URLError as error:
        return _explain(error.reason)
    except (OSError, HTTPException, ValueError) as error:
        return _explain(error)
    moved = _host(there) != _host(address)
    return Answer(Kind.MOVED, there) if moved else Answer(Kind.FINE)


def _explain(reason: object) -> Answer:
    if isinstance(reason, socket.gaierror) and reason.errno in _UNKNOWN_HOST:
        return Answer(Kind.GONE, "there is no such host")
    if isinstance(reason, TimeoutError):
        return Answer(Kind.UNKNOWN, "no answer in time")
    said = str(reason).strip().split("\n")[0][:80]
    return Answer(Kind.UNKNOWN, said or type(reason).__name__)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


_SAFE = "/?%:@!$&'()*+,;=~-._[]"


def _ascii(address: str) -> str:
    """An address as it is sent: people write letters with accents."""
    parts = urlsplit(address)
    host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    path, query = (quote(part, safe=_SAFE) for part in (parts.path, parts.query))
    return parts._replace(netloc=host, path=path, query=query).geturl()


class _Redirects(HTTPRedirectHandler):
    """Follows to other pages of the web only; the library would also follow to ftp."""

    max_redirections = 5

    def redirect_request(  # noqa: PLR0913 (as the library has it)
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if not is_external(newurl):
            return None
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None:
            request.method = req.get_method()
            fp.close()  # or the library would read all of it first
        return request


class _Patient:
    """A connection that is cut when its headers take too long, however steadily they drip."""

    sock: socket.socket
    timeout: float

    def getresponse(self) -> HTTPResponse:
        late, sock = Event(), self.sock

        def cut() -> None:
            late.set()
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

        alarm = Timer(self.timeout, cut)
        alarm.daemon = True
        alarm.start()
        try:
            return super().getresponse()  # type: ignore[misc,no-any-return]  # a mixin
        finally:
            alarm.cancel()
            if late.is_set():
                raise TimeoutError


class _Connection(_Patient, HTTPConnection):  # type: ignore[misc]  # a mixin
    pass


class _SecureConnection(_Patient, HTTPSConnection):  # type: ignore[misc]  # a mixin
    pass


class _Http(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Connection, req)


class _Https(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_SecureConnection, req)


def _opener() -> OpenerDirector:
    """Opens http and https, and nothing else: no files, no ftp, no cookies, no passwords."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        _Http(),
        _Https(),
        _Redirects(),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener
