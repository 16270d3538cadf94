"""How far letters and thoughts are, and what comes next: the values of the pages that list them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from generator.assemble import count_unused, plan_weeks
from generator.content.certainties import IDS
from generator.content.documents import read_front as read_raw_front
from generator.content.thoughts import FOLDER as THOUGHTS
from generator.errors import GeneratorError
from generator.model import MONTHS
from generator.reading import list_folder
from generator.render.dates import say_date, say_day, say_month
from generator.writing.front import read_front
from generator.writing.remarks import find_problems
from generator.writing.texts import find_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.assemble import Plan
    from generator.content import Newsletter
    from generator.model import Language, Problem, Week
    from generator.writing.project import Project
    from generator.writing.texts import Text

WEEKS = 60
"""How many weeks the page of the plan shows."""


def find_state(newsletter: Newsletter | None, text: Text, problems: Sequence[Problem], now: datetime) -> str:
    """How far a text is: `idea`, `draft`, `ready` or `out`; `problems` are those of a letter that is not out yet."""
    if newsletter is None:
        return "draft"
    if text.week is None:
        return _find_thought_state(newsletter, text.certainty, text.slug, now)
    issue = newsletter.archive.issue(text.week)
    if issue is None or issue.kept:
        return "draft"
    if issue.first.published <= now:
        return "out"
    return "draft" if any(problem.blocks for problem in problems) else "ready"


def is_out(newsletter: Newsletter, text: Text, now: datetime) -> bool:
    """Whether readers have a text; a letter that cannot be read counts as out when its Friday is over."""
    if text.week and newsletter.archive.issue(text.week) is None:
        return newsletter.settings.send_time(text.week) <= now
    return find_state(newsletter, text, (), now) == "out"


def _find_thought_state(newsletter: Newsletter, certainty: str, slug: str, now: datetime) -> str:
    playbook = newsletter.playbook
    if any((draft.certainty, draft.slug) == (certainty, slug) for draft in playbook.drafts):
        return "draft"
    uses = [one for one in newsletter.archive.issues if (one.certainty, one.thought) == (certainty, slug)]
    if uses:
        return "out" if any(not one.kept and one.first.published <= now for one in uses) else "ready"
    whole = all(playbook.thought(language, certainty, slug) for language in playbook.thoughts)
    return "idea" if whole else "draft"


def list_letters(project: Project, newsletter: Newsletter, language: Language) -> list[dict[str, Any]]:
    """All letters, the newest first. Those that are not out yet are checked."""
    now, found = project.clock(), []
    weeks = {issue.week for issue in newsletter.archive.issues}.union(newsletter.list_unread())
    for week in sorted(weeks, reverse=True):
        try:
            text = find_text(project.root, str(week))
        except GeneratorError:
            continue  # a folder with nearly the name of a week, which is a problem of its own
        issue = newsletter.archive.issue(week)
        coming = issue is not None and not issue.kept and issue.first.published > now
        problems = find_problems(project, text) if coming else ()
        found.append(
            {
                "id": text.id,
                "date": say_day(newsletter.settings.send_time(week), language),
                "certainty": name_certainty(newsletter, issue.certainty, language) if issue else "",
                "state": find_state(newsletter, text, problems, now),
                "titles": _list_titles(text.files, text.id),
            }
        )
    return found


def list_thoughts(project: Project, newsletter: Newsletter, language: Language) -> list[dict[str, Any]]:
    """The certainties with all their thoughts, drafts and unreadable ones too."""
    now = project.clock()
    return [
        {
            "id": certainty,
            "title": name_certainty(newsletter, certainty, language),
            "thoughts": [
                {
                    "id": text.id,
                    "state": find_state(newsletter, text, (), now),
                    "titles": _list_titles(text.files, text.slug),
                }
                for text in walk_thoughts(project.root, certainty)
            ],
        }
        for certainty in IDS
    ]


def walk_thoughts(root: Path, certainty: str) -> Iterator[Text]:
    """The thoughts about a certainty that have a file, by name."""
    names = [path.name.partition(".")[0] for path in list_folder(root / THOUGHTS / certainty)]
    for slug in dict.fromkeys(names):
        try:
            yield find_text(root, f"thoughts/{certainty}/{slug}")
        except GeneratorError:
            continue  # another file


def say_plan(newsletter: Newsletter, first: Week, now: datetime, language: Language) -> dict[str, Any]:
    """The values of the page of the coming weeks."""
    plans = plan_weeks(newsletter.playbook, newsletter.archive, first, WEEKS, newsletter.settings.skip)
    rows = [_say_row(newsletter, plan, now, language) for plan in plans]
    counts = count_unused(newsletter.playbook, newsletter.archive)
    return {
        "weeks": len(plans),
        "others": len(newsletter.ignored),
        "months": [(month, list(found)) for month, found in groupby(rows, key=lambda row: row["month"])],
        "missing": [row for row in rows if row["missing"]],
        "certainties": [
            {
                "id": certainty,
                "title": name_certainty(newsletter, certainty, language),
                "unused": unused,
                "thoughts": thoughts,
                "missing": sum(plan.missing and plan.certainty == certainty for plan in plans),
            }
            for certainty, (unused, thoughts) in counts.items()
        ],
    }


def _say_row(newsletter: Newsletter, plan: Plan, now: datetime, language: Language) -> dict[str, Any]:
    playbook, issue = newsletter.playbook, newsletter.archive.issue(plan.week)
    thoughts = {one: playbook.thought(one, plan.certainty, plan.thought) for one in playbook.thoughts}
    texts, first = issue.editions if issue else thoughts, next(iter(thoughts.values()))
    friday = newsletter.settings.send_time(plan.week)
    day, _, month = say_day(friday, language).partition(" ")
    opened = str(plan.week) if issue else f"thoughts/{plan.certainty}/{plan.thought}" if plan.thought else ""
    return {
        "week": str(plan.week),
        "day": day,
        "month": month,
        "date": say_date(friday, language),
        "iso": plan.week.friday.isoformat(),
        "certainty": name_certainty(newsletter, plan.certainty, language),
        "id": plan.certainty,
        "titles": [(one, text.title) for one, text in texts.items() if text],
        "season": " ".join(
            say_month(MONTHS.index(name) + 1, language) if name in MONTHS else name
            for name in (first.season if first else ())
        ),
        "suits": first is not None and first.suits(plan.week),
        "state": _find_plan_state(newsletter, plan, now),
        "open": opened,
        "missing": plan.missing,
        "skipped": plan.skipped,
    }


def _find_plan_state(newsletter: Newsletter, plan: Plan, now: datetime) -> str:
    issue = newsletter.archive.issue(plan.week)
    if plan.skipped:
        return "skipped"
    if issue is None:
        return "missing" if plan.missing else "planned"
    if issue.draft:
        return "draft"
    return "out" if issue.first.published <= now else "written"


def name_certainty(newsletter: Newsletter, certainty: str, language: Language) -> str:
    """The title of a certainty, or its name when its page cannot be read; empty for none."""
    titles = {page.id: page.title for page in newsletter.playbook.certainties[language]}
    return titles.get(certainty, certainty.capitalize())


def _list_titles(files: Mapping[Language, Path], otherwise: str) -> list[dict[str, str]]:
    """The title of a text in each language, as it stands in the files now."""
    found = []
    for language, path in files.items():
        title = (read_front(read_raw_front(path)) or {}).get("title")
        found.append({"language": str(language), "title": str(title) if title else otherwise})
    return found
