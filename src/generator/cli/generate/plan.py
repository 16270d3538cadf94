"""`generate plan`: show which certainty and thought come next."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command, show_table
from generator.cli.parameters import WholeNumber
from generator.publication.texts import load_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.assemble import Plan
    from generator.cli import Project
    from generator.content import Newsletter


@click.command(cls=Command)
@click.option(
    "--weeks",
    type=WholeNumber(1, 520),
    default=12,
    show_default=True,
    help="Number of weeks to look ahead.",
)
@click.pass_obj
def command(project: Project, weeks: int) -> None:
    """Show which certainty and thought come next.

    It also counts the unused thoughts of each certainty, and tells which thoughts still have to be written.

    \b
    Example:
      generate plan --weeks 26
    """
    from generator.assemble import plan_weeks
    from generator.cli.reports import say_ignored
    from generator.content.needs import need_nothing
    from generator.sentences import count, say_kept

    now = project.now()
    newsletter = load_texts(project.root, now, needs=need_nothing)
    playbook, archive, settings = newsletter.playbook, newsletter.archive, newsletter.settings
    plans = plan_weeks(playbook, archive, settings.next_friday(now), weeks, settings.skip)
    _show_weeks(newsletter, plans)
    _show_certainties(newsletter)
    _show_drafts(newsletter)
    for issue in reversed(archive.issues):
        if issue.skipped:
            click.echo(f"{say_kept(issue.week)}.")
    if newsletter.ignored:
        click.echo(say_ignored(newsletter.ignored))
    missing = [plan for plan in plans if plan.missing]
    if missing:
        first_missing = missing[0]
        deadline = f"{count(len(missing), 'thought')}, the first before {first_missing.week.friday}"
        click.echo(f"Next: write {deadline}: generate new thought {first_missing.certainty}")
    else:
        click.echo(f"No thoughts are missing for {'this week' if weeks == 1 else f'these {weeks} weeks'}.")


def _show_weeks(newsletter: Newsletter, plans: Sequence[Plan]) -> None:
    """What comes when."""
    from generator.assemble import say_season

    thought, language = newsletter.playbook.thought, newsletter.settings.languages.default
    show_table(
        ("week", "friday", "certainty", "thought", "season", "state"),
        [
            (
                str(plan.week),
                plan.week.friday.isoformat(),
                plan.certainty or "–",
                plan.thought or "–",
                say_season(thought(language, plan.certainty, plan.thought), plan.week),
                plan.state,
            )
            for plan in plans
        ],
    )
    click.echo()


def _show_certainties(newsletter: Newsletter) -> None:
    """How often each certainty had its turn, and how far its thoughts reach."""
    from generator.assemble import count_unused

    playbook, archive = newsletter.playbook, newsletter.archive
    rows = []
    for certainty, (free, thoughts) in count_unused(playbook, archive).items():
        letters = [
            issue.week for issue in archive.issues if issue.certainty == certainty and not issue.skipped
        ]
        last = str(letters[0]) if letters else "–"
        rows.append((certainty, str(len(letters)), last, str(thoughts), str(free)))
    heading = ("certainty", "letters", "last", "thoughts", "unused")
    show_table(heading, rows, right=("letters", "thoughts", "unused"))
    click.echo()


def _show_drafts(newsletter: Newsletter) -> None:
    """The thoughts that somebody has begun."""
    if not newsletter.playbook.drafts:
        return
    languages = newsletter.settings.languages
    show_table(
        ("draft of", "thought", "languages"),
        [
            (draft.certainty, draft.slug, ", ".join(one for one in languages if one in draft.sources))
            for draft in newsletter.playbook.drafts
        ],
    )
    click.echo()
