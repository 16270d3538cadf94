"""The page of the archive and the entry of the feeds."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

from lxml import html

from generator.check.places import find_place, first_few
from generator.check.rule import Finding, Rule, Spot
from generator.content.markdown.reader import read_marks
from generator.model import Message, Severity
from generator.render.markdown import escape_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof

_TEMPLATE = "templates/page/letter.md"
_KEY = re.compile(r"^(title|description): (.*)$", re.MULTILINE)
_ITEM = re.compile(r"\bdata-item=([\w-]+)")
_TITLE = re.compile(r" *\{ #title \}$")
_ABSOLUTE = re.compile(
    r"https?://[^/\s]|mailto:[^@\s]+@", re.IGNORECASE
)  # that https is better, `insecure-link` says
_TAG_URI = re.compile(r"tag:[a-z0-9.-]+,\d{4}(?:-\d\d){0,2}:\S+")
_SILENT = {"script", "style", "iframe", "object", "embed", "form", "input"}


def check_page_title(proof: Proof) -> Iterator[Finding]:
    """The page has the title and the summary of the letter, and its title as the one heading of the first level."""
    head, body = _split(proof.page)
    values = dict(_KEY.findall(head))
    for key, name, expected in (
        ("title", "title", proof.edition.title),
        ("description", "summary", proof.edition.summary),
    ):
        if (found := _read(values.get(key, '""'))) != expected:
            spot = proof.manuscript.fields[name].spot()
            yield Finding(
                Message(
                    "the archive page has the {} “{}”; expected the {} of the letter: {}",
                    key,
                    found,
                    name,
                    _TEMPLATE,
                ),
                spot,
            )
    tops = [heading for heading in read_marks(body).headings if heading.level == 1]
    titles = [_TITLE.sub("", heading.text).strip() for heading in tops]
    if titles != [escape_markdown(proof.edition.title)]:
        what = (
            Message("{} headings of level 1", len(titles))
            if len(titles) != 1
            else Message("the heading “{}”, not its title", titles[0])
        )
        yield Finding(Message("the archive page has {}: {}", what, _TEMPLATE))


def check_page_actions(proof: Proof) -> Iterator[Finding]:
    """Every action stands on the page as an item that a reader can tick."""
    items = _ITEM.findall(proof.page)
    for action in proof.edition.actions:
        if items.count(action) != 1:
            message = Message(
                "the archive page has the action {} {} times; expected once", action, items.count(action)
            )
            yield Finding(message, proof.manuscript.locate(f"#{action}"))


@first_few
def check_entry_html(proof: Proof) -> Iterator[Finding]:
    """What the feeds carry can be read anywhere: its addresses are whole, and it needs no style of ours."""
    for element in html.fragment_fromstring(proof.entry.html, create_parent="div").iterdescendants():
        if not isinstance(element.tag, str):
            continue
        address = element.get("href", element.get("src"))
        words = " ".join(element.text_content().split())
        if address is not None and not _ABSOLUTE.match(address):
            message = Message("the address “{}” in the feeds does not work outside our site", address)
            yield Finding(message, find_place(proof.manuscript, words))
        if element.tag in _SILENT:
            yield Finding(
                Message(
                    "the feeds contain <{}>, which feed readers remove: templates/feed/entry.html",
                    element.tag,
                )
            )
        if extra := sorted({"class", "id", "style"} & set(element.keys())):
            yield Finding(
                Message("the feeds contain <{} {}>, which has no effect there", element.tag, extra[0])
            )


def check_entry_dates(proof: Proof) -> Iterator[Finding]:
    """The entry has the dates of the letter, in order, and an id that never changes."""
    entry, edition, manuscript = proof.entry, proof.edition, proof.manuscript
    for key in ("published", "updated"):
        found, written = getattr(entry, key), getattr(edition, key)
        if found != written:
            spot = Spot(manuscript.line_of(key))
            yield Finding(
                Message(
                    "the feeds have {} {}, but the letter has {}", key, found.isoformat(), written.isoformat()
                ),
                spot,
            )
    if entry.updated < entry.published:
        message = Message("the letter was updated ({}) before it was published", entry.updated.isoformat())
        yield Finding(message, Spot(manuscript.line_of("updated")))
    if not _TAG_URI.fullmatch(entry.id):
        yield Finding(Message("the id of the entry is “{}”, which is not a tag URI (RFC 4151)", entry.id))


def _split(page: str) -> tuple[str, str]:
    head, _, body = page.removeprefix("---\n").partition("\n---\n")
    return head, body


def _read(value: str) -> str:
    """A value of the front matter of the page, which the template writes as JSON, escaped for HTML."""
    try:
        return unescape(str(json.loads(value)))
    except ValueError:
        return value


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = ()
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule(
        "page-title",
        Severity.ERROR,
        Message("Use plain text for title and summary, and # for the title only."),
        check_page_title,
    ),
    Rule(
        "page-actions",
        Severity.ERROR,
        Message("Put each action once in “Food for action”."),
        check_page_actions,
    ),
    Rule(
        "entry-links",
        Severity.ERROR,
        Message("Use the full address, or correct render/entries.py."),
        check_entry_html,
    ),
    Rule("entry-dates", Severity.ERROR, Message("Make “updated” later than “published”."), check_entry_dates),
)
