"""Calls a web address that the operator has named: once, without following it elsewhere, and never for long."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import anyio
import httpx
from anyio.from_thread import start_blocking_portal

from generator.delivery.engines.http import explain
from generator.errors import GeneratorError, SecretError

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = 10.0
"""Seconds for all of a call; whoever sends a letter waits for it."""

_AGENT = "zekerheden"


@dataclass(frozen=True, slots=True)
class Target:
    """A web address from the environment. It may hold a secret, so no message shows it."""

    variable: str
    """Where it is from."""
    url: str = field(repr=False)

    def below(self, name: str) -> Target:
        """The address with a name behind its path: https://ping.example.org/key/start."""
        parts = urlsplit(self.url)
        return Target(self.variable, urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}")))


def read_target(variable: str, text: str) -> Target:
    """Check an address. Raises SecretError, which does not show it."""
    try:
        parts = urlsplit(text)
        sound = (
            parts.scheme in {"http", "https"} and parts.hostname and not parts.fragment and parts.port != 0
        )
        sound = sound and text.isascii() and text.isprintable() and " " not in text
        httpx.URL(text)
    except (ValueError, httpx.InvalidURL):
        sound = False
    if not sound:
        raise SecretError(f"{variable} is not a web address; expected one like https://example.org/…")
    return Target(variable, text)


def call(
    target: Target,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    patience: float = PATIENCE,
) -> None:
    """GET it, or POST `content` to it. Only 2xx is success. Raises GeneratorError, without the address."""
    asked = {"User-Agent": _AGENT, **(headers or {})}
    try:
        with start_blocking_portal() as portal:  # in a thread of its own: the caller's may have an event loop
            portal.call(_call, target.url, content, asked, patience)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise GeneratorError(f"{target.variable}: {_explain(error)}") from None


async def _call(url: str, content: bytes | None, headers: Mapping[str, str], patience: float) -> None:
    make = partial(
        httpx.AsyncClient,
        headers=headers,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        verify=ssl.create_default_context(),
        follow_redirects=False,  # elsewhere the secret in the address would be somebody else's
        timeout=None,  # fail_after limits all of it
    )
    try:
        client = make()
    except (ImportError, ValueError):  # a SOCKS proxy, for which httpx lacks a library, or none that it knows
        client = make(trust_env=False)
    async with client:
        request = client.build_request("GET" if content is None else "POST", url, content=content)
        with anyio.fail_after(patience):
            response = await client.send(request, stream=True)
            await response.aclose()
    if not response.is_success:
        more = ", a redirect, which is not followed" if response.is_redirect else ""
        raise ValueError(f"the answer is {response.status_code}{more}")


def _explain(error: Exception) -> str:
    """Why a call failed, in plain words."""
    unread = isinstance(error, httpx.HTTPError | httpx.InvalidURL)
    return explain(error) or ("no valid answer" if unread else str(error))
