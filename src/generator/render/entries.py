"""An edition as feeds carry it: plain text for the lists of a reader, clean HTML for the reading, and permanent ids.

No class, id or style is in the HTML: feed readers drop them, and mail services that read feeds show what is left.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.render.markdown import render_letter, to_html
from generator.render.templating import render_template
from generator.render.words import WORDS

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

    from generator.content import Newsletter
    from generator.model import Certainty, Edition
    from generator.render.markdown import Letter

# What XML 1.0 does not allow, and what the feed validator warns of. Files hold none of it (`reading` sees to that), but
# YAML's "\0" and Markdown's &#11; can still spell it, and the XML library would refuse the whole feed.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]")

_GLYPHS = {"open": "☐ ", "done": "☑ "}

# Written out, because Python's mimetypes reads files of the machine.
_MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}


@dataclass(frozen=True, slots=True)
class Picture:
    """The first image of a letter, which readers and mail services show beside its title."""

    url: str
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What every feed says of an edition, whatever its format."""

    id: str
    """A tag URI (RFC 4151): neither a new title nor a new address of the site makes a letter unread again."""
    url: str
    title: str
    summary: str
    html: str
    author: str
    certainty: Certainty
    published: datetime
    updated: datetime
    picture: Picture | None


def render_entry(newsletter: Newsletter, edition: Edition) -> Entry:
    """Render an edition for all feeds that carry it."""
    settings = newsletter.settings
    letter = render_letter(newsletter, edition)
    html = render_template(
        newsletter.root,
        "feed/entry.html",
        words=WORDS[edition.language],
        sections=[(heading, _clean(body)) for heading, body in letter.sections],
        notes=[_clean(note) for note in letter.notes],
    )
    return Entry(
        id=f"tag:{settings.id_authority}:issue/{edition.week}/{edition.language}",
        url=settings.page_url(edition.language, edition.page),
        title=make_writable(edition.title),
        summary=make_writable(edition.summary),
        html=make_writable(html),
        author=make_writable(settings.sender_name),
        certainty=newsletter.playbook.certainty(edition.language, edition.certainty),
        published=edition.published,
        updated=edition.updated,
        picture=_picture(letter),
    )


def make_writable(text: str) -> str:
    """Text without the characters that a feed cannot hold."""
    return _UNWRITABLE.sub("", text)


def _clean(element: HtmlElement) -> str:
    """The HTML inside an element of a letter, without what only our own pages and mails understand."""
    copy = deepcopy(element)
    for child in list(copy.iterdescendants()):
        kind = child.attrib.pop("class", "")
        child.attrib.pop("style", None)
        if child.tag == "li" and kind in _GLYPHS:
            _put_glyph(child, _GLYPHS[kind])
        elif child.tag == "div" and "admonition" in kind:
            child.tag = "blockquote"
        elif child.tag == "div":
            child.drop_tag()
    return to_html(copy)


def _put_glyph(item: HtmlElement, glyph: str) -> None:
    """Put the box of a checklist item before its text, which in a loose list stands in a paragraph."""
    text = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
    text.text = glyph + (text.text or "").lstrip()


def _picture(letter: Letter) -> Picture | None:
    image = next((image for _, body in letter.sections for image in body.iter("img")), None)
    if image is None:
        return None
    url = image.attrib["src"]
    media_type = _MEDIA_TYPES[url.rpartition(".")[2].lower()]
    return Picture(url, media_type, int(image.attrib["width"]), int(image.attrib["height"]))
