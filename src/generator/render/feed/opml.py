"""OPML 2.0: all feeds in one file, which a feed reader imports (https://opml.org/spec2.opml)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from generator.render.feed.entries import make_writable
from generator.render.feed.feedlist import Format

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.render.feed.feedlist import Feed
    from generator.settings import Settings


def render_opml(settings: Settings, feeds: Iterable[Feed]) -> bytes:
    """List each feed once, as RSS, in a folder for each language.

    It has no date, because it changes with the settings, which have none.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = make_writable(settings.letter)
    etree.SubElement(head, "ownerName").text = make_writable(settings.sender_name)
    etree.SubElement(head, "docs").text = "https://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    folders = {
        language: etree.SubElement(body, "outline", text=make_writable(settings.channels[language].site_name))
        for language in settings.languages
    }
    for feed in feeds:
        etree.SubElement(
            folders[feed.language],
            "outline",
            type="rss",
            version="RSS2",
            text=make_writable(feed.title),
            title=make_writable(feed.title),
            description=make_writable(feed.description),
            language=feed.language,
            xmlUrl=feed.url(settings, Format.RSS),
            htmlUrl=settings.page_url(feed.language, feed.page),
        )
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
