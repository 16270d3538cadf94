"""What `newsletter send` does: look whether all is well, freeze what is sent and to whom, and send it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

import click

from generator.cli.accounts import read_settings
from generator.cli.environment import open_list, read_variable
from generator.cli.preflight import find_closed_window, find_missing, find_service, refuse
from generator.cli.preparing import Prepared, Recipe, prepare_apart
from generator.cli.running import Order, run_mailing
from generator.cli.waiting import await_window
from generator.delivery.examinations.machine import MANY
from generator.delivery.transports import VARIABLE as MAIL
from generator.errors import MailingError
from generator.model import Mailing, Week
from generator.subscribers import mailings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from generator.settings import Settings
    from generator.subscribers.database import Database


@dataclass(frozen=True, slots=True)
class Asked:
    """How `send` was asked to send."""

    order: Order = field(default_factory=Order)
    wait: bool = False
    at_once: bool = False
    """Whatever the window says."""
    without_git: bool = False


def choose_week(settings: Settings, now: datetime) -> Week:
    """The week whose window is open, or opens next."""
    week = Week.of(now.astimezone(settings.timezone).date())
    return week if now < settings.send_window(week).closes else week.next()


def send_letter(
    root: Path,
    week: Week | None,
    asked: Asked,
    clock: Callable[[], datetime],
    prepare: Callable[[Recipe], Prepared] = prepare_apart,
) -> int:
    """Send the letter of a week to all who should get it; the exit code."""
    settings = read_settings(root)
    week = week or choose_week(settings, clock())
    sending = _Sending(root, week, asked, clock, prepare)
    with closing(open_list(root)) as database:
        mailing = _find(database, week)
        if mailing is None and asked.wait:
            sending.look(settings, clock())  # what is wrong is better known before than at the moment itself
            await_window(settings, week, clock)
            settings = read_settings(root)
            mailing = _find(database, week)  # hours may have passed, and another may have sent it
        if mailing is None:
            mailing = sending.freeze(settings, database)
        elif mailing.finished:
            when = mailing.finished.astimezone(settings.timezone)
            click.echo(f"The letter of {week} was sent already, on {when:%Y-%m-%d at %H:%M}.")
            return 0
        elif mailing.trouble:
            raise MailingError(
                f"the letter of {week} was stopped: {mailing.trouble}; `newsletter resume {week}` goes on"
            )
        else:
            sending.check_same(settings, database, mailing)
        if not asked.at_once and (closed := find_closed_window(settings, week, clock())):
            refuse(week, [closed])
        return run_mailing(root, settings, database, mailing, asked.order, clock)


@dataclass(frozen=True, slots=True)
class _Sending:
    """A letter, before it is frozen."""

    root: Path
    week: Week
    asked: Asked
    clock: Callable[[], datetime]
    prepare: Callable[[Recipe], Prepared]

    def look(self, settings: Settings, now: datetime) -> Prepared:
        """The letter as it is now. Ends with 1 and all reasons when it cannot be sent."""
        mail = read_variable(self.root, MAIL)
        missing = find_missing(settings, mail)
        recipe = Recipe(
            self.root, self.week, now, find_service(settings, mail), without_git=self.asked.without_git
        )
        prepared = self.prepare(recipe)
        for line in prepared.report:
            click.echo(line, err=True)
        early = now < settings.send_window(self.week).opens
        closed = find_closed_window(settings, self.week, now)
        if self.asked.at_once or (self.asked.wait and early):
            closed = ""
        if obstacles := [*prepared.obstacles, *missing, *([closed] if closed else [])]:
            refuse(self.week, obstacles)
        return prepared

    def freeze(self, settings: Settings, database: Database) -> Mailing:
        """Keep what is sent and to whom; if another does so at the same time, it is theirs."""
        now = self.clock().replace(microsecond=0)  # to the second, as the header Date has it
        prepared = self.look(settings, now)
        mailing = Mailing(self.week, now, prepared.commit, prepared.certainty, database.keys.fingerprint)
        try:
            with database.begin() as transaction:
                frozen = mailings.freeze(transaction, mailing, prepared.masters, self.week.friday)
        except MailingError:
            found = _find(database, self.week)
            if found is None:
                raise
            self.check_same(settings, database, found)
            return found
        if frozen.planned > MANY:
            click.echo(
                f"More than {MANY:,} readers: `newsletter doctor --online` says whether their servers will take it.",
                err=True,
            )
        return frozen

    def check_same(self, settings: Settings, database: Database, mailing: Mailing) -> None:
        """Refuse to go on with a letter that has changed since it was frozen."""
        service = find_service(settings, read_variable(self.root, MAIL))
        recipe = Recipe(self.root, self.week, mailing.frozen, service, looks=False)
        masters = self.prepare(recipe).masters
        with database.read() as transaction:
            digests = mailings.find_digests(transaction, self.week)
        if digests != {language: sha256(content).hexdigest() for language, content in masters.items()}:
            when = mailing.frozen.astimezone(settings.timezone)
            raise MailingError(
                f"the letter of {self.week} was frozen on {when:%Y-%m-%d at %H:%M} and has changed since; "
                f"`newsletter resume {self.week}` sends what was frozen"
            )


def _find(database: Database, week: Week) -> Mailing | None:
    with database.read() as transaction:
        return mailings.find_mailing(transaction, week)
