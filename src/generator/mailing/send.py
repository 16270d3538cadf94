"""Send the letter of a week: look whether all is well, freeze what is sent and to whom, and send it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import sha256
from threading import Event
from typing import TYPE_CHECKING

from generator.delivery.outgoing.transports import VARIABLE as MAIL
from generator.delivery.outgoing.transports import is_trial
from generator.environment import open_list, read_variable
from generator.errors import MailingError, RefusalError
from generator.mailing.concluding import concluding
from generator.mailing.events import Delayed, Frozen, Overdue, tell_nobody
from generator.mailing.freeze import Prepared, Recipe, prepare_apart
from generator.mailing.preflight import find_missing, find_service
from generator.mailing.run import Order, Outcome, Unsent, run_mailing
from generator.mailing.status import find_overdue
from generator.mailing.window import await_opening, choose_week, explain_closed
from generator.model import Mailing, Week
from generator.recovery.backup import SHORT, make_backup_of_letter
from generator.settings import PATH as SETTINGS
from generator.settings import read_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.list.audience import explain_nobody
from generator.subscribers.store.database import VARIABLE as DATABASE
from generator.subscribers.store.stamp import find_mark, say_restored
from generator.watch.findings import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.clock import Clock
    from generator.mailing.events import Tell
    from generator.model import Problem
    from generator.settings import Settings
    from generator.subscribers.store.database import Database


@dataclass(frozen=True, slots=True)
class Asked:
    """How `send` was asked to send."""

    order: Order = field(default_factory=Order)
    wait: bool = False
    at_once: bool = False
    """Whatever the window says."""
    without_git: bool = False


def send_letter(  # noqa: PLR0913 (what may be asked for, and how it is followed)
    root: Path,
    week: Week | None,
    asked: Asked,
    clock: Clock,
    tell: Tell = tell_nobody,
    stop: Event | None = None,
    prepare: Callable[[Recipe], Prepared] = prepare_apart,
) -> Outcome | Unsent:
    """Send the letter of a week to all who should get it; without a week, the one whose window is open or next.

    The run ends early when `stop` is set; waiting does not. Raises RefusalError with every reason why the letter cannot
    be sent, and MailingError when it was frozen before, and is not what it was, or was stopped.
    """
    with concluding(root, clock, tell):
        return _send(root, week, asked, clock, tell, stop, prepare)


def _send(  # noqa: PLR0913 (as above)
    root: Path,
    week: Week | None,
    asked: Asked,
    clock: Clock,
    tell: Tell,
    stop: Event | None,
    prepare: Callable[[Recipe], Prepared],
) -> Outcome | Unsent:
    settings = read_settings(root)
    if week is None:
        week = choose_week(settings, clock())
        _tell_overdue(root, week, clock(), tell)
        if settings.skips(week):  # so that a timer is content with it
            return Unsent(f"{SETTINGS} skips {week}; nothing was sent.")
    sending = _Sending(root, week, asked, clock, tell, prepare)
    with closing(open_list(root)) as database:
        while True:
            mailing = _find(database, week)
            window = settings.send_window(week)
            if mailing is not None or not asked.wait or clock() >= window.opens:
                break
            # What is wrong is better known before than at the moment itself.
            sending.look(settings, database, clock())
            await_opening(week, window.opens.astimezone(settings.timezone), clock, tell)
            settings = read_settings(
                root
            )  # hours have passed: they may say something else, and another may have sent
        closed = "" if asked.at_once else explain_closed(window, clock(), settings.timezone)
        if mailing is None:
            mailing = sending.freeze(settings, database, closed)
            # On the disk, and off the machine, before the first letter: who goes back to it knows whom to doubt.
            if why := make_backup_of_letter(root, settings, database, clock(), SHORT):
                tell(Delayed(why))
        elif done := sending.check(settings, database, mailing, closed):
            return done
        order = replace(asked.order, closes=None if asked.at_once else window.closes)
        return run_mailing(root, settings, database, mailing, order, clock, tell, stop or Event())


def _tell_overdue(root: Path, week: Week, now: datetime, tell: Tell) -> None:
    """Name a letter that was missed, because the one that is sent now is another."""
    for finding in find_overdue(root, now):
        if finding.kind is Kind.MISSED and finding.week != week:
            tell(Overdue(finding))


@dataclass(frozen=True, slots=True)
class _Sending:
    """A letter, before it is frozen."""

    root: Path
    week: Week
    asked: Asked
    clock: Clock
    tell: Tell
    prepare: Callable[[Recipe], Prepared]

    def look(self, settings: Settings, database: Database, now: datetime, closed: str = "") -> Prepared:
        """The letter as it is now. Raises RefusalError with all reasons when it cannot be sent; `closed` is one."""
        mail = read_variable(self.root, MAIL)
        missing = find_missing(settings, self.week, mail)
        service = find_service(self.root, settings, mail)
        # Nobody gets the letter of a trial, so what was changed since the last commit may be in it.
        without_git = self.asked.without_git or is_trial(mail)
        recipe = Recipe(self.root, self.week, now, service, without_git=without_git)
        prepared = self.prepare(recipe)
        nobody = self._find_nobody(database, prepared)
        obstacles = [*prepared.obstacles, *missing, *filter(None, (nobody, closed))]
        if obstacles:
            raise _refuse(self.week, dict.fromkeys(obstacles), prepared.problems)
        return prepared

    def freeze(self, settings: Settings, database: Database, closed: str) -> Mailing:
        """Keep what is sent and to whom; if another does so at the same time, it is theirs."""
        now = self.clock().replace(microsecond=0)  # to the second, as the header Date has it
        prepared = self.look(settings, database, now, closed)
        mailing = Mailing(self.week, now, prepared.commit, prepared.certainty, database.keys.fingerprint)
        try:
            with database.begin() as transaction:
                frozen = mailings.freeze(
                    transaction, mailing, prepared.masters, self.week.friday, settings.start_of_day(now)
                )
        except MailingError:
            found = _find(database, self.week)
            if found is None:
                raise
            self._check_same(settings, database, found)
            return found
        self.tell(Frozen(frozen))
        return frozen

    def _find_nobody(self, database: Database, prepared: Prepared) -> str:
        """Why nobody would get it, and what to do; empty when somebody would, or when there is no letter."""
        if not prepared.certainty:
            return ""
        with database.read() as transaction:
            why = explain_nobody(transaction, prepared.certainty, self.week.friday)
        return f"{why}; to use another list, set {DATABASE}" if why else ""

    def check(self, settings: Settings, database: Database, mailing: Mailing, closed: str) -> Unsent | None:
        """Whether a letter that was frozen before is done; None when it is to be sent on.

        Raises MailingError when it cannot go on, and RefusalError when it may not now.
        """
        week = self.week
        if not mailing.planned:
            why = mailing.trouble or "it was frozen without recipients"
            raise MailingError(
                f"the letter of {week} is not sent: {why}; if nobody has it, run `newsletter withdraw {week}`, then "
                "send it again"
            )
        if mailing.finished:
            when = mailing.finished.astimezone(settings.timezone)
            return Unsent(f"The letter of {week} was already sent, on {when:%Y-%m-%d at %H:%M}.")
        if mailing.trouble:
            raise MailingError(
                f"the letter of {week} was stopped: {mailing.trouble}; to continue, run `newsletter resume {week}`"
            )
        self._check_same(settings, database, mailing)
        if closed:
            raise _refuse(week, [closed])
        return None

    def _check_same(self, settings: Settings, database: Database, mailing: Mailing) -> None:
        """Refuse to go on with a letter that has changed since it was frozen."""
        service = find_service(self.root, settings, read_variable(self.root, MAIL))
        recipe = Recipe(self.root, self.week, mailing.frozen, service, looks=False)
        masters = self.prepare(recipe).masters
        with database.read() as transaction:
            digests = mailings.find_digests(transaction, self.week)
        if digests != {language: sha256(content).hexdigest() for language, content in masters.items()}:
            when = mailing.frozen.astimezone(settings.timezone)
            raise MailingError(
                f"the letter of {self.week} was frozen on {when:%Y-%m-%d at %H:%M} and has changed since; to send "
                f"the frozen version, run `newsletter resume {self.week}`"
            )


def _refuse(week: Week, reasons: Iterable[str], problems: Sequence[Problem] = ()) -> RefusalError:
    return RefusalError(f"the letter of {week} cannot be sent", tuple(reasons), problems)


def _find(database: Database, week: Week) -> Mailing | None:
    """The mailing of a week, if there is one. Raises RefusalError when the list was restored."""
    with database.read() as transaction:
        if made := find_mark(transaction.connection):
            raise _refuse(week, [say_restored(made)])
        return mailings.find_mailing(transaction, week)
