"""`generate serve`: serve the site and the preview while you write."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.parameters import WholeNumber

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.option(
    "--port",
    type=WholeNumber(1, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on, for this machine only.",
)
@click.option("--open", "open_", is_flag=True, help="Open the browser.")
@click.pass_obj
def command(project: Project, port: int, *, open_: bool) -> None:
    """Serve the site and the preview while you write.

    The preview is at /preview/. Both are rebuilt whenever you save a file.

    Letters that are not published yet are shown too, with a mark.

    \b
    Example:
      generate serve --open
    """
    from generator.publication.site import serve_site

    raise SystemExit(serve_site(project.root, port, open_=open_))
