"""SVG → PNG, independent of the machine: with the given font only, and without other files."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import resvg_py

from generator.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path


def render_png(svg: str, name: str, *, width: int, style: str = "", font: Path | None = None) -> bytes:
    """Draw an SVG, `width` pixels wide; the same SVG gives the same bytes. Raises TemplateError, which shows `name`."""
    try:
        return _draw(svg, width, style, str(font) if font else None)
    except ValueError as error:
        raise TemplateError(f"templates/{name}: cannot be drawn; expected an SVG picture") from error


@lru_cache(maxsize=256)  # `generate serve` draws all of them after every save, and nearly all are unchanged
def _draw(svg: str, width: int, style: str, font: str | None) -> bytes:
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        style_sheet=style or None,
        skip_system_fonts=True,
        font_files=[font] if font else None,
    )
