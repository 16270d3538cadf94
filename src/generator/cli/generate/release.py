"""`generate release`: record published letters, so that later changes are detected."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command, show_table
from generator.cli.options import with_week
from generator.publication.texts import load_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.cli import Project
    from generator.model import Issue, Week


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
    from generator.cli.reports import say_ignored
    from generator.content.needs import need_letter, need_releases
    from generator.content.releases import PATH
    from generator.publication.release import release_letters

    now = project.now()
    needs = need_letter(project.root, week) if week else need_releases(project.root, now)
    newsletter = load_texts(project.root, now, needs=needs)
    recorded = release_letters(newsletter, week, now, dry_run=dry_run)
    if not recorded.editions:
        click.echo(f"Nothing to record: {PATH} already has {_say_letters(recorded.issues)}.")
        return
    rows = [
        (str(found), str(language), "again, as corrected" if again else "for the first time")
        for (found, language), again in recorded.editions.items()
    ]
    show_table(("week", "language", "recorded"), rows)
    click.echo()
    if newsletter.ignored:
        click.echo(say_ignored(newsletter.ignored))
    if dry_run:
        click.echo("Nothing was written (--dry-run). Next: run it again without --dry-run.")
    else:
        click.echo(f"Next: commit {PATH}.")


def _say_letters(issues: Sequence[Issue]) -> str:
    return (
        f"the current text of the letter of {issues[0].week}"
        if len(issues) == 1
        else "the current text of all published letters"
    )
