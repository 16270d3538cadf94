"""What `send`, `resume` and `retry` have in common: run, show how far it is, stop when asked, and say how it ended."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

import click

from generator.cli import say_error
from generator.cli.mailing.report import keep_report
from generator.cli.progress import ProgressLine
from generator.delivery.outgoing.attempts import Breaker
from generator.delivery.outgoing.copies import Copies
from generator.delivery.outgoing.pacing import Pace
from generator.delivery.outgoing.runs import Run
from generator.delivery.outgoing.signing import VARIABLE as DKIM
from generator.delivery.outgoing.signing import Signer
from generator.delivery.outgoing.tasks import Task
from generator.delivery.outgoing.transports import VARIABLE as MAIL
from generator.delivery.outgoing.transports import open_transport
from generator.environment import find_files, read_variable
from generator.errors import DatabaseError, GeneratorError, MailingError
from generator.model import Progress
from generator.sentences import count
from generator.subscribers.ledger import mailings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path
    from types import FrameType

    from generator.delivery.outgoing.transports import Transport
    from generator.model import Mailing, Tally
    from generator.settings import Settings
    from generator.subscribers.store.database import Database

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""They ask us to stop: Ctrl-C, the system, and a terminal that was closed."""

_TWICE = 1.0
"""Seconds within which a second signal is taken for an echo of the first."""

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


def open_relay(root: Path) -> Transport:
    """Where letters go. Raises MailingError when nobody has said so."""
    mail = read_variable(root, MAIL)
    if not mail:
        raise MailingError(f"{MAIL} names no relay; run this with the environment of the service")
    return open_transport(mail, root)


def make_copies(root: Path, settings: Settings, database: Database, mailing: Mailing) -> Copies:
    """The copies of what was frozen. Raises MailingError and SecretError."""
    with database.read() as transaction:
        masters = mailings.find_masters(transaction, mailing.week)
    return Copies(mailing, masters, database.keys, settings, find_signature(root, settings))


def find_signature(root: Path, settings: Settings) -> Callable[[bytes], bytes] | None:
    """What signs letters; None when the relay does."""
    if not any(settings.dkim):
        return None
    path = read_variable(root, DKIM)
    if not path:
        raise MailingError(
            f"newsletter/settings.toml has a table [dkim], but {DKIM} does not name the file with the key"
        )
    return Signer(settings, root / path).sign


def run_mailing(  # noqa: PLR0913 (what a run needs)
    root: Path,
    settings: Settings,
    database: Database,
    mailing: Mailing,
    order: Order,
    clock: Callable[[], datetime],
) -> int:
    """Send what is left of a mailing; the exit code. `mailing` is frozen, and nobody has stopped it."""
    week = mailing.week
    transport = open_relay(root)
    with database.read() as transaction:
        before = mailings.tally(transaction, week)
    finished = before.planned - before.remaining - before.deferred
    # The line is drawn from what the task counts, and the task speaks through the line.
    line = ProgressLine(
        sys.stderr, str(week), before.planned, lambda: finished + sum(task.done[one] for one in _DONE)
    )
    task = Task(
        mailing,
        make_copies(root, settings, database, mailing),
        Pace(settings.rate if order.rate is None else order.rate),
        Breaker(tolerant=order.tolerant),
        clock,
        say=line.say,
        patience=order.patience,
    )
    _announce(transport, mailing, before, order)
    caught: list[int] = []

    def look() -> None:
        # Not where the signal is caught: that may be in the middle of drawing the line.
        if caught and not said:
            said.append("Stopping after the letters in flight. Press Ctrl-C again to stop at once.")
            line.say(said[0])
        line.look()

    said: list[str] = []
    run = Run(database, task, transport.open_session, order.connections, look)
    with _stopping(task, caught):
        try:
            tally = run.work()
        except DatabaseError as error:
            say_error(f"{task.trouble or task.failure or error}; to continue, run `newsletter resume {week}`")
            return 1
        finally:
            line.close()
    code = _conclude(task, tally, caught, find_files(root))
    try:
        click.echo(f"Report: {keep_report(root, settings, database, week)}")
    except GeneratorError as error:  # the letters went as well without it
        say_error(f"the report could not be written: {error}")
    return code


def _announce(transport: Transport, mailing: Mailing, before: Tally, order: Order) -> None:
    left = before.remaining + before.deferred
    click.echo(
        f"{mailing.week}: {count(left, 'letter')} to send of {before.planned:,}, to {transport.name}"
        + (f", over {order.connections} connections." if order.connections > 1 else ".")
    )


@contextmanager
def _stopping(task: Task, caught: list[int]) -> Iterator[None]:
    """The first signal has everybody finish what is in flight; the second ends the process at once.

    Some send the first one twice, to the process and to its group: what follows within a second is the same.
    """
    began = 0.0

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal began
        if not caught:
            began = monotonic()
            caught.append(number)
            task.stop.set()
        elif monotonic() - began > _TWICE:
            os._exit(128 + number)

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _conclude(task: Task, tally: Tally, caught: list[int], files: Path | None) -> int:
    """Say how it ended, and how to go on; the exit code. `files`: where the letters of a trial are."""
    week = task.mailing.week
    _show(tally)
    if files is not None:
        click.echo(
            f"This is a trial: nothing was sent. The letters are in {files}; the ledger records them as sent."
        )
    left = tally.remaining + tally.deferred
    if tally.in_doubt:
        click.echo(
            f"{count(tally.in_doubt, 'letter')} in doubt: may or may not have arrived. "
            f"See `newsletter status {week} --doubtful`."
        )
    go_on = f"to continue, run `newsletter resume {week}`"
    if task.trouble:
        say_error(f"stopped: {task.trouble}; {go_on}")
        return 1
    if task.failure:
        say_error(f"{task.failure}; {go_on}")
        return 1
    if caught and left:
        click.echo(f"Stopped; {count(left, 'letter')} left. {go_on[0].upper()}{go_on[1:]}.", err=True)
        return 128 + caught[0]
    if left:
        say_error(f"{count(left, 'letter')} left, {tally.deferred:,} of them deferred; {go_on}")
        return 1
    return 0


def _show(tally: Tally) -> None:
    parts = (
        ("accepted", tally.accepted),
        ("refused", tally.refused),
        ("deferred", tally.deferred),
        ("in doubt", tally.in_doubt),
        ("skipped", tally.skipped),
        ("remaining", tally.remaining),
    )
    said = ", ".join(f"{number:,} {name}" for name, number in parts if number)
    click.echo(f"{tally.planned:,} planned: {said or 'nobody'}.")
