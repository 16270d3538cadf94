"""Mail providers that many people use: whether a domain is a slip of the pen for one (`providers.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

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
    return next(
        (
            one
            for one in providers.names
            if len(one.partition(".")[0]) >= _SHORTEST and (_is_slip(domain, one) or _is_slip(mended, one))
        ),
        "",
    )


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
    return _Providers(tuple(data["providers"]), frozenset([*data["providers"], *data["neighbours"]]), endings)
