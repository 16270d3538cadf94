"""`newsletter/welcome.<language>.md` → the words of welcome before the first letter of a reader."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.model import Message, Problem
from generator.reading import exists, read_text
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.model import Language

PATH = "newsletter/welcome.{language}.md"
"""Where the words stand, below the root of the project."""

SENTENCES, WORDS = 3, 60
"""At most: the letter is what a reader came for."""

_MARKUP = re.compile(r"[*_`\[\]<>|\\~]|&[#\w]+;|\{[{%#]|https?:|^\s*(?:#|[-+]\s|\d+[.)]\s|---|\t| {4})")
"""What Markdown, or a mail program, would take for something else than words."""
_END = re.compile(r"[.?!…][\"'”’)]*(?=\s|\Z)")


def load_welcome(root: Path, problems: list[Problem]) -> dict[Language, str]:
    """The words of each language, as one line; none when there is no file. Adds a problem for each mistake."""
    paths = {language: root / PATH.format(language=language) for language in load_languages(root)}
    there = [path for path in paths.values() if exists(path)]
    found: dict[Language, str] = {}
    for language, path in paths.items():
        if path not in there:
            if there:
                message = Message(
                    "the file is missing, beside {}; write it, or delete {}", there[0].name, there[0].name
                )
                problems.append(Problem(path, None, message))
            continue
        text = read_text(path, problems)
        if text is None:
            continue
        wrong = list(_find_problems(path, text))
        problems += wrong
        if not wrong:
            found[language] = " ".join(text.split())
    return found


def _find_problems(path: Path, text: str) -> Iterator[Problem]:
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines, 1) if line.strip()), None)
    if first is None:
        yield Problem(path, None, Message("is empty; expected two sentences of welcome, or no file"))
        return
    for number, line in enumerate(lines, 1):
        if found := _MARKUP.search(line):
            shown = found[0].strip() or Message("an indented line")
            yield Problem(path, number, Message("has {}; expected words without any markup or link", shown))
    last = max(number for number, line in enumerate(lines, 1) if line.strip())
    for number in range(first, last):
        if not lines[number - 1].strip():
            yield Problem(path, number, Message("has an empty line; expected one paragraph"))
    words = text.split()
    sentences = len(_END.findall(text.strip()))
    if len(words) > WORDS:
        yield Problem(path, first, Message("has {} words; at most {} are allowed", len(words), WORDS))
    elif sentences > SENTENCES:
        yield Problem(path, first, Message("has {} sentences; at most {} are allowed", sentences, SENTENCES))
    elif not _END.search(words[-1]):
        yield Problem(path, last, Message("does not end with a full stop; is the last sentence whole?"))
