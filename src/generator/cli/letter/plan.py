"""What `generate plan` shows: what comes when, and what a person still has to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.assemble import count_unused, plan_weeks, say_season
from generator.cli import show_table
from generator.cli.reports import say_ignored
from generator.content.certainties import IDS
from generator.model import Language
from generator.sentences import count, say_kept

if TYPE_CHECKING:
    from datetime import datetime

    from generator.content import Newsletter


def show_plan(newsletter: Newsletter, now: datetime, weeks: int) -> None:
    """Print the coming weeks, and how far the thoughts of each certainty reach."""
    playbook, archive, settings = newsletter.playbook, newsletter.archive, newsletter.settings
    plans = plan_weeks(playbook, archive, settings.next_friday(now), weeks, settings.skip)
    show_table(
        ("week", "friday", "certainty", "thought", "season", "state"),
        [
            (
                str(plan.week),
                plan.week.friday.isoformat(),
                plan.certainty or "–",
                plan.thought or "–",
                say_season(playbook.thought(Language.NL, plan.certainty, plan.thought), plan.week),
                plan.state,
            )
            for plan in plans
        ],
    )
    click.echo()
    letters = {
        certainty: [
            issue.week for issue in archive.issues if issue.certainty == certainty and not issue.skipped
        ]
        for certainty in IDS
    }
    show_table(
        ("certainty", "letters", "last", "thoughts", "unused"),
        [
            (
                certainty,
                str(len(letters[certainty])),
                str(letters[certainty][0]) if letters[certainty] else "–",
                str(thoughts),
                str(free),
            )
            for certainty, (free, thoughts) in count_unused(playbook, archive).items()
        ],
        right=("letters", "thoughts", "unused"),
    )
    click.echo()
    if playbook.drafts:
        show_table(
            ("draft of", "thought", "languages"),
            [
                (draft.certainty, draft.slug, ", ".join(one for one in Language if one in draft.sources))
                for draft in playbook.drafts
            ],
        )
        click.echo()
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
