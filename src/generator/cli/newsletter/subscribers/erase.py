"""`newsletter subscribers erase`: erase everything about a subscriber."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.pass_obj
def command(project: Project, address: str, *, yes: bool) -> None:
    """Erase everything about a subscriber.

    Only a keyed hash stays, so that no import brings them back. They get one last mail, if they ever got one. Only they
    themselves can come back, with the form.

    \b
    Example:
      newsletter subscribers erase reader@example.org
    """
    from generator.cli.list.people import erase_subscriber

    erase_subscriber(project.root, address, project.now(), asks=not yes)
