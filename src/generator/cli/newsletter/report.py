"""`newsletter report`: report on a letter in numbers, without addresses."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import choose_output, with_week
from generator.cli.parameters import FilePath, OneOf

if TYPE_CHECKING:
    from pathlib import Path

    from generator.cli import Project
    from generator.model import MailingId


@click.command(cls=Command)
@with_week(required=True, lessons=True)
@click.option(
    "--format",
    "form",
    type=OneOf(["markdown", "json"]),
    default="markdown",
    show_default=True,
    help="Output for a person or a program.",
)
@click.option(
    "--output",
    type=FilePath(),
    metavar="FILE",
    help="New file to write to. Default: standard output.",
)
@click.pass_obj
def command(project: Project, week: MailingId, form: str, output: Path | None) -> None:
    """Report on a letter in numbers, without addresses.

    The report counts the letters by outcome, the replies of the relay, and the returned mail. Each run of `send`,
    `resume` and `retry` writes the same report to var/reports/.

    \b
    Examples:
      newsletter report 2026-W48
      newsletter report 2026-W48 --format json --output var/report.json
    """
    from generator.mailing.report import make_report

    output = choose_output(output)
    text = make_report(project.root, week, project.now(), form, output)
    if output is None:
        click.echo(text, nl=False)
    else:
        click.echo(f"Wrote {output}.")
