"""The HTML of the email: its weight, and what a screen reader, an inbox and a thumb need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.check.places import find_place, first_few
from generator.check.rule import Finding, Rule
from generator.check.styles import parse_style
from generator.model import Message, Severity
from generator.render.email.draft import unsubscribe_url
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof
    from generator.check.rule import Spot

HEAVY, CLIPPED = 20_000, 100_000
"""A letter of the usual length has 12 KB. Gmail clips a message at about 102 KB of HTML, and hides what comes after it,
the unsubscribe link included."""
TAP_TARGET = 24
"""The least height of a link in pixels (WCAG 2.2, 2.5.8)."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_WITHIN_A_LINE = {"abbr", "code", "del", "em", "span", "strong", "sub", "sup"}
_SCOPES = {"col", "row", "colgroup", "rowgroup"}
_HTML, _TEXT = "templates/email/letter.html", "templates/email/letter.txt"
_FILLER = re.compile("[\\s\u034f\u200c\u00a0]+\\Z")
"""The invisible characters after the summary, which keep the text of the letter out of an inbox."""
_PIXELS = re.compile(r"\d+(?:\.\d+)?px|0", re.ASCII)


def check_size(proof: Proof) -> Iterator[Finding]:
    """The HTML is small enough to arrive whole."""
    size = len(proof.email.html.encode())
    if size > HEAVY:
        severity = Severity.ERROR if size > CLIPPED else Severity.WARNING
        most = Message("{:.0f} KB is enough for a letter, and Gmail clips it at 102 KB", HEAVY / 1000)
        yield Finding(Message("the email has {:.0f} KB of HTML; {}", size / 1000, most), severity=severity)


def check_language(proof: Proof) -> Iterator[Finding]:
    """The document and what is in its body say in which language they are, and in which direction it is written."""
    language = proof.edition.language
    body = proof.tree.find("body")
    wrapper = next(_elements(body), None) if body is not None else None
    for name, element in (
        (Message("the document"), proof.tree),
        (Message("the first element of the body"), wrapper),
    ):
        for key, value in (("lang", str(language)), ("dir", "ltr")):
            found = element.get(key, "") if element is not None else ""
            if found != value:
                yield Finding(Message("{} has {}=“{}”; expected “{}”: {}", name, key, found, value, _HTML))


def check_title(proof: Proof) -> Iterator[Finding]:
    """The title of the document is the subject."""
    title = _plain(proof.tree.findtext("head/title"))
    if title != _plain(proof.edition.subject):
        yield Finding(Message("the title of the email is “{}”; expected the subject: {}", title, _HTML))


@first_few
def check_tables(proof: Proof) -> Iterator[Finding]:
    """A table either only arranges, and says so, or has heads."""
    for table in proof.tree.iter("table"):
        heads = [cell for cell in _cells(table) if cell.tag == "th"]
        if table.get("role") == "presentation":
            if heads:
                words, spot = _first_words(proof, table)
                yield Finding(
                    Message(
                        "the table with “{}” has header cells, but is marked as layout only: {}", words, _HTML
                    ),
                    spot,
                )
        elif not heads or any(head.get("scope") not in _SCOPES for head in heads):
            words, spot = _first_words(proof, table)
            message = Message("the table with “{}” has no header cells, which screen readers need", words)
            yield Finding(message, spot)


@first_few
def check_alt(proof: Proof) -> Iterator[Finding]:
    """Every picture has a text for who does not see it; only a decoration has an empty one."""
    for image in proof.tree.iter("img"):
        name, alt = image.get("src", "").rpartition("/")[2], image.get("alt")
        is_decoration = image.get("role") == "presentation" or image.get("aria-hidden") == "true"
        if alt is None or not (alt.strip() or is_decoration):
            yield Finding(
                Message("the picture “{}” has no alt text", name), find_place(proof.manuscript, name)
            )


@first_few
def check_headings(proof: Proof) -> Iterator[Finding]:
    """One heading of the first level comes first, and each other one is at most one level deeper than that before."""
    above = 0
    for heading in proof.tree.iter(*_HEADINGS):
        level, text = int(heading.tag[1]), _plain(heading.text_content())
        if not text:
            yield Finding(Message("a heading of level {} is empty", level))
        elif level == 1 and above:
            yield Finding(
                Message("“{}” is a second heading of level 1", text), find_place(proof.manuscript, text)
            )
        elif level > above + 1:
            message = Message("“{}” has level {}, but the heading above it has level {}", text, level, above)
            yield Finding(message, find_place(proof.manuscript, text))
        above = level
    if not above:
        yield Finding(Message("the email has no heading: {}", _HTML))


def check_preheader(proof: Proof) -> Iterator[Finding]:
    """The first text in the body is the summary; it is hidden, also where style sheets are thrown away."""
    body = proof.tree.find("body")
    nodes = body.iter() if body is not None else ()
    first = next(
        (element for element in nodes if isinstance(element.tag, str) and _plain(element.text)), None
    )
    text = _FILLER.sub("", first.text or "").strip() if first is not None else ""
    if first is None or _plain(text) != _plain(proof.edition.summary):
        yield Finding(
            Message("inboxes would show “{}” beside the subject; expected the summary: {}", text[:60], _HTML)
        )
    elif ("display", "none") not in _inline(first):
        yield Finding(Message("the summary above the letter is not hidden: {}", _HTML))


