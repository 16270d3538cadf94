"""Spelling: what stands neither in the dictionary of the language nor in the word list of the house."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import hunspell

from generator.check.language.detection import is_in
from generator.check.language.knowledge import find_knowledge, list_others
from generator.check.rule import Finding, Rule
from generator.content.editions import SECTIONS
from generator.model import NOTHING, Message, Severity, join_or

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.check.manuscripts import Manuscript, Passage
    from generator.check.rule import Spot
    from generator.content import Newsletter
    from generator.model import Language, Languages

DICTIONARIES = Path(__file__).parents[1] / "dictionaries"
"""Their README names sources and licences."""
LONGEST = 50
"""The longest word that is looked up: taking an unknown compound apart takes long."""
UNKNOWN = 40
"""After so many unknown words, a text is in another language, or not a text."""
SUGGESTED = 1
"""How many unknown words of a text get suggestions, which take up to a third of a second each."""
SHORT = 12
"""The longest word that gets some: taking a longer one apart takes twice as long, and finds little."""

_WORD = re.compile(r"[^\W_](?:[\w\u0300-\u036f]|[’'\u2011-](?=\w))*")
_MARKS = str.maketrans({"’": "'", "\u2011": "-"})
_ACRONYM = re.compile(r"[A-Z]{2,5}(?:'?s)?")


def check_spelling(manuscript: Manuscript) -> Iterator[Finding]:
    """Each word stands in the dictionary, in the word list, or in a name that this newsletter uses."""
    language = manuscript.language
    if not has_dictionary(language):
        return
    languages = manuscript.newsletter.settings.languages
    house = _find_house_words(manuscript.newsletter, language)
    places: dict[str, Spot] = {}
    times: dict[str, int] = {}
    for word, spot in _find_unknown(manuscript.everything, language, house):
        places.setdefault(word, spot)
        times[word] = times.get(word, 0) + 1
        if len(places) > UNKNOWN:
            message = Message(
                "more than {} words here are not in the dictionary; the rest was not checked", UNKNOWN
            )
            yield Finding(message, places.popitem()[1])
            break
    for number, (word, spot) in enumerate(places.items()):
        again = Message(" (used {} times)", times[word]) if times[word] > 1 else NOTHING
        hint = _find_other(word, language, languages)
        if (
            manuscript.suggests
            and not hint
            and number < SUGGESTED
            and (found := suggest(word, language, house))
        ):
            hint = Message("; did you mean {}?", join_or(f"“{one}”" for one in found))
        yield Finding(Message("“{}”{} is not in the dictionary{}", word, again, hint), spot)


def knows(word: str, language: Language, house: frozenset[str] = frozenset()) -> bool:
    """Whether a word is spelt right, or all parts of it are between which hyphens stand."""
    return _is_right(word, language, house) or (
        "-" in word and all(_is_right(part, language, house) for part in word.split("-"))
    )


@lru_cache(maxsize=1024)
def suggest(word: str, language: Language, house: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """At most three words that may have been meant, those of the house first."""
    near = get_close_matches(word, house, n=1, cutoff=0.8)
    near += _load(language).suggest(word) if len(word) <= SHORT else ()
    return tuple(islice(dict.fromkeys(near), 3))


def _find_other(word: str, language: Language, languages: Languages) -> Message:
    """That a word stands in the dictionary of another language; empty when it does not."""
    for other in languages:
        if (
            other != language
            and has_dictionary(other)
            and _stands_in_dictionary(word.translate(_MARKS), other)
        ):
            return Message("; it is {}", languages.names[other])
    return NOTHING


def _find_unknown(
    passages: Iterable[Passage], language: Language, house: frozenset[str]
) -> Iterator[tuple[str, Spot]]:
    right: set[str] = set()
    for passage in passages:
        if passage.kind == "heading" and passage.text.strip() in SECTIONS:
            continue  # English in Dutch letters too
        if any(is_in(other, passage.text) for other in list_others(language)):
            continue  # that it is not translated is said once, by another rule
        for match in _WORD.finditer(passage.text):
            written = match[0]
            if written in right:
                continue
            word = unicodedata.normalize("NFC", written).translate(_MARKS)
            abbreviated = passage.text.startswith(".", match.end()) and knows(f"{word}.", language)
            if abbreviated or knows(word, language, house):
                right.add(written)
            else:
                yield written, passage.spot(*match.span())


def _is_right(word: str, language: Language, house: frozenset[str]) -> bool:
    if len(word) < 2 or word in house or _ACRONYM.fullmatch(word) or any(map(str.isdigit, word)):  # noqa: PLR2004
        return True
    if word[0].isupper() and (
        word[0].lower() + word[1:] in house or (word.isupper() and word.lower() in house)
    ):
        return True
    if len(word) > LONGEST:
        return False
    if word.startswith("Eé"):
        word = f"é{word[1:]}"  # a Dutch capital loses its accent: Eén
    if _stands_in_dictionary(word, language) or _is_inflected(word, language, house):
        return True
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).replace("\u0301", ""))
    known = find_knowledge(language)
    return known is not None and known.stressed and plain != word and _is_right(plain, language, house)


def _is_inflected(word: str, language: Language, house: frozenset[str]) -> bool:
    """Whether a word is a known one with ’s: any in English, in Dutch one that ends in a vowel."""
    stem, known = word.removesuffix("'s"), find_knowledge(language)
    if stem == word or known is None or (known.possessive and stem[-1:].lower() not in known.possessive):
        return False
    return _is_right(stem, language, house)


def _find_house_words(newsletter: Newsletter, language: Language) -> frozenset[str]:
    """The word list of the language, and the names in the settings and the evidence."""
    settings = newsletter.settings
    names = [settings.letter, settings.sender_name, settings.postal, settings.channels[language].site_name]
    names += [fact.name[language] for fact in newsletter.playbook.facts.values()]
    found = (match[0].translate(_MARKS) for name in names for match in _WORD.finditer(name))
    return newsletter.style[language].words.union(found)


def has_dictionary(language: Language) -> bool:
    """Whether words of a language can be looked up."""
    return (DICTIONARIES / f"{language}.dic").is_file()


@lru_cache(maxsize=2**16)
def _stands_in_dictionary(word: str, language: Language) -> bool:
    return bool(_load(language).spell(word))


@lru_cache
def _load(language: Language) -> hunspell.Hunspell:
    """The dictionary of a language; reading one takes a fraction of a second, so it is done once and when needed."""
    return hunspell.Hunspell(str(language), hunspell_data_dir=str(DICTIONARIES))


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = (
    Rule(
        "spelling",
        Severity.WARNING,
        Message("Correct the word, or add it to newsletter/words.nl.txt or words.en.txt."),
        check_spelling,
    ),
)
