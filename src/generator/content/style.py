"""The lists of words in `newsletter/`, and the table of terms in its `STYLE.md` → the house style."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from generator.model import Message, Problem, Style
from generator.reading import did_you_mean, exists, read_text
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.model import Language

WORDS, CLICHES = "newsletter/words.{language}.txt", "newsletter/cliches.{language}.txt"
SYNONYMS, TERMS = "newsletter/synonyms.{language}.txt", "newsletter/STYLE.md"
"""Where the lists stand, below the root of the project."""
_HEAD = ("language", "we write", "not")
"""The head of the table of terms in STYLE.md."""
_ENDING = re.compile(r"\w{3}\*(?:\s|\Z)")
"""A star that stands for any ending, after enough letters to know the word by."""


def load_style(root: Path, problems: list[Problem]) -> dict[Language, Style]:
    """Read the lists of each language; one that is missing is empty."""
    terms = _load_terms(root, problems)
    return {
        language: Style(
            frozenset(_load_words(root / WORDS.format(language=language), problems)),
            tuple(_load_cliches(root / CLICHES.format(language=language), problems)),
            _load_synonyms(root / SYNONYMS.format(language=language), problems),
            terms.get(language, {}),
        )
        for language in load_languages(root)
    }


def is_word(text: str) -> bool:
    """Whether a list of words may have a line with this."""
    marks = any(mark in text for mark in ',;:!?*#“”"')
    return not marks and any(map(str.isalpha, text)) and text.split() == [text]


def _load_words(path: Path, problems: list[Problem]) -> Iterator[str]:
    for word, line in _entries(path, problems):
        if len(word.split()) > 1:
            message = Message("“{}” is more than one word; put one word on each line", _short(word))
            problems.append(Problem(path, line, message))
        elif not is_word(word):
            message = Message("“{}” is not a word; remove commas, quotes and asterisks", _short(word))
            problems.append(Problem(path, line, message))
        else:
            yield word


def _load_cliches(path: Path, problems: list[Problem]) -> Iterator[str]:
    for phrase, line in _entries(path, problems):
        if phrase.count("*") > len(_ENDING.findall(phrase)):
            message = Message(
                "“{}” has a misplaced asterisk; it must end a word of three letters or more", _short(phrase)
            )
            problems.append(Problem(path, line, message))
        elif not any(map(str.isalpha, phrase)):
            problems.append(Problem(path, line, Message("“{}” is not a phrase; use words", _short(phrase))))
        else:
            yield " ".join(phrase.casefold().split())


def _load_synonyms(path: Path, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    """Lines like `crm, klantsysteem = contactkaart`: what is searched for, and what our pages call it."""
    found: dict[str, tuple[str, ...]] = {}
    for entry, line in _entries(path, problems):
        sides = [
            [" ".join(word.casefold().split()) for word in side.split(",") if word.strip()]
            for side in entry.split("=")
        ]
        if len(sides) != 2 or not all(sides):  # noqa: PLR2004
            message = Message(
                "“{}” must be what readers type, an equals sign, and the word that our pages use",
                _short(entry),
            )
            problems.append(Problem(path, line, message))
            continue
        for typed in sides[0]:
            if typed in found:
                problems.append(
                    Problem(
                        path, line, Message("“{}” has a line already; put all words there", _short(typed))
                    )
                )
            found.setdefault(typed, tuple(sides[1]))
    return found


def _load_terms(root: Path, problems: list[Problem]) -> dict[Language, dict[str, str]]:
    """The rows of the table of terms, like `| nl | forecast | prognose* |`: for each phrase to avoid, the term."""
    path, languages = root / TERMS, load_languages(root)
    text = read_text(path, problems) if exists(path) else None
    found: dict[Language, dict[str, str]] = {}
    inside = False
    for number, line in enumerate((text or "").split("\n"), start=1):
        cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
        inside = line.lstrip().startswith("|") and (inside or cells == _HEAD)
        if not inside or cells == _HEAD or not set(line) - set("|-: "):
            continue
        if len(cells) != len(_HEAD) or not all(cells):
            message = Message("a term is a row of {} cells: {}", len(_HEAD), ", ".join(_HEAD))
            problems.append(Problem(path, number, message))
        elif (language := languages.find(cells[0])) is None:
            problems.append(
                Problem(
                    path,
                    number,
                    Message("unknown language “{}”{}", cells[0], did_you_mean(cells[0], languages)),
                )
            )
        else:
            for phrase in cells[2].split(","):
                key = " ".join(phrase.casefold().replace("’", "'").split())
                if not any(map(str.isalpha, key)) or key.count("*") > len(_ENDING.findall(key)):
                    hint = Message("one comma between two; a * only behind three letters or more")
                    message = Message("“{}” is not a phrase: {}", _short(phrase.strip()), hint)
                    problems.append(Problem(path, number, message))
                else:
                    found.setdefault(language, {})[key] = cells[1]
    return found


def _entries(path: Path, problems: list[Problem]) -> Iterator[tuple[str, int]]:
    """What stands on each line but comments, with one kind of apostrophe, and the number of the line."""
    text = read_text(path, problems) if exists(path) else None
    for number, line in enumerate((text or "").split("\n"), start=1):
        entry = unicodedata.normalize("NFC", line.partition("#")[0]).replace("’", "'").strip()
        if entry:
            yield entry, number


def _short(entry: str) -> str:
    return entry if len(entry) <= 40 else entry[:39] + "…"  # noqa: PLR2004
