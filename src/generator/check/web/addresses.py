"""Every address that the site publishes, with the anchors of its pages; and every address that a letter names."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from lxml import html

from generator.check.memo import survey
from generator.content.certainties import IDS
from generator.content.documents import find_fences
from generator.content.links import REMINDERS, item_reminder
from generator.content.markdown.reader import read_marks
from generator.model import Edition, Lesson, Message, Page
from generator.reading import is_file, walk_folder
from generator.render.email.answers import DONE
from generator.render.email.marks import mark_path
from generator.render.feed.feedlist import OPML, Format, list_feeds
from generator.render.links import ARCHIVE, FORWARDED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from lxml.html import HtmlElement

    from generator.check.proofs import Proof
    from generator.content import Newsletter
    from generator.model import Certainty, Issue, Template

_ABOUT = "about-the-numbers"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_AFTER = ".,;:!?)]”’»"
"""Punctuation that may follow an address in a sentence and is not part of it."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What the site publishes: pages with their anchors, and files."""

    pages: dict[str, Callable[[], Collection[str]]]
    """For each page a function that finds its anchors, called only when a letter links to the page."""
    files: frozenset[str]
    unread: frozenset[str] = frozenset()
    """Pages whose texts could not be read, so that their anchors are unknown."""
    asked: dict[str, Message | None] = field(default_factory=dict, repr=False)
    """What was asked for, and why it is dead."""
    _anchors: dict[str, Collection[str]] = field(default_factory=dict, repr=False)

    def anchors(self, page: str) -> Collection[str]:
        """The anchors of a page."""
        if page not in self._anchors:
            self._anchors[page] = self.pages[page]()
        return self._anchors[page]

    def why_dead(self, address: str) -> Message | None:
        """Why an address of the site cannot be opened; None when it can. It is noted in `asked`."""
        self.asked[address] = why = self._find_why(address)
        return why

    def _find_why(self, address: str) -> Message | None:
        rest, _, anchor = address.partition("#")
        place = unquote(rest.partition("?")[0])
        if place in self.files or place in self.unread:
            return None
        if place not in self.pages:
            slash = Message("; did you mean “{}”?", f"{rest}/") if f"{place}/" in self.pages else ""
            return Message("the site has no such page{}", slash)
        if anchor and unquote(anchor) not in self.anchors(place):
            return Message("the page has no anchor “#{}”", anchor)
        return None


@survey
def survey_site(newsletter: Newsletter) -> Addresses:
    """What the site publishes once every letter is out, drafts excepted."""
    settings, pages, files = newsletter.settings, dict[str, "Callable[[], Collection[str]]"](), set[str]()
    facts = {fact.id for fact in newsletter.playbook.facts.values() if fact.use != "avoid"}
    for language in settings.languages:
        for page in newsletter.playbook.pages[language]:
            more = facts if page.name == _ABOUT else frozenset[str]()
            pages[settings.page_url(language, f"{page.name}.md")] = _reader(page, more)
        for certainty in newsletter.playbook.certainties[language]:
            pages[settings.page_url(language, certainty.page)] = _reader(
                certainty, {f"{item.id}{DONE}" for item in certainty.items}
            )
            files.update(settings.url(language, str(item_reminder(item.id))) for item in certainty.items)
            files.add(settings.url(language, str(mark_path(certainty.id))))
        for template in newsletter.playbook.templates[language]:
            pages[settings.page_url(language, template.page)] = _reader(template)
        files.update(settings.url(language, str(path)) for path in REMINDERS)
        for lesson in newsletter.playbook.lessons[language]:
            pages[settings.page_url(language, lesson.page)] = _reader(lesson)
        pages[settings.page_url(language, ARCHIVE)] = lambda: IDS
        for edition in newsletter.archive.editions(language):
            _add_letter(newsletter, edition, pages, files)
        folder = newsletter.root / "docs" / language
        for path in (found for found in walk_folder(folder) if is_file(found) and found.suffix != ".md"):
            files.add(settings.url(language, path.relative_to(folder).as_posix()))
    for feed in list_feeds(newsletter):
        files.update(feed.url(settings, form) for form in Format)
    files.add(f"{settings.site_url}{OPML}")
    return Addresses(pages, frozenset(files), frozenset(_list_unread(newsletter)))


