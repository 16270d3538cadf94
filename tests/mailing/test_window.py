"""The window of every letter until 2040, in zones whose clocks change at the weekend, and on the Friday itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from generator.mailing.window import choose_week, explain_closed
from generator.model import Problem, Week
from generator.settings import Settings, load_settings

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
AMSTERDAM = "Europe/Amsterdam"


@pytest.fixture(scope="module")
def settings() -> Settings:
    problems: list[Problem] = []
    settings = load_settings(Path(__file__).parents[1] / "sample", problems)
    assert settings is not None
    return settings


def weeks() -> Iterator[Week]:
    week = Week(2026, 1)
    while week.year <= 2040:
        yield week
        week = week.next()


def leaps(week: Week, zone: ZoneInfo) -> bool:
    """Whether the clocks change on the Friday of a week."""
    midnight = datetime.combine(week.friday, time(), zone)
    before, after = midnight - 2 * HOUR, midnight + 22 * HOUR
    return before.utcoffset() != after.utcoffset()


@pytest.mark.parametrize("zone", [AMSTERDAM, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_it_is_from_seven_to_ten_on_the_clock_of_the_readers(settings, zone):
    settings = replace(settings, timezone=ZoneInfo(zone))
    for week in weeks():
        window = settings.send_window(week)
        opens, closes = (moment.astimezone(settings.timezone) for moment in (window.opens, window.closes))
        assert (opens.date(), opens.time()) == (week.friday, time(7))
        assert (closes.date(), closes.time()) == (week.friday, time(10))
        assert window.closes - window.opens == 3 * HOUR


def test_the_weeks_around_a_clock_change_differ_by_an_hour_in_utc(settings):
    """24 October 2026 is the last Saturday in summer time."""
    assert settings.send_window(Week(2026, 43)).opens == datetime(2026, 10, 23, 5, tzinfo=UTC)
    assert settings.send_window(Week(2026, 44)).opens == datetime(2026, 10, 30, 6, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Africa/Cairo", "Asia/Jerusalem"])
@pytest.mark.parametrize(
    "opens, closes",
    [
        (time(7), time(10)),
        (time(0), time(4)),
        (time(0, 30), time(1, 15)),  # Cairo has no such hour in spring
        (time(2, 15), time(3, 10)),  # and Jerusalem not this one
    ],
)
def test_where_the_clocks_change_on_a_friday_there_is_a_window_all_the_same(settings, zone, opens, closes):
    settings = replace(settings, timezone=ZoneInfo(zone), window=(opens, closes))
    fridays = [week for week in weeks() if leaps(week, settings.timezone)]
    assert len(fridays) >= 15
    for week in fridays:
        window = settings.send_window(week)
        assert timedelta(0) < window.closes - window.opens <= 5 * HOUR
        assert window.opens.astimezone(settings.timezone).date() == week.friday
        assert window.holds(window.opens)
        assert not window.holds(window.opens - SECOND)
        assert window.holds(window.closes - SECOND)
        assert not window.holds(window.closes)


def test_windows_follow_each_other_and_never_overlap(settings):
    before = settings.send_window(Week(2025, 52))
    for week in weeks():
        window = settings.send_window(week)
        assert before.closes < window.opens
        assert timedelta(days=6, hours=22) < window.opens - before.opens < timedelta(days=7, hours=2)
        before = window


def test_without_a_week_it_is_the_one_whose_window_is_open_or_next(settings):
    for week in weeks():
        window = settings.send_window(week)
        assert choose_week(settings, window.opens - timedelta(days=3)) == week
        assert choose_week(settings, window.opens) == week
        assert choose_week(settings, window.closes - SECOND) == week
        assert choose_week(settings, window.closes) == week.next()


def test_why_a_window_is_closed_is_said_in_the_time_of_the_readers(settings):
    window = settings.send_window(Week(2026, 30))
    assert not explain_closed(window, window.opens, settings.timezone)
    early = explain_closed(window, window.opens - SECOND, settings.timezone)
    assert early.startswith("its window opens on Friday 24 July 2026 at 07:00 (Europe/Amsterdam); add --wait")
    assert explain_closed(window, window.closes, settings.timezone) == (
        "its window closed on Friday 24 July 2026 at 10:00 (Europe/Amsterdam); to send it anyway, add --now"
    )
