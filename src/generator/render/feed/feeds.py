"""Every feed in every format: RSS 2.0 and Atom 1.0 by feedgen, JSON Feed 1.1, and the list of feeds.

feedgen 1.0.0 has many traps; each odd line below avoids one, and has a test of that name.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from generator.cache import Cache
from generator.model import Artifact, Language
from generator.render.feed.entries import (
    digest_body,
    digest_playbook,
    make_writable,
    render_body,
    render_entry,
)
from generator.render.feed.feedlist import OPML, Feed, Format, list_feeds
from generator.render.feed.history import Part, divide
from generator.render.feed.jsonfeed import render_json_feed
from generator.render.feed.opml import render_opml
from generator.render.feed.style import name_style, render_style

if TYPE_CHECKING:
    from collections.abc import Collection

    from generator.content import Newsletter
    from generator.model import Edition, Lesson
    from generator.render.feed.entries import Body, Entry
    from generator.settings import Settings

__all__ = ["LOOK_AHEAD", "OPML", "Feed", "Format", "list_feeds", "render_feeds"]

LOOK_AHEAD = Artifact(
    PurePosixPath("README.txt"),
    """\
These feeds are for editors, to look ahead: they hold letters that are not out yet, and the one at hand even when it is
a draft. Do not put them online: what a feed reader has fetched cannot be taken back.

