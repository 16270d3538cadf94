"""`generate issue`: make the letter of a week in both languages."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.letter.texts import load, load_documents, pausing_collection
from generator.cli.options import with_week

if TYPE_CHECKING:
    from generator.cli import Project
    from generator.model import Week


@click.command(cls=Command)
@with_week()
@click.option(
    "--certainty", metavar="ID", help="Certainty of a new letter. Default: the one used longest ago."
)
@click.option("--thought", metavar="SLUG", help="Thought of a new letter. Default: the first one never used.")
@click.option("--dry-run", is_flag=True, help="Show what would be made, but write nothing.")
@click.option("--open", "open_", is_flag=True, help="Open the emails in the browser afterwards.")
@click.pass_obj
def command(  # noqa: PLR0913 (one for each option)
    project: Project,
    week: Week | None,
    certainty: str | None,
    thought: str | None,
    *,
    dry_run: bool,
    open_: bool,
) -> None:
    """Make the letter of a week in both languages.

    The first time, it assembles newsletter/issues/WEEK/ from the playbook: a thought, and the checklist items that go
    with it. Every time, it renders the emails, the archive page and the feeds into build/, and lists what is wrong with
    the letter. It never overwrites your edits, so run it again after every edit.

    Without WEEK it makes the letter of the coming Friday.

    \b
    Examples:
      generate issue
      generate issue 2026-W48
      generate issue next --certainty referral --dry-run
    """
    with pausing_collection():
        from generator.cli.letter.build import make_issue
        from generator.content.needs import need_nothing

        documents, now = load_documents(project.root), project.now()
        newsletter = load(project, documents, need_nothing)
        make_issue(
            newsletter,
            documents,
            week or newsletter.settings.coming_week(now),
            now,
            certainty,
            thought,
            dry_run=dry_run,
            open_=open_,
        )
