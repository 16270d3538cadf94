"""`generate release`: record published letters, so that later changes are detected."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.letter.texts import load
from generator.cli.options import with_week

if TYPE_CHECKING:
    from generator.cli import Project
    from generator.model import Week


@click.command(cls=Command)
@with_week()
@click.option("--dry-run", is_flag=True, help="Show what would be recorded, but write nothing.")
@click.pass_obj
def command(project: Project, week: Week | None, *, dry_run: bool) -> None:
    """Record published letters, so that later changes are detected.

    It records all published letters, or the one of WEEK, in newsletter/released.json. From then on, a change to a
    letter needs a later “updated” date. It rejects a letter that has errors.

    \b
    Examples:
      generate release
      generate release 2026-W48 --dry-run
    """
    from generator.cli.letter.release import release_letters
    from generator.content.needs import need_letter, need_releases

    needs = need_letter(project.root, week) if week else need_releases(project.root, project.now())
    release_letters(load(project, needs=needs), week, project.now(), dry_run=dry_run)
