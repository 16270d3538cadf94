"""A letter as a document for a sandboxed frame: in one colour scheme, with its pictures inside.

A browser would choose light or dark by the device; here the style sheet of the letter is changed to force one.
"""

from __future__ import annotations

import re
from base64 import b64encode
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

from generator.model import Edition
from generator.render.email.marks import mark_path, render_marks
from generator.render.templating import render_template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.content import Newsletter
    from generator.model import Lesson
    from generator.render.feed.entries import Entry

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The Content-Security-Policy of a frame: it loads nothing but what it contains."""

POLICY_WITHOUT_IMAGES = "default-src 'none'; style-src 'unsafe-inline'; img-src 'none'"

_DEVICE = re.compile(r"prefers-color-scheme:\s*(light|dark)")
_ALWAYS, _NEVER = "min-width: 0px", "min-width: 999999px"
_IMAGE = re.compile(r'<img\b(?:[^>"]++|"[^"]*+")*+>')
_ADDRESS = re.compile(r'(?<=\ssrc=")[^"]*')
CHANGED = "changed"
"""The id of the block that the last save changed."""

# Without quotes, because it is put into the value of an attribute.
_MARK = f" id={CHANGED}"
_BLOCK = re.compile(r"<(?:p|h[1-6]|li|td)(?=[ >])")

_NOTHING = "data:,"
"""The URL of an image that cannot be shown, as when a mail program blocks images."""

_MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}


class Scheme(StrEnum):
    """The colour scheme of a frame."""

    LIGHT = "light"
    DARK = "dark"


def frame_letter(html: str, scheme: Scheme, pictures: Mapping[str, str] | None) -> str:
    """The HTML of an email in a colour scheme; `pictures` are its images by URL, None to block them."""
    head, end, body = html.partition("</head>")
    head = _DEVICE.sub(lambda match: _ALWAYS if match[1] == scheme else _NEVER, head)
    head = head.replace("light dark", scheme)
    return head.replace("<head>", f"<head>\n{_fence(pictures)}", 1) + end + _fill(body, pictures)


def frame_entry(
    newsletter: Newsletter, entry: Entry, scheme: Scheme, pictures: Mapping[str, str] | None
) -> str:
    """A feed entry as a feed reader shows it, in a plain style."""
    return render_template(
        newsletter.root,
        "preview/entry.html",
        fence=_fence(pictures),
        entry=entry,
        html=_fill(entry.html, pictures),
        language=entry.id.rpartition("/")[2],
        scheme=scheme,
    )


def mark_change(html: str, before: str) -> str:
    """A frame that scrolls to the first difference: the block there gets the id CHANGED.

    A frame without a difference keeps its bytes, and its id, so that it is not loaded again.
    """
    if html == before.replace(_MARK, "", 1):
        return before
    blocks = _BLOCK.finditer(html, html.find("<h1"), max(0, _differ_at(html, before.replace(_MARK, "", 1))))
    last = max((block.end() for block in blocks), default=0)
    return f"{html[:last]}{_MARK}{html[last:]}" if last else html


def read_pictures(newsletter: Newsletter, edition: Edition | Lesson) -> dict[str, str]:
    """The images of a letter as `data:` URLs, by their URLs in the email."""
    return {
        address: f"data:{_MEDIA_TYPES[address.rpartition('.')[2].lower()]};base64,{b64encode(content).decode()}"
        for address, content in _images(newsletter, edition)
    }


def _images(newsletter: Newsletter, edition: Edition | Lesson) -> Iterator[tuple[str, bytes]]:
    settings, mark = newsletter.settings, mark_path(edition.certainty)
    for artifact in render_marks(newsletter, edition.language):
        if artifact.path == mark and isinstance(artifact.content, bytes):
            yield settings.url(edition.language, str(mark)), artifact.content
    if isinstance(edition, Edition):  # a lesson has no pictures of its own
        for image in edition.images.values():
            path = quote(f"archive/{edition.week}/{image.name}")
            yield settings.url(edition.language, path), image.source.read_bytes()


def _fence(pictures: Mapping[str, str] | None) -> str:
    """The first elements of the head: the policy, which covers all that follows, and links that open a new window."""
    policy = POLICY_WITHOUT_IMAGES if pictures is None else POLICY
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<base target="_blank">'
    )


def _fill(html: str, pictures: Mapping[str, str] | None) -> str:
    """The same HTML with each image replaced by its `data:` URL, or by none."""
    return _IMAGE.sub(lambda tag: _ADDRESS.sub(lambda found: _picture(found[0], pictures), tag[0]), html)


def _picture(address: str, pictures: Mapping[str, str] | None) -> str:
    return _NOTHING if pictures is None else pictures.get(address, address)


def _differ_at(one: str, other: str) -> int:
    """The length of the common beginning of two texts."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
