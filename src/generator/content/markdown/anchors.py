"""The ids that Python-Markdown gives the headings of a text, so that a link to one can be checked without it."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.content.markdown.marks import Marks


def find_anchors(marks: Marks) -> set[str]:
    """The ids that a page made from this text will have."""
    found = set(marks.ids)
    for heading in marks.headings:
        if heading.id is not None:
            continue
        slug = slugify(heading.text)
        while slug in found or not slug:  # as Python-Markdown's toc extension numbers them
            numbered = re.fullmatch(r"(.*)_([0-9]+)", slug)
            slug = f"{numbered[1]}_{int(numbered[2]) + 1}" if numbered else f"{slug}_1"
        found.add(slug)
    return found


def slugify(heading: str) -> str:
    """The id that Python-Markdown's toc extension gives a heading."""
    plain = re.sub(r"\[\^[^\]]*\]", "", heading)
    plain = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", plain)  # a picture has no text
    plain = re.sub(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", plain)
    plain = re.sub(r"(?<!\w)_+|_+(?!\w)", "", plain)
    ascii_only = unicodedata.normalize("NFKD", html.unescape(plain)).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_only).strip().lower())
