"""`generate plan`: show which certainty and thought come next."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.letter.texts import load
from generator.cli.parameters import WholeNumber

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.option(
    "--weeks",
    type=WholeNumber(1, 520),
    default=12,
    show_default=True,
    help="Number of weeks to look ahead.",
)
@click.pass_obj
def command(project: Project, weeks: int) -> None:
    """Show which certainty and thought come next.

    It also counts the unused thoughts of each certainty, and tells which thoughts still have to be written.

    \b
    Example:
      generate plan --weeks 26
    """
    from generator.cli.letter.plan import show_plan
    from generator.content.needs import need_nothing

    show_plan(load(project, needs=need_nothing), project.now(), weeks)
