"""The one place that asks what time it is; everything else is handed a moment, or a clock to ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Returns the current moment, aware and in UTC."""


def read_clock() -> datetime:
    """The current moment by the clock of this machine, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 (this is the one place)


def parse_moment(text: str, zone: tzinfo) -> datetime:
    """Read what PUBLISHED_UNTIL says: a moment in ISO 8601, in `zone` when it has no offset. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"“{text}” is not a date and time; write it like 2026-11-27T06:00:00+01:00 (PUBLISHED_UNTIL)"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
