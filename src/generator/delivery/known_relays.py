"""Relays that many people rent, known by the address in NEWSLETTER_MAIL: what each does to a message.

They stand in known_relays.toml.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from generator.errors import SecretError

_FILE = Path(__file__).with_name("known_relays.toml")


@dataclass(frozen=True, slots=True)
class KnownRelay:
    """A row of the file."""

    name: str
    hosts: tuple[str, ...]
    scheme: str
    """How NEWSLETTER_MAIL begins; empty for a relay by SMTP, which is known by its host."""
    spf: str
    """What the SPF record of the envelope domain includes; empty when the relay sends with a domain of its own."""
    replaces: frozenset[str]
    """Headers that it overwrites, in lower case."""
    signs: bool
    """Whether it signs each letter itself, so that a signature of ours is refused."""
    advice: str


@cache
def load_relays() -> tuple[KnownRelay, ...]:
    """All rows of the file."""
    return tuple(
        KnownRelay(
            row["name"],
            tuple(row.get("hosts", ())),
            row.get("scheme", ""),
            row.get("spf", ""),
            frozenset(row.get("replaces", ())),
            row.get("signs", False),
            row["advice"],
        )
        for row in tomllib.loads(_FILE.read_text("utf-8"))["relay"]
    )


def find_relay(mail: str) -> KnownRelay | None:
    """The relay that a value of NEWSLETTER_MAIL names; None for any other one, a maildir, or what is no URL."""
    try:
        parts = urlsplit(mail)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    for relay in load_relays():
        if relay.scheme == parts.scheme if relay.scheme else any(_fits(host, one) for one in relay.hosts):
            return relay
    return None


def find_replaced(*mails: str) -> frozenset[str]:
    """The headers that one of these relays overwrites, which a signature of ours must not cover."""
    found = (find_relay(mail) for mail in mails)
    return frozenset().union(*(relay.replaces for relay in found if relay))


def check_signature(mail: str) -> None:
    """Raise SecretError when letters that are signed here would go to a relay that signs them itself."""
    relay = find_relay(mail)
    if relay and relay.signs:
        raise SecretError(
            f"newsletter/settings.toml has a table [dkim], and {relay.name} signs letters itself; remove the table"
        )


def _fits(host: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[^.]+"), host) is not None
