"""What `send`, `resume` and `retry` share at a terminal: options, progress, signals, and how a run ended.

Letters are sent by `generator.mailing`.
"""

# Imports of what does the work are inside the functions: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

import click

from generator.cli import say_aside, say_error
from generator.cli.parameters import Number, WholeNumber
from generator.cli.progress import ProgressLine
from generator.sentences import count, say_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from generator.mailing import events
    from generator.mailing.run import Order, Outcome, Unsent
    from generator.model import Tally

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""They ask us to stop: Ctrl-C, the system, and a terminal that was closed."""

_TWICE = 1.0
"""Seconds within which a second signal is taken for an echo of the first."""


# --- Options ----------------------------------------------------------------------------------------------------------


def with_order(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --connections, --rate and --patience."""
    for option in reversed(
        (
            click.option(
                "--connections",
                type=WholeNumber(1, 50),
                default=1,
                show_default=True,
                metavar="N",
                help="Connections to the relay; a crash leaves up to N letters in doubt.",
            ),
            click.option(
                "--rate",
                type=Number(0),
                metavar="R",
                help="Maximum number of letters per second; 0 for no limit. Default: send.rate in the settings.",
            ),
            click.option(
                "--patience",
                type=Number(0, 24 * 60),
                default=30,
                show_default=True,
                metavar="MINUTES",
                help="How long to wait for deferred letters, or for a relay that is down.",
            ),
        )
    ):
        command = option(command)
    return command


def read_order(connections: int, rate: float | None, patience: float, *, tolerant: bool = False) -> Order:
    """Make an order of those options; `patience` is in minutes, `rate` in letters per second."""
    from generator.mailing.run import Order

    return Order(connections, rate, timedelta(minutes=patience), tolerant)


def ask(explanation: str, question: str) -> None:
    """Go on when the person at the terminal agrees. Raises UsageError when there is no terminal."""
    if not sys.stdin.isatty():
        raise click.UsageError(
            "cannot ask for confirmation without a terminal; add --yes to go on without it"
        )
    click.echo(explanation)
    click.confirm(question, abort=True)


# --- A run ------------------------------------------------------------------------------------------------------------


def show_sending(send: Callable[[events.Tell, Event], Outcome | Sequence[Outcome] | Unsent]) -> int:
    """Call `send` with what it tells and what stops it, and say how it ended; gives the exit code, the worst of
    several runs.
    """
    from generator.mailing.run import Unsent

    screen = _Screen()
    ended = send(screen.tell, screen.stop)
    if isinstance(ended, Unsent):
        click.echo(ended.reason)
        return 0
    several = ended if isinstance(ended, Sequence) else (ended,)
    return max(_conclude(one, screen.caught) for one in several)


class _Screen:
    """Says what a mailing tells, and stops it at a signal."""

    def __init__(self) -> None:
        self.stop = Event()
        self.caught: list[int] = []
        """The signal that asked for it."""
        self._said = False
        self._done = 0
        self._running = ExitStack()
        self._line: ProgressLine | None = None

    def tell(self, event: events.Event) -> None:
        """Say it. Any thread may call this for Delayed."""
        from generator.mailing import events

        match event:
            case events.Waiting(week, opens):
                click.echo(
                    f"Waiting until {say_day(opens)} ({opens.tzinfo}) to send the letter of {week}. "
                    "Nothing is frozen before then. Press Ctrl-C to stop."
                )
            case events.Frozen(mailing):
                _advise(mailing.planned)
            case events.Reopened(progress, again, kept):
                rest = f"; {kept:,} remain {progress}, because the readers get no letters any more."
                click.echo(f"{count(again, 'letter')} planned again{rest if kept else '.'}")
            case events.Started():
                self._begin(event)
            case events.Advanced(done):
                self._advance(done)
            case events.Delayed(why):
                if self._line:
                    self._line.say(why)
                else:
                    say_aside(why)
            case events.Overdue() | events.Unheard():
                say_aside(_say_other(event))
            case events.Ended():
                self._running.close()

    def _begin(self, run: events.Started) -> None:
        line = ProgressLine(sys.stderr, str(run.week), run.before.planned, lambda: self._done)
        left = run.before.remaining + run.before.deferred
        click.echo(
            f"{run.week}: {count(left, 'letter')} to send of {run.before.planned:,}, to {run.relay}"
            + (f", over {run.connections} connections." if run.connections > 1 else ".")
        )
        self._line = line
        self._running.enter_context(_stopping(self.stop, self.caught))
        self._running.callback(line.close)

    def _advance(self, done: int) -> None:
        self._done = done
        if not self._line:
            return
        # Not where the signal is caught: that may be in the middle of drawing the line.
        if self.caught and not self._said:
            self._said = True
            self._line.say("Stopping after the letters in flight. Press Ctrl-C again to stop at once.")
        self._line.look()


def _say_other(event: events.Overdue | events.Unheard) -> str:
    """What is not about the letter that is sent now."""
    from generator.mailing import events

    if isinstance(event, events.Unheard):
        return f"The operator could not be told: {event.why}."
    finding = event.finding
    return f"{finding.text[0].upper()}{finding.text[1:]}; `{finding.command}` sends it."


def _advise(planned: int) -> None:
    from generator.doctor.machine import MANY

    if planned > MANY:
        say_aside(
            f"More than {MANY:,} readers: run `newsletter doctor --online` to see whether they can be reached."
        )


@contextmanager
def _stopping(stop: Event, caught: list[int]) -> Iterator[None]:
    """The first signal has everybody finish what is in flight; the second ends the process at once.

    Some send the first one twice, to the process and to its group: what follows within a second is the same.
    """
    began = 0.0

    def catch(number: int, _: FrameType | None) -> None:
        nonlocal began
        if not caught:
            began = monotonic()
            caught.append(number)
            stop.set()
        elif monotonic() - began > _TWICE:
            os._exit(128 + number)

    before = {number: signal.signal(number, catch) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _conclude(ended: Outcome, caught: list[int]) -> int:
    """Say how a run ended, how to go on, and where its report is; gives the exit code."""
    _show(ended.tally)
    if ended.files is not None:
        click.echo(
            f"This is a trial: nothing was sent. The letters are in {ended.files}; the ledger records them as sent."
        )
    if ended.tally.in_doubt:
        click.echo(
            f"{count(ended.tally.in_doubt, 'letter')} in doubt: may or may not have arrived. "
            f"See `newsletter status {ended.week} --doubtful`."
        )
    code = _say_end(ended, caught)
    if ended.report:
        click.echo(f"Report: {ended.report}")
    else:
        say_error(f"the report could not be written: {ended.no_report}")
    if ended.no_backup:
        say_error(ended.no_backup)
    return code


def _say_end(ended: Outcome, caught: list[int]) -> int:
    go_on = f"to continue, run `newsletter resume {ended.week}`"
    if ended.trouble:
        say_error(f"stopped: {ended.trouble}; {go_on}")
        return 1
    if ended.failure:
        say_error(f"{ended.failure}; {go_on}")
        return 1
    if caught and ended.left:
        say_aside(f"Stopped; {count(ended.left, 'letter')} left. {go_on[0].upper()}{go_on[1:]}.")
        return 128 + caught[0]
    if ended.left:
        say_error(f"{count(ended.left, 'letter')} left, {ended.tally.deferred:,} of them deferred; {go_on}")
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