def _list_unread(newsletter: Newsletter) -> Iterator[str]:
    """The addresses of the pages that were left out."""
    settings, docs = newsletter.settings, PurePath("docs")
    for path in {problem.path for problem in newsletter.ignored}:
        for language in settings.languages:
            if docs / language in path.parents:
                yield settings.page_url(language, path.relative_to(docs / language).as_posix())
    for week in newsletter.list_unread():
        yield from (settings.page_url(language, f"archive/{week}.md") for language in settings.languages)


def survey_with(newsletter: Newsletter, issue: Issue) -> Addresses:
    """What the site publishes once an issue is out, written to disk or not; with a draft, other drafts are out too."""
    found = survey_site(newsletter)
    written = {
        newsletter.settings.page_url(edition.language, edition.page) for edition in issue.editions.values()
    }
    if written <= found.pages.keys():
        return found
    pages, files = dict(found.pages), set(found.files)
    drafts = [other for other in newsletter.archive.issues if issue.kept and other.kept]
    for edition in (edition for one in (*drafts, issue) for edition in one.editions.values()):
        _add_letter(newsletter, edition, pages, files)
    return Addresses(pages, frozenset(files), found.unread, found.asked)


def list_addresses(proof: Proof) -> Iterator[tuple[str, Message]]:
    """Every address that readers of a letter can follow, and where they see it."""
    for address in proof.tree.xpath("//@href | //@src"):
        yield str(address), Message("in the email")
    beginning = re.escape(proof.newsletter.settings.site_url)
    for match in re.finditer(rf"{beginning}[^\s<>\"]*", proof.email.text):
        address = match[0].rstrip(_AFTER)
        # What is open within an address is closed in it, too.
        closed = ")" * (address.count("(") - address.count(")"))
        yield (
            address + (closed if match[0].startswith(closed, len(address)) else ""),
            Message("in the text part"),
        )
    yield proof.entry.url, Message("in the feed")
    for address in html.fragment_fromstring(proof.entry.html, create_parent="div").xpath(
        ".//@href | .//@src"
    ):
        yield str(address), Message("in the feed")
    _, front = find_fences(proof.page)
    for link in read_marks(proof.page[front.end() if front else 0 :]).links:
        yield _absolute(proof, link.target), Message("on the page")


def read_html(text: str) -> tuple[list[str], list[str], str]:
    """Of the HTML of any mail: where its links lead, what it loads when it is opened, and its words."""
    # With something in front of it nothing is empty, nor begins with an encoding, which lxml would refuse.
    tree: HtmlElement = html.document_fromstring(f"<html>{text}")
    links, loaded = list[str](), [address for one in tree.iter() if (address := one.get("srcset"))]
    for element, _, address, _ in tree.iterlinks():
        (links if element.tag in {"a", "area", "form"} else loaded).append(address)
    body = tree.find("body")
    return links, loaded, body.text_content() if body is not None else ""


def _absolute(proof: Proof, target: str) -> str:
    """Where a link of the archive page leads."""
    if _SCHEME.match(target):
        return target
    name, hash_, anchor = target.partition("#")
    page = proof.edition.page
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(name))) if name else page
    return proof.newsletter.settings.page_url(proof.edition.language, quote(path)) + hash_ + anchor


def _add_letter(
    newsletter: Newsletter,
    edition: Edition,
    pages: dict[str, Callable[[], Collection[str]]],
    files: set[str],
) -> None:
    settings, folder = newsletter.settings, edition.page.removesuffix(".md")
    pages[settings.page_url(edition.language, edition.page)] = _reader(edition, {FORWARDED})
    files.update(settings.url(edition.language, f"{folder}/{name}") for name in edition.images)


def _reader(
    text: Page | Certainty | Template | Edition | Lesson, more: Collection[str] = ()
) -> Callable[[], Collection[str]]:
    """A function that finds the anchors of a page."""

    def read() -> Collection[str]:
        marks = read_marks(text.markdown)
        found = marks.anchors.union(more)
        # An item has its anchor on the page of its certainty only; a letter links to it there.
        return (
            found.difference(item.id for item in marks.items) if isinstance(text, Edition | Lesson) else found
        )

    return read
