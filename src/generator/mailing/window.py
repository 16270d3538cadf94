"""The window of a letter: whose is open or next, why it is closed, and waiting for one."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING

from generator.mailing.events import Waiting
from generator.model import Week
from generator.sentences import say_day

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from generator.clock import Clock
    from generator.mailing.events import Tell
    from generator.model import Window
    from generator.settings import Settings

SLICE = 20.0
"""Seconds after which the clock is read again."""


def choose_week(settings: Settings, now: datetime) -> Week:
    """The week whose window is open, or opens next."""
    week = Week.of(now.astimezone(settings.timezone).date())
    return week if now < settings.send_window(week).closes else week.next()


def explain_closed(window: Window, now: datetime, timezone: ZoneInfo) -> str:
    """Why the letter may not leave at this time; empty when it may."""
    if window.holds(now):
        return ""
    moment = window.opens if now < window.opens else window.closes
    when = f"on {say_day(moment.astimezone(timezone))} ({timezone.key})"
    if now < window.opens:
        return f"its window opens {when}; add --wait to wait for it, or --now to send at once"
    return f"its window closed {when}; to send it anyway, add --now"


def await_opening(week: Week, opens: datetime, clock: Clock, tell: Tell) -> None:
    """Return when the window opens. `opens` has the time zone in which it is told.

    It waits in slices, because a machine may sleep, and a clock may be set.
    """
    tell(Waiting(week, opens))
    while (left := (opens - clock()).total_seconds()) > 0:
        sleep(min(left, SLICE))
