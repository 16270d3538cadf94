"""What `newsletter init` does: make the list and its keys."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli import say_aside
from generator.cli.list.people import say_number
from generator.environment import find_missing_list, make_list
from generator.subscribers.list.listing import count_statuses

if TYPE_CHECKING:
    from pathlib import Path


def init_list(root: Path) -> None:
    """Make the list and its keys; of a list that is there, say where it is. Raises DatabaseError and SecretError."""
    there = not find_missing_list(root)
    with closing(make_list(root, say_aside)) as database, database.read() as transaction:
        number = sum(count_statuses(transaction).values())
    if there:
        click.echo(f"The list exists already: {database.name}, with {say_number(number)}.")
    else:
        click.echo("Next: run `newsletter serve` or `newsletter subscribers import`.")
