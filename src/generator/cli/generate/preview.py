"""`generate preview`: show a letter as readers will see it."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from generator.cli import Command, show_in_browser
from generator.cli.options import with_week
from generator.cli.parameters import FolderPath, WholeNumber

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.cli import Project
    from generator.clock import Clock
    from generator.model import Problem, Week


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
    if static is not None:
        _keep(project.root, week, static, project.now())
    else:
        _serve(project.root, week, port, project.clock, open_=open_)


def _keep(root: Path, week: Week | None, folder: Path, now: datetime) -> None:
    """Write the page of a letter below a folder, and say where it is."""
    from generator.cli.reports import say_ignored
    from generator.publication.preview import keep_preview
    from generator.sentences import count

    kept = keep_preview(root, week, folder, now)
    click.echo(f"Wrote {folder}/: the letter of {kept.week} in {count(kept.files, 'file')}.")
    if kept.ignored:
        click.echo(say_ignored(kept.ignored))
    click.echo(f"Next: open {folder}/index.html, or send the folder to your reviewers.")


def _serve(root: Path, week: Week | None, port: int, clock: Clock, *, open_: bool) -> None:
    """Serve the page of a letter until Ctrl-C; it follows every save."""
    from generator.cli.reports import say_ignored
    from generator.publication.preview import find_page, open_preview
    from generator.sentences import count

    page = find_page(root, week, clock())
    address = page.find_address(port)
    if page.ignored:
        click.echo(say_ignored(page.ignored))
    if page.problems:
        listed = f"{count(len(page.problems), 'problem')}; the page lists what to correct"
        click.echo(f"The letter cannot be shown: {listed}.")
    server = open_preview(root, port, clock, partial(_show_rendered, clock))
    if server is None:
        click.echo(f"The preview is already running: {address}")
        if open_:
            show_in_browser(address)
        return
    with server:
        try:
            click.echo(f"Preview: {address}\nIt reloads on every save. Press Ctrl-C to stop.")
            if open_:
                show_in_browser(address)
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("\nStopped.")


def _show_rendered(
    clock: Clock, week: Week | None, problems: Sequence[Problem], others: Sequence[Problem]
) -> None:
    """One line for each page that was rendered."""
    from generator.cli.reports import say_ignored
    from generator.model import Severity
    from generator.sentences import count

    counts = {
        "error": sum(problem.blocks for problem in problems),
        "warning": sum(problem.severity is Severity.WARNING and not problem.waived for problem in problems),
    }
    found = ", ".join(count(number, noun) for noun, number in counts.items() if number)
    click.echo(f"{clock().astimezone():%H:%M:%S}  {week or 'no letter'}: {found or 'no problems'}")
    if others:
        click.echo(f"          {say_ignored(others)}")
