"""What the house writes, and what it does not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """The house style in one language: what editors have added to dictionary and list of clichés."""

    words: frozenset[str] = frozenset()
    """Words that are right though no dictionary has them."""
    cliches: tuple[str, ...] = ()
    """Phrases that no letter uses, in small letters."""
