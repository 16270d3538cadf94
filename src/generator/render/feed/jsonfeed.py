"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generator.render.feed.entries import make_writable
from generator.render.feed.feedlist import Format

if TYPE_CHECKING:
    from generator.render.feed.entries import Entry
    from generator.render.feed.history import Part
    from generator.settings import Settings


def render_json_feed(settings: Settings, part: Part, entries: list[Entry]) -> bytes:
    """Write a document of a feed. Values that there are not are left out, because null is not valid.

    The address of the feed identifies it, and is the same in an archive.
    """
    feed = part.feed
    data: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": make_writable(feed.title),
        "home_page_url": settings.page_url(feed.language, feed.page),
        "feed_url": feed.url(settings, Format.JSON),
        "description": make_writable(feed.description),
        "language": feed.language,
        "authors": [{"name": make_writable(settings.sender_name)}],
    }
    if part.older is not None:
        data["next_url"] = feed.url(settings, Format.JSON, part.older)
    data["items"] = [_item(entry) for entry in entries]
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html,
        "date_published": entry.published.isoformat(),
        "authors": [{"name": entry.author}],
        "tags": [make_writable(entry.certainty.title)],
    }
    if entry.updated != entry.published:
        item["date_modified"] = entry.updated.isoformat()
    if entry.picture is not None:
        item["image"] = entry.picture.url
    return item
