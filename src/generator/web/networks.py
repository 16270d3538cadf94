"""Where a request comes from, and how much of that anybody may know."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

_HOME = {4: 32, 6: 64}
"""What a single household or machine has."""

_NEIGHBOURHOOD = {4: 24, 6: 48}
"""What a consent may say of where it came from, and what one party may fill by turns."""


def find_networks(request: HTTPConnection) -> tuple[str, str]:
    """The network of whoever asks, narrow and wide; both empty when the proxy tells nothing of use.

    Uvicorn has put the right-most address that no trusted proxy of ours added into the scope.
    """
    return _shorten(request.client.host if request.client else "")


@lru_cache(1024)
def _shorten(host: str) -> tuple[str, str]:
    try:
        address = ip_address(host)
    except ValueError:
        return "", ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    narrow, wide = (
        str(ip_network((address.packed, lengths[address.version]), strict=False))
        for lengths in (_HOME, _NEIGHBOURHOOD)
    )
    return narrow, wide
