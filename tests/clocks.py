"""The moments at which tests take place. No test depends on the date of the machine that runs it."""

from datetime import UTC, datetime, timedelta
from time import monotonic

from generator.clock import Clock

NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
"""07:00 in Amsterdam on the Friday of 2026-W48, when the window of its letter opens."""


def stop_at(moment: datetime) -> Clock:
    """A clock that stands still."""
    return lambda: moment


def start_at(moment: datetime) -> Clock:
    """A clock that runs, from a moment on."""
    began = monotonic()
    return lambda: moment + timedelta(seconds=monotonic() - began)


STOPPED = stop_at(NOW)
"""For commands that tests call: `CliRunner().invoke(main, […], obj=STOPPED)`."""
