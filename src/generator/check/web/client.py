"""Whether an address of the web can be opened, asked within a time limit.

Nothing of a body is read, however large it is, and only http and https are followed. So redirects are followed here:
httpx would read the body of each.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from anyio import CapacityLimiter, create_task_group, fail_after
from anyio.from_thread import start_blocking_portal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WORKERS = 8
"""How many hosts are asked at a time."""
PATIENCE = 10.0
"""Seconds to connect and to receive all headers, however steadily they drip; again for each redirect."""

_TRIES = 2
_REDIRECTS = 5
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
    """Ask several hosts at a time, and each host for one address after the other.

    An event loop runs in a thread of its own for as long as this takes; Ctrl-C cancels the open requests.
    """
    hosts: dict[str, list[str]] = {}
    for address in sorted(addresses):
        hosts.setdefault(_host(address), []).append(address)
    with start_blocking_portal() as portal:
        return portal.call(_ask_hosts, list(hosts.values()), agent, patience)


async def _ask_hosts(hosts: list[list[str]], agent: str, patience: float) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    limiter = CapacityLimiter(WORKERS)

    async def ask_host(addresses: list[str]) -> None:
        async with limiter:
            for address in addresses:
                answers[address] = await _ask(client, address, patience)

    async with _make_client(agent) as client, create_task_group() as group:
        for addresses in hosts:
            group.start_soon(ask_host, addresses)
    return answers


def _make_client(agent: str) -> httpx.AsyncClient:
    """A client that trusts the certificates of this machine and uses its proxies, but keeps no cookie or connection."""
    make = partial(
        httpx.AsyncClient,
        headers={"User-Agent": agent, "Accept": "*/*"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        verify=ssl.create_default_context(),
        limits=httpx.Limits(max_keepalive_connections=0),
        timeout=None,
    )
    try:
        return make()
    except (ImportError, ValueError):  # a SOCKS proxy, for which httpx lacks a library, or none that it knows
        return make(trust_env=False)


async def _ask(client: httpx.AsyncClient, address: str, patience: float) -> Answer:
    """Ask for the head of an address; for all of it when that is refused, and once more when nothing is clear."""
    answer = await _open(client, "HEAD", address, patience)
    for _ in range(_TRIES):
        if answer.kind in {Kind.FINE, Kind.MOVED}:
            break
        answer = await _open(client, "GET", address, patience)
        if answer.kind is not Kind.UNKNOWN:
            break
    return answer


async def _open(client: httpx.AsyncClient, method: str, address: str, patience: float) -> Answer:
    try:
        request = client.build_request(method, address)
        asked = str(request.url)
        for _ in range(_REDIRECTS + 1):
            _check(request.url)
            with fail_after(patience):
                response = await client.send(request, stream=True)
                await response.aclose()
            if response.next_request is None or not is_external(str(response.next_request.url)):
                return _judge(asked, response)
            request = response.next_request
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return _explain(error)
    return Answer(Kind.UNKNOWN, "it redirects without end")


def _check(url: httpx.URL) -> None:
    """Raises ValueError for what httpx takes for an address: a host with a space, a port above 65535."""
    if b"%" in url.raw_host or not 0 < (url.port or 80) < 1 << 16:
        raise ValueError(str(url))


def _judge(asked: str, response: httpx.Response) -> Answer:
    """What the last response says of the address that was asked for."""
    if not response.is_success:
        kind = Kind.GONE if response.status_code in _GONE else Kind.UNKNOWN
        return Answer(kind, f"the answer is {response.status_code}")
    there = str(response.url)
    return Answer(Kind.MOVED, there) if _host(there) != _host(asked) else Answer(Kind.FINE)


def _explain(error: Exception) -> Answer:
    """Why there is no response."""
    for reason in _trace(error):
        if isinstance(reason, socket.gaierror) and reason.errno in _UNKNOWN_HOST:
            return Answer(Kind.GONE, "there is no such host")
        if isinstance(reason, TimeoutError | httpx.TimeoutException):
            return Answer(Kind.UNKNOWN, "no answer in time")
        if isinstance(reason, ssl.SSLError):
            return Answer(Kind.UNKNOWN, f"no secure connection (SSL): {_say(reason)}")
    if isinstance(error, httpx.InvalidURL | ValueError):
        return Answer(Kind.UNKNOWN, "it is not a valid address")
    if isinstance(error, httpx.ConnectError | httpx.ProxyError):
        return Answer(Kind.UNKNOWN, "no connection can be made")
    return Answer(Kind.UNKNOWN, "it sends no valid answer")


def _say(error: ssl.SSLError) -> str:
    """Why a connection is not secure, in OpenSSL's words: “self-signed certificate”."""
    return str(getattr(error, "verify_message", "") or error.reason).replace("_", " ").lower()


def _trace(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__  # httpcore drops the cause of its own errors


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
