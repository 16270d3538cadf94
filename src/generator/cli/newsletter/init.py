"""`newsletter init`: create the list of subscribers and its keys."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command

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
    from generator.cli.list.init import init_list

    init_list(project.root)
