"""What `send`, `resume` and `retry` have in common: they send what is left of a mailing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from generator.delivery.known_relays import find_relay
from generator.delivery.outgoing.attempts import Breaker
from generator.delivery.outgoing.copies import Copies
from generator.delivery.outgoing.relays import Relay
from generator.delivery.outgoing.runs import Run
from generator.delivery.outgoing.tasks import Task
from generator.delivery.outgoing.transports import VARIABLE as MAIL
from generator.delivery.timing.limits import Limits
from generator.delivery.timing.pacing import Pace
from generator.environment import find_files, find_signer, open_mail, read_variable
from generator.errors import DatabaseError, GeneratorError, MailingError
from generator.mailing.concluding import begin
from generator.mailing.events import Advanced, Delayed, Ended, Started
from generator.mailing.report import keep_report
from generator.model import CourseStep, Progress, Week
from generator.recovery.backup import PATIENCE, make_backup_of_letter
from generator.subscribers.ledger import firsts, mailings

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path, PurePosixPath
    from threading import Event

    from generator.clock import Clock
    from generator.delivery.outgoing.transports import Transport
    from generator.mailing.events import Tell
    from generator.model import Mailing, MailingId, Tally, Welcome
    from generator.settings import Settings
    from generator.subscribers.store.database import Database

_DONE = (Progress.ACCEPTED, Progress.REFUSED, Progress.SKIPPED, Progress.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Order:
    """The options of a run."""

    connections: int = 1
    rate: float | None = None
    """Letters a second; None for what the settings say."""
    patience: timedelta = timedelta(minutes=30)
    tolerant: bool = False
    """Refusals are expected."""
    closes: datetime | None = None
    """When the window of the letter ends; None when nobody minds."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """There was nothing to send, and that is well."""

    reason: str
    """A sentence."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run has ended."""

    week: MailingId
    tally: Tally
    """Of the whole mailing, when the run ended."""
    trouble: str
    """Why all senders of this mailing had to stop, until somebody resumes it; a clause, or empty."""
    failure: str
    """Why this run could not go on, and the next may; a clause, or empty."""
    files: Path | None
    """Where the letters of a trial are; None when they were sent."""
    report: PurePosixPath | None
    """The report below the root of the project; None when it could not be written."""
    no_report: str
    """Why it could not be written; empty when it was."""
    no_backup: str = ""
    """Why there is no back-up of the list as it is now; empty when there is, or on PostgreSQL."""
    put_off: int = 0
    """How many of these no run waits for: see mailings.count_put_off."""

    @property
    def left(self) -> int:
        """How many letters remain to be sent by somebody, deferred ones too."""
        return self.tally.remaining + self.tally.deferred - self.put_off


def open_relay(root: Path) -> Transport:
    """Where letters go. Raises MailingError when nobody has said so."""
    if not read_variable(root, MAIL):
        raise MailingError(f"{MAIL} names no relay; run this with the environment of the service")
    return open_mail(root)


def find_renamer(root: Path) -> str:
    """The name of a relay that replaces our Message-ID, so that a second copy has another one; empty otherwise."""
    relay = find_relay(read_variable(root, MAIL))
    return relay.name if relay and "message-id" in relay.replaces else ""


def make_copies(root: Path, settings: Settings, database: Database, mailing: Mailing) -> Copies:
    """The copies of what was frozen. Raises MailingError and SecretError."""
    week, masters = mailing.week, {}
    if isinstance(week, Week):
        with database.read() as transaction:
            masters = mailings.find_masters(transaction, week)

    def find_welcome(digest: str) -> Welcome | None:
        with database.read() as transaction:
            return firsts.find_welcome(transaction, digest)

    def find_master(digest: str) -> bytes | None:
        with database.read() as transaction:
            return mailings.find_master(transaction, week, digest) if isinstance(week, CourseStep) else None

    signer = find_signer(root, settings)
    return Copies(mailing, masters, database.keys, settings, signer, find_welcome, find_master)


def run_mailing(  # noqa: PLR0913 (what a run needs)
    root: Path,
    settings: Settings,
    database: Database,
    mailing: Mailing,
    order: Order,
    clock: Clock,
    tell: Tell,
    stop: Event,
) -> Outcome:
    """Send what is left of a mailing, and write its report. `mailing` is frozen, and nobody has stopped it.

    It ends early when `stop` is set, after the letters in flight. Raises MailingError when the ledger cannot be
    written any more, or somebody has withdrawn the mailing.
    """
    week = mailing.week
    transport, limits = open_relay(root), Limits(settings)
    with database.read() as transaction:
        before = mailings.tally(transaction, week)
        if limits:
            limits.load(mailings.list_sent(transaction, clock() - timedelta(days=1)))
    if isinstance(week, CourseStep):
        with database.begin() as transaction:
            mailings.put_off_lesson(transaction, week, settings.start_of_day(clock()), clock())
    task = Task(
        mailing,
        make_copies(root, settings, database, mailing),
        Pace(settings.rate if order.rate is None else order.rate),
        Breaker(tolerant=order.tolerant),
        clock,
        say=lambda why: tell(Delayed(why)),
        patience=order.patience,
        stop=stop,
        limits=limits,
        closes=order.closes,
    )
    finished = before.planned - before.remaining - before.deferred

    def look() -> None:
        tell(Advanced(finished + sum(task.done[one] for one in _DONE)))

    if isinstance(transport, Relay):
        transport.tell = task.say
    run = Run(database, task, transport.open_session, order.connections, look)
    tell(Started(week, before, transport.name, order.connections))
    begin(root, tell)
    try:
        tally = run.work()
    except DatabaseError as error:
        raise MailingError(
            f"{task.trouble or task.failure or error}; to continue, run `newsletter resume {week}`"
        ) from error
    finally:
        tell(Ended())
    report, no_report = _report(root, settings, database, week)
    no_backup = make_backup_of_letter(root, settings, database, clock(), PATIENCE)
    with database.read() as transaction:
        put_off = mailings.count_put_off(transaction, week)
    return Outcome(
        week, tally, task.trouble, task.failure, find_files(root), report, no_report, no_backup, put_off
    )


def _report(
    root: Path, settings: Settings, database: Database, week: MailingId
) -> tuple[PurePosixPath | None, str]:
    """Where the report is, or why there is none; the letters went as well without it."""
    try:
        return keep_report(root, settings, database, week), ""
    except GeneratorError as error:
        return None, str(error)
