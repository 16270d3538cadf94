"""`newsletter subscribers import`: add subscribers from a file."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import PROOF, require_end
from generator.cli.parameters import LANGUAGE, STATUS, FilePath, OneOf

if TYPE_CHECKING:
    from pathlib import Path

    from generator.cli import Project


@click.command(cls=Command)
@click.argument("file", type=FilePath())
@click.option("--format", "form", type=OneOf(["csv", "json"]), help="Format of the file. Default: detected.")
@click.option(
    "--from",
    "origin",
    type=OneOf(["ours", "mailchimp", "buttondown", "substack", "listmonk"]),
    help="Program that exported the file. Default: detected from its columns.",
)
@PROOF
@click.option("--ask", is_flag=True, help="Send all subscribers a confirmation mail instead.")
@click.option("--status", type=STATUS, help="Status of all subscribers, if the file has none.")
@click.option(
    "--language",
    type=LANGUAGE,
    default="nl",
    show_default=True,
    help="Language of subscribers for whom the file has none.",
)
@click.option(
    "--ignore",
    "ignored",
    metavar="COLUMN",
    multiple=True,
    help="Column to ignore, because it says nothing about consent; repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Show what would happen, but write nothing.")
@click.option(
    "--rejects",
    type=FilePath(),
    metavar="FILE",
    help="Write rejected rows and the reasons to this new file, whose name ends in .csv.",
)
@click.pass_context
def command(  # noqa: PLR0913 (one for each option)
    context: click.Context,
    file: Path,
    form: str | None,
    origin: str | None,
    proof: str,
    status: str | None,
    language: str,
    ignored: tuple[str, ...],
    rejects: Path | None,
    *,
    ask: bool,
    dry_run: bool,
) -> None:
    """Add subscribers from a file.

    FILE is an export of ours or of one of four services, or - for standard input. Subscribers who are on the list
    already are left as they are, and erased ones are not brought back, so you can stop an import and run it again.
    Nobody is confirmed without proof: our own exports contain it; for other files, name it with --proof, or send
    everybody a confirmation mail with --ask. It exits with 1 when a row was rejected.

    A file with a column that is not known is refused, because the column may say who unsubscribed.

    \b
    Examples:
      newsletter subscribers import var/subscribers.csv
      newsletter subscribers import var/subscribed_members_export_1a2b.csv --dry-run --proof "Mailchimp, double opt-in"
      newsletter subscribers import var/listmonk.csv --status unsubscribed --rejects var/rejects.csv
    """
    from generator.cli.list.transfer import import_file
    from generator.content.certainties import IDS
    from generator.model import Language, Status
    from generator.subscribers.transfer.formats import Defaults
    from generator.subscribers.transfer.importing import Order

    if rejects is not None:
        require_end(rejects, ".csv", "--rejects")
    if proof and ask:
        raise click.UsageError("--proof and --ask cannot be used together")
    project: Project = context.obj
    root = project.root
    order = Order(
        defaults=Defaults(Language(language), project.now(), frozenset(IDS)),
        proof=proof,
        ask=ask,
        status=Status(status) if status else None,
        origin=origin or "",
        form=form or "",
        ignored=frozenset(name.strip().lower() for name in ignored),
        dry_run=dry_run,
    )
    if import_file(root, file, order, rejects):
        context.exit(1)
