"""`newsletter subscribers remove`: unsubscribe a subscriber on request."""

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
@click.option("--goodbye", is_flag=True, help="Send a confirmation by mail.")
@click.pass_obj
def command(project: Project, address: str, *, goodbye: bool) -> None:
    """Unsubscribe a subscriber on request.

    The proof of their consent is kept; to delete that too, see `newsletter subscribers erase`.

    \b
    Example:
      newsletter subscribers remove reader@example.org --goodbye
    """
    from generator.cli.list.people import remove_subscriber

    remove_subscriber(project.root, address, project.now(), goodbye=goodbye)
