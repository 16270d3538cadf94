"""`newsletter subscribers export`: write the list to a file."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import choose_output, require_end
from generator.cli.parameters import LANGUAGE, STATUS, FilePath, OneOf

if TYPE_CHECKING:
    from pathlib import Path

    from generator.cli import Project


@click.command(cls=Command)
@click.option(
    "--format",
    "form",
    type=OneOf(["csv", "json"]),
    default="csv",
    show_default=True,
    help="Both are complete.",
)
@click.option(
    "--output",
    type=FilePath(),
    metavar="FILE",
    help="New file to write to, readable by you only: .csv, or .json for that format. Default: standard output.",
)
@click.option(
    "--status", "statuses", type=STATUS, multiple=True, help="Only subscribers with this status; repeatable."
)
@click.option("--language", type=LANGUAGE, help="Only subscribers with this language.")
@click.pass_obj
def command(
    project: Project, form: str, output: Path | None, statuses: tuple[str, ...], language: str | None
) -> None:
    """Write the list to a file.

    The file holds everything that is kept about each subscriber; `import` reads it back without loss.

    \b
    Examples:
      newsletter subscribers export --output var/readers.csv
      newsletter subscribers export --format json --status confirmed > var/subscribers.json
    """
    from generator.cli.list.transfer import export_file
    from generator.model import Language, Status

    output = choose_output(output)
    if output is not None:
        require_end(output, f".{form}", "--output")
    export_file(
        project.root,
        output,
        form,
        [Status(one) for one in statuses],
        Language(language) if language else None,
    )
