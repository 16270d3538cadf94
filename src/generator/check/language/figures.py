"""The figures in a text: the numbers that claim something about the world, and so need a source.

“57% of buyers” is a figure. “Ring a customer 30 to 90 days after delivery” contains two numbers and no figure. How the
patterns below work together:

    “grew by 20 to 25%”   _DIGITS finds 20; _RANGE and _DIGITS extend it to 25; _UNIT finds %: the figure “20 to 25%”
    “€ 50”                _DIGITS finds 50 with its sign: a figure
    “362 companies”       no unit, but 362 ≥ LARGE, and none of the exceptions in _is_large applies: a figure
    “page 362”, “362 days”, “in 1984”   the exceptions: a name (_NO_COUNT), a duration (_MEASURE), a year (_YEARS)
    “3× per week”         _UNIT finds ×, but _HOW_OFTEN matches too: it says how often, so no figure
    “one in seven”        _SPELLED finds it in words: a figure without a value

Each pattern starts where no earlier match can start and does not backtrack: the time is linear in the length of a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from heapq import merge
from typing import TYPE_CHECKING

from generator.check.language.knowledge import find_knowledge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.check.language.knowledge import Knowledge
    from generator.model import Language

LARGE = 100
"""The smallest number that is a figure without a unit. Smaller ones count customers, lines or minutes."""


_DIGITS = re.compile(r"(?<![\w.,])(?<!\d[-/:])(?P<sign>[€$£]\s?)?(?P<number>\d+(?:[.,]\d+)*)")
"""A number in digits with the sign of a currency before it, if any: “€ 50”, “15.500”, “1.5.2026”.
Not the end of a word or of a longer number: 4 in “A4”, 27 in “2026-11-27”, 45 in “16:45”."""
_UNIT = re.compile(
    r"\s?(?:%|‰)|[\s-]?(?:procent(?:punten|punt)?|percent|per\s(?:cent|mille))|\s(?:percentage\spoint|basis\spoint)|\s?(?:×|x\b)"
    r"|\s?(?:€|\beuros?\b|\bdollars?\b|\bpounds?\b|\bpond\b)"
    r"|\s(?:million|billion|trillion|miljoen|miljard|biljoen|mln|mld)\b",
    re.IGNORECASE,
)
"""A unit that makes a figure of any number before it: “57%”, “57 per cent”, “5 basis points”, “3× as many”,
“50 euros”, “5 miljoen”. Not a measure of time: see _MEASURE."""
_HOW_OFTEN = re.compile(r"\s?(?:×|x)\s?(?:per|a|in|om|tot|to)\b", re.IGNORECASE)
"""A factor that says how often something is done, not how much larger it is: “3× per week”, “2x in een jaar”."""
_RANGE = re.compile(r"\s?(?:–|-|to|tot|and|en|of|or)\s?(?=\d)", re.IGNORECASE)
"""What joins two numbers that share a unit: “20 to 25%”, “20–25%”, “20 of 25 procent”."""
_MEASURE = re.compile(
    r"[\s-]?(?:seconden?|minut|uur|uren|dag|week|weken|maand|kwarta|jaar|jaren|eeuw|seconds?|hours?|days?|months?|quarter"
    r"|years?|decades?|centur|graden|degrees?|woord|words?|tekens?|characters?)",
    re.IGNORECASE,
)
"""A unit of time, angle or text, which says how long something takes or is: “180 dagen”, “360 degrees”, “300-word”."""
_NO_COUNT = re.compile(
    r"(?:§|\b(?:ISO|IEC|NEN|DIN|BS|RFC)|(?i:\b(?:nr|no|p|pp|art|pag)\.|\b(?:pagina|page|nummer|number|kamer|room)"
    r"|\b(?:artikel|article|week|bel|top|fortune)|straat|laan|weg|plein|gracht|kade|street|road|lane))[\s-]?\Z"
    r"|\+[\d\s-]+\Z",
)
"""What precedes a number that names a thing: “page 112”, “the top 100”, “ISO 9001”, “art. 101”, “Voorbeeldstraat 112”,
“+31 20 123 4567”. It is searched in the _BEFORE characters before the number."""
_POSTCODE = re.compile(r"\s?[A-Z]{2}\b")
"""The letters of a Dutch postcode after its four digits: “1000 AA Amsterdam”."""
_LARGE_LENGTH = len(str(LARGE))
_YEARS = range(1800, 2100)
"""Four digits in this range are a year: “in 2026”. “1,984 customers” has a comma, and is a figure."""
_BEFORE = 16
"""Characters before a number in which _NO_COUNT looks for a name."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a text: `text` stands from `start` up to `end`."""

    start: int
    end: int
    text: str
    value: str
    """Its number as a computer writes it, in either language: 15500, 1.5. Empty when it is written in words."""
    percentage: bool
    """Whether its unit is a percentage or a per mille."""


