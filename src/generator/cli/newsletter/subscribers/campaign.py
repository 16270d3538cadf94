"""`newsletter subscribers campaign`: write a letter and its readers for a program that sends campaigns."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command, say_aside
from generator.cli.options import with_week
from generator.cli.parameters import FolderPath, OneOf

if TYPE_CHECKING:
    from pathlib import Path

    from generator.cli import Project
    from generator.model import Week


@click.command(cls=Command)
@with_week()
@click.option(
    "--for",
    "engine",
    type=OneOf(["listmonk", "brevo", "laposta"]),
    required=True,
    help="The program that sends it.",
)
@click.option(
    "--output",
    type=FolderPath(),
    metavar="FOLDER",
    help="New folder to write to; its files are readable by you only. Default: a folder in var/campaign.",
)
@click.pass_obj
def command(project: Project, week: Week | None, engine: str, output: Path | None) -> None:
    """Write a letter and its readers for another program.

    The folder has the letter as HTML and text with that program's tag for unsubscribing, the confirmed readers who
    would get it, each with the moment and the source of their consent, those who get nothing any more, and a README
    that says what to do, and which promises of this program end there: that nobody is left out or gets a letter twice,
    that a reader who leaves is known here, and that nothing is tracked.

    Without WEEK it is the letter whose window is open, or opens next. Nothing is sent or recorded.

    \b
    Examples:
      newsletter subscribers campaign 2026-W49 --for listmonk
      newsletter subscribers campaign 2026-W49 --for brevo --output var/brevo
    """
    from generator.mailing.trial import write_campaign
    from generator.sentences import count
    from generator.subscribers.transfer.campaigns import ENDS, ENGINES

    chosen = next(one for one in ENGINES if one.name == engine)
    written = write_campaign(project.root, week, chosen, output, project.clock())
    readers = ", ".join(
        f"{count(number, 'reader')} ({language})" for language, number in written.readers.items()
    )
    click.echo(
        f"The letter of {written.week} for {readers} is in {written.folder}. Nothing was sent or recorded."
    )
    click.echo(f"Who gets nothing any more is in suppressed.csv: {count(written.suppressed, 'reader')}.")
    say_aside(f"{ENDS.format(title=chosen.title)} see README.txt there.")
