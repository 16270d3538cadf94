"""`newsletter retry`: send again what was refused or is in doubt."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import with_week
from generator.cli.sending import ask, read_order, show_sending, with_order
from generator.sentences import count

if TYPE_CHECKING:
    from generator.cli import Project
    from generator.model import MailingId, Progress


@click.command(cls=Command)
@with_week(required=True, lessons=True)
@click.option("--refused", is_flag=True, help="Letters that the relay refused, or that were given up.")
@click.option("--in-doubt", is_flag=True, help="Letters that may or may not have arrived.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@with_order
@click.pass_context
def command(  # noqa: PLR0913 (one for each option)
    context: click.Context,
    week: MailingId,
    connections: int,
    rate: float | None,
    patience: float,
    *,
    refused: bool,
    in_doubt: bool,
    yes: bool,
) -> None:
    """Send again what was refused or is in doubt.

    Each letter has the same bytes and the same Message-ID as before. Some relays replace the Message-ID: then nothing
    tells a reader's mailbox that two copies are the same letter.

    \b
    Examples:
      newsletter retry 2026-W48 --in-doubt
      newsletter retry 2026-W48 --refused --yes
    """
    from generator.mailing.resume import retry_letters
    from generator.mailing.run import find_renamer
    from generator.model import Progress

    if refused == in_doubt:
        raise click.UsageError("choose --refused or --in-doubt")
    progress = Progress.REFUSED if refused else Progress.IN_DOUBT
    order = read_order(connections, rate, patience, tolerant=refused)
    project: Project = context.obj
    retry = partial(retry_letters, project.root, week, progress, order, project.clock)
    agree = (lambda _: None) if yes else partial(confirm_retry, week, progress, find_renamer(project.root))
    context.exit(show_sending(partial(retry, agree=agree)))


def confirm_retry(week: MailingId, progress: Progress, renamer: str, number: int) -> None:
    """Ask whether so many letters are to be sent again, with what it risks. `renamer`: see find_renamer."""
    from generator.model import Progress

    known = (
        f"{renamer} gives each copy a Message-ID of its own, so no mailbox drops the second."
        if renamer
        else "Both copies have the same Message-ID, so some mailboxes drop the second."
    )

    risks = {
        Progress.REFUSED: "The relay refused them before; repeated attempts harm the reputation of the sender.",
        Progress.IN_DOUBT: f"Readers who already have the letter get it twice. {known} "
        "Check the log of the relay first, if you can.",
    }
    ask(f"{count(number, 'letter')} of {week}: {progress}. {risks[progress]}", "Send them again?")
