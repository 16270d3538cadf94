"""`newsletter withdraw`: withdraw a letter before anybody has received it."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import with_week

if TYPE_CHECKING:
    from generator.cli import Project
    from generator.model import Week


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
    from generator.cli.mailing.withdraw import withdraw_letter

    withdraw_letter(project.root, week, project.now(), asks=not yes)
