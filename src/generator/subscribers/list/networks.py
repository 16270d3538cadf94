"""IP addresses: how much of one anybody may know, and which of them are this machine."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

_HOME = {4: 32, 6: 64}
"""What a single household or machine has."""

_NEIGHBOURHOOD = {4: 24, 6: 48}
"""What a consent may say of where it came from, and what one party may fill by turns."""


@lru_cache(1024)
def find_networks(text: str) -> tuple[str, str]:
    """The network of an address, narrow and wide: 192.0.2.7/32 and 192.0.2.0/24. Both empty when it is no address."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return "", ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    narrow, wide = (
        str(ip_network((address.packed, lengths[address.version]), strict=False))
        for lengths in (_HOME, _NEIGHBOURHOOD)
    )
    return narrow, wide


def shorten_address(text: str) -> str:
    """What may be kept of an address: 192.0.2.0/24, or 2001:db8::/48; empty when it is none."""
    return find_networks(text)[1]


def is_here(host: str) -> bool:
    """Whether a host is this machine, and nothing that is sent to it leaves it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