def find_figures(text: str, language: Language) -> Iterator[Figure]:
    """The figures of a text, in order. Where two overlap, the one that begins first counts.

    None in a language without knowledge.
    """
    known, end = find_knowledge(language), -1
    if known is None:
        return
    for figure in merge(_in_digits(text, known), _in_words(text, known), key=lambda figure: figure.start):
        if figure.start >= end:
            yield figure
            end = figure.end


def find_numbers(text: str, language: Language) -> Iterator[tuple[str, int, int]]:
    """Each number in digits, whether it is a figure or not: value, start and end.

    None in a language without knowledge.
    """
    known = find_knowledge(language)
    if known is None:
        return
    for match in _DIGITS.finditer(text):
        if clock := known.clock.match(text, match.start("number")):
            yield f"{clock[1]}:{clock[2]}", clock.start(), clock.end()
        elif not text[match.end() : match.end() + 1].isalpha():  # “the 1980s”, “the 5th”
            yield read_number(match["number"], known), match.start("number"), match.end("number")


def read_number(digits: str, known: Knowledge) -> str:
    """A number as a computer writes it: in Dutch, “1,5” is 1.5 and “15.500” is 15500."""
    if digits.isdecimal():
        return digits
    grouped = rf"\d{{1,3}}(?:{re.escape(known.thousands)}\d{{3}})+(?:{re.escape(known.decimal)}\d+)?"
    if re.fullmatch(grouped, digits):
        digits = digits.replace(known.thousands, "")
    return digits.replace(",", ".")


def _in_digits(text: str, known: Knowledge) -> Iterator[Figure]:
    for match in _DIGITS.finditer(text):
        end = match.end()
        span = _RANGE.match(text, end)
        if span is not None and (last := _DIGITS.match(text, span.end())):
            end = last.end()  # “20 to 25%”: the unit stands behind the second one
        unit = _UNIT.match(text, end)
        if unit is not None and (
            _HOW_OFTEN.match(text, end) or (match["number"] == "1" and unit[0][-1] in "×xX")
        ):
            continue  # “3× per week” and “1×” say how often
        if unit is None and not match["sign"] and len(match["number"]) < _LARGE_LENGTH:
            continue
        value = read_number(match["number"], known)
        if match["sign"] or unit or _is_large(text, match, value, end):
            stop = unit.end() if unit else match.end()
            percentage = unit is not None and unit[0].strip(" -").lower().startswith(("%", "p"))
            yield Figure(match.start(), stop, text[match.start() : stop], value, percentage)


def _is_large(text: str, match: re.Match[str], value: str, end: int) -> bool:
    """Whether a number without a unit is LARGE or more, and no year, postcode, name, duration, date or telephone."""
    digits = match["number"]
    if value.count(".") > 1 or float(value) < LARGE or digits.startswith("0"):
        return False
    if digits.isdecimal() and int(digits[:5]) in _YEARS and len(digits) == 4:  # noqa: PLR2004 (a year)
        return False
    if len(digits) == 4 and _POSTCODE.match(text, match.end()):  # noqa: PLR2004 (a Dutch postcode)
        return False
    after = text[match.end() : match.end() + 1]
    if after.isalpha() and after != "x":
        return False  # “1980s”, “A380b”
    if after in {"-", "/", ":"} and text[match.end() + 1 : match.end() + 2].isdigit() and end == match.end():
        return False  # a telephone number, a date, a time
    return not (
        _MEASURE.match(text, end) or _NO_COUNT.search(text[max(match.start() - _BEFORE, 0) : match.start()])
    )


def _in_words(text: str, known: Knowledge) -> Iterator[Figure]:
    for match in known.spelled.finditer(text):
        yield Figure(match.start(), match.end(), match[0], "", percentage=False)
