"""Declared values → computed ones: what a size, a weight, the height of a line or a colour comes to for an element."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.check.css.styles import RGBA, Declaration

_ANYWHERE = {"inherit", "initial", "unset"}
_WORDS = {
    "font-size": {"smaller", "larger"},
    "font-weight": {"normal", "bold", "bolder", "lighter"},
    "line-height": {"normal"},
}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)", re.ASCII)


def is_valid(declaration: Declaration) -> bool:
    """Whether a browser takes the value, and we too; one that it cannot read leaves what was declared before."""
    name, value = declaration.name, declaration.value
    if value in _ANYWHERE or name in {"background", "color-scheme", "display"}:
        return True
    if name in {"color", "background-color"}:
        return declaration.colour is not None or value == "currentcolor"
    if value in _WORDS.get(name, ()) or (name != "font-size" and _number(value) is not None):
        return True
    return name != "font-weight" and _length(value, 1, 1) is not None


def compute_colour(declaration: Declaration | None, default: RGBA, current: RGBA) -> RGBA:
    if declaration is None:
        return default
    if declaration.colour is None and declaration.value == "currentcolor":
        return current
    return declaration.colour or default


def compute_size(declaration: Declaration | None, above: float) -> float:
    if declaration is None:
        return above
    value = declaration.value
    if value in {"smaller", "larger"}:
        return above / 1.2 if value == "smaller" else above * 1.2
    length = _length(value, above, above)
    return above if length is None else length


def compute_weight(declaration: Declaration | None, above: int) -> int:
    value = declaration.value if declaration is not None else ""
    if value == "bolder":
        return 400 if above < 350 else 700 if above < 550 else 900  # noqa: PLR2004 (CSS Fonts 4, 2.2.1)
    if value == "lighter":
        return 100 if above < 550 else 400 if above < 750 else 700  # noqa: PLR2004 (CSS Fonts 4, “bolder”)
    return int(value) if value.isdigit() else {"normal": 400, "bold": 700}.get(value, above)


def compute_line(
    declaration: Declaration | None, above: tuple[float, bool] | None, size: float
) -> tuple[float, bool] | None:
    if declaration is None or declaration.value in {"inherit", "unset"}:
        return above
    if declaration.value in {"normal", "initial"}:
        return None
    if not declaration.parts and (factor := _number(declaration.value)) is not None:
        return factor, True
    return (_length(declaration.value, size, size) or 0.0, False)


def _length(value: str, em: float, whole: float) -> float | None:
    """A length in pixels; None for what is none, or for a unit that no letter should use."""
    for unit, factor in (("rem", 16.0), ("px", 1.0), ("pt", 4 / 3), ("em", em), ("%", whole / 100)):
        if value.endswith(unit):
            number = _number(value.removesuffix(unit))
            return None if number is None else number * factor
    return 0.0 if value == "0" else None


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None
