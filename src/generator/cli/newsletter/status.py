"""`newsletter status`: show the progress of a letter."""

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
@with_week()
@click.option(
    "--doubtful", is_flag=True, help="List the letters in doubt, with the Message-ID to search for."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(project: Project, week: Week | None, *, doubtful: bool, as_json: bool) -> None:
    """Show the progress of a letter.

    Without WEEK it shows the newest letter that was sent. The numbers always add up. Letters that a process was sending
    when it died are in doubt from now on.

    \b
    Examples:
      newsletter status
      newsletter status 2026-W48 --doubtful
    """
    from generator.cli.mailing.status import show_status

    show_status(project.root, week, project.now(), doubtful=doubtful, as_json=as_json)
