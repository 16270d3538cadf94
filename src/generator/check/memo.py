"""Values that are computed once for each project and memoised for all its letters."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.content import Newsletter

V = TypeVar("V")


def survey(make: Callable[[Newsletter], V]) -> Callable[[Newsletter], V]:
    """Memoise a function of a newsletter. Only the last newsletter is kept, compared by identity."""
    kept: list[tuple[Newsletter, V]] = []

    @wraps(make)
    def ask(newsletter: Newsletter) -> V:
        for known, value in kept:
            if known is newsletter:
                return value
        value = make(newsletter)
        kept[:] = [(newsletter, value)]
        return value

    return ask
