"""Where the words of a rendered letter stand in its Markdown."""

from __future__ import annotations

import re
from functools import wraps
from itertools import islice
from typing import TYPE_CHECKING

from generator.check.rule import Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof
    from generator.check.rule import Finding

FEW = 20
"""Nobody mends more tables at once, and each place takes time to find."""

_WORDS = 6
"""So many words tell a place from any other, and hardly ever pass the mark of a link or a footnote."""


def find_place(manuscript: Manuscript, words: str) -> Spot:
    """The place of some words, marks of Markdown between them or not; the first line when they are not the author's."""
    beginning = words[:400].split()[:_WORDS]
    if not beginning:
        return Spot()
    pattern = re.compile(r"\s+".join(map(re.escape, beginning)))
    if match := pattern.search(manuscript.masked):
        return manuscript.spot(manuscript.body + match.start(), manuscript.body + match.end())
    for field in manuscript.fields.values():
        if match := pattern.search(field.text):
            return field.spot(match.start(), match.end())
    return manuscript.locate(words)


def first_few(check: Callable[[Proof], Iterable[Finding]]) -> Callable[[Proof], Iterator[Finding]]:
    """A rule that stops after a few findings."""

    @wraps(check)
    def stop_early(proof: Proof) -> Iterator[Finding]:
        return islice(check(proof), FEW)

    return stop_early
