"""`generate check`: check texts and letters, and list what is wrong."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.letter.texts import load_documents, pausing_collection
from generator.cli.options import WEEKS, read_target
from generator.cli.parameters import OneOf

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.argument("targets", nargs=-1, metavar="[WEEK|PATH]...")
@click.option("--week", "weeks", multiple=True, metavar="WEEK", help=f"Same as WEEK: {WEEKS}.")
@click.option(
    "--format",
    "form",
    type=OneOf(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Output format: for a person, a program, or a GitHub workflow.",
)
@click.option("--online", is_flag=True, help="Also check that links to other sites work.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.pass_obj
def command(  # noqa: PLR0913 (one for each option)
    project: Project,
    targets: tuple[str, ...],
    weeks: tuple[str, ...],
    form: str,
    *,
    online: bool,
    strict: bool,
) -> None:
    """Check texts and letters, and list what is wrong.

    Without arguments it checks everything; name weeks, files or folders to check only those. It applies the
    rules of newsletter/CHECKS.md, and writes nothing. It exits with 1 when there is an error; warnings
    do not count, unless you add --strict.

    \b
    Examples:
      generate check
      generate check 2026-W48
      generate check newsletter/thoughts --strict
    """
    with pausing_collection():
        from generator.cli.letter.check import check_project
        from generator.content import load_newsletter

        root = project.root
        load = partial(load_newsletter, root, load_documents(root))
        named = [read_target(root, target, project.today) for target in (*targets, *weeks)]
        check_project(root, load, named, form, project.now(), online=online, strict=strict)
