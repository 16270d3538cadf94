"""Which facts a text cites, where, and which numbers they are about."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from generator.check.language.figures import find_numbers
from generator.check.surveys import survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.check.manuscripts import Manuscript, Passage
    from generator.content import Newsletter

_CITATION = re.compile(r"\[\^([^\[\]\s]+)\]")


def fields_of(manuscript: Manuscript) -> tuple[Passage, ...]:
    """The title, the subject and the summary, each once."""
    return tuple(dict.fromkeys(manuscript.fields.values()))


def cited_facts(manuscript: Manuscript) -> Iterator[tuple[Passage, frozenset[str]]]:
    """Each passage with the facts that it cites; a table cites them together, and a list with what leads up to it."""
    lead: frozenset[str] = frozenset()
    for is_table, group in groupby(manuscript.passages, key=lambda passage: passage.kind == "row"):
        found = [(passage, frozenset(match[1] for match in find_citations(passage))) for passage in group]
        if is_table:
            together = lead.union(*(facts for _, facts in found))
            yield from ((passage, together) for passage, _ in found)
            continue
        for passage, facts in found:
            yield passage, facts | lead if passage.kind == "item" else facts
            if passage.kind != "item":
                lead = facts if passage.text.rstrip().endswith(":") else frozenset()


def find_citations(passage: Passage) -> Iterator[re.Match[str]]:
    """The marks of footnotes that name a fact."""
    manuscript, start = passage.manuscript, passage.start or 0
    for match in _CITATION.finditer(manuscript.text, start, start + len(passage.text)):
        if match[1] not in manuscript.marks.defined:
            yield match


@survey
def survey_numbers(newsletter: Newsletter) -> dict[str, frozenset[str]]:
    """For each fact the numbers in what the evidence says of it."""
    return {
        fact.id: frozenset(
            value
            for texts in (fact.name, fact.claim, fact.limits)
            for language, text in texts.items()
            for value, _, _ in find_numbers(text, language)
        )
        for fact in newsletter.playbook.facts.values()
    }
