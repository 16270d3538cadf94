"""Which Host a request may name, and which Origin may send a form (against DNS rebinding and CSRF)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.subscribers.list.networks import is_here

if TYPE_CHECKING:
    from starlette.datastructures import Headers

_OPAQUE = "null"
"""The Origin of a page with Referrer-Policy: no-referrer, as ours have."""


@dataclass(frozen=True, slots=True)
class Origins:
    """The host of the service, and the origins of the service and the site."""

    host: str
    service: str
    site: str
    here: bool
    """Whether only this machine can reach the service, as in a trial: then any of its names will do."""

    @classmethod
    def of(cls, service_url: str, site_url: str) -> Origins:
        """Those of two URLs."""
        host = urlsplit(service_url).hostname or ""
        return cls(host, _origin(service_url), _origin(site_url), is_here(host))

    def is_ours(self, headers: Headers) -> bool:
        """Whether there is one Host header, with a name of the service. The port does not matter: it is the proxy's."""
        given = headers.getlist("host")
        if len(given) != 1:
            return False
        try:
            host = urlsplit(f"//{given[0]}").hostname or ""
        except ValueError:
            return False
        return host == self.host or (self.here and is_here(host))

    def may_send(self, headers: Headers) -> bool:
        """Whether a form comes from a page of ours. Without Origin and Sec-Fetch-Site no browser sent it: yes."""
        given, site = headers.getlist("origin"), headers.get("sec-fetch-site")
        if not given:
            return site in {None, "same-origin", "none"}
        if len(given) > 1:
            return False
        if given[0] == _OPAQUE:
            return site == "same-origin"
        if given[0] in {self.service, self.site}:
            return True
        try:
            return self.here and is_here(urlsplit(given[0]).hostname or "")
        except ValueError:
            return False

    def from_site(self, headers: Headers) -> bool:
        """Whether a form, which `may_send`, comes from a page of the site and not of the service."""
        return headers.get("origin") == self.site != self.service


def _origin(url: str) -> str:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in {None, default} else f":{parts.port}"
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{name}{port}"
