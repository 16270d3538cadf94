"""Who may know more than that all is well: this machine, and who has the token."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.subscribers.list.networks import is_here

if TYPE_CHECKING:
    from starlette.requests import Request

VARIABLE = "NEWSLETTER_STATUS_TOKEN"
"""Opens the details of /health, and /metrics, from another machine."""

_FORWARDED = ("x-forwarded-for", "forwarded", "via")


def is_insider(request: Request, token: str) -> bool:
    """Whether a request comes from this machine without a proxy, or has the token. An empty token opens nothing."""
    given = request.headers.get("authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    # A proxy is on this machine too. It names the client and passes on the public name; one of the two is enough.
    if request.client is None or not is_here(request.client.host):
        return False
    if any(name in request.headers for name in _FORWARDED):
        return False
    return is_here(_find_host(request.headers.get("host", "")))


def _find_host(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
