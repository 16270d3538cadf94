"""The list of facts on “About the numbers”: each finding, its scope, and its source."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from generator.render.markdown import escape_markdown
from generator.render.templating import render_template
from generator.words import load_words

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Language


def render_evidence(newsletter: Newsletter, language: Language) -> str:
    """Every fact that may be cited, in Markdown: a table for each certainty, in which footnotes link to the ids."""
    certainties = newsletter.playbook.certainties[language]
    words = load_words(newsletter.root)[language]["site"]
    headings = {certainty.id: certainty.title for certainty in certainties} | {"general": words["general"]}
    places = {certainty: place for place, certainty in enumerate(headings)}
    facts = [fact for fact in newsletter.playbook.facts.values() if fact.use != "avoid"]
    groups = groupby(sorted(facts, key=lambda fact: places[fact.certainty]), key=lambda fact: fact.certainty)
    parts: list[str] = []
    for certainty, found in groups:
        parts.append(f"### {escape_markdown(headings[certainty])}")
        studies = {"facts": list(found), "language": language, "words": words}
        parts.append(render_template(newsletter.root, "page/studies.html", **studies).strip())
    return "\n\n".join(parts)
