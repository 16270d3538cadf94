"""Facts → what should be and is not, each with the one command that mends it. Pure: no clock, no file, no network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

from generator.model import Week
from generator.sentences import count, say_day
from generator.subscribers.store.identity import GONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.model import MailingId, Tally
    from generator.watch.facts import Facts, Sending

GRACE = timedelta(minutes=2)
"""So long nobody has to send a letter that was begun: it was frozen a moment ago, or a person is about to resume it."""

DELAY = timedelta(minutes=20)
"""So long after its window has opened a letter may still wait for the timer, which comes every ten minutes."""

FRESH = timedelta(days=1)
"""So long it is news that a letter is done."""

WEEKEND = timedelta(days=3)
"""After that, a letter that was missed is better left out."""

RELAY = timedelta(minutes=5)
"""So long a relay may be restarted, or be busy."""

NOTICES = timedelta(hours=1)
BACKUP = timedelta(days=2)
DISK = 1_000_000_000
"""Bytes that are free; with a tenth of it, the list soon keeps nothing any more."""


class Level(IntEnum):
    """How bad it is; the number is what a plug-in for Nagios exits with."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


class Kind(StrEnum):
    """What a finding is about; alerts of one kind are sent once an hour at most."""

    DONE = "done"
    """Not wrong: a letter was sent."""
    STOPPED = "stopped"
    MISSED = "missed"
    UNWRITTEN = "unwritten"
    FLOOD = "flood"
    NOTICES = "notices"
    RELAY = "relay"
    LESSONS = "lessons"
    LIST = "list"
    BACKUP = "backup"
    DISK = "disk"
    UNIT = "unit"


LETTER = frozenset({Kind.STOPPED, Kind.MISSED, Kind.UNWRITTEN})
"""Kinds that are about a letter."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should be and is not, or a letter that is done."""

    kind: Kind
    level: Level
    text: str
    """A clause without an address; it does not end in a full stop."""
    command: str = ""
    """What mends it, as it is typed; empty when nothing has to be done."""
    week: MailingId | None = None
    """The letter or lesson that it is about."""
    about: str = ""
    """What tells two findings of a kind apart, besides the week: the name of a unit."""

    def say(self) -> str:
        """For a line of its own: the clause, and what to do."""
        return f"{self.text}; run `{self.command}`" if self.command else self.text

    def describe(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "kind": self.kind.value,
            "level": self.level.name.lower(),
            "text": self.text,
            "command": self.command,
            "week": str(self.week) if self.week else None,
        }


def judge(facts: Facts, grace: timedelta = GRACE, delay: timedelta = DELAY) -> list[Finding]:
    """What should be and is not, the worst first; and at the end the letter that is done.

    `grace` and `delay` are 0 for who knows that nobody is about to send: a command that has just failed to.
    """
    letters = [] if facts.replaced else [*_judge_letters(facts, grace, delay), *_judge_lessons(facts)]
    found = [*letters, *_judge_mail(facts), *_judge_machine(facts)]
    return sorted(found, key=lambda one: -one.level)


def find_worst(findings: Sequence[Finding]) -> Level:
    """The worst level among them."""
    return max((one.level for one in findings), default=Level.OK)


def _judge_letters(facts: Facts, grace: timedelta, delay: timedelta) -> Iterator[Finding]:
    week, window = facts.week, facts.window
    begun = any(
        isinstance(one, Week) and one >= week for one in (sending.mailing.week for sending in facts.sendings)
    )
    if not (begun or facts.skipped) and _had_readers(facts):
        local = window.opens.astimezone(facts.zone)
        if facts.written and facts.now >= window.opens + delay:
            yield _miss(facts)
        elif not facts.written and facts.sendings:
            yield Finding(
                Kind.UNWRITTEN,
                Level.WARNING,
                f"there is no letter of {week}, which was due on {say_day(local)}, and letter.skip does not name "
                "that week",
                f"generate issue {week}",
                week,
            )
    for sending in facts.sendings:
        if sending.mailing.finished is None:
            if not sending.living and (
                sending.mailing.trouble or facts.now - sending.last >= grace or not grace
            ):
                yield _stop(sending)
        elif sending.mailing.trouble and sending.left:  # first letters, which wait for a person
            yield _stop(sending)
        elif (  # lessons leave every day, which is no news
            sending.tally
            and isinstance(sending.mailing.week, Week)
            and facts.now - sending.mailing.finished < FRESH
        ):
            yield Finding(
                Kind.DONE,
                Level.OK,
                f"{sending.mailing.week.name} was sent: {say_tally(sending.tally)}",
                week=sending.mailing.week,
            )


def _judge_lessons(facts: Facts) -> Iterator[Finding]:
    if facts.lessons:
        text = f"{count(facts.lessons, 'lesson')} of the course should have left on an earlier day"
        yield Finding(Kind.LESSONS, Level.WARNING, text, "newsletter send --course --now")


