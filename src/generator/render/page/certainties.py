"""The seven certainties together, as HTML within a page: an overview, the assessment, and the sheet for a team.

What is made here has no blank line, where Markdown would begin to read again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generator.render.links import Place
from generator.render.markdown import render_plain
from generator.render.templating import render_template
from generator.words import load_words

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Certainty, Language


EXAMPLE = {
    "relations": "210",
    "reputation": "223",
    "referral": "10x",
    "repeating": "211",
    "revenue": "232",
    "rebound": "110",
    "repetition": "332",
}
"""The levels of a made-up result, one for each aspect; x is “I don't know”."""


def render_specimen(newsletter: Newsletter, language: Language, page: str) -> str:
    """A drawn example of a result, the weakest certainty first, with its first item as what to do."""
    certainties = sorted(newsletter.playbook.certainties[language], key=_sum_example)
    result = [
        {
            "title": certainty.title,
            "levels": EXAMPLE[certainty.id],
            "sum": _sum_example(certainty),
            "item": render_plain(certainty.items[0].text),
        }
        for certainty in certainties
    ]
    return _render(newsletter, "page/specimen.html", language, page, result=result)


def _sum_example(certainty: Certainty) -> int:
    return sum(int(level) for level in EXAMPLE[certainty.id] if level != "x")


def render_seven(newsletter: Newsletter, language: Language, page: str) -> str:
    """The overview: title and summary of each certainty."""
    links = {
        certainty.id: Place(language, certainty.page).address_from(page)
        for certainty in newsletter.playbook.certainties[language]
    }
    return _render(newsletter, "page/seven.html", language, page, links=links)


def render_assessment(newsletter: Newsletter, language: Language, page: str) -> str:
    """The questions of the assessment as a form, and the data from which a script shows the result."""
    return _render(newsletter, "page/assessment.html", language, page)


def render_team(newsletter: Newsletter, language: Language, page: str) -> str:
    """A sheet to print: a table for the scores of a team, and lines for what it agrees on."""
    return _render(newsletter, "page/team.html", language, page)


def _describe(newsletter: Newsletter, language: Language, page: str) -> dict[str, Any]:
    """The parts of the playbook that the result of the assessment shows."""
    playbook = newsletter.playbook
    return {
        "language": language,
        "aspects": [
            {"id": aspect.id, "name": aspect.name} for aspect in playbook.assessment[language].aspects
        ],
        "certainties": [
            {
                "id": certainty.id,
                "title": certainty.title,
                "url": Place(language, certainty.page).address_from(page),
                "items": [{"id": item.id, "text": render_plain(item.text)} for item in certainty.items],
            }
            for certainty in playbook.certainties[language]
        ],
    }


def _to_attribute(data: dict[str, Any]) -> str:
    """JSON escaped for an HTML attribute in single quotes."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "&'<>":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _render(newsletter: Newsletter, template: str, language: Language, page: str, **values: Any) -> str:
    """A template with the certainties, the assessment, and the data for the scripts of the page."""
    playbook = newsletter.playbook
    return render_template(
        newsletter.root,
        template,
        certainties=playbook.certainties[language],
        assessment=playbook.assessment[language],
        most=sum(len(aspect.anchors) - 1 for aspect in playbook.assessment[language].aspects),
        data=_to_attribute(_describe(newsletter, language, page)),
        words=load_words(newsletter.root)[language]["site"],
        **values,
    ).strip()
