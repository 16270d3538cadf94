"""Whether every text can be read, in the light scheme and in the dark one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.check.css.cascade import over
from generator.check.css.screens import Screen
from generator.check.places import find_place
from generator.check.rule import Finding, Rule
from generator.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from generator.check.css.cascade import Style
    from generator.check.css.styles import RGBA
    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof

SCREENS = tuple(Screen(scheme, width) for scheme in ("light", "dark") for width in (360, 680))
"""A phone, and a window that is wide enough for the larger sizes."""
NEEDED, NEEDED_WHEN_LARGE = 4.5, 3.0
"""WCAG 2.2, 1.4.3: how far a text must stand out from what is behind it."""
_LARGE, _LARGE_WHEN_BOLD, _BOLD = 24, 18.66, 700


def check_contrast(proof: Proof) -> Iterator[Finding]:
    """Every text stands out from what is behind it, in both schemes."""
    said: set[tuple[str, RGBA, RGBA]] = set()
    for screen in SCREENS:
        styles = proof.cascade.styles(screen)
        for element, style in styles.items():
            front = over(style.colour, style.behind)
            if style.hidden or (screen.scheme, front, style.behind) in said:
                continue
            ratio, needed = contrast(front, style.behind), _needed(style)
            if ratio < needed and (text := _own_text(element)):
                said.add((screen.scheme, front, style.behind))  # one mistake in a style, in many places
                yield Finding(
                    f"“{_shorten(text)}” is {_name(front)} on {_name(style.behind)} in the {screen.scheme} scheme,"
                    f" a contrast of {ratio:.1f}; at least {needed} is required",
                    find_place(proof.manuscript, text),
                )


def contrast(one: RGBA, other: RGBA) -> float:
    """How far two opaque colours stand apart (WCAG 2.2): from 1, the same, to 21, black and white."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: RGBA) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 (sRGB)
        for part in colour[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _needed(style: Style) -> float:
    smallest = _LARGE_WHEN_BOLD if style.weight >= _BOLD else _LARGE
    return NEEDED_WHEN_LARGE if style.size >= smallest else NEEDED


def _own_text(element: HtmlElement) -> str:
    """The text in an element that is not in one of its children."""
    parts = (element.text, *(child.tail for child in element))
    return next((text for part in parts if (text := " ".join((part or "").split()))), "")


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004


def _name(colour: RGBA) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour[:3])


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = ()
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule(
        "contrast",
        Severity.ERROR,
        "Choose colours with more contrast in templates/tokens.toml.",
        check_contrast,
    ),
)
