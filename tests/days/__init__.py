"""Programs on another day: libfaketime gives them its date."""

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from tests.machine import find_libfaketime

FAR = timedelta(days=300)
"""From this far away on, a date that somebody wrote down for good is over."""


def live_on(moment: str) -> dict[str, str]:
    """The environment of a program that lives at another moment: `@2026-11-30 08:00:00`, or a distance like `+365d`.

    The time of files stays real, and so does the monotonic clock, by which programs wait. Python's `time.sleep` fails
    under libfaketime 0.9.10 with such a clock; python/sitecustomize.py mends that.
    """
    return {
        "LD_PRELOAD": str(find_libfaketime()),
        "FAKETIME": moment,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "PYTHONPATH": str(Path(__file__).parent / "python"),
    }


def find_clock_change(now: datetime) -> datetime:
    """02:58 in Amsterdam on the next last Sunday of October that is far away; two minutes later it is 02:00."""
    for year in count(now.year):
        last = datetime(year, 10, 31, 0, 58, tzinfo=UTC)
        change = last - timedelta(days=last.isoweekday() % 7)
        if change - now >= FAR:
            return change
    raise AssertionError
