"""The window of a letter: whose is open or next, and waiting for one."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING

from generator.mailing.events import Waiting
from generator.model import Week

if TYPE_CHECKING:
    from datetime import datetime

    from generator.clock import Clock
    from generator.mailing.events import Tell
    from generator.settings import Settings

SLICE = 20.0
"""Seconds after which the clock is read again."""


def choose_week(settings: Settings, now: datetime) -> Week:
    """The week whose window is open, or opens next."""
    week = Week.of(now.astimezone(settings.timezone).date())
    return week if now < settings.send_window(week).closes else week.next()


def await_window(settings: Settings, week: Week, clock: Clock, tell: Tell) -> None:
    """Return when the window opens; at once when it is open, or over.

    It waits in slices, because a machine may sleep, and a clock may be set.
    """
    opens = settings.send_window(week).opens
    if clock() >= opens:
        return
    tell(Waiting(week, opens.astimezone(settings.timezone)))
    while (left := (opens - clock()).total_seconds()) > 0:
        sleep(min(left, SLICE))
