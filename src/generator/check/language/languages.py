"""Which language a text is in, by its small words: those that no sentence does without and the other one lacks."""

from __future__ import annotations

import re

from generator.model import Language

NAMES = {Language.NL: "Dutch", Language.EN: "English"}
OTHER = {Language.NL: Language.EN, Language.EN: Language.NL}

FEW = 6
"""With fewer small words a text says nothing about its language: it may be a name or a title."""
RARE = 4
"""The other language has to be so many times as frequent: a Dutch paragraph may quote an English sentence."""

_DUTCH = """
aan alles als bij daar daarna dan dat de deze dit doet dus een eens elke en er geen haar heb hebben heeft het hier hun
iemand iets ik je jij jou jouw jullie kan kunnen maar meer mij mijn moet naar niemand niet niets nog nooit om omdat
ons ook op sinds te tegen terwijl toch tussen uit uw vaak van veel voor waar waarom wanneer wel welke werd weten wie
wij worden wordt ze zelf zich zij zijn zo zodra zonder zou
"""
_ENGLISH = """
about after again all and any are be because before being but by could did does each for from get has have he his how
if into it its many my never no not now on only other our out own she should so some something than that the their
them then there they this those through to very what when where which while who whose why will with without would you
your
"""
SMALL_WORDS = {Language.NL: frozenset(_DUTCH.split()), Language.EN: frozenset(_ENGLISH.split())}
"""No word stands in the dictionary of the other language but a few that it hardly ever uses."""

_QUOTED = re.compile(r"“[^“”]*”|«[^«»]*»|\"[^\"\n]*\"")
_WORD = re.compile(r"[^\W\d_]+")


def is_in(language: Language, text: str) -> bool:
    """Whether a text is in that language and not in the other one; what it quotes does not count."""
    found = dict.fromkeys(Language, 0)
    for match in _WORD.finditer(_QUOTED.sub(" ", text)):
        word = match[0].lower()
        for one, words in SMALL_WORDS.items():
            found[one] += word in words
    own = found.pop(language)
    (other,) = found.values()
    return own >= FEW and own > RARE * other
