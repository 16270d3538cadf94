"""What `newsletter resume` and `retry` do: go on with a letter that was frozen, whatever the clock says."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli import count
from generator.cli.accounts import read_settings
from generator.cli.environment import open_list
from generator.cli.running import Order, open_relay, run_mailing
from generator.errors import MailingError
from generator.model import Mailing, Progress
from generator.subscribers import mailings
from generator.subscribers.senders import settle_dead

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from generator.model import Tally, Week
    from generator.subscribers.database import Database

_RISKS = {
    Progress.REFUSED: "The relay has refused them once; to ask again and again harms the name of the sender.",
    Progress.IN_DOUBT: "Whoever has it already gets it twice. The second has the same Message-ID, by which some "
    "mailboxes drop it; look into the log of the relay first, if you can.",
}


def resume_mailing(root: Path, week: Week, order: Order, clock: Callable[[], datetime]) -> int:
    """Send what is left of a letter; the exit code."""
    settings = read_settings(root)
    with closing(open_list(root)) as database:
        mailing = _find(database, week)
        settle_dead(database, week, clock())
        with database.read() as transaction:
            tally = mailings.tally(transaction, week)
        if not (tally.remaining or tally.deferred):
            with database.begin() as transaction:  # a run that was killed at its very end has not said so
                mailings.finish(transaction, week, clock())
            click.echo(f"Nothing is left of {week} to send; see `newsletter status {week}`.")
            return 0
        with database.begin() as transaction:
            mailings.stop(transaction, week, "")
        return run_mailing(root, settings, database, mailing, order, clock)


def retry_letters(  # noqa: PLR0913 (one for each option)
    root: Path, week: Week, progress: Progress, order: Order, clock: Callable[[], datetime], *, asks: bool
) -> int:
    """Send those again that were refused, or are in doubt, and what else is left; the exit code."""
    settings = read_settings(root)
    open_relay(root)  # before anything is planned again
    with closing(open_list(root)) as database:
        mailing = _find(database, week)
        settle_dead(database, week, clock())
        with database.read() as transaction:
            number = _of(mailings.tally(transaction, week), progress)
        if not number:
            click.echo(f"Nobody of {week} is {progress}.")
            return 0
        if asks:
            _ask(week, number, progress)
        with database.begin() as transaction:
            again = mailings.reopen(transaction, week, progress, clock())
            mailings.stop(transaction, week, "")
        click.echo(f"{count(again, 'letter')} planned again" + _say_others(number - again, progress))
        return run_mailing(root, settings, database, mailing, order, clock)


def _ask(week: Week, number: int, progress: Progress) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("there is nobody to ask; use --yes when you are sure")
    click.echo(f"{count(number, 'letter')} of {week}: {progress}. {_RISKS[progress]}")
    click.confirm("Send them again?", abort=True)


def _say_others(number: int, progress: Progress) -> str:
    return f"; {number:,} stay {progress}: they get no letters any more." if number else "."


def _of(tally: Tally, progress: Progress) -> int:
    return tally.refused if progress is Progress.REFUSED else tally.in_doubt


def _find(database: Database, week: Week) -> Mailing:
    with database.read() as transaction:
        mailing = mailings.find_mailing(transaction, week)
        if mailing is None:
            known = [str(one.week) for one in mailings.list_mailings(transaction)[:3]]
            others = f"; frozen were {', '.join(known)}" if known else ""
            raise MailingError(
                f"the letter of {week} was never sent{others}; `newsletter send {week}` begins"
            )
        return mailing
