"""Reading ease: one number from the words per sentence and the syllables per word.

Dutch: Flesch–Douma (W. H. Douma, 1960), 206.84 − 0.93 × words per sentence − 77 × syllables per word.
English: Flesch Reading Ease (R. Flesch, 1948), 206.835 − 1.015 × words per sentence − 84.6 × syllables per word.
Both run from 100, which a child reads, down to 0 and below; newspapers have 50 to 60, contracts 20.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.check.language.knowledge import find_knowledge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.model import Language

_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
"""A word or a number: 15.500 is one."""
_REST = re.compile(r"[;:](?=\s)")

_NOT_A_VOWEL = re.compile(r"(?<=q)u|y(?=[aeiou])")


def count_words(text: str) -> int:
    """The words and the numbers of a text."""
    return sum(1 for _ in _WORD.finditer(text))


def split_clauses(sentence: str) -> list[str]:
    """The parts of a sentence between its semicolons and colons, where a reader rests."""
    return _REST.split(sentence)


def count_syllables(word: str, language: Language) -> int:
    """Estimate the syllables of a word by its vowels: sometimes one too many or too few, right on average.

    1 for any word in a language without knowledge.
    """
    known = find_knowledge(language)
    return max(1, known.count_syllables(_NOT_A_VOWEL.sub("j", word.lower()))) if known else 1


def rate_ease(sentences: Iterable[str], language: Language) -> float:
    """The reading ease of a text; infinite for one without words, and in a language that we know nothing of."""
    count, words, syllables = 0, 0, 0
    for sentence in sentences:
        found = _WORD.findall(sentence)
        count += bool(found)
        words += len(found)
        syllables += sum(count_syllables(word, language) for word in found)
    known = find_knowledge(language)
    if not words or known is None:
        return float("inf")
    constant, by_words, by_syllables = known.ease
    return constant - by_words * words / count - by_syllables * syllables / words
