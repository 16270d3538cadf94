"""Phrases in a text: each word of it is looked at once, however many phrases there are."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_GAP = re.compile(r"\s+|[-\u2011]")
"""What may stand between two words of a phrase."""
_KEY = 3
"""Phrases are found by so many letters of their first word; a star needs as many before it."""


def find_phrases(text: str, phrases: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where a phrase stands, in any capitals; the longest one of those that begin with the same word.

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
    """The words of each phrase, by the first letters of the first one; long phrases first."""
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
