"""What `newsletter resume` and `retry` do: go on with a letter that was frozen, whatever the clock says."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli.mailing.run import Order, open_relay, run_mailing
from generator.environment import open_list
from generator.errors import MailingError
from generator.model import Mailing, Progress
from generator.sentences import count, say_never_sent
from generator.settings import read_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.senders import settle_dead

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from generator.model import Tally, Week
    from generator.subscribers.store.database import Database

_RISKS = {
    Progress.REFUSED: "The relay refused them before; repeated attempts harm the reputation of the sender.",
    Progress.IN_DOUBT: "Readers who already have the letter get it twice. Both copies have the same Message-ID, so "
    "some mailboxes drop the second. Check the log of the relay first, if you can.",
}


def resume_mailing(root: Path, week: Week, order: Order, clock: Callable[[], datetime]) -> int:
    """Send what is left of a letter; the exit code."""
    settings = read_settings(root)
    with closing(open_list(root)) as database:
        mailing = get_mailing(root, database, week)
        settle_dead(database, week, clock())
        with database.read() as transaction:
            tally = mailings.tally(transaction, week)
        if not (tally.remaining or tally.deferred):
            with database.begin() as transaction:  # a run that was killed at its very end has not said so
                mailings.finish(transaction, week, clock())
            click.echo(f"Nothing left to send of the letter of {week}; see `newsletter status {week}`.")
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
        mailing = get_mailing(root, database, week)
        settle_dead(database, week, clock())
        with database.read() as transaction:
            number = _of(mailings.tally(transaction, week), progress)
        if not number:
            click.echo(f"No letters of {week} are {progress}.")
            return 0
        if asks:
            _ask(week, number, progress)
        with database.begin() as transaction:
            again = mailings.reopen(transaction, week, progress, clock())
            mailings.stop(transaction, week, "")
        click.echo(f"{count(again, 'letter')} planned again" + _say_others(number - again, progress))
        return run_mailing(root, settings, database, mailing, order, clock)


def ask(explanation: str, question: str) -> None:
    """Go on when the person at the terminal agrees. Raises UsageError when there is no terminal."""
    if not sys.stdin.isatty():
        raise click.UsageError(
            "cannot ask for confirmation without a terminal; add --yes to go on without it"
        )
    click.echo(explanation)
    click.confirm(question, abort=True)


def _ask(week: Week, number: int, progress: Progress) -> None:
    ask(f"{count(number, 'letter')} of {week}: {progress}. {_RISKS[progress]}", "Send them again?")


def _say_others(number: int, progress: Progress) -> str:
    return f"; {number:,} remain {progress}, because the readers get no letters any more." if number else "."


def _of(tally: Tally, progress: Progress) -> int:
    return tally.refused if progress is Progress.REFUSED else tally.in_doubt


def get_mailing(root: Path, database: Database, week: Week) -> Mailing:
    """The mailing of a week. Raises MailingError that names others."""
    with database.read() as transaction:
        mailing = mailings.find_mailing(transaction, week)
        if mailing is None:
            frozen = mailings.list_mailings(transaction)
            raise MailingError(say_never_sent(root, week, (one.week for one in frozen)))
        return mailing
