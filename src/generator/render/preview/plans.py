"""The page of the coming weeks, for editors only: their letters, and what is still to be written."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from generator.assemble import count_unused, say_season
from generator.model import ENGLISH
from generator.render.dates import say_date, say_day
from generator.render.preview.previews import dress_page
from generator.render.templating import render_template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.assemble import Plan
    from generator.content import Newsletter


def render_plan(newsletter: Newsletter, plans: Sequence[Plan], state: str) -> bytes:
    """The page of the coming weeks; `state` is a digest of the files, by which the page notices a save."""
    rows = [_row(newsletter, plan) for plan in plans]
    missing = [row for row in rows if row["missing"]]
    months = groupby(rows, key=lambda row: row["month"])
    page = render_template(
        newsletter.root,
        "preview/plan.html",
        **dress_page(newsletter.root, served=True),
        state=state,
        letter=newsletter.settings.letter,
        weeks=len(plans),
        months=[(month, list(found)) for month, found in months],
        missing=missing,
        others=len(newsletter.ignored),
        certainties=_count(newsletter, plans),
    )
    return page.encode()


def _row(newsletter: Newsletter, plan: Plan) -> dict[str, Any]:
    """A week: the titles of its letter, or of the thought that it will be made from."""
    playbook, issue = newsletter.playbook, newsletter.archive.issue(plan.week)
    thoughts = {one: playbook.thought(one, plan.certainty, plan.thought) for one in playbook.thoughts}
    texts = issue.editions if issue else thoughts
    friday = newsletter.settings.send_time(plan.week)
    day, _, month = say_day(friday, ENGLISH).partition(" ")
    return {
        "week": str(plan.week),
        "day": day,
        "month": month,
        "date": say_date(friday, ENGLISH),
        "iso": plan.week.friday.isoformat(),
        "certainty": _title(newsletter, plan.certainty),
        "id": plan.certainty,
        "titles": [(language, text.title) for language, text in texts.items() if text],
        "season": say_season(next(iter(thoughts.values())), plan.week),
        "state": "draft" if issue and issue.draft and not plan.skipped else plan.state,
        "written": plan.written,
        "missing": plan.missing,
        "skipped": plan.skipped,
    }


def _title(newsletter: Newsletter, certainty: str) -> str:
    """The title of a certainty, or its name when its page cannot be read."""
    language = newsletter.settings.languages.editors
    titles = {page.id: page.title for page in newsletter.playbook.certainties[language]}
    return titles.get(certainty, certainty.capitalize())


def _count(newsletter: Newsletter, plans: Sequence[Plan]) -> list[dict[str, Any]]:
    """For each certainty how many thoughts it has, how many are unused, and how many are missing."""
    return [
        {
            "id": certainty,
            "title": _title(newsletter, certainty),
            "unused": unused,
            "thoughts": thoughts,
            "missing": sum(plan.missing and plan.certainty == certainty for plan in plans),
        }
        for certainty, (unused, thoughts) in count_unused(newsletter.playbook, newsletter.archive).items()
    ]
