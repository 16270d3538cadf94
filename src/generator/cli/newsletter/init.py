"""`newsletter init`: create the list of subscribers and its keys."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli import Command, say_aside

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.pass_obj
def command(project: Project) -> None:
    """Create the list of subscribers and its keys.

    The list is var/newsletter.db, or what NEWSLETTER_DATABASE names; a PostgreSQL database must exist already. The keys
    are written to var/newsletter.env. When there is a list already, nothing is changed.

    \b
    Example:
      newsletter init
    """
    from generator.environment import find_missing_list, make_list
    from generator.sentences import count
    from generator.subscribers.list.listing import count_statuses

    root = project.root
    there = not find_missing_list(root)
    with closing(make_list(root, say_aside)) as database, database.read() as transaction:
        number = sum(count_statuses(transaction).values())
    if there:
        click.echo(f"The list exists already: {database.name}, with {count(number, 'subscriber')}.")
    else:
        click.echo("Next: run `newsletter serve` or `newsletter subscribers import`.")
