"""The pictures beside an issue, with their size, which mail programs need."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import unquote

from generator.model import Image, Problem
from generator.reading import nearest, shorten

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image as Picture

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
        check_alt(link.target, link.text, source, link.line, problems)
        if (path := _find_picture(source.parent, name)) is None:
            hint = _suggest(source.parent, name)
            message = f"no image “{shorten(name)}” in {source.parent.name}/; {hint}"
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


def _find_picture(folder: Path, name: str) -> Path | None:
    """The file of a picture in a folder; what a symbolic link leads to outside of `newsletter/` is none."""
    path = folder / name
    try:
        sound = (
            "/" not in name and path.is_file() and path.resolve().is_relative_to(folder.parents[1].resolve())
        )
    except (OSError, ValueError):  # a name that no file can have
        return None
    return path if sound else None


def _suggest(folder: Path, name: str) -> str:
    """What to do about a picture that is not in a folder."""
    names = {normalize("NFC", path.name): path.name for path in folder.iterdir() if path.suffix != ".md"}
    near = names.get(normalize("NFC", name)) or nearest(name, names.values())
    if near == name:
        return "it is no picture in this project, but leads elsewhere; copy the picture itself to this folder"
    if near is None:
        return "put the pictures of a letter in its folder"
    if normalize("NFC", near) == normalize("NFC", name):
        return (
            "the file has the same name in another spelling of its accents; rename it to one without accents"
        )
    return f"did you mean “{near}”?"


def check_alt(target: str, text: str, source: Path, line: int, problems: list[Problem]) -> None:
    """Add a problem for an image without the text for those who do not see it."""
    if not text.strip():
        message = f"the image “{target}” has no alt text; put it between ![ and ]"
        problems.append(Problem(source, line, message))


_MOST_PIXELS = 40_000_000
"""More than the camera of a telephone makes; reading them would take seconds and hundreds of megabytes."""
_ORIENTATION, _UPRIGHT = 0x0112, 1
"""A note in a photograph (EXIF 2.3, 4.6.4) that says how to turn it. Some mail programs do not read it."""


def _size(path: Path, problems: list[Problem]) -> tuple[int, int] | None:
    # Here, because most issues have no picture, and this takes as long as reading ten of them.
    from PIL import Image as pillow  # noqa: PLC0415, N813

    expected = FORMATS[path.suffix.lower()]
    try:
        with pillow.open(path) as picture:
            if (message := _explain(picture, expected)) is None:
                picture.load()  # half a file is noticed only here
                return picture.size
    except pillow.DecompressionBombError:
        message = f"the image has more than {_MOST_PIXELS // 1_000_000} million pixels; make it smaller"
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
    ):  # what Pillow raises for files that are cut or spoilt
        message = f"the image cannot be read as {expected}; it may be cut off, so save or copy it again"
    problems.append(Problem(path, None, message))
    return None


def _explain(picture: Picture, expected: str) -> str | None:
    """Why not every reader would see a picture as it was meant, as far as its head tells; None when they would."""
    if picture.format != expected:
        return f"the image is {picture.format}, but its name says {expected}"
    if picture.width * picture.height > _MOST_PIXELS:
        return f"the image has {picture.width} × {picture.height} pixels; make it smaller"
    if picture.mode == "CMYK":
        return (
            "the image has the colours of a printer (CMYK), which mail programs show wrongly; save it as RGB"
        )
    if picture.getexif().get(_ORIENTATION, _UPRIGHT) != _UPRIGHT:
        return "the photo lies on its side, with a note to turn it that some mail programs ignore; turn it and save it"
    return None
