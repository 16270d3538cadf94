"""`generate preview`: show a letter as readers will see it."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import with_week
from generator.cli.parameters import FolderPath, WholeNumber

if TYPE_CHECKING:
    from pathlib import Path

    from generator.cli import Project
    from generator.model import Week


@click.command(cls=Command)
@with_week()
@click.option(
    "--port",
    type=WholeNumber(1, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on, for this machine only.",
)
@click.option(
    "--no-open", "open_", is_flag=True, flag_value=False, default=True, help="Do not open the browser."
)
@click.option(
    "--static",
    type=FolderPath(),
    metavar="DIR",
    help="Write the page as files to DIR instead, for reviewers.",
)
@click.pass_obj
def command(project: Project, week: Week | None, port: int, static: Path | None, *, open_: bool) -> None:
    """Show a letter as readers will see it.

    The page has the line in the inbox, both languages side by side, phone and desktop, light and dark, without images,
    plain text, headers and feed entry, and everything that is wrong with the letter. It follows every save. Without
    WEEK it shows the coming letter, or the newest one.

    \b
    Examples:
      generate preview
      generate preview 2026-W48 --static preview
    """
    from generator.cli.letter.preview import keep_preview, serve_preview

    if static is not None:
        keep_preview(project.root, week, static, project.now())
    else:
        serve_preview(project.root, week, port, project.clock, open_=open_)