The feeds for readers are in site/, made by “generate site”.
""".encode(),
)
"""A file beside feeds that are not for readers."""

_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"

_TTL = 60
"""Minutes between two requests of a feed reader: the letter should be there in the morning."""


def render_feeds(
    newsletter: Newsletter,
    languages: Collection[Language] = (),
    bodies: Cache[Body] | None = None,
) -> tuple[Artifact, ...]:
    """Render the feeds of these languages, or of every one, their styles, and the list of all, below the site's root.

    `bodies` has what an earlier run rendered. feedgen switches the locale of the process for each date, so no other
    thread may format text meanwhile.
    """
    settings, feeds = newsletter.settings, list_feeds(newsletter)
    bodies, playbook = bodies or Cache(), digest_playbook(newsletter)
    entries: dict[tuple[str, Language], Entry] = {}
    artifacts: list[Artifact] = []
    for feed in (feed for feed in feeds if not languages or feed.language in languages):
        for part in _divide(newsletter, feed):
            found: list[Entry] = []
            for edition in part.editions:
                key = edition.tag, edition.language
                if key not in entries:  # what is in a main feed is in that of a certainty too
                    entries[key] = _render(newsletter, edition, playbook, bodies)
                found.append(entries[key])
            rss = _fill(settings, part, Format.RSS, found).rss_str(pretty=True)
            atom = _fill(settings, part, Format.ATOM, found).atom_str(pretty=True)
            for form, xml in ((Format.RSS, rss), (Format.ATOM, atom)):
                path = feed.path(settings, form, part.stretch)
                artifacts.append(Artifact(path, name_style(xml, settings, feed.language, path)))
            path = feed.path(settings, Format.JSON, part.stretch)
            artifacts.append(Artifact(path, render_json_feed(settings, part, found)))
    artifacts += (render_style(newsletter, language) for language in languages or settings.languages)
    artifacts.append(Artifact(OPML, render_opml(settings, feeds)))
    return tuple(artifacts)


def _divide(newsletter: Newsletter, feed: Feed) -> list[Part]:
    """The documents of a feed: of the course one, from its first lesson to its last."""
    if feed.course:
        return [Part(feed, newsletter.playbook.lessons[feed.language])]
    editions = newsletter.archive.editions(feed.language, feed.certainty)
    return divide(feed, editions, newsletter.settings.feed_issues)


def _render(newsletter: Newsletter, edition: Edition | Lesson, playbook: bytes, bodies: Cache[Body]) -> Entry:
    key = digest_body(playbook, edition)
    body = bodies.find(key)
    if body is None:
        body = render_body(newsletter, edition)
        bodies.keep(key, body)
    return render_entry(newsletter, edition, body)


def _fill(settings: Settings, part: Part, form: Format, entries: list[Entry]) -> Any:
    """A generator of feedgen for one format, because each document contains its own URL."""
    feed = part.feed
    language, page = feed.language, settings.page_url(feed.language, feed.page)
    generator = FeedGenerator()
    generator.load_extension("dc", atom=False)
    generator.load_extension("media", atom=False)
    generator.register_extension("additions", BaseExtension, _Additions)
    generator.register_extension("history", _History)
    generator.history.set(settings, part, form)
    generator.id(feed.id(settings))
    generator.title(make_writable(feed.title))
    generator.description(make_writable(feed.description))
    generator.language(language)
    generator.author(name=make_writable(settings.sender_name))
    generator.link(rel="self", href=feed.url(settings, form, part.stretch), type=form.media_type)
    # RSS takes the last link, whatever its rel, as that of the site.
    generator.link(rel="alternate", href=page, type="text/html", hreflang=language)
    generator.generator("")
    generator.docs("")
    generator.ttl(_TTL)
    generator.updated(max((entry.updated for entry in entries), default=_beginning(settings)))  # not now
    if entries:
        generator.pubDate(max(entry.published for entry in entries))
    for entry in entries:
        _add(generator, feed, entry)
    return generator


def _add(generator: Any, feed: Feed, entry: Entry) -> None:
    item = FeedEntry()
    generator.add_entry(item, order="append")  # not before the others; gives it the extensions too
    item.id(entry.id)
    item.title(entry.title)
    item.link(href=entry.url)
    item.summary(entry.summary)  # description() would replace the content in Atom
    item.content(entry.html, type="html")  # "CDATA", as feedgen's manual has it, is invalid in Atom
    item.category(term=entry.certainty.id, label=make_writable(entry.certainty.title))
    item.published(entry.published)
    item.updated(entry.updated)  # not now
    item.author(name=entry.author)
    item.dc.dc_creator(entry.author)  # RSS has authors with an email address only
    item.additions.set(entry, feed.language)
    if entry.picture is not None:
        item.media.content(
            url=entry.picture.url,
            medium="image",
            type=entry.picture.media_type,
            width=str(entry.picture.width),
            height=str(entry.picture.height),
            group=None,  # or it stands in a group of alternatives, alone
        )


class _History:
    """What RFC 5005 says of a document: whether it is all there is, or an archive, and where its neighbours are."""

    def set(self, settings: Settings, part: Part, form: Format) -> None:
        self._settings, self._part, self._form = settings, part, form

    def extend_ns(self) -> dict[str, str]:
        return {"fh": _HISTORY}

    def extend_rss(self, rss: Any) -> None:
        self._extend(rss.find("channel"), f"{{{_ATOM}}}link")

    def extend_atom(self, feed: Any) -> None:
        self._extend(feed, "link")

    def _extend(self, head: Any, link: str) -> None:
        part, archive = self._part, bool(self._part.stretch)
        if archive or part.older is None:
            xml_elem(f"{{{_HISTORY}}}{'archive' if archive else 'complete'}", head)
        found = {
            "current": "" if archive else None,
            "prev-archive": part.older,
            "next-archive": part.newer,
        }
        for rel, stretch in found.items():
            if stretch is not None:
                href = part.feed.url(self._settings, self._form, stretch)
                xml_elem(link, head, rel=rel, type=self._form.media_type, href=href)


class _Additions:
    """What feedgen leaves out of an entry: in RSS the date of a correction, in Atom the type of its link."""

    def set(self, entry: Entry, language: Language) -> None:
        self._entry, self._language = entry, language

    def extend_rss(self, item: Any) -> None:
        if self._entry.updated != self._entry.published:
            xml_elem(f"{{{_ATOM}}}updated", item).text = self._entry.updated.isoformat()

    def extend_atom(self, entry: Any) -> None:
        link = {"rel": "alternate", "type": "text/html", "hreflang": self._language}
        entry.find("link").attrib.update(link)


def _beginning(settings: Settings) -> datetime:
    """The date of a feed without letters: the year in its id.

    Atom requires a date. That year means its first moment in UTC (RFC 4151), and nothing was added since.
    """
    return datetime(int(settings.id_authority.rpartition(",")[2]), 1, 1, tzinfo=UTC)
