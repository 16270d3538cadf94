"""The command line: reads options and the clock, calls what does the work, and says how it went.

Here, and only here, our errors become messages and exit codes: 0 done, 1 something to mend, 2 a wrong option, 130
stopped with Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from generator.errors import ContentError, GeneratorError

if TYPE_CHECKING:
    from collections.abc import Sequence

BUILD = "build"
"""Where `generate issue` publishes, below the root of the project; git ignores it."""

DOCUMENTS = PurePosixPath("cache/documents")
"""Below that: the texts as the last run read them."""


class Group(click.Group):
    """Commands whose errors are sentences, and never tracebacks, when a person can mend them."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command. A GeneratorError is printed, with every problem and where it is, and ends with 1."""
        if os.environ.get("NO_COLOR"):  # https://no-color.org
            context.color = False
        try:
            return super().invoke(context)
        except ContentError as error:
            from generator.cli.reports import report_text  # noqa: PLC0415 (it needs what --help does without)

            for line in report_text(error.problems, find_root(context.obj or Path.cwd())):
                click.echo(line, err=True)
            say_error(f"{count(len(error.problems), 'problem')}; nothing was written")
        except GeneratorError as error:
            say_error(str(error))
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            return context.exit(130)
        except BrokenPipeError:  # `generate plan | head`: the reader has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return context.exit(1)


ROOT = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the project, when it is not the one you are in.",
)
"""The option of both programs that comes before the command."""


def find_project(root: Path | None) -> Path:
    """The folder that --root names, or that of the project we are in."""
    return root.resolve() if root is not None else find_root(Path.cwd())


def find_root(start: Path) -> Path:
    """The folder of the project that `start` is in."""
    for folder in (start, *start.parents):
        if (folder / "newsletter").is_dir() and (folder / "docs").is_dir():
            return folder
    raise click.UsageError(
        f"{start} is not in a project: no folder above it holds newsletter/ and docs/; use --root"
    )


def say_error(message: str) -> None:
    """Print the last word about what went wrong."""
    click.echo(click.style("Error: ", fg="red", bold=True) + message, err=True)


def count(number: int, noun: str) -> str:
    """A number with its noun: 1 problem, 2 problems."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def show_table(heading: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> None:
    """Print rows in columns as wide as their widest cell; the columns named in `right` hold numbers."""
    widths = [max(len(row[column]) for row in (heading, *rows)) for column in range(len(heading))]
    for number, row in enumerate((heading, *rows)):
        cells = [
            cell.rjust(width) if name in right else cell.ljust(width)
            for cell, width, name in zip(row, widths, heading, strict=True)
        ]
        click.echo(click.style("  ".join(cells).rstrip(), bold=number == 0))
