"""Facts that tests change: a Friday at noon, with the letter sent and all else well."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from generator.model import Mailing, Tally, Week, Window
from generator.watch.facts import Facts, Sending

WEEK = Week(2026, 48)
OPENS = datetime(2026, 11, 27, 6, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=3)
NOON = OPENS + timedelta(hours=5)


def sending(week: Week = WEEK, *, living: bool = False, last: datetime = OPENS, **changes: Any) -> Sending:
    """A letter that was begun and is not finished, unless `changes` says when."""
    tally = changes.pop("tally", Tally(600, accepted=500, deferred=40, remaining=60))
    return Sending(
        Mailing(week, OPENS, "", "proof", "key", **{"planned": 600, **changes}), living, last, tally
    )


SENT = sending(finished=OPENS + timedelta(minutes=9), tally=Tally(600, accepted=598, skipped=2))


def know(**changes: Any) -> Facts:
    facts = Facts(
        now=NOON,
        zone=ZoneInfo("Europe/Amsterdam"),
        week=WEEK,
        window=Window(OPENS, CLOSES),
        skipped=False,
        written=True,
        sendings=(SENT,),
        since=OPENS - timedelta(days=100),
        held=0,
        notices=0,
        oldest=None,
        backups=Path("/var/lib/newsletter/backup"),
        backup=NOON - timedelta(minutes=30),
        folder=Path("/var/lib/newsletter"),
        free=50_000_000_000,
        relay="",
        refusing=None,
        restored=None,
        replaced="",
    )
    return replace(facts, **changes)
