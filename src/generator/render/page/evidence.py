"""The list of facts on “About the numbers”: each finding, its scope, and its source."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from generator.render.markdown import escape_markdown, render_address
from generator.words import load_words

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Fact, Language
    from generator.words import Table


def render_evidence(newsletter: Newsletter, language: Language) -> str:
    """Every fact that may be cited, in Markdown, by certainty; the heading has its id, to which footnotes link."""
    certainties = newsletter.playbook.certainties[language]
    words = load_words(newsletter.root)[language]["site"]
    headings = {certainty.id: certainty.title for certainty in certainties} | {"general": words["general"]}
    places = {certainty: place for place, certainty in enumerate(headings)}
    facts = [fact for fact in newsletter.playbook.facts.values() if fact.use != "avoid"]
    groups = groupby(sorted(facts, key=lambda fact: places[fact.certainty]), key=lambda fact: fact.certainty)
    parts: list[str] = []
    for certainty, found in groups:
        parts.append(f"### {escape_markdown(headings[certainty])}")
        parts += (_render_fact(fact, language, words) for fact in found)
    return "\n\n".join(parts)


def _render_fact(fact: Fact, language: Language, words: Table) -> str:
    source = f"{escape_markdown(fact.source.rstrip('.'))}.{render_address(fact, words)}"
    limits = f"**{words['limits']}:** {escape_markdown(fact.limits[language])}"
    parts = [
        f"#### {escape_markdown(fact.name[language])} {{ #{fact.id} }}",
        escape_markdown(fact.claim[language]),
        f"{limits} *{words['context']}*" if fact.use == "context" else limits,
        f"{source} {words['verified_' + fact.verified]}\n{{ data-pagefind-ignore=all }}",
    ]
    return "\n\n".join(parts)
