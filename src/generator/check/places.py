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
"""The most findings of a rule: nobody mends more at once, and each place takes time to find."""

_WORDS = 6
"""Words to search for: enough to be unique, and few enough to hold no link or footnote."""


def find_place(manuscript: Manuscript, words: str) -> Spot:
    """The place of the first words, with any Markdown between them; line 1 when the author did not write them."""
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