@first_few
def check_tap_targets(proof: Proof) -> Iterator[Finding]:
    """A link that stands alone has a line that a thumb can hit."""
    for link in proof.tree.iter("a"):
        line, text = _line_height(link), _plain(link.text_content())
        if text and line is not None and line < TAP_TARGET and _is_alone(link):
            yield Finding(
                Message(
                    "the link “{}” is on a line of {:.0f} pixels; touch screens need {}",
                    text[:60],
                    line,
                    TAP_TARGET,
                ),
                find_place(proof.manuscript, text),
            )


def check_sender(proof: Proof) -> Iterator[Finding]:
    """Who sends the letter, why a reader gets it and how to end that stand in its HTML and in its text."""
    settings, language = proof.newsletter.settings, proof.edition.language
    words = load_words(proof.newsletter.root)[language]["letter"]
    unsubscribe = unsubscribe_url(proof.newsletter, language)
    body = proof.tree.find("body")
    seen = _plain(body.text_content()) if body is not None else ""
    links = {link.get("href") for link in proof.tree.iter("a") if _plain(link.text_content())}
    text = _plain(proof.email.text)
    for name, value in (
        (Message("the postal address"), settings.postal),
        (Message("the reason why a reader gets it"), words["reason"].format(letter=settings.letter)),
    ):
        if _plain(value) not in seen:
            yield Finding(Message("{} is not in the email: {}", name, _HTML))
        if _plain(value) not in text:
            yield Finding(Message("{} is not in the text of the email: {}", name, _TEXT))
    if unsubscribe not in links:
        yield Finding(Message("the email has no unsubscribe link ({}): {}", unsubscribe, _HTML))
    if unsubscribe not in text.split():
        yield Finding(Message("the text part does not say how to unsubscribe ({}): {}", unsubscribe, _TEXT))


def _elements(parent: HtmlElement) -> Iterator[HtmlElement]:
    return (child for child in parent if isinstance(child.tag, str))


def _is_alone(link: HtmlElement) -> bool:
    """Whether nothing else stands in its block; within a sentence, the lines around it make room."""
    element, block = link, link.getparent()
    while block is not None:
        if _plain(block.text):
            return False
        for child in block:
            if _plain(child.tail) or (child is not element and _plain(child.text_content())):
                return False
        if block.tag not in _WITHIN_A_LINE:
            return True
        element, block = block, block.getparent()
    return True


def _first_words(proof: Proof, table: HtmlElement) -> tuple[str, Spot]:
    """The words of the first cell that has any, and where they stand."""
    words = next((text for cell in _cells(table) if (text := _plain(cell.text_content()))), "")
    return words[:40], find_place(proof.manuscript, words)


def _cells(table: HtmlElement) -> Iterator[HtmlElement]:
    """The cells of a table, and not those of tables within it."""
    for part in _elements(table):
        for row in [part] if part.tag == "tr" else part.iterchildren("tr"):
            yield from row.iterchildren("th", "td")


def _line_height(link: HtmlElement) -> float | None:
    """The pixels of the line that a link is on; None when it is hidden, or when the mail program decides.

    On a phone, where every style is inlined: the nearest element that has a line height gives it. Ours are in pixels.
    """
    parents = [dict(_inline(element)) for element in (link, *link.iterancestors())]
    if any(styles.get("display") == "none" for styles in parents):
        return None
    height = next((styles["line-height"] for styles in parents if "line-height" in styles), "")
    return float(height.removesuffix("px")) if _PIXELS.fullmatch(height) else None


def _inline(element: HtmlElement) -> list[tuple[str, str]]:
    return [(declaration.name, declaration.value) for declaration in parse_style(element.get("style", ""))]


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = ()
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule("size", Severity.ERROR, Message("Shorten the letter."), check_size),
    Rule("html-lang", Severity.ERROR, Message("Set lang and dir in the template."), check_language),
    Rule("html-title", Severity.ERROR, Message("Put the subject between <title> and </title>."), check_title),
    Rule(
        "table-role",
        Severity.ERROR,
        Message("Add a header row, or use a list instead of a table."),
        check_tables,
    ),
    Rule("html-alt", Severity.ERROR, Message("Describe the picture between ![ and ]."), check_alt),
    Rule(
        "heading-order",
        Severity.ERROR,
        Message("Use one level more than the heading that it belongs to."),
        check_headings,
    ),
    Rule("preheader", Severity.ERROR, Message("Put the hidden summary first in the body."), check_preheader),
    Rule(
        "tap-target",
        Severity.WARNING,
        Message("Set its line height to 24 pixels or more in letter.css."),
        check_tap_targets,
    ),
    Rule("sender", Severity.ERROR, Message("Restore it at the end of the template."), check_sender),
)
