"""Look at the list and its letters as a whole: how it grows, what comes back, what waits. Numbers only."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from generator.environment import open_list
from generator.mailing.lookup import get_account
from generator.model import Week
from generator.settings import read_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.list import growth, outbox
from generator.watch.findings import Level
from generator.watch.look import look_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.model import Language, Origin, Status
    from generator.settings import Settings
    from generator.subscribers.ledger.accounts import Account
    from generator.subscribers.list.growth import Growth, Provider
    from generator.watch.findings import Finding

WEEKS = 26
"""So many bars."""

ORIGINS = 8
"""So many weeks are split by the way by which readers came."""

_MONTH = timedelta(days=30)
_ROWS = 8
"""Of each table."""

_ADDRESS = re.compile(r"[^\s<>@]+@(?=[^\s<>@])")


@dataclass(frozen=True, slots=True)
class Overview:
    """What an operator wants to know of a list. No address is in it."""

    settings: Settings
    now: datetime
    readers: Mapping[Language, Mapping[Status, int]]
    growth: Sequence[Growth]
    """WEEKS rows, oldest first; the last is the week that goes on."""
    origins: Sequence[tuple[Week, Mapping[Origin, int]]]
    """By which way readers came; ORIGINS rows, newest first."""
    sources: Sequence[tuple[str, int]]
    """Of the last 30 days."""
    providers: Sequence[Provider]
    """Of the last 30 days."""
    letters: Sequence[Account]
    """Newest first."""
    notices: int
    """That wait for the relay."""
    findings: Sequence[Finding]
    """What should be and is not."""


def read_overview(root: Path, now: datetime) -> Overview:
    """Read all of it, and change nothing. Raises SettingsError and DatabaseError."""
    settings = read_settings(root)
    this = Week.of(now.date())
    weeks = [Week.of(this.friday - timedelta(weeks=number)) for number in range(WEEKS)]
    with closing(open_list(root)) as database, database.read() as transaction:
        findings, _ = look_at(root, settings, database, now)
        newest = mailings.list_mailings(transaction)[:_ROWS]
        return Overview(
            settings,
            now,
            growth.count_readers(transaction),
            growth.count_growth(transaction, weeks),
            growth.count_origins(transaction, weeks[:ORIGINS])[::-1],
            [
                (hide_addresses(name), number)
                for name, number in growth.count_sources(transaction, now - _MONTH, _ROWS)
            ],
            growth.count_returns(transaction, now - _MONTH, _ROWS),
            [get_account(root, transaction, one.week) for one in newest],
            outbox.waiting(transaction),
            [one for one in findings if one.level is not Level.OK],
        )


def hide_addresses(text: str) -> str:
    """A text without what comes before the @ of an address: an operator may have typed one into a source."""
    return _ADDRESS.sub("…@", text)
