"""Which language a text is in, by its small words: those that no sentence does without and the other one lacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.check.language.knowledge import KNOWLEDGE

if TYPE_CHECKING:
    from generator.model import Language

FEW = 6
"""With fewer small words a text says nothing about its language: it may be a name or a title."""
RARE = 4
"""The other language has to be so many times as frequent: a Dutch paragraph may quote an English sentence."""

_QUOTED = re.compile(r"“[^“”]*”|«[^«»]*»|\"[^\"\n]*\"")
_WORD = re.compile(r"[^\W\d_]+")


def is_in(language: Language, text: str) -> bool:
    """Whether a text is in that language and in no other one; what it quotes does not count."""
    found = dict.fromkeys(KNOWLEDGE, 0)
    for match in _WORD.finditer(_QUOTED.sub(" ", text)):
        word = match[0].lower()
        for one, known in KNOWLEDGE.items():
            found[one] += word in known.small_words
    own = found.pop(language, 0)
    return own >= FEW and own > RARE * max(found.values(), default=0)
