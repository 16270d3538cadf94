"""A DNS client; the only module that uses dnspython."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.exception
import dns.flags
import dns.resolver
import dns.reversename

from generator.errors import NameServerError

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 5.0
"""Seconds for one lookup, over all name servers."""

_ROOM = 1232
"""Bytes of an answer by UDP that no network cuts up."""


class Names:
    """Looks records up. Each result is sorted, and empty when there is no such name or record.

    Every lookup waits `patience` seconds at most, and raises NameServerError when there is no answer.
    """

    def __init__(self, server: tuple[str, int] | None = None, patience: float = PATIENCE) -> None:
        """`server`: address and port; None for those of the system. Raises NameServerError when it has none."""
        try:
            self._resolver = dns.resolver.Resolver(configure=server is None)
        except dns.exception.DNSException:
            raise NameServerError("this machine has no name server; see /etc/resolv.conf") from None
        if server is not None:
            self._resolver.nameservers, self._resolver.port = [server[0]], server[1]
        self._resolver.lifetime = patience
        # So that a name server which checks signatures says so (RFC 6840, 5.7).
        self._resolver.flags = dns.flags.RD | dns.flags.AD
        self._resolver.use_edns(0, 0, _ROOM)

    def texts(self, name: str) -> list[str]:
        """TXT records, with the strings of each joined."""
        return self._ask(name, "TXT", lambda record: b"".join(record.strings).decode("utf-8", "replace"))

    def mail_servers(self, name: str) -> list[str]:
        """The hosts of MX records; [""] for a null MX: the domain accepts no mail (RFC 7505)."""
        return self._ask(name, "MX", lambda record: _plain(record.exchange))

    def addresses(self, name: str) -> list[str]:
        """IPv4 and IPv6 addresses (A and AAAA)."""
        return [
            address
            for kind in ("A", "AAAA")
            for address in self._ask(name, kind, lambda one: str(one.address))
        ]

    def pointers(self, address: str) -> list[str]:
        """The names of an IP address (PTR)."""
        name = dns.reversename.from_address(address).to_text()
        return self._ask(name, "PTR", lambda record: _plain(record.target))

    def certificates(self, name: str) -> list[str]:
        """TLSA records: usage, selector, matching type, and the data in hexadecimal."""
        return self._ask(name, "TLSA", str)

    def has_keys(self, zone: str) -> bool:
        """Whether a zone is signed: it has DNSKEY records."""
        return bool(self._ask(zone, "DNSKEY", str))

    def has_delegation(self, zone: str) -> bool:
        """Whether the zone above says that this one is signed: it has DS records."""
        return bool(self._ask(zone, "DS", str))

    def is_validated(self, name: str) -> bool:
        """Whether the name server has checked the signatures of what it says of a name (AD).

        It is believed, as all that it says: use one that you trust, over a network that you trust.
        """
        answer = self._look(name, "SOA")
        return answer is not None and bool(answer.response.flags & dns.flags.AD)

    def _ask(self, name: str, kind: str, read: Callable[..., str]) -> list[str]:
        answer = self._look(name, kind)
        return [] if answer is None or answer.rrset is None else sorted(read(record) for record in answer)

    def _look(self, name: str, kind: str) -> dns.resolver.Answer | None:
        """The answer, also when it is that there are no such records; None when there is no such name."""
        try:
            return self._resolver.resolve(name, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return None
        except dns.resolver.LifetimeTimeout:
            raise NameServerError(f"no name server answered in time for {name}") from None
        except dns.resolver.NoNameservers:
            raise NameServerError(
                f"the name servers have no answer for {name}; check the servers and the DNSSEC signature"
            ) from None
        except dns.exception.DNSException as error:
            raise NameServerError(f"{name} cannot be looked up ({type(error).__name__})") from None


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower().removeprefix(".")
