"""`newsletter keys`: show where the keys of the list are, or rotate them."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from generator.cli import Command

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.option("--rotate", is_flag=True, help="Add a new key. The old ones stay valid.")
@click.pass_obj
def command(project: Project, *, rotate: bool) -> None:
    """Show where the keys of the list are, or rotate them.

    Keys sign the links in mail, and hash the addresses of erased subscribers. They are never printed.

    \b
    Examples:
      newsletter keys
      newsletter keys --rotate
    """
    from generator.environment import FILE, read_keys, rotate_keys
    from generator.sentences import count
    from generator.subscribers.store.keys import VARIABLE

    root = project.root
    keys = rotate_keys(root) if rotate else read_keys(root)
    where = f"{VARIABLE} in the environment" if os.environ.get(VARIABLE) else FILE
    click.echo(
        f"{where} holds {count(len(keys.secrets), 'key')}. The first key signs; all keys are accepted."
    )
    if rotate:
        click.echo("Next: restart the service, so that it signs with the new key.")