def _had_readers(facts: Facts) -> bool:
    """Whether anybody was on the list on the day of the letter; if not, nobody has missed it."""
    if facts.since is None:
        return False
    return facts.since.astimezone(facts.zone).date() <= facts.week.friday


def _miss(facts: Facts) -> Finding:
    window, week = facts.window, facts.week
    opened, closed = (moment.astimezone(facts.zone) for moment in (window.opens, window.closes))
    text = f"the letter of {week} was due on {say_day(opened)} and has not been sent"
    if window.holds(facts.now):
        return Finding(
            Kind.MISSED,
            Level.CRITICAL,
            f"{text}; its window closes at {closed:%H:%M}",
            f"newsletter send {week}",
            week,
        )
    old = facts.now - window.closes > WEEKEND
    return Finding(
        Kind.MISSED,
        Level.WARNING if old else Level.CRITICAL,
        f"{text}; its window closed at {closed:%H:%M}",
        f"newsletter send {week} --now",
        week,
    )


def _stop(sending: Sending) -> Finding:
    week, left = sending.mailing.week, sending.left
    why = f": {sending.mailing.trouble}" if sending.mailing.trouble else ""
    text = f"{week.name} was begun and stopped with {count(left, 'letter')} left{why}"
    return Finding(Kind.STOPPED, Level.CRITICAL, text, f"newsletter resume {week}", week)


def _judge_mail(facts: Facts) -> Iterator[Finding]:
    if facts.held:
        yield Finding(
            Kind.FLOOD,
            Level.CRITICAL,
            f"{count(facts.held, 'report')} of bounces or complaints held back, because there are far more than usual",
            "newsletter receive --held show",
        )
    if facts.relay and facts.refusing is not None and facts.now - facts.refusing >= RELAY:
        age = say_age(facts.now - facts.refusing)
        text = f"the relay has taken no mail for {age}: {facts.relay}"
        yield Finding(Kind.RELAY, Level.CRITICAL, text, "newsletter doctor")
    if facts.oldest is not None and facts.now - facts.oldest > NOTICES:
        age = say_age(facts.now - facts.oldest)
        number = count(facts.notices, "mail")
        yield Finding(
            Kind.NOTICES,
            Level.CRITICAL,
            f"{number} of the service {'waits' if facts.notices == 1 else 'wait'} to be sent, the oldest for {age}",
            "newsletter doctor",
        )


def _judge_machine(facts: Facts) -> Iterator[Finding]:
    if facts.restored is not None:
        text = (
            f"the list was restored from a back-up of {facts.restored:%Y-%m-%d %H:%M} UTC, and sends nothing"
        )
        yield Finding(Kind.LIST, Level.CRITICAL, text, "newsletter resume --restored")
    if facts.replaced:
        text = f"the file of the list {facts.replaced} while the service had it open"
        # Where nothing is, the service would begin a new list.
        command = "newsletter doctor" if facts.replaced == GONE else "systemctl restart newsletter"
        yield Finding(Kind.LIST, Level.CRITICAL, text, command)
    since = facts.backup or facts.since
    if facts.backups is not None and since is not None and facts.now - since > BACKUP:
        text = (
            f"the newest back-up in {facts.backups} is {say_age(facts.now - facts.backup)} old"
            if facts.backup
            else f"there is no back-up in {facts.backups}"
        )
        command = "systemctl restart newsletter-backup.timer newsletter-backup.service"
        yield Finding(Kind.BACKUP, Level.WARNING, text, command)
    if facts.free < DISK:
        level = Level.WARNING if facts.free > DISK / 10 else Level.CRITICAL
        text = f"{facts.free / 1e6:,.0f} MB free for {facts.folder}"
        yield Finding(Kind.DISK, level, text, f"du --human-readable --max-depth=2 {facts.folder}")


def say_tally(tally: Tally) -> str:
    """The balance on one line: 600 planned = 598 accepted + 2 skipped."""
    names = ("accepted", "refused", "deferred", "in_doubt", "skipped", "remaining")
    parts = [
        f"{number:,} {name.replace('_', ' ')}" for name in names if (number := int(getattr(tally, name)))
    ]
    balance = "" if tally.balances else " (these numbers do not add up; please report this bug)"
    return f"{tally.planned:,} planned = {' + '.join(parts) or 'nobody'}{balance}"


def say_age(age: timedelta) -> str:
    """59 minutes, 25 hours, 3 days."""
    minutes = max(0, round(age.total_seconds() / 60))
    if minutes < 2 * 60:
        return count(minutes, "minute")
    return f"{round(minutes / 60)} hours" if minutes < 48 * 60 else f"{round(minutes / 60 / 24)} days"
