"""`newsletter withdraw`: withdraw a letter before anybody has received it."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import with_week
from generator.cli.sending import ask
from generator.sentences import count, say_moment

if TYPE_CHECKING:
    from generator.cli import Project
    from generator.model import Mailing, Week
    from generator.settings import Settings


@click.command(cls=Command)
@with_week(required=True)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.pass_obj
def command(project: Project, week: Week, *, yes: bool) -> None:
    """Withdraw a letter before anybody has received it.

    It unfreezes the letter, so that `newsletter send` can freeze the same week again. It fails, and
    changes nothing, when a letter was accepted, refused or in doubt, or while one is being sent.

    \b
    Examples:
      newsletter withdraw 2026-W47
      newsletter withdraw 2026-W47 --yes
    """
    from generator.mailing.resume import withdraw_letter
    from generator.settings import read_settings

    root = project.root
    agree = partial(confirm_withdrawal, read_settings(root))
    withdraw_letter(root, week, project.now(), (lambda _: None) if yes else agree)
    click.echo(
        f"The letter of {week} is withdrawn; nobody had received it. To send it, run `newsletter send {week}`."
    )


def confirm_withdrawal(settings: Settings, mailing: Mailing) -> None:
    """Ask whether a letter is to be withdrawn, and say which."""
    frozen = say_moment(mailing.frozen, settings.timezone)
    readers = count(mailing.planned, "reader")
    ask(
        f"The letter of {mailing.week} was frozen on {frozen} for {readers}. Nobody has received it.",
        "Withdraw it?",
    )
