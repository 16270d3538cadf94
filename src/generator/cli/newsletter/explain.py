"""`newsletter explain`: show everything that happened to one address."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from generator.cli import Command, show_table
from generator.cli.addresses import read_address
from generator.sentences import count, say_moment

if TYPE_CHECKING:
    from datetime import tzinfo

    from generator.cli import Project


@click.command(cls=Command)
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(project: Project, address: str, *, as_json: bool) -> None:
    """Show everything that happened to one address.

    The list is in order of time: consent, letters, bounces, and why no more letters are sent.

    \b
    Example:
      newsletter explain reader@example.org
    """
    from generator.mailing.explain import explain_address

    history = explain_address(project.root, read_address(address), project.now())
    if as_json:
        click.echo(json.dumps(history.describe(), indent=2, ensure_ascii=False))
        return
    click.echo(click.style(history.address, bold=True) + f": {history.standing}.")
    for at in history.erased:
        click.echo(f"Erased at {at}: only a keyed hash is left.")
    for number, noun, done in (history.wishes, "form", "processed"), (history.notices, "mail", "sent"):
        if number:
            click.echo(f"{count(number, noun)} not {done} yet: see `newsletter subscribers show`.")
    if history.rows:
        click.echo()
        rows = [
            (_say_moment(row["at"], history.zone), row["week"] or "–", row["what"], row["more"] or "–")
            for row in history.rows
        ]
        show_table(("when", "letter", "what", "more"), rows)


def _say_moment(text: str, zone: tzinfo) -> str:
    return say_moment(datetime.fromisoformat(text), zone) if text else "–"
