"""`newsletter subscribers add`: add a subscriber."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli import Command, say_aside
from generator.cli.addresses import read_address
from generator.cli.options import PROOF
from generator.cli.parameters import LANGUAGE

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.argument("address")
@click.option(
    "--language", type=LANGUAGE, help="Language of their letters. Default: the first of the project."
)
@click.option(
    "--certainty",
    "certainties",
    metavar="ID",
    multiple=True,
    help="Only letters about this certainty; repeatable.",
)
@PROOF
@click.pass_obj
def command(
    project: Project, address: str, language: str | None, certainties: tuple[str, ...], proof: str
) -> None:
    """Add a subscriber.

    With --proof they are confirmed at once. Without it they get a confirmation mail, and are on the list after they
    press its button.

    \b
    Examples:
      newsletter subscribers add reader@example.org
      newsletter subscribers add fair@example.org --language en --proof "Signed form, binder 2026"
    """
    from generator.content.certainties import IDS
    from generator.environment import make_list, say_delivery
    from generator.model import Language
    from generator.subscribers.list.additions import add_subscriber
    from generator.words import load_languages

    root, now = project.root, project.now()
    address = read_address(address)
    chosen = Language(language) if language else load_languages(root).default
    for certainty in certainties:
        if certainty not in IDS:
            raise click.UsageError(f"unknown certainty {certainty}; expected one of {', '.join(IDS)}")
    with closing(make_list(root, say_aside)) as database, database.begin() as transaction:
        add_subscriber(transaction, address, chosen, certainties, now, proof)
    if proof:
        click.echo(f"{address} is on the list, confirmed by: {proof}")
    else:
        click.echo(f"{address} gets a confirmation mail. {say_delivery(root)}")
