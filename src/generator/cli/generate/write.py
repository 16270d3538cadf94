"""`generate write`: write letters and thoughts in the browser."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command, show_in_browser
from generator.cli.options import with_week
from generator.cli.parameters import WholeNumber

if TYPE_CHECKING:
    from generator.cli import Project
    from generator.model import Week


@click.command(cls=Command)
@with_week()
@click.option(
    "--port",
    type=WholeNumber(1, 65535),
    help="Port to listen on, for this machine only. Default: 8000, or a free one while that is in use.",
)
@click.option(
    "--no-open", "open_", is_flag=True, flag_value=False, default=True, help="Do not open the browser."
)
@click.pass_obj
def command(project: Project, week: Week | None, port: int | None, *, open_: bool) -> None:
    """Write letters and thoughts in the browser.

    Both languages stand side by side, with every remark at its words, and the letter as readers will see it. What you
    type is saved to its file at once. Without WEEK it opens the coming letter, or offers to make it.

    \b
    Examples:
      generate write
      generate write 2026-W48
    """
    from generator.writing.server import open_writer

    opened = open_writer(project.root, week, port, project.clock)
    if opened.server is None:
        click.echo(f"Already open: {opened.address}")
        if open_:
            show_in_browser(opened.address)
        return
    with opened.server as server:
        try:
            click.echo(f"Write: {opened.address}\nEverything you type is saved. Press Ctrl-C to stop.")
            if open_:
                show_in_browser(opened.address)
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("\nStopped.")
