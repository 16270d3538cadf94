"""Reading ease: one number from the words per sentence and the syllables per word.

Dutch: Flesch–Douma (W. H. Douma, 1960), 206.84 − 0.93 × words per sentence − 77 × syllables per word.
English: Flesch Reading Ease (R. Flesch, 1948), 206.835 − 1.015 × words per sentence − 84.6 × syllables per word.
Both run from 100, which a child reads, down to 0 and below; newspapers have 50 to 60, contracts 20.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.model import Language

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
"""A word or a number: 15.500 is one."""
_REST = re.compile(r"[;:](?=\s)")

_NOT_A_VOWEL = re.compile(r"(?<=q)u|y(?=[aeiou])")
_DUTCH_VOWEL = re.compile(
    r"aai|ooi|oei|eau|eeu|ieu|aa|ee|éé|oo|uu|ie|oe|eu|ui|ij|ei|ou|au|[aeiouyàáâäåæèéêëìíîïòóôöøœùúûü]"
)
"""The spellings of one Dutch vowel; other vowels in a row belong to two syllables."""
_ENGLISH_VOWELS = re.compile(r"[aeiouyàáâäåæèéêëìíîïòóôöøœùúûü]+")
_SILENT = re.compile(
    r"(?<![^aeiouy]l)e$"  # in “rule”, not in “table”
    r"|(?<=[^aeiouydt])ed$"  # in “asked”, not in “wanted”
    r"|(?<=[^aeiouycghsxz])(?<![^aeiouy]l)es$"  # in “makes”, not in “prices” and “tables”
)
_TWO = re.compile(r"(?<![cghst])(?<!ll)(?<!n)i[ao]|(?<!g)ua|(?<=[aeiouy])ing$")
"""Vowels in a row that are of two syllables: in “reliable”, “annual” and “buying”, not in “decision” and “million”."""


def count_words(text: str) -> int:
    """The words and the numbers of a text."""
    return sum(1 for _ in _WORD.finditer(text))


def split_clauses(sentence: str) -> list[str]:
    """The parts of a sentence between its semicolons and colons, where a reader rests."""
    return _REST.split(sentence)


def count_syllables(word: str, language: Language) -> int:
    """Estimate the syllables of a word by its vowels: sometimes one too many or too few, right on average."""
    word = _NOT_A_VOWEL.sub("j", word.lower())
    if language is Language.NL:
        return max(1, sum(1 for _ in _DUTCH_VOWEL.finditer(word)))
    silent = len(word) > 3 and _SILENT.search(word) is not None  # noqa: PLR2004 (“the” and “she” have one)
    return max(1, len(_ENGLISH_VOWELS.findall(word)) + len(_TWO.findall(word)) - silent)


def rate_ease(sentences: Iterable[str], language: Language) -> float:
    """The reading ease of a text; infinite for one without words."""
    count, words, syllables = 0, 0, 0
    for sentence in sentences:
        found = _WORD.findall(sentence)
        count += bool(found)
        words += len(found)
        syllables += sum(count_syllables(word, language) for word in found)
    if not words:
        return float("inf")
    if language is Language.NL:
        return 206.84 - 0.93 * words / count - 77 * syllables / words
    return 206.835 - 1.015 * words / count - 84.6 * syllables / words
