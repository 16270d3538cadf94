"""What the checks know of a language: one table for each. A language without one has no such checks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.model import ENGLISH, Language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the checks know of one language."""

    small_words: frozenset[str]
    """Those that no sentence does without, and that no other language has but where it hardly ever uses them."""
    numbers: Mapping[str, str]
    """The numbers that people write in words, with their value in digits: “twelve” is 12."""
    clock: re.Pattern[str]
    """A time of the day, with hours and minutes as groups: “13.24 uur” in Dutch, “13:24” in English."""
    spelled: re.Pattern[str]
    """Factors, shares and millions. The number before them may be in words or in digits:

        factor    “drie keer zo vaak”, “1,5 keer meer”, “dubbel zo duur”; “three times as likely”, “twice as many”
        share     “één op de zeven”, “driekwart van”, “twee van de tien”; “one in seven”, “two thirds of”
        per cent  “vijf procent van”, “five per cent of”: of a whole, unlike “another five per cent”
        millions  “vijf miljoen”, “five billion”

    Not “twee keer bellen”, “vijf van de zeven” or “one in 30 minutes”, which count what somebody does."""
    thousands: str
    """The separator of thousands in a number."""
    decimal: str
    """The separator before the decimals of a number."""
    scale: str
    """The name of the formula for reading ease."""
    ease: tuple[float, float, float]
    """Its constant, what it takes off for each word per sentence, and what for each syllable per word."""
    count_syllables: Callable[[str], int]
    """Estimates the syllables of a word in lower case."""
    attribution: str
    """The words of a sentence that say that a figure is the article's."""
    possessive: str
    """The letters after which ’s makes a known word; empty for any letter."""
    stressed: bool
    """Whether an acute accent may stress any word: níet."""


def find_knowledge(language: Language) -> Knowledge | None:
    """The table of a language, or None."""
    return KNOWLEDGE.get(language)


def list_others(language: Language) -> list[Language]:
    """The other languages of which there is a table."""
    return [one for one in KNOWLEDGE if one != language]


def _pairs(words: str) -> dict[str, str]:
    parts = words.split()
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _any_of(words: Mapping[str, str]) -> str:
    return "|".join(sorted((re.escape(word) for word in words), key=len, reverse=True))


# After a share, what makes it one of time: “half an hour”, “a third of the time”, “one in 30 minutes” are no figures.
_SPAN = r"(?!\s(?:an?\s|the\s)?(?:time|way|hour|minute|day|week|month|quarter|year|uur|minut|dag|maand|kwarta|jaar))"


# --- Dutch ---

_DUTCH_NUMBERS = _pairs(
    "een 1 één 1 twee 2 drie 3 vier 4 vijf 5 zes 6 zeven 7 acht 8 negen 9 tien 10 elf 11 twaalf 12 vijftien 15"
    " twintig 20 dertig 30 veertig 40 vijftig 50 zestig 60 zeventig 70 tachtig 80 negentig 90 honderd 100"
    " duizend 1000"
)
_DUTCH_VOWEL = re.compile(
    r"aai|ooi|oei|eau|eeu|ieu|aa|ee|éé|oo|uu|ie|oe|eu|ui|ij|ei|ou|au|[aeiouyàáâäåæèéêëìíîïòóôöøœùúûü]"
)
"""The spellings of one Dutch vowel; other vowels in a row belong to two syllables."""


def _count_dutch(word: str) -> int:
    return sum(1 for _ in _DUTCH_VOWEL.finditer(word))


_DUTCH = Knowledge(
    small_words=frozenset(
        [
            "aan",
            "alles",
            "als",
            "bij",
            "daar",
            "daarna",
            "dan",
            "dat",
            "de",
            "deze",
            "dit",
            "doet",
            "dus",
            "een",
            "eens",
            "elke",
            "en",
            "er",
            "geen",
            "haar",
            "heb",
            "hebben",
            "heeft",
            "het",
            "hier",
            "hun",
            "iemand",
            "iets",
            "ik",
            "je",
            "jij",
            "jou",
            "jouw",
            "jullie",
            "kan",
            "kunnen",
            "maar",
            "meer",
            "mij",
            "mijn",
            "moet",
            "naar",
            "niemand",
            "niet",
            "niets",
            "nog",
            "nooit",
            "om",
            "omdat",
            "ons",
            "ook",
            "op",
            "sinds",
            "te",
            "tegen",
            "terwijl",
            "toch",
            "tussen",
            "uit",
            "uw",
            "vaak",
            "van",
            "veel",
            "voor",
            "waar",
            "waarom",
            "wanneer",
            "wel",
            "welke",
            "werd",
            "weten",
            "wie",
            "wij",
            "worden",
            "wordt",
            "ze",
            "zelf",
            "zich",
            "zij",
            "zijn",
            "zo",
            "zodra",
            "zonder",
            "zou",
        ]
    ),
    numbers=_DUTCH_NUMBERS,
    clock=re.compile(r"(\d{1,2})[.:]([0-5]\d)(?=\s?uur\b)"),  # without “uur”, 13.24 is a number
    spelled=re.compile(
        rf"\b(?:{_any_of(_DUTCH_NUMBERS)}|\d{{1,3}}(?:,\d)?)\s(?:"
        r"(?:keer|maal)\s(?:zo\s?[^\W\d_]+|meer|minder|vaker|groter|hoger|lager|duurder|goedkoper|sneller)"
        rf"|op\s(?:de|elke)\s(?:{_any_of(_DUTCH_NUMBERS)}|\d{{1,3}})\b"
        r"|van\sde\s(?:tien|honderd|duizend|10|100|1000)\b"
        r"|(?:procent|promille)\svan|derde\svan|kwart\svan|miljoen|miljard)"
        r"|\bdriekwart\svan|\bdubbel\szo\s?[^\W\d_]+",
        re.IGNORECASE,
    ),
    thousands=".",
    decimal=",",
    scale="Flesch–Douma",  # W. H. Douma, 1960
    ease=(206.84, 0.93, 77),
    count_syllables=_count_dutch,
    attribution="volgens het artikel",
    possessive="aiouy",
    stressed=True,
)


