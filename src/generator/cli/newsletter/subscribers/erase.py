"""`newsletter subscribers erase`: erase everything about a subscriber."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.addresses import get_subscriber, read_address

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
    from generator.environment import open_list
    from generator.subscribers.list.subscriptions import erase

    root, now = project.root, project.now()
    address = read_address(address)
    with closing(open_list(root)) as database:
        with database.read() as transaction:
            get_subscriber(transaction, address)
        if not yes:
            click.confirm(
                f"Erase everything about {address}, including the proof of consent? This cannot be undone.",
                abort=True,
            )
        with database.begin() as transaction:
            erase(transaction, get_subscriber(transaction, address), now)
    click.echo(f"{address} is erased. A keyed hash remains, so that no import adds the address again.")
    click.echo("Earlier back-ups still contain the address: see “Back up and restore” in deploy/RUN.md.")
