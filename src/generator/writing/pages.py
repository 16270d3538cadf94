"""The pages of the editor as values for their templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.assemble import plan_weeks
from generator.render.dates import say_date
from generator.writing.programs import check_all
from generator.writing.states import list_letters, list_thoughts, name_certainty, say_plan
from generator.writing.texts import find_text

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Language
    from generator.writing.project import Project

PAGES = ("start", "texts", "plan", "problems")
"""The pages that are not about one text."""


def render_page(project: Project, path: str, language: Language) -> tuple[str, dict[str, Any] | None]:
    """The template of a page and its values, said in a language; or where the page is, and None.

    Raises ContentError when the settings cannot be read, and Refusal for the page of an unknown text.
    """
    if path == "problems":
        checked = check_all(project.root, project.clock(), language)
    with project.lock:
        newsletter = project.read().newsletter
        if newsletter is None and path != "problems":
            return "problems", None
        values: dict[str, Any] = {"letter": newsletter.settings.letter if newsletter else "", "here": path}
        if path == "problems":
            return path, values | checked
        assert newsletter is not None  # noqa: S101 (for mypy: said above)
        if path == "texts":
            letters = list_letters(project, newsletter, language)
            return path, values | {
                "letters": letters,
                "certainties": list_thoughts(project, newsletter, language),
            }
        if path == "plan":
            now = project.clock()
            return path, values | say_plan(newsletter, newsletter.settings.next_friday(now), now, language)
        return _render_text(project, newsletter, path, language, values)


def _render_text(
    project: Project, newsletter: Newsletter, path: str, language: Language, values: dict[str, Any]
) -> tuple[str, dict[str, Any] | None]:
    """The page of a text; without one that of the coming letter, or what the plan proposes for it."""
    settings = newsletter.settings
    week = settings.coming_week(project.clock())
    written = {issue.week for issue in newsletter.archive.issues}.union(newsletter.list_unread())
    if path == "" or (path == "start" and week in written):
        return f"{week}/" if week in written else "start", None
    if path == "start":
        plan = plan_weeks(newsletter.playbook, newsletter.archive, week, 1, settings.skip)[0]
        thoughts = {
            one: newsletter.playbook.thought(one, plan.certainty, plan.thought)
            for one in newsletter.playbook.thoughts
        }
        first = sorted(thoughts.items(), key=lambda entry: entry[0] != language)
        return "start", values | {
            "week": str(week),
            "date": say_date(settings.send_time(week), language),
            "certainty": name_certainty(newsletter, plan.certainty, language),
            "titles": [{"language": one, "title": thought.title} for one, thought in first if thought],
            "skipped": plan.skipped,
        }
    text = find_text(project.root, path.removesuffix("/"))
    return "page", values | {
        "here": "text",
        "text": text.id,
        "kind": text.kind,
        "heading": text.id if text.week else name_certainty(newsletter, text.certainty, language),
        "date": say_date(settings.send_time(text.week), language) if text.week else "",
    }
