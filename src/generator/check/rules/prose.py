"""The text: how long, how clear, and free of what wears a reader out."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from generator.check.language import readability
from generator.check.language.knowledge import find_knowledge
from generator.check.language.readability import rate_ease, split_clauses
from generator.check.rule import Finding, Rule, Spot
from generator.content.archive import read_week
from generator.content.certainties import IDS
from generator.content.editions import SECTIONS
from generator.model import Message, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof

BOUNDS = dict(zip(SECTIONS, (range(60, 201), range(5, 81)), strict=True))
"""Words of each section. A thought is read standing at the coffee machine, in a minute; the committed ones have 110 to
160 words. What is to be done has to be seen at a glance, introduction and three actions included."""
HEAVY = 45
"""Reading ease below this is found in contracts and policies (30 to 50 is “difficult” on the scale). The committed
texts have 64 to 90, so what comes here was not written for somebody who has just woken up."""
RATED = 50
"""A reading ease of fewer words says nothing."""
LONG = 30
"""A longer sentence has to be read twice."""

_MARK = re.compile(r"!+(?!\[)")
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_GAP = re.compile(r"\s+|[-\u2011]")
"""What may stand between two words of a phrase."""
_KEY = 3
"""Letters of the first word by which phrases are indexed; a star must come after at least as many."""
_CERTAINTY = re.compile(r"certainties/([a-z]+)(?:\.md|/|#|\Z)")


def check_section_length(proof: Proof) -> Iterator[Finding]:
    """Each section says enough to be worth reading, and no more than is read."""
    for section in proof.edition.sections:
        bounds, words = BOUNDS[section.heading], section.words
        if words not in bounds:
            message = Message(
                "“{}” has {} words; {} to {} are recommended",
                section.heading,
                words,
                bounds.start,
                bounds.stop - 1,
            )
            yield Finding(message, Spot(section.line))


def check_one_certainty(manuscript: Manuscript) -> Iterator[Finding]:
    """All links to certainties and their items lead to the one that the text is about."""
    for link in manuscript.marks.links:
        found = _CERTAINTY.search(link.target)
        if found and found[1] in IDS and found[1] != manuscript.certainty:
            message = Message(
                "“{}” links to {}, but this text is about {}",
                link.text or link.target,
                found[1],
                manuscript.certainty,
            )
            yield Finding(message, manuscript.spot_of(link.address, link.line))


def check_headings(proof: Proof) -> Iterator[Finding]:
    """Below a section, headings go down by one level at a time; none is empty, none stands twice."""
    above, seen = 2, set()
    for heading in proof.manuscript.marks.headings:
        name = heading.text.strip()
        if heading.level > above + 1:
            message = Message(
                "“{}” has {} marks (#), but the heading above it has {}", name, heading.level, above
            )
            yield Finding(message, Spot(heading.line))
        if not name:
            yield Finding(Message("a heading has no text"), Spot(heading.line))
        elif name.casefold() in seen:
            yield Finding(Message("duplicate heading “{}”", name), Spot(heading.line))
        above = heading.level
        seen.add(name.casefold())


def check_reading_level(manuscript: Manuscript) -> Iterator[Finding]:
    """The text can be read by somebody who has just woken up."""
    passages = [one for one in manuscript.passages if one.kind in {"paragraph", "item"}]
    if sum(readability.count_words(one.text) for one in passages) < RATED:
        return
    sentences = (sentence for one in passages for sentence, _ in one.sentences())
    ease = rate_ease(sentences, manuscript.language)
    if ease < HEAVY:
        known = find_knowledge(manuscript.language)
        scale = f" ({known.scale})" if known else ""
        message = Message(
            "the reading ease of the text is {:.0f}{}; at least {} is recommended", ease, scale, HEAVY
        )
        yield Finding(message, passages[0].spot())


def check_long_sentence(manuscript: Manuscript) -> Iterator[Finding]:
    """No sentence has more words than a reader can hold; a semicolon or a colon is a rest."""
    for passage in manuscript.everything:
        for sentence, spot in passage.sentences():
            words = max(map(readability.count_words, split_clauses(sentence)))
            if words > LONG:
                yield Finding(
                    Message("this sentence has {} words; at most {} are recommended", words, LONG), spot
                )


def check_exclamation(manuscript: Manuscript) -> Iterator[Finding]:
    """No sentence ends in an exclamation mark."""
    for passage in manuscript.everything:
        for match, spot in passage.find(_MARK):
            cure = (
                "." if passage.text[: match.start()][-1:].isalnum() else ""
            )  # behind ? nothing else is needed
            yield Finding(Message("“{}” is an exclamation mark", match[0]), spot, cure=cure)


def check_cliche(manuscript: Manuscript) -> Iterator[Finding]:
    """No phrase stands in the list of clichés of its language."""
    cliches = manuscript.newsletter.style[manuscript.language].cliches
    for passage in manuscript.everything:
        for start, end in find_phrases(passage.text, cliches):
            words = " ".join(passage.text[start:end].split())
            yield Finding(Message("“{}” is a cliché", words), passage.spot(start, end))


def check_term(manuscript: Manuscript) -> Iterator[Finding]:
    """No phrase stands in the table of terms as one that has a better word. A letter that is out stays as it is."""
    newsletter, language = manuscript.newsletter, manuscript.language
    if (read_week(manuscript.source.parent.name), language) in newsletter.releases:
        return
    terms = newsletter.style[language].terms
    for passage in manuscript.everything:
        for start, end in find_phrases(passage.text, tuple(terms)):
            words = " ".join(passage.text[start:end].split())
            term = next(term for phrase, term in terms.items() if any(find_phrases(words, (phrase,))))
            # Another form of a word, or one of two terms, is for a person to choose.
            sole = term if words.casefold() in terms and "," not in term else ""
            cure = sole[:1].upper() + sole[1:] if words[:1].isupper() else sole
            spot = passage.spot(start, end)
            yield Finding(Message("“{}” is not our word for it; write “{}”", words, term), spot, cure=cure)


def find_phrases(text: str, phrases: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """The start and the end of each phrase in a text, in any capitals; of those that begin at one word, the longest.

    A star ends a word of a phrase that may end in any way.
    """
    index = _index(phrases)
    words = list(_WORD.finditer(text))
    following = 0
    for number, word in enumerate(words):
        candidates = index.get(word[0].casefold()[:_KEY], ()) if number >= following else ()
        for phrase in candidates:
            found = words[number : number + len(phrase)]
            if _is_phrase(text, found, phrase):
                following = number + len(phrase)
                yield found[0].start(), found[-1].end()
                break


@lru_cache(maxsize=8)
def _index(phrases: tuple[str, ...]) -> Mapping[str, Sequence[tuple[str, ...]]]:
    """The words of each phrase, indexed by the first _KEY letters; long phrases first."""
    index: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        words = tuple(re.findall(r"[^\W_]+(?:'[^\W_]+)*\*?", phrase.casefold()))
        if words:
            index.setdefault(words[0].rstrip("*")[:_KEY], []).append(words)
    return {key: sorted(found, key=len, reverse=True) for key, found in index.items()}


def _is_phrase(text: str, found: Sequence[re.Match[str]], phrase: tuple[str, ...]) -> bool:
    """Whether words of the text are those of a phrase, with nothing but spaces and hyphens between them."""
    if len(found) < len(phrase):
        return False
    for match, word in zip(found, phrase, strict=True):
        written = match[0].casefold().replace("’", "'")
        if not (written.startswith(word[:-1]) if word.endswith("*") else written == word):
            return False
    return all(_GAP.fullmatch(text, one.end(), other.start()) for one, other in pairwise(found))


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = (
    Rule(
        "one-certainty",
        Severity.WARNING,
        Message("Keep it for a letter about that certainty."),
        check_one_certainty,
    ),
    Rule(
        "reading-level",
        Severity.WARNING,
        Message("Use shorter sentences and shorter words."),
        check_reading_level,
    ),
    Rule("long-sentence", Severity.WARNING, Message("Split it into two sentences."), check_long_sentence),
    Rule("exclamation", Severity.WARNING, Message("Use a full stop."), check_exclamation),
    Rule(
        "cliche",
        Severity.WARNING,
        Message("Use your own words, or delete the phrase from newsletter/cliches.nl.txt or cliches.en.txt."),
        check_cliche,
    ),
    Rule(
        "term",
        Severity.WARNING,
        Message("Use the word of the table in newsletter/STYLE.md, or change the table."),
        check_term,
    ),
)
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule(
        "section-length",
        Severity.WARNING,
        Message("Shorten or extend the section."),
        check_section_length,
    ),
    Rule(
        "headings",
        Severity.ERROR,
        Message("Give each heading its own text, one level at a time."),
        check_headings,
    ),
)
