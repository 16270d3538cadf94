"""The pictures beside an issue, with their size, which mail programs need."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import unquote

from generator.model import Image, Message, Problem
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
            message = Message("no image “{}” in {}/; {}", shorten(name), source.parent.name, hint)
            problems.append(Problem(source, link.line, message))
        elif path.suffix.lower() not in FORMATS:
            message = Message("some mail programs cannot show “{}”; use PNG, JPEG or GIF", name)
            problems.append(Problem(source, link.line, message))
        elif path.stat().st_size > MAX_IMAGE_BYTES:
            message = Message(
                "the image has {:.1f} MB; at most 1 MB is allowed",
                path.stat().st_size / 1e6,
                path.stat().st_size // 1000,
            )
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


def _suggest(folder: Path, name: str) -> Message:
    """What to do about a picture that is not in a folder."""
    names = {normalize("NFC", path.name): path.name for path in folder.iterdir() if path.suffix != ".md"}
    near = names.get(normalize("NFC", name)) or nearest(name, names.values())
    if near == name:
        return Message(
            "it is no picture in this project, but leads elsewhere; copy the picture itself to this folder"
        )
    if near is None:
        return Message("put the pictures of a letter in its folder")
    if normalize("NFC", near) == normalize("NFC", name):
        return Message(
            "the file has the same name in another spelling of its accents; rename it to one without accents"
        )
    return Message("did you mean “{}”?", near)


def check_alt(target: str, text: str, source: Path, line: int, problems: list[Problem]) -> None:
    """Add a problem for an image without the text for those who do not see it."""
    if not text.strip():
        message = Message("the image “{}” has no alt text; put it between ![ and ]", target)
        problems.append(Problem(source, line, message))


_WIDEST = 1600
"""Pixels across a picture that is taken in: more than a letter shows on any screen."""

_SMALLER = ((1600, 75), (1200, 75), (900, 70), (640, 60))
"""Pixels across and quality of a JPEG, tried one after the other until a picture is small enough."""


class LargePictureError(ValueError):
    """A picture that is too large as it is, and can be made smaller."""


def take_picture(content: bytes, *, shrink: bool = False) -> tuple[str, bytes]:
    """A picture of a person as a letter can have it: the ending of its name, and its bytes.

    A photograph is turned upright, made small enough, and loses its notes, such as where it was taken. With `shrink`, a
    picture that would still be too large becomes a smaller JPEG on white. Raises LargePictureError for one that is too
    large, and ValueError, whose message is a clause about the picture, for what is none.
    """
    from PIL import Image as pillow  # noqa: PLC0415, N813 (see _size)
    from PIL import ImageOps  # noqa: PLC0415 (see _size)

    endings = {form: ending for ending, form in FORMATS.items() if ending != ".jpg"} | {"JPEG": ".jpg"}
    try:
        with pillow.open(BytesIO(content), formats=tuple(endings)) as picture:
            form = str(picture.format)
            if form == "JPEG":
                picture.draft(None, (2 * _WIDEST, 2 * _WIDEST))  # read at a fraction of its size
            if picture.width * picture.height > _MOST_PIXELS:
                raise ValueError(
                    Message("has {} × {} pixels; make it smaller", picture.width, picture.height)
                )
            picture.load()  # half a file is noticed only here
            sound = form != "JPEG" and picture.width <= _WIDEST and len(content) <= MAX_IMAGE_BYTES
            if not sound and form != "GIF":
                upright = ImageOps.exif_transpose(picture)
                content = _fit(upright, form)
                if len(content) > MAX_IMAGE_BYTES:
                    if not shrink:
                        raise LargePictureError(f"has {len(content) / 1e6:.1f} MB; at most 1 MB is allowed")
                    form, content = "JPEG", _shrink(upright)
    except (pillow.DecompressionBombError, pillow.DecompressionBombWarning):
        raise ValueError(
            Message("has more than {} million pixels; make it smaller", _MOST_PIXELS // 1_000_000)
        ) from None
    except (OSError, SyntaxError, EOFError):
        raise ValueError(Message("cannot be read as PNG, JPEG or GIF; save it as one of these")) from None
    if len(content) > MAX_IMAGE_BYTES:
        raise ValueError(
            Message("has {:.1f} MB; at most 1 MB is allowed", len(content) / 1e6, len(content) // 1000)
        )
    return endings[form], content


def _fit(picture: Picture, form: str) -> bytes:
    """A picture in the colours of screens, no wider than a letter needs, without notes."""
    if form == "JPEG" and picture.mode != "L":
        picture = picture.convert("RGB")
    return _write(picture, form, _WIDEST, 85)


def _shrink(picture: Picture) -> bytes:
    """A picture as a JPEG on white that is small enough, or the smallest we make."""
    from PIL import Image as pillow  # noqa: PLC0415, N813 (see _size)

    layers = picture.convert("RGBA")
    white = pillow.new("RGBA", layers.size, "white")
    white.alpha_composite(layers)
    made = b""
    for width, quality in _SMALLER:
        made = _write(white.convert("RGB"), "JPEG", width, quality)
        if len(made) <= MAX_IMAGE_BYTES:
            break
    return made


def _write(picture: Picture, form: str, width: int, quality: int) -> bytes:
    """The bytes of a picture that is at most `width` pixels wide; `quality` is that of a JPEG."""
    picture = picture.copy()
    picture.thumbnail((width, width * 4))
    made = BytesIO()
    picture.save(made, form, optimize=True, exif=b"", **({"quality": quality} if form == "JPEG" else {}))
    return made.getvalue()


_MOST_PIXELS = 40_000_000
"""More than the camera of a telephone makes; reading them would take seconds and hundreds of megabytes."""
_ORIENTATION, _UPRIGHT = 0x0112, 1
"""A note in a photograph (EXIF 2.3, 4.6.4) that says how to turn it. Some mail programs do not read it."""


def _size(path: Path, problems: list[Problem]) -> tuple[int, int] | None:
    # Here, because most issues have no picture, and this takes as long as reading ten of them.
    from PIL import Image as pillow  # noqa: PLC0415, N813 (see _size)

    expected = FORMATS[path.suffix.lower()]
    try:
        with pillow.open(path) as picture:
            if (message := _explain(picture, expected)) is None:
                picture.load()  # half a file is noticed only here
                return picture.size
    except pillow.DecompressionBombError:
        message = Message(
            "the image has more than {} million pixels; make it smaller", _MOST_PIXELS // 1_000_000
        )
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
    ):  # what Pillow raises for files that are cut or spoilt
        message = Message(
            "the image cannot be read as {}; it may be cut off, so save or copy it again", expected
        )
    problems.append(Problem(path, None, message))
    return None


def _explain(picture: Picture, expected: str) -> Message | None:
    """Why not every reader would see a picture as it was meant, as far as its head tells; None when they would."""
    if picture.format != expected:
        return Message("the image is {}, but its name says {}", picture.format, expected)
    if picture.width * picture.height > _MOST_PIXELS:
        return Message("the image has {} × {} pixels; make it smaller", picture.width, picture.height)
    if picture.mode == "CMYK":
        return Message(
            "the image has the colours of a printer (CMYK), which mail programs show wrongly; save it as RGB"
        )
    if picture.getexif().get(_ORIENTATION, _UPRIGHT) != _UPRIGHT:
        return Message(
            "the photo lies on its side, with a note to turn it that some mail programs ignore; "
            "turn it and save it"
        )
    return None
