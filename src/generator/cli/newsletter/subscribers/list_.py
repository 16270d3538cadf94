"""`newsletter subscribers list`: list subscribers, and count them by status."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.parameters import LANGUAGE, STATUS, WholeNumber

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.option(
    "--status", "statuses", type=STATUS, multiple=True, help="Only subscribers with this status; repeatable."
)
@click.option("--language", type=LANGUAGE, help="Only subscribers with this language.")
@click.option("--limit", type=WholeNumber(1), default=50, show_default=True, help="Maximum number of rows.")
@click.pass_obj
def command(project: Project, statuses: tuple[str, ...], language: str | None, limit: int) -> None:
    """List subscribers, and count them by status.

    \b
    Examples:
      newsletter subscribers list
      newsletter subscribers list --status bounced --status complained --limit 500
    """
    from generator.cli.list.people import list_subscribers
    from generator.model import Language, Status

    list_subscribers(
        project.root, [Status(one) for one in statuses], Language(language) if language else None, limit
    )
