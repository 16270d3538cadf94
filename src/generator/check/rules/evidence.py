"""Figures: each has a source, each source its limits, and the article's own percentages say whose they are."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import groupby
from typing import TYPE_CHECKING

from generator.check.language.figures import find_figures, find_numbers
from generator.check.language.knowledge import find_knowledge
from generator.check.memo import survey
from generator.check.rule import Finding, Rule, Spot
from generator.model import Message, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.check.manuscripts import Manuscript, Passage
    from generator.check.proofs import Proof
    from generator.content import Newsletter

ARTICLE = frozenset({"32", "84", "92"})
"""The percentages of the article that this playbook began with. It names no source for them, and we found none."""
ABOUT = "about-the-numbers"
"""The page that tells what we found out about them."""

_PERCENTAGE = re.compile(r"(?<![\w.,])(\d{2})(?:\s?%|\sprocent\b|\sper\s?cent\b)", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_CITATION = re.compile(r"\[\^([^\[\]\s]+)\]")


# --- What is right ---


def check_figures(manuscript: Manuscript) -> Iterator[Finding]:
    """Every figure stands in a paragraph that cites where it comes from."""
    actions = {item.line for item in manuscript.marks.items}
    sourced = " ".join(passage.text for passage, facts in _list_cited(manuscript) if facts)
    numbers = {value for value, _, _ in find_numbers(sourced, manuscript.language)}
    for passage, facts in (
        *((field, frozenset[str]()) for field in _list_fields(manuscript)),
        *_list_cited(manuscript),
    ):
        if facts or passage.line in actions:
            continue
        for figure in find_figures(passage.text, manuscript.language):
            if figure.percentage and figure.value in ARTICLE:
                continue  # see below
            if _names(passage) and (figure.value in numbers or (not figure.value and figure.text in sourced)):
                continue
            message = Message("“{}” is a figure without a source", figure.text)
            yield Finding(message, passage.spot(figure.start, figure.end))
            break  # one source mends the whole paragraph


def check_sources(manuscript: Manuscript) -> Iterator[Finding]:
    """A figure beside a source is one that the source is cited for."""
    known = _survey_numbers(manuscript.newsletter)
    for passage, facts in _list_cited(manuscript):
        there = {number for fact in facts for number in known.get(fact, ())}
        if not facts or not facts <= known.keys():  # an unknown source was said already
            continue
        for figure in find_figures(passage.text, manuscript.language):
            numbers = {value for value, _, _ in find_numbers(figure.text, manuscript.language)}
            if numbers <= there or (figure.percentage and figure.value in ARTICLE):
                continue
            message = Message("“{}” is not among the figures of {}", figure.text, ", ".join(sorted(facts)))
            yield Finding(message, passage.spot(figure.start, figure.end))
            there |= numbers


def check_caveats(manuscript: Manuscript) -> Iterator[Finding]:
    """What may only be cited in context has its caveat beside it."""
    facts = manuscript.newsletter.playbook.facts
    for passage in manuscript.passages:
        cited = {match[1]: match for match in reversed([*_find_citations(passage)]) if match[1] in facts}
        context = [facts[source] for source in cited if facts[source].use == "context"]
        said = _plain(passage.text) if context else ""
        for fact in context:
            phrases = fact.caveat[manuscript.language]
            if not any(_plain(phrase) in said for phrase in phrases):
                message = Message(
                    "“{}” is cited without its caveat: {}", fact.id, ", ".join(f"“{one}”" for one in phrases)
                )
                yield Finding(message, _spot(passage, cited[fact.id]))


def check_article(manuscript: Manuscript) -> Iterator[Finding]:
    """A percentage of the article is said to be the article's, and leads to what we know about it."""
    held = _survey_numbers(manuscript.newsletter)
    passages = [*((field, frozenset[str]()) for field in _list_fields(manuscript)), *_list_cited(manuscript)]
    everywhere = {number for _, cited in passages for fact in cited for number in held.get(fact, ())}
    for passage, cited in passages:
        found = [match for match in _PERCENTAGE.finditer(passage.text) if match[1] in ARTICLE]
        near = {number for fact in cited for number in held.get(fact, ())} if found else set()
        found = [match for match in found if match[1] not in (everywhere if _names(passage) else near)]
        for match, message in _misuses(passage, found):
            yield Finding(
                Message("“{}” is a figure of the article, {}", match[0], message), passage.spot(*match.span())
            )


def check_translation(proof: Proof) -> Iterator[Finding]:
    """Both languages cite the same numbers."""
    if proof.original is None:
        return  # said once
    if not all(map(find_knowledge, (proof.edition.language, proof.original.edition.language))):
        return
    english, dutch = proof.manuscript, proof.original.manuscript
    name = proof.newsletter.settings.languages.names[dutch.language]
    here, there = _numbers(english), _numbers(dutch)
    for value, (text, _, spot) in here.items():
        if value not in there and not _spells(dutch, value):
            yield Finding(Message("“{}” is not in the {} letter", text, name), spot)
    first = next((passage.spot() for passage in english.passages), Spot())
    places = {match[1]: passage.spot() for passage in english.passages for match in _find_citations(passage)}
    for value, (text, passage, spot) in there.items():
        if value not in here and not _spells(english, value):
            place = next((places[one[1]] for one in _find_citations(passage) if one[1] in places), first)
            yield Finding(
                Message("“{}” of the {} letter (line {}) is missing here", text, name, spot.line), place
            )


