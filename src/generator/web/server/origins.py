"""Whose pages may send a form, and by which names the service is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.subscribers.list.networks import is_here

if TYPE_CHECKING:
    from starlette.datastructures import Headers

_OPAQUE = "null"
"""What a page says that tells nobody where it is, as ours do (Referrer-Policy: no-referrer)."""


@dataclass(frozen=True, slots=True)
class Origins:
    """The service and the site, as browsers name them."""

    host: str
    service: str
    site: str
    here: bool
    """Whether this machine is the only one that can ask, as in a trial."""

    @classmethod
    def of(cls, service_url: str, site_url: str) -> Origins:
        """Read them from the two addresses."""
        host = urlsplit(service_url).hostname or ""
        return cls(host, _origin(service_url), _origin(site_url), is_here(host))

    def is_ours(self, headers: Headers) -> bool:
        """Whether the one Host is a name of the service; the port is for the proxy to know."""
        given = headers.getlist("host")
        if len(given) != 1:
            return False
        try:
            host = urlsplit(f"//{given[0]}").hostname or ""
        except ValueError:
            return False
        return host == self.host or (self.here and is_here(host))

    def may_send(self, headers: Headers) -> bool:
        """Whether a form comes from a page of ours. A request without any word of that is from no browser of today."""
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
        """Whether a form that may be sent says that it stood on a page of the site."""
        return headers.get("origin") == self.site != self.service


def _origin(url: str) -> str:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in {None, default} else f":{parts.port}"
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{name}{port}"
