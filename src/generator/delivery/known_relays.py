"""Relays that many people rent, known by the name of their host: what each does to a message (known_relays.toml)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

_FILE = Path(__file__).with_name("known_relays.toml")


@dataclass(frozen=True, slots=True)
class KnownRelay:
    """A row of the file."""

    name: str
    hosts: tuple[str, ...]
    spf: str
    """What the SPF record of the envelope domain includes; empty when the relay sends with a domain of its own."""
    replaces: frozenset[str]
    """Headers that it overwrites, in lower case."""
    advice: str


@cache
def load_relays() -> tuple[KnownRelay, ...]:
    """All rows of the file."""
    return tuple(
        KnownRelay(
            row["name"],
            tuple(row["hosts"]),
            row.get("spf", ""),
            frozenset(row.get("replaces", ())),
            row["advice"],
        )
        for row in tomllib.loads(_FILE.read_text("utf-8"))["relay"]
    )


def find_relay(mail: str) -> KnownRelay | None:
    """The relay that a value of NEWSLETTER_MAIL names; None for any other one, a maildir, or what is no URL."""
    try:
        host = (urlsplit(mail).hostname or "").rstrip(".")
    except ValueError:
        return None
    return next((relay for relay in load_relays() if any(_fits(host, one) for one in relay.hosts)), None)


def find_replaced(*mails: str) -> frozenset[str]:
    """The headers that one of these relays overwrites, which a signature of ours must not cover."""
    found = (find_relay(mail) for mail in mails)
    return frozenset().union(*(relay.replaces for relay in found if relay))


def _fits(host: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[^.]+"), host) is not None
