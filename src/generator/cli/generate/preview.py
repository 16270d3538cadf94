"""`generate preview`: write a letter as readers will see it to files, for reviewers."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import with_week
from generator.cli.parameters import FolderPath

if TYPE_CHECKING:
    from pathlib import Path

    from generator.cli import Project
    from generator.model import MailingId


@click.command(cls=Command)
@with_week(lessons=True)
@click.option(
    "--static",
    type=FolderPath(),
    metavar="DIR",
    required=True,
    help="Folder for the page: a new or an empty one, or that of an earlier preview.",
)
@click.pass_obj
def command(project: Project, week: MailingId | None, static: Path) -> None:
    """Write a letter as readers will see it to files, for reviewers.

    The page has the line in the inbox, both languages side by side, phone and desktop, light and dark, without images,
    plain text, headers and feed entry, and everything that is wrong with the letter. Without WEEK it shows the coming
    letter, or the newest one; course-1 to course-7 are the lessons of the course. To write a letter, use
    `generate write`.

    \b
    Examples:
      generate preview --static preview
      generate preview 2026-W48 --static preview
      generate preview course-1 --static preview
    """
    from generator.cli.reports import say_ignored
    from generator.publication.preview import keep_preview
    from generator.sentences import count

    kept = keep_preview(project.root, week, static, project.now())
    click.echo(f"Wrote {static}/: {kept.week.name} in {count(kept.files, 'file')}.")
    if kept.ignored:
        click.echo(say_ignored(kept.ignored))
    click.echo(f"Next: open {static}/index.html, or send the folder to your reviewers.")
