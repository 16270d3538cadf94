"""`newsletter subscribers show`: show everything that is kept about an address."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from generator.cli import Command
from generator.cli.addresses import read_address

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
    from generator.environment import open_list
    from generator.errors import AddressError
    from generator.subscribers.transfer.exporting import find_everything

    root = project.root
    address = read_address(address)
    with closing(open_list(root)) as database, database.read() as transaction:
        found = find_everything(transaction, address)
    if found is None:
        raise AddressError(f"nothing is stored about {address}")
    if as_json:
        click.echo(json.dumps({"address": address, **found}, indent=2, ensure_ascii=False))
        return
    subscriber = found.pop("subscriber")
    click.echo(click.style(address, bold=True) + ("" if subscriber else ": not on the list"))
    if subscriber:
        found = {"consents": subscriber.pop("consents"), **found}
        for name, value in subscriber.items():
            if name != "address":
                click.echo(f"  {name}: {_say(value)}")
    for name, rows in found.items():
        if rows:
            click.echo(f"  {_HEADINGS[name]}")
        for row in rows:
            click.echo("    – " + "; ".join(f"{key}: {_say(value)}" for key, value in row.items()))


_HEADINGS = {
    "consents": "consent:",
    "course": "course:",
    "wishes": "forms not processed yet:",
    "notices": "mail not sent yet:",
    "tokens": "links in mail (hashes):",
    "deliveries": "letters:",
    "events": "events:",
    "counts": "mails sent on request of the form (under a hash):",
    "erasures": "erasures (under a hash):",
}


def _say(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "all"
    if isinstance(value, dict):
        return f"“{value['text']}” ({value['language']})"
    return "–" if value in (None, "") else str(value)
