"""An edition as an entry of feeds: plain text for lists, clean HTML for the content, and a permanent id.

The HTML has no class, id or style: feed readers drop them, and services that mail a feed show what is left.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.cache import digest
from generator.render.markdown import render_letter, to_html
from generator.render.templating import read_templates, render_template
from generator.words import load_words

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

    from generator.content import Newsletter
    from generator.model import Certainty, Edition, Lesson
    from generator.render.markdown import Letter

# What XML 1.0 does not allow, and what the feed validator warns of. Files hold none of it (`reading` sees to that), but
# YAML's "\0" and Markdown's &#11; can still spell it, and the XML library would refuse the whole feed.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]")

_TEMPLATE = "feed/entry.html"

_GLYPHS = {"open": "☐ ", "done": "☑ "}

# Written out, because Python's mimetypes reads files of the machine.
_MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}


@dataclass(frozen=True, slots=True)
class Picture:
    """The first image of a letter, which feed readers show beside its title."""

    url: str
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Body:
    """The rendered text of an edition. It takes long, and is cached until something that it depends on changes."""

    html: str
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An edition as an entry, independent of the format of the feed."""

    id: str
    """A tag URI (RFC 4151): a new title or domain does not make the letter unread again."""
    url: str
    title: str
    summary: str
    html: str
    author: str
    certainty: Certainty
    published: datetime
    updated: datetime
    picture: Picture | None


def render_entry(newsletter: Newsletter, edition: Edition | Lesson, body: Body | None = None) -> Entry:
    """The entry of an edition in every feed; `body` is the cached result of render_body, or None."""
    settings, body = newsletter.settings, body or render_body(newsletter, edition)
    return Entry(
        id=f"tag:{settings.id_authority}:{edition.tag}/{edition.language}",
        url=settings.page_url(edition.language, edition.page),
        title=make_writable(edition.title),
        summary=make_writable(edition.summary),
        html=body.html,
        author=make_writable(settings.sender_name),
        certainty=newsletter.playbook.certainty(edition.language, edition.certainty),
        published=edition.published,
        updated=edition.updated,
        picture=body.picture,
    )


def render_body(newsletter: Newsletter, edition: Edition | Lesson) -> Body:
    """Render the text of an edition. Whatever this depends on is part of `digest_body`.

    Links also depend on which letters are published. The digest leaves that out: `generate issue`, which caches bodies,
    has all of them.
    """
    letter = render_letter(newsletter, edition)
    html = render_template(
        newsletter.root,
        _TEMPLATE,
        words=load_words(newsletter.root)[edition.language]["shared"],
        sections=[(heading, _clean(body)) for heading, body in letter.sections],
        notes=[_clean(note) for note in letter.notes],
    )
    return Body(make_writable(html), _picture(letter))


def digest_playbook(newsletter: Newsletter) -> bytes:
    """A digest of what all bodies depend on: URLs, facts, the page of each item, the template, and the words."""
    root, playbook = newsletter.root, newsletter.playbook
    items = [(page.page, page.items) for pages in playbook.certainties.values() for page in pages]
    return digest(
        root,
        newsletter.settings,
        playbook.facts,
        items,
        *read_templates(root, "feed"),
        *read_templates(root, "words"),
    )


def digest_body(playbook: bytes, edition: Edition | Lesson) -> bytes:
    """A digest of what the body of an edition depends on; `playbook` is what digest_playbook returns."""
    return digest(playbook, edition)


def make_writable(text: str) -> str:
    """Text without the characters that XML does not allow."""
    return _UNWRITABLE.sub("", text)


def _clean(element: HtmlElement) -> str:
    """The HTML inside an element of a letter, without what only our own pages and emails style."""
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
    """Put the box of a checklist item before its text, which is in a paragraph if the list is loose."""
    text = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
    text.text = glyph + (text.text or "").lstrip()


def _picture(letter: Letter) -> Picture | None:
    image = next((image for _, body in letter.sections for image in body.iter("img")), None)
    if image is None:
        return None
    url = image.attrib["src"]
    media_type = _MEDIA_TYPES[url.rpartition(".")[2].lower()]
    return Picture(url, media_type, int(image.attrib["width"]), int(image.attrib["height"]))
