"""Pictures: said in words, quick to load, and sharp. That mail programs can show them at all, `content` sees to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from generator.check.rule import Finding, Rule
from generator.check.rules.links import links_of
from generator.model import Message, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.check.proofs import Proof
    from generator.check.rule import Spot
    from generator.model import Image

ALT = range(5, 126)
"""Characters of an alt text: a shorter one says nothing, a longer one is split by some screen readers."""
HEAVY = 200_000
"""Bytes that a phone with a slow connection loads in a second or two."""
SHARP = 536
"""The width of a letter's column in pixels: what is narrower is stretched, or looks lost."""
SMALL = 200
"""What is narrower than this is small by intent."""
WASTED = 2_000
"""More pixels than the finest screen shows in that column."""

_OBVIOUS = re.compile(
    r"\s*(?:(?:een|an?|the|de|het)\s+)?(?:afbeelding|plaatje|foto|illustratie|beeld|image|picture|photo|illustration|pic)"
    r"(?:\s+(?:van|of|met|with|waarop)\b|\s*:|\s*\Z)",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"\S+\.(?:png|jpe?g|gif|webp|svg)\s*\Z|\s*(?:img|dsc|screenshot|schermafbeelding)[\s_-]*\d", re.IGNORECASE
)


def check_alt(proof: Proof) -> Iterator[Finding]:
    """The alt text of a picture says what it tells."""
    for link, spot in links_of(proof.manuscript):
        if not link.image:
            continue
        alt = " ".join(link.text.split())
        stem = unquote(link.target).rpartition("/")[2].rpartition(".")[0]
        if _FILE.match(alt) or _plain(alt) == _plain(stem):
            yield Finding(Message("the alt text “{}” is a file name", alt), spot)
        elif match := _OBVIOUS.match(alt):
            yield Finding(
                Message(
                    "the alt text starts with “{}”, which a screen reader already says", match[0].strip()
                ),
                spot,
            )
        elif len(alt) not in ALT:
            yield Finding(
                Message(
                    "the alt text has {} characters; {} to {} are recommended",
                    len(alt),
                    ALT.start,
                    ALT.stop - 1,
                ),
                spot,
            )


def check_weight(proof: Proof) -> Iterator[Finding]:
    """A picture loads at once."""
    for image, spot in _images(proof):
        size = image.source.stat().st_size
        if size > HEAVY:
            yield Finding(
                Message(
                    "“{}” has {:.0f} KB; at most {} are recommended", image.name, size / 1000, HEAVY // 1000
                ),
                spot,
            )


def check_pixels(proof: Proof) -> Iterator[Finding]:
    """A picture fills the column of a letter and is no finer than a screen."""
    for image, spot in _images(proof):
        if SMALL <= image.width < SHARP:
            yield Finding(
                Message(
                    "“{}” is {} pixels wide, but the column of a letter has {}",
                    image.name,
                    image.width,
                    SHARP,
                ),
                spot,
            )
        elif max(image.width, image.height) > WASTED:
            message = Message(
                "“{}” has {} × {} pixels; no screen shows more than {:,}",
                image.name,
                image.width,
                image.height,
                WASTED,
            )
            yield Finding(message, spot)


def _images(proof: Proof) -> Iterator[tuple[Image, Spot]]:
    """Each picture of a letter, and where it is shown first."""
    places = {
        unquote(link.target): spot for link, spot in reversed([*links_of(proof.manuscript)]) if link.image
    }
    for name, spot in places.items():
        if image := proof.edition.images.get(name):
            yield image, spot


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().lower()


PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule(
        "image-alt", Severity.WARNING, Message("Describe in one sentence what the picture shows."), check_alt
    ),
    Rule(
        "image-weight",
        Severity.WARNING,
        Message("Reduce its size, or save a photograph as JPEG."),
        check_weight,
    ),
    Rule(
        "image-pixels",
        Severity.WARNING,
        Message("Make it 1072 pixels wide (twice the column), or less than 200."),
        check_pixels,
    ),
)
