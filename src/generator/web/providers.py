"""Mail providers that many people use: whether a domain is a slip of the pen for one (`providers.toml`)."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).with_name("providers.toml")

_SHORTEST = 5
"""Letters before the first dot of a name in which a slip is looked for: one letter makes another short name."""


@dataclass(frozen=True, slots=True)
class _Providers:
    names: tuple[str, ...]
    known: frozenset[str]
    """The names, and domains that look like one and are another's."""
    endings: dict[str, str]
    """What people type after the last dot, and what they mean."""
    near: dict[str, list[str]]
    """The names in which a slip is looked for, by what `_shorten` gives."""


def suggest_address(address: str) -> str:
    """The address that was probably meant, in normal form; empty when the domain is not one slip from a provider's.

    A slip is a letter too many, too few or wrong, or two that changed places; and one more after the last dot.
    """
    local, _, domain = address.rpartition("@")
    meant = _find_provider(domain)
    return f"{local}@{meant}" if meant else ""


def _find_provider(domain: str) -> str:
    providers = _load_providers()
    if domain in providers.known:
        return ""
    name, _, ending = domain.rpartition(".")
    mended = f"{name}.{providers.endings.get(ending, ending)}"
    if mended in providers.names:
        return mended
    # Answers are not kept: the time of one would tell whether somebody had the same domain.
    near = {
        one for text in {domain, mended} for less in _shorten(text) for one in providers.near.get(less, ())
    }
    slips = (one for one in near if _is_slip(domain, one) or _is_slip(mended, one))
    return min(slips, key=providers.names.index, default="")


def _shorten(text: str) -> Iterator[str]:
    """A text, and what it is without one of its letters: two with one slip between them have one of these in common."""
    yield text
    for place in range(len(text)):
        yield text[:place] + text[place + 1 :]


def _is_slip(typed: str, meant: str) -> bool:
    """Whether one insertion, deletion, substitution or transposition lies between two different texts."""
    start = next((n for n, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return abs(len(typed) - len(meant)) == 1
    left, right = typed[start:], meant[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:])
    )


@cache
def _load_providers() -> _Providers:
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    endings = {typed: meant for meant, slips in data["endings"].items() for typed in slips}
    near = defaultdict(list)
    for one in data["providers"]:
        if len(one.partition(".")[0]) >= _SHORTEST:
            for less in set(_shorten(one)):
                near[less].append(one)
    known = frozenset([*data["providers"], *data["neighbours"]])
    return _Providers(tuple(data["providers"]), known, endings, dict(near))
