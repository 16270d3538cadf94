"""Waits for the window of a letter: in slices, because a machine may sleep, and a clock may be set."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING

import click

from generator.cli.mailing.preflight import say_moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from generator.model import Week
    from generator.settings import Settings

SLICE = 20.0
"""Seconds after which the clock is read again."""


def await_window(settings: Settings, week: Week, clock: Callable[[], datetime]) -> None:
    """Return when the window opens; at once when it is open, or over."""
    opens = settings.send_window(week).opens
    if clock() >= opens:
        return
    local = opens.astimezone(settings.timezone)
    click.echo(
        f"Waiting until {say_moment(local)} ({settings.timezone.key}) to send the letter of {week}. "
        "Nothing is frozen before then. Press Ctrl-C to stop."
    )
    while (left := (opens - clock()).total_seconds()) > 0:
        sleep(min(left, SLICE))
