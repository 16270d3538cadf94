"""Reminders as iCalendar files (RFC 5545) for who has no scripts: for each week, for the assessment, for each item.

The scripts of the site write the same format (`calendar.js`), and a test compares the bytes. A library would be one
more writer of it, with a say in the bytes, for a few events whose days we know; what it takes is below.

Letters link to the files of items. The site is made anew every hour, so “next Monday” is still to come whenever
somebody follows such a link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.content.links import REMINDERS, item_reminder
from generator.model import Artifact
from generator.render.links import Place
from generator.render.markdown import render_plain
from generator.words import load_words

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Language

_LINE = 75
"""The longest line, in octets."""

_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)

_ZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19970330T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19971026T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE"""


@dataclass(frozen=True, slots=True)
class Reminder:
    """An appointment of a quarter of an hour, on a day at nine in the morning."""

    id: str
    """Stays the same when the day moves, so that a calendar moves it, too."""
    day: date
    summary: str
    text: str
    url: str
    rule: str = ""
    """How it comes back (RRULE); empty for once."""


def render_reminders(newsletter: Newsletter, language: Language, moment: datetime) -> tuple[Artifact, ...]:
    """All files; paths are below the language's folder.

    `moment`: when the site is built. The same week gives the same bytes.
    """
    settings, all_words = newsletter.settings, load_words(newsletter.root)[language]
    words = all_words["site"]
    today = moment.astimezone(settings.timezone).date()
    monday = today - timedelta(days=today.weekday())
    week = Reminder(
        "week",
        monday + timedelta(weeks=1),
        words["reminder_week"],
        words["reminder_week_text"],
        settings.url(language),
        "FREQ=WEEKLY",
    )
    again = Reminder(
        "assessment",
        monday + timedelta(weeks=7),
        words["reminderAgain"],
        words["reminderAgainText"],
        settings.url(language, "assessment/"),
    )
    items = {
        item_reminder(item.id): Reminder(
            f"item-{item.id}",  # as reminder.js names it: one reminder of an item, wherever it came from
            monday + timedelta(weeks=1),
            render_plain(item.text),
            all_words["script"]["reminderItem"],
            Place(language, certainty.page, f"#{item.id}").url(settings),
        )
        for certainty in newsletter.playbook.certainties[language]
        for item in certainty.items
    }
    host, made = urlsplit(settings.site_url).hostname or "", datetime.combine(monday, time(), UTC)
    reminders = dict(zip(REMINDERS, (week, again), strict=True)) | items
    return tuple(Artifact(path, to_calendar(one, host, made).encode()) for path, one in reminders.items())


def to_calendar(reminder: Reminder, host: str, made: datetime) -> str:
    """The file of a reminder. `host` makes its id one of this site: example.org."""
    summary, description = _escape(reminder.summary), _escape(f"{reminder.text}\n{reminder.url}")
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{host}//7 certainties//EN",
        "METHOD:PUBLISH",
        *_ZONE.split(),
        "BEGIN:VEVENT",
        f"UID:{reminder.id}@{host}",
        f"DTSTAMP:{made:%Y%m%dT%H%M%SZ}",
        # Of two files with one id a calendar believes the higher number.
        f"SEQUENCE:{max(0, (made - _BEGINNING) // timedelta(minutes=1))}",
        f"DTSTART;TZID=Europe/Amsterdam:{reminder.day:%Y%m%d}T090000",
        "DURATION:PT15M",
        *([f"RRULE:{reminder.rule}"] if reminder.rule else []),
        f"SUMMARY:{summary}",
        f"DESCRIPTION:{description}",
        f"URL:{reminder.url}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{summary}",
        "TRIGGER:PT0M",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(map(_fold, lines))


def _escape(text: str) -> str:
    return re.sub(r"[\\;,]", r"\\\g<0>", text).replace("\n", "\\n")


def _fold(line: str) -> str:
    """A line in parts of at most 75 octets, none of which cuts a character."""
    folded, length = "", 0
    for character in line:
        size = len(character.encode())
        if length + size > _LINE:
            folded, length = f"{folded}\r\n ", 1
        folded, length = folded + character, length + size
    return f"{folded}\r\n"
