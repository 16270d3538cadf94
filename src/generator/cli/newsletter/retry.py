"""`newsletter retry`: send again what was refused or is in doubt."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.mailing.orders import read_order, with_order
from generator.cli.options import with_week

if TYPE_CHECKING:
    from generator.cli import Project
    from generator.model import Week


@click.command(cls=Command)
@with_week(required=True)
@click.option("--refused", is_flag=True, help="Letters that the relay refused, or that were given up.")
@click.option("--in-doubt", is_flag=True, help="Letters that may or may not have arrived.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@with_order
@click.pass_context
def command(  # noqa: PLR0913 (one for each option)
    context: click.Context,
    week: Week,
    connections: int,
    rate: float | None,
    patience: float,
    *,
    refused: bool,
    in_doubt: bool,
    yes: bool,
) -> None:
    """Send again what was refused or is in doubt.

    Each letter has the same bytes and the same Message-ID as before.

    \b
    Examples:
      newsletter retry 2026-W48 --in-doubt
      newsletter retry 2026-W48 --refused --yes
    """
    from generator.cli.mailing.resume import retry_letters
    from generator.model import Progress

    if refused == in_doubt:
        raise click.UsageError("choose --refused or --in-doubt")
    progress = Progress.REFUSED if refused else Progress.IN_DOUBT
    order = read_order(connections, rate, patience, tolerant=refused)
    project: Project = context.obj
    root, clock = project.root, project.clock
    context.exit(retry_letters(root, week, progress, order, clock, asks=not yes))