# --- What is cited where ---


def _list_fields(manuscript: Manuscript) -> tuple[Passage, ...]:
    """The title, the subject and the summary, each once."""
    return tuple(dict.fromkeys(manuscript.fields.values()))


def _list_cited(manuscript: Manuscript) -> Iterator[tuple[Passage, frozenset[str]]]:
    """Each passage with the facts that it cites. A row has those of the whole table; an item has those of the sentence
    that introduces the list, too.
    """
    lead: frozenset[str] = frozenset()
    for is_table, group in groupby(manuscript.passages, key=lambda passage: passage.kind == "row"):
        found = [(passage, frozenset(match[1] for match in _find_citations(passage))) for passage in group]
        if is_table:
            together = lead.union(*(facts for _, facts in found))
            yield from ((passage, together) for passage, _ in found)
            continue
        for passage, facts in found:
            yield passage, facts | lead if passage.kind == "item" else facts
            if passage.kind != "item":
                lead = facts if passage.text.rstrip().endswith(":") else frozenset()


def _find_citations(passage: Passage) -> Iterator[re.Match[str]]:
    """The footnote references that name a fact: `[^ref-kumar-2007]`, unless the text defines that footnote itself."""
    manuscript, start = passage.manuscript, passage.start or 0
    for match in _CITATION.finditer(manuscript.text, start, start + len(passage.text)):
        if match[1] not in manuscript.marks.defined:
            yield match


@survey
def _survey_numbers(newsletter: Newsletter) -> dict[str, frozenset[str]]:
    """For each fact, the numbers in what readers see of it."""
    return {
        fact.id: frozenset(
            value
            for texts in (fact.name, fact.claim, fact.limits, fact.studied)
            for language, text in texts.items()
            for value, _, _ in find_numbers(text, language)
        )
        for fact in newsletter.playbook.facts.values()
    }


# --- How it is found ---


def _spot(passage: Passage, match: re.Match[str]) -> Spot:
    return passage.manuscript.spot(match.start(), match.end())


def _plain(text: str) -> str:
    """Text for comparing: lower case, one kind of apostrophe, single spaces."""
    return " ".join(text.lower().replace("’", "'").split())


def _names(passage: Passage) -> bool:
    """Whether it is a title, summary or heading: these cannot cite, but may repeat a figure that a paragraph cites."""
    return passage.kind in {"key", "heading"}


def _misuses(passage: Passage, found: Sequence[re.Match[str]]) -> Iterator[tuple[re.Match[str], Message]]:
    """What is wrong with percentages of the article where they stand."""
    if _names(passage):
        yield from (
            (match, Message("which must not be in a title, a summary or a heading")) for match in found
        )
        return
    manuscript, begin = passage.manuscript, passage.start or 0
    known = find_knowledge(manuscript.language)
    if known is None:
        return
    words, linked = (
        known.attribution,
        manuscript.text.find(ABOUT, begin, begin + len(passage.text)) >= 0,
    )
    start, sentences = 0, []
    for sentence, _ in passage.sentences() if found else ():
        start = passage.text.index(sentence, start)
        sentences.append((start, words in _plain(sentence)))
        start += len(sentence)
    for match in found:
        if not sentences[bisect_right(sentences, (match.start(), True)) - 1][1]:
            yield match, Message("and this sentence does not say “{}”", words)
        elif not linked:
            yield match, Message("and this paragraph does not link to {}.md", ABOUT)


def _numbers(manuscript: Manuscript) -> dict[str, tuple[str, Passage, Spot]]:
    """The numbers in passages that cite a fact, each with its text, passage and first place."""
    found: dict[str, tuple[str, Passage, Spot]] = {}
    for passage in manuscript.passages:
        if any(True for _ in _find_citations(passage)):
            for value, start, end in find_numbers(passage.text, manuscript.language):
                if value not in found:
                    found[value] = (passage.text[start:end], passage, passage.spot(start, end))
    return found


def _spells(manuscript: Manuscript, value: str) -> bool:
    """Whether a text contains a number in words."""
    known = find_knowledge(manuscript.language)
    words = {word for word, number in known.numbers.items() if number == value} if known else set()
    return bool(words) and not words.isdisjoint(_WORD.findall(manuscript.masked.lower()))


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = (
    Rule(
        "figure-without-source",
        Severity.ERROR,
        Message(
            "Cite its source from newsletter/evidence.yaml in the same paragraph, like "
            "[^ref-kumar-2007], or leave it out."
        ),
        check_figures,
    ),
    Rule(
        "figure-not-in-source",
        Severity.WARNING,
        Message("Correct the figure, cite its source, or add it to the claim in newsletter/evidence.yaml."),
        check_sources,
    ),
    Rule(
        "context-caveat", Severity.ERROR, Message("Add one of these phrases to the paragraph."), check_caveats
    ),
    Rule(
        "article-figure",
        Severity.ERROR,
        Message(
            "Write “volgens het artikel” or “according to the article” in the sentence, and link "
            "to about-the-numbers.md."
        ),
        check_article,
    ),
)
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule(
        "figures-differ",
        Severity.WARNING,
        Message("Use the same numbers in both languages."),
        check_translation,
    ),
)
