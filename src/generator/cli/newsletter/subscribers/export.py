"""`newsletter subscribers export`: write the list to a file."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from typing import IO, TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import choose_output, require_end
from generator.cli.parameters import LANGUAGE, STATUS, FilePath, OneOf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.cli import Project

_STEP = 1000
"""Rows between two looks at the progress of an export."""


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
    from generator.environment import open_list
    from generator.model import Language, Status
    from generator.sentences import count
    from generator.subscribers.list.listing import count_statuses
    from generator.subscribers.transfer.exporting import export_subscribers

    output = choose_output(output)
    if output is not None:
        require_end(output, f".{form}", "--output")
    wanted, only = [Status(one) for one in statuses], Language(language) if language else None
    number = -2  # the first piece and the last are no subscribers
    with closing(open_list(project.root)) as database, database.read() as transaction, _write(output) as file:
        total = sum(count_statuses(transaction).values())
        hidden = output is None or not sys.stderr.isatty()
        with click.progressbar(length=total, label="Exporting", file=sys.stderr, hidden=hidden) as bar:
            for piece in export_subscribers(transaction, form, wanted, only):
                file.write(piece.encode())
                number += 1
                if number and number % _STEP == 0:
                    bar.update(_STEP)
            bar.update(total - bar.pos)
    if output is not None:
        click.echo(f"{output}: {count(number, 'subscriber')}.")


@contextmanager
def _write(output: Path | None) -> Iterator[IO[bytes]]:
    """Where an export goes: a new file, or standard output."""
    from generator.files import create_file

    if output is not None:
        with create_file(output) as file:
            yield file
        return
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()
