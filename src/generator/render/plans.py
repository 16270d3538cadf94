"""What is coming, for editors only: the weeks ahead, and what is still to be written. It is never part of the site."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from generator.assemble import count_unused, say_season
from generator.model import Language
from generator.render.previews import dress_page
from generator.render.templating import render_template
from generator.render.words import say_date, say_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.assemble import Plan
    from generator.content import Newsletter


def render_plan(newsletter: Newsletter, plans: Sequence[Plan], state: str) -> bytes:
    """The page of what is coming; `state` is what the files were like, so that the page follows every save."""
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
        certainties=_count(newsletter, plans),
    )
    return page.encode()


def _row(newsletter: Newsletter, plan: Plan) -> dict[str, Any]:
    """A week: the titles of its letter when it is written, else those of the thought that it will be made from."""
    playbook, issue = newsletter.playbook, newsletter.archive.issue(plan.week)
    thoughts = {one: playbook.thought(one, plan.certainty, plan.thought) for one in Language}
    texts = issue.editions if issue else thoughts
    friday = newsletter.settings.send_time(plan.week)
    day, _, month = say_day(friday, Language.EN).partition(" ")
    return {
        "week": str(plan.week),
        "day": day,
        "month": month,
        "date": say_date(friday, Language.EN),
        "iso": plan.week.friday.isoformat(),
        "certainty": playbook.certainty(Language.EN, plan.certainty).title,
        "id": plan.certainty,
        "titles": [(language, text.title) for language, text in texts.items() if text],
        "season": say_season(thoughts[Language.NL], plan.week),
        "state": "draft" if issue and issue.draft else plan.state,
        "written": plan.written,
        "missing": plan.thought is None,
    }


def _count(newsletter: Newsletter, plans: Sequence[Plan]) -> list[dict[str, Any]]:
    """For each certainty how far its thoughts reach."""
    unused = count_unused(newsletter.playbook, newsletter.archive)
    return [
        {
            "id": certainty.id,
            "title": certainty.title,
            "unused": unused[certainty.id][0],
            "thoughts": unused[certainty.id][1],
            "missing": sum(plan.thought is None and plan.certainty == certainty.id for plan in plans),
        }
        for certainty in newsletter.playbook.certainties[Language.EN]
    ]
