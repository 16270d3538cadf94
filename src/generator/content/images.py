"""The pictures beside an issue, with their size, which mail programs need."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from generator.model import Image, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from generator.content.markdown.marks import Marks

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".gif": "GIF"}
"""What every mail program shows; none of SVG, WebP, AVIF and data: is shown by all."""

MAX_IMAGE_BYTES = 1_000_000


def load_images(marks: Marks, source: Path, problems: list[Problem]) -> dict[str, Image]:
    """The pictures that a letter shows, by the name in its folder, adding what is wrong with them."""
    images: dict[str, Image] = {}
    for link in marks.links:
        if not link.image:
            continue
        name = unquote(link.target)
        path = source.parent / name
        check_alt(link.target, link.text, source, link.line, problems)
        if "/" in name or not path.is_file():
            message = (
                f"no image “{name}” in {source.parent.name}/; put the pictures of a letter in its folder"
            )
            problems.append(Problem(source, link.line, message))
        elif path.suffix.lower() not in FORMATS:
            message = f"some mail programs cannot show “{name}”; use PNG, JPEG or GIF"
            problems.append(Problem(source, link.line, message))
        elif path.stat().st_size > MAX_IMAGE_BYTES:
            message = f"the image has {path.stat().st_size / 1e6:.1f} MB; at most 1 MB is allowed"
            problems.append(Problem(path, None, message))
        elif size := _size(path, problems):
            images[name] = Image(name, path, *size)
    return images


def check_alt(target: str, text: str, source: Path, line: int, problems: list[Problem]) -> None:
    """Add a problem for an image without the text for those who do not see it."""
    if not text.strip():
        message = f"the image “{target}” has no alt text; put it between ![ and ]"
        problems.append(Problem(source, line, message))


def _size(path: Path, problems: list[Problem]) -> tuple[int, int] | None:
    # Here, because most issues have no picture, and this takes as long as reading ten of them.
    from PIL import Image as Picture  # noqa: PLC0415

    expected = FORMATS[path.suffix.lower()]
    try:
        with Picture.open(path) as picture:
            if picture.format == expected:
                return picture.size
            message = f"the image is {picture.format}, but its name says {expected}"
    except (OSError, Picture.DecompressionBombError):
        message = f"the image cannot be read as {expected}"
    problems.append(Problem(path, None, message))
    return None
