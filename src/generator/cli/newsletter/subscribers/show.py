"""`newsletter subscribers show`: show everything that is kept about an address."""

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
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(project: Project, address: str, *, as_json: bool) -> None:
    """Show everything that is kept about an address.

    This is what the person has a right to see.

    \b
    Examples:
      newsletter subscribers show reader@example.org
      newsletter subscribers show reader@example.org --json
    """
    from generator.cli.list.people import show_subscriber

    show_subscriber(project.root, address, as_json=as_json)
