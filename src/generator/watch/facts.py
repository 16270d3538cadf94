"""What is known of the letter, the list, its mail and its machine, read at one moment."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from generator.content.archive import list_written
from generator.environment import find_backups
from generator.model import Week, Window
from generator.subscribers.ledger import courses, mailings, returns, senders
from generator.subscribers.list import listing, outbox
from generator.subscribers.store.stamp import find_mark
from generator.watch.memory import read_relay

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo
    from pathlib import Path

    from generator.model import Mailing, Tally
    from generator.settings import Settings
    from generator.subscribers.store.database import Database, Transaction

_LOOKED_BACK = 3
"""Letters; what is left of an older one helps nobody any more."""

_LATE = timedelta(hours=1)
"""After the window of lessons has opened, those of earlier days have been planned."""

_NEWS = timedelta(days=1)
"""So long the balance of a letter that is done is counted."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A letter that was begun."""

    mailing: Mailing
    living: bool
    """Whether a sender is at work on it."""
    last: datetime
    """When it was frozen, or something came of a letter since."""
    tally: Tally | None
    """None while it is being sent, and long after it is done: nobody asks then, and counting takes a while."""

    @property
    def left(self) -> int:
        """How many letters are to be sent, as far as is known."""
        return self.tally.remaining + self.tally.deferred if self.tally else 0


class State(StrEnum):
    """How far the letter is that is due, or was last."""

    NONE = "none"
    """Nobody has written one, or the settings skip it."""
    WRITTEN = "written"
    """And not begun."""
    SENDING = "sending"
    STOPPED = "stopped"
    """Begun, and nobody is at work on it."""
    SENT = "sent"
    UNKNOWN = "unknown"
    """The file of the list is another one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it."""

    now: datetime
    zone: tzinfo
    """Of the letter."""
    week: Week
    """Of the letter that is due, or was last: its window has opened."""
    window: Window
    """Of that letter."""
    skipped: bool
    """Whether the settings skip that week."""
    written: bool
    """Whether there is a letter of that week."""
    sendings: tuple[Sending, ...]
    """The newest first."""
    since: datetime | None
    """When the first of those who get letters came; None when there is nobody."""
    held: int
    """Reports in a flood."""
    notices: int
    """Mails of the service that wait."""
    oldest: datetime | None
    """Since when the oldest of them waits."""
    backups: Path | None
    """Where back-ups are; None for PostgreSQL, which has its own."""
    backup: datetime | None
    """When the newest one was made."""
    folder: Path
    """Of the list, or of the project for PostgreSQL."""
    free: int
    """Bytes on the disk of that folder."""
    relay: str
    """What the relay had against the last mail, as a clause; empty when it took it, or nobody knows."""
    refusing: datetime | None
    """Since when."""
    restored: datetime | None
    """When the back-up was made that this list was restored from, as long as nobody has said what is to be done."""
    replaced: str
    """What became of the file of the list while it is open here, as a clause; empty when it is the same."""
    lessons: int = 0
    """Lessons of the course that were due on an earlier day and are not planned."""

    @property
    def state(self) -> State:
        """Of the letter that is due, or was last."""
        if self.replaced:
            return State.UNKNOWN
        for sending in self.sendings:
            if sending.mailing.week == self.week:
                if sending.mailing.finished:
                    return State.SENT
                return State.SENDING if sending.living else State.STOPPED
        return State.WRITTEN if self.written and not self.skipped else State.NONE


def read_facts(
    root: Path,
    settings: Settings,
    database: Database,
    now: datetime,
    measure: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
) -> Facts:
    """Read everything. `measure` gives the free bytes of a disk. Raises DatabaseError."""
    week = find_due_week(settings, now)
    with database.read() as transaction:
        begun = mailings.list_mailings(transaction)
        letters = [one for one in begun if isinstance(one.week, Week)]
        newest = letters[:_LOOKED_BACK] + begun[len(letters) :]  # and all lessons
        since = listing.find_first_confirmed(transaction)
        held = sum(returns.count_held(transaction).values())
        restored = find_mark(transaction.connection)
        notices, oldest = outbox.find_oldest(transaction)
        lessons = _count_lessons(transaction, settings, now)
    file = database.file
    folder = file.parent if file is not None else root
    known = find_backups(root, settings)
    relay, refusing = read_relay(root)
    replaced = database.explain_replaced()
    return Facts(
        now=now,
        zone=settings.timezone,
        week=week,
        window=settings.send_window(week),
        skipped=settings.skips(week),
        written=week in list_written(root),
        # Of a file that is not the list any more nobody can tell who lives.
        sendings=() if replaced else tuple(_read_sending(database, mailing, now) for mailing in newest),
        since=since,
        held=held,
        notices=notices,
        oldest=oldest,
        backups=known.folder if known else None,
        backup=known.last if known else None,
        folder=folder,
        free=measure(folder),
        relay=relay,
        refusing=refusing,
        restored=restored,
        replaced=replaced,
        lessons=lessons,
    )


def _count_lessons(transaction: Transaction, settings: Settings, now: datetime) -> int:
    """Not those of today: a lesson waits for a day when its reader has had a letter."""
    day = now.astimezone(settings.timezone).date() - timedelta(days=1)
    while settings.course and settings.lesson_window(day) is None:
        day -= timedelta(days=1)
    if settings.course is None:
        return 0
    today = settings.lesson_window(now.astimezone(settings.timezone).date())
    if today is None or now < today.opens + _LATE:  # those of before leave with the next ones
        return 0
    return courses.count_due(transaction, day)


def find_due_week(settings: Settings, now: datetime) -> Week:
    """The week whose window has opened last."""
    week = Week.of(now.astimezone(settings.timezone).date())
    if now < settings.send_window(week).opens:
        week = Week.of(week.friday - timedelta(weeks=1))
    return week


def _read_sending(database: Database, mailing: Mailing, now: datetime) -> Sending:
    living = mailing.finished is None and bool(senders.list_living(database, mailing.week))
    last, tally = mailing.frozen, None
    wanted = not living if mailing.finished is None else now - mailing.finished < _NEWS
    if wanted or mailing.trouble:
        with database.read() as transaction:
            tally = mailings.tally(transaction, mailing.week)
            last = mailings.find_last(transaction, mailing.week) or last
    return Sending(mailing, living, last, tally)
