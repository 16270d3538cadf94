"""`generate course`: write the lessons of the course that are missing, from the playbook."""

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
    """Write the lessons of the course that are missing.

    The course has one lesson for each certainty, in every language: newsletter/course/<certainty>.<language>.md. A
    missing one is assembled from the page of its certainty (the idea, the first choice, and the first item of the
    checklist), as a start for an editor. It never overwrites a file.

    \b
    Example:
      generate course
    """
    from generator.content.needs import need_course
    from generator.content.pages.course import FOLDER
    from generator.publication.course import start_course
    from generator.publication.texts import load_texts
    from generator.publication.thought import STYLE
    from generator.sentences import count

    now = project.now()
    newsletter = load_texts(project.root, now, needs=need_course(project.root))
    started = start_course(newsletter, now)
    if not started.files:
        click.echo(f"All {count(started.kept, 'lesson')} exist; nothing was written.")
        return
    for path in started.files:
        click.echo(f"Wrote {path}.")
    if started.kept:
        click.echo(
            f"{count(started.kept, 'lesson')} existed already, and stayed as it was."
            if started.kept == 1
            else f"{count(started.kept, 'lesson')} existed already, and stayed as they were."
        )
    click.echo(f"Next: read {STYLE}, make each lesson its own text, and run: generate check {FOLDER}")
