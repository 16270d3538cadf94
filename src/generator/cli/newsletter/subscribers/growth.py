"""`newsletter subscribers growth`: show how the list grows, and by which way readers came."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli import Command, show_table
from generator.cli.parameters import WholeNumber

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.option(
    "--weeks",
    "number",
    type=WholeNumber(1),
    default=8,
    show_default=True,
    help="Weeks to show, this one included.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(project: Project, number: int, *, as_json: bool) -> None:
    """Show how the list grows by week, and by which way readers came.

    Numbers only. Came, left and ended are what happened in that week; a reader who was erased since is in none of
    them. The ways are those of readers who are confirmed now: a page of the site, the page of a letter, a letter that
    was passed on, the course, an import, or an operator.

    \b
    Examples:
      newsletter subscribers growth
      newsletter subscribers growth --weeks 26 --json
    """
    from datetime import timedelta

    from generator.environment import open_list
    from generator.model import Origin, Week
    from generator.subscribers.list.growth import count_growth, count_origins

    this = Week.of(project.now().date())
    weeks = [Week.of(this.friday - timedelta(weeks=ago)) for ago in range(number)]
    with closing(open_list(project.root)) as database, database.read() as transaction:
        found = list(zip(count_growth(transaction, weeks), count_origins(transaction, weeks), strict=True))
    if as_json:
        rows = [
            {
                "week": str(one.week),
                "came": one.came,
                "left": one.left,
                "ended": one.ended,
                "origins": origins,
            }
            for one, (_, origins) in found
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    show_table(
        ("week", "came", "left", "ended", *Origin),
        [
            (str(one.week), *(f"{count:,}" for count in (one.came, one.left, one.ended, *origins.values())))
            for one, (_, origins) in reversed(found)
        ],
    )
