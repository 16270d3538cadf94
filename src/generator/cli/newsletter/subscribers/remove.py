"""`newsletter subscribers remove`: unsubscribe a subscriber on request."""

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

REMOVED = "newsletter subscribers remove"
"""The source of a consent that the operator took back."""


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
    from generator.environment import open_list, say_delivery
    from generator.model import Status
    from generator.subscribers.list.subscriptions import unsubscribe

    root = project.root
    address = read_address(address)
    with closing(open_list(root)) as database, database.begin() as transaction:
        subscriber = get_subscriber(transaction, address)
        changed = unsubscribe(transaction, subscriber, project.now(), REMOVED, goodbye=goodbye)
    if changed:
        tells = goodbye and subscriber.status is Status.CONFIRMED
        click.echo(
            f"{address} gets no more letters."
            + (f" They get a confirmation by mail. {say_delivery(root)}" if tells else "")
        )
    else:
        click.echo(f"Nothing to do: {address} is {subscriber.status} and gets no letters.")
