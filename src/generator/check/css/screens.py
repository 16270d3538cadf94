"""The screens on which a letter is read, and the media queries that tell them apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Screen:
    """What a media query asks about."""

    scheme: str = "light"
    width: int = 360


@dataclass(frozen=True, slots=True)
class Query:
    """One alternative of a media query: `not screen and (min-width: 600px)`."""

    negated: bool
    medium: str
    features: tuple[tuple[str, str], ...]

    def fits(self, screen: Screen) -> bool:
        """Whether the screen is one of those; a feature that we do not know is one that it does not have."""
        fits = self.medium in {"all", "screen"} and all(
            _has(screen, name, value) for name, value in self.features
        )
        return fits is not self.negated


def _has(screen: Screen, name: str, value: str) -> bool:
    if name == "prefers-color-scheme":
        return value == screen.scheme
    pixels = value.removesuffix("px").strip()
    if name not in {"min-width", "max-width"} or not pixels.replace(".", "", 1).isdigit():
        return False
    return screen.width >= float(pixels) if name == "min-width" else screen.width <= float(pixels)