# --- English ---

_ENGLISH_NUMBERS = _pairs(
    "a 1 one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10 eleven 11 twelve 12 fifteen 15"
    " twenty 20 thirty 30 forty 40 fifty 50 sixty 60 seventy 70 eighty 80 ninety 90 hundred 100 thousand 1000"
)
_ENGLISH_VOWELS = re.compile(r"[aeiouyàáâäåæèéêëìíîïòóôöøœùúûü]+")
_SILENT = re.compile(
    r"(?<![^aeiouy]l)e$"  # in “rule”, not in “table”
    r"|(?<=[^aeiouydt])ed$"  # in “asked”, not in “wanted”
    r"|(?<=[^aeiouycghsxz])(?<![^aeiouy]l)es$"  # in “makes”, not in “prices” and “tables”
)
_TWO = re.compile(r"(?<![cghst])(?<!ll)(?<!n)i[ao]|(?<!g)ua|(?<=[aeiouy])ing$")
"""Vowels in a row that are of two syllables: in “reliable”, “annual” and “buying”, not in “decision” and “million”."""


def _count_english(word: str) -> int:
    silent = len(word) > 3 and _SILENT.search(word) is not None  # noqa: PLR2004 (“the” and “she” have one)
    return len(_ENGLISH_VOWELS.findall(word)) + len(_TWO.findall(word)) - silent


_ENGLISH = Knowledge(
    small_words=frozenset(
        [
            "about",
            "after",
            "again",
            "all",
            "and",
            "any",
            "are",
            "be",
            "because",
            "before",
            "being",
            "but",
            "by",
            "could",
            "did",
            "does",
            "each",
            "for",
            "from",
            "get",
            "has",
            "have",
            "he",
            "his",
            "how",
            "if",
            "into",
            "it",
            "its",
            "many",
            "my",
            "never",
            "no",
            "not",
            "now",
            "on",
            "only",
            "other",
            "our",
            "out",
            "own",
            "she",
            "should",
            "so",
            "some",
            "something",
            "than",
            "that",
            "the",
            "their",
            "them",
            "then",
            "there",
            "they",
            "this",
            "those",
            "through",
            "to",
            "very",
            "what",
            "when",
            "where",
            "which",
            "while",
            "who",
            "whose",
            "why",
            "will",
            "with",
            "without",
            "would",
            "you",
            "your",
        ]
    ),
    numbers=_ENGLISH_NUMBERS,
    clock=re.compile(r"(\d{1,2}):([0-5]\d)\b"),
    spelled=re.compile(
        rf"\b(?:{_any_of(_ENGLISH_NUMBERS)}|\d{{1,3}}(?:\.\d)?)\s(?:"
        r"times\s(?:as\s[^\W\d_]+|more|less|the|higher|lower|larger|greater|faster|likelier)\b"
        rf"|(?:in|out\sof)\s(?:every\s)?(?:{_any_of(_ENGLISH_NUMBERS)}|\d{{1,3}})\b{_SPAN}"
        rf"|per\s?cent\sof|(?:third|quarter)s?\sof{_SPAN}|million|billion)"
        r"|\btwice\sas\s[^\W\d_]+|\b(?:two|three|four|five|ten)fold\b",
        re.IGNORECASE,
    ),
    thousands=",",
    decimal=".",
    scale="Flesch",  # R. Flesch, 1948
    ease=(206.835, 1.015, 84.6),
    count_syllables=_count_english,
    attribution="according to the article",
    possessive="",
    stressed=False,
)

KNOWLEDGE: dict[Language, Knowledge] = {Language("nl"): _DUTCH, ENGLISH: _ENGLISH}
