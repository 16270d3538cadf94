"""`generate site`: build the site into site/, with the published letters."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.option("--future", is_flag=True, help="Also include letters that are not published yet, with a mark.")
@click.option("--published", is_flag=True, hidden=True)
@click.pass_obj
def command(project: Project, *, future: bool, published: bool) -> None:
    """Build the site into site/, with the published letters.

    \b
    Examples:
      generate site
      generate site --future
    """
    from generator.cli.letter.site import build_site

    if published:
        click.echo(
            "--published is the default now; leave it out. --future includes letters that are not published yet.",
            err=True,
        )
    build_site(project.root, project.now(), future=future)
