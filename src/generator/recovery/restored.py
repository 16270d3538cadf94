"""What a restored list does not know, and what becomes of it: only then does it send again."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from generator.environment import find_log, open_list
from generator.errors import RequestError
from generator.model import MailingId, Status, Week
from generator.settings import read_settings
from generator.subscribers.ledger import courses, mailings
from generator.subscribers.ledger.departures import find_begun, find_lesson_days, replay
from generator.subscribers.list.listing import count_statuses
from generator.subscribers.store.stamp import find_mark, lift_mark, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date, datetime, tzinfo
    from pathlib import Path

    from generator.settings import Settings
    from generator.subscribers.store.database import Transaction
    from generator.subscribers.store.log import Entry, Happened

CLOSED = "readers may have it from before the list was restored"
"""Why a letter is not sent that the list does not know."""

_YEAR = timedelta(weeks=53)
"""So far back letters are looked for that may have begun."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A letter that was being sent when the copy was made."""

    week: MailingId
    planned: int
    accepted: int
    doubtful: int
    """Who has it nobody knows; they get it only by `newsletter retry --in-doubt`."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A letter that may have begun since, and that the list does not know."""

    week: Week
    begun: datetime | None
    """When it began, as the log says; None when only its window tells that it may have."""
    opened: datetime
    """When its window opened."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What a restored list does not know."""

    made: datetime
    """When its copy was made; on PostgreSQL the newest moment that it knows."""
    zone: tzinfo
    left: Mapping[Happened, int]
    """How many left since and were taken off again, just now."""
    unreadable: Sequence[str]
    """Lines of the log that could not be read."""
    logged: datetime | None
    """The last moment that the log knows; None when it is empty."""
    interrupted: Sequence[Interrupted]
    unknown: Sequence[Unknown]
    readers: int
    """How many are confirmed."""
    lesson_days: Sequence[date] = ()
    """Days since on which lessons of the course left, or may have: those of these days are in doubt."""


def resume_restored(
    root: Path, now: datetime, unsent: Collection[Week], agree: Callable[[Gap], None]
) -> Gap | None:
    """Let a restored list send again; None when this list was not restored.

    Who left since is taken off again first. `agree` is then told what the list does not know, and raises an exception
    of its own to leave it at that. A letter that may have begun since is not sent, but for those of `unsent`, of which
    the operator knows that they did not leave. Raises RequestError for one that is no such letter.
    """
    settings = read_settings(root)
    log = find_log(root).read()
    with closing(open_list(root)) as database:
        with database.begin() as transaction:
            made = find_mark(transaction.connection)
            if made is None:
                return None
            mark(transaction.connection)  # PostgreSQL has nobody who did this before
            left = replay(transaction, log.entries)
        with database.read() as transaction:
            gap = Gap(
                made,
                settings.timezone,
                left,
                log.unreadable,
                max((entry.at for entry in log.entries), default=None),
                tuple(_list_interrupted(transaction)),
                tuple(_list_unknown(transaction, settings, log.entries, made, now)),
                count_statuses(transaction)[Status.CONFIRMED],
                _list_lesson_days(settings, log.entries, made, now),
            )
        closed = {one.week for one in gap.unknown}
        if strange := [str(week) for week in unsent if week not in closed]:
            known = ", ".join(map(str, sorted(closed))) or "none"
            raise RequestError(
                f"--unsent {strange[0]}: no such letter may have begun; those that may: {known}"
            )
        agree(gap)
        with database.begin() as transaction:
            for week in closed.difference(unsent):
                mailings.close_unknown(transaction, week, now, CLOSED)
            courses.doubt(transaction, gap.lesson_days, now)
            lift_mark(transaction.connection)
    return gap


def _list_lesson_days(
    settings: Settings, entries: Sequence[Entry], made: datetime, now: datetime
) -> list[date]:
    """As the log says; and when it knows nothing since, as it may be lost as well, all whose window was open."""
    first, last = (moment.astimezone(settings.timezone).date() for moment in (max(made, now - _YEAR), now))
    if any(entry.at > made for entry in entries):
        return [day for day in find_lesson_days(entries) if first <= day <= last]
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    windows = ((day, settings.lesson_window(day)) for day in days)
    return [day for day, window in windows if window and window.opens <= now and window.closes > made]


def _list_interrupted(transaction: Transaction) -> Iterator[Interrupted]:
    for mailing in mailings.list_mailings(transaction):
        if mailing.finished is None and mailing.planned:
            tally = mailings.tally(transaction, mailing.week)
            yield Interrupted(mailing.week, tally.planned, tally.accepted, tally.in_doubt)


def _list_unknown(
    transaction: Transaction, settings: Settings, entries: Sequence[Entry], made: datetime, now: datetime
) -> Iterator[Unknown]:
    """Those that began, by the log; and those whose window was open since, because a log may be lost as well."""
    known = {mailing.week for mailing in mailings.list_mailings(transaction)}
    begun = {week: at for week, at in find_begun(entries).items() if at > now - _YEAR}
    weeks = set(begun)
    week, last = Week.of(max(made, now - _YEAR).date() - timedelta(weeks=1)), Week.of(now.date()).next()
    while week <= last:
        window = settings.send_window(week)
        if window.opens <= now and window.closes > made and not settings.skips(week):
            weeks.add(week)
        week = week.next()
    for week in sorted(weeks - known):
        yield Unknown(week, begun.get(week), settings.send_window(week).opens)
