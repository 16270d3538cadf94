"""What `generate plan` shows: what comes when, and what a person still has to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.assemble import count_unused, plan_weeks, say_season
from generator.cli import count, show_table
from generator.model import Language

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Week


def show_plan(newsletter: Newsletter, first: Week, weeks: int) -> None:
    """Print the coming weeks, and how far the thoughts of each certainty reach."""
    playbook, archive = newsletter.playbook, newsletter.archive
    plans = plan_weeks(playbook, archive, first, weeks)
    show_table(
        ("week", "friday", "certainty", "thought", "season", "state"),
        [
            (
                str(plan.week),
                plan.week.friday.isoformat(),
                plan.certainty,
                plan.thought or "–",
                say_season(playbook.thought(Language.NL, plan.certainty, plan.thought), plan.week),
                plan.state,
            )
            for plan in plans
        ],
    )
    click.echo()
    unused = count_unused(playbook, archive)
    letters = {
        certainty: [issue.week for issue in archive.issues if issue.certainty == certainty]
        for certainty in unused
    }
    show_table(
        ("certainty", "letters", "last", "thoughts", "unused"),
        [
            (
                certainty.id,
                str(len(letters[certainty.id])),
                str(letters[certainty.id][0]) if letters[certainty.id] else "–",
                str(thoughts),
                str(free),
            )
            for certainty in playbook.certainties[Language.NL]
            for free, thoughts in [unused[certainty.id]]
        ],
        right=("letters", "thoughts", "unused"),
    )
    click.echo()
    missing = [plan for plan in plans if plan.thought is None]
    if missing:
        first_missing = missing[0]
        deadline = f"{count(len(missing), 'thought')}, the first before {first_missing.week.friday}"
        click.echo(f"Next: write {deadline}: generate new thought {first_missing.certainty}")
    else:
        click.echo(f"Next: nothing is missing for these {count(weeks, 'week')}.")
