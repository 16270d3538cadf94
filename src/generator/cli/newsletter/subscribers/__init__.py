"""`newsletter subscribers`: manage the list of subscribers."""

from __future__ import annotations

import click

from generator.cli import Group, add_commands


@click.group(cls=Group)
def command() -> None:
    """Manage the list of subscribers."""


add_commands(command, __name__, __path__)
