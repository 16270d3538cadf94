"""The text part of the email: whole, and no wider than mail is."""

from __future__ import annotations

import re
import unicodedata
from email import message_from_bytes
from typing import TYPE_CHECKING
from urllib.parse import unquote

from generator.check.places import find_place, first_few
from generator.check.rule import Finding, Rule
from generator.model import Message, Severity
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof

WIDEST = 78
"""The characters of a line of mail (RFC 5322, 2.1.1)."""

_TEMPLATE = "templates/email/letter.txt"
_BESIDE = re.compile('[][<>(){}"“”‘’—–*|\u200b]+')
_AROUND = ".,;:!?'_~"
"""What can stand beside an address in a sentence."""
_ADDRESS = re.compile(r"://|\S@\S")


@first_few
def check_text(proof: Proof) -> Iterator[Finding]:
    """Every heading, link and action of the HTML is in the text too."""
    plain = _plain(proof.email.text, proof)
    for kind, elements in (
        (Message("the heading"), proof.tree.iter("h1", "h2", "h3", "h4", "h5", "h6")),
        (Message("the action"), (next(cell.iter("a"), cell) for cell in proof.tree.find_class("act"))),
    ):
        place = 0
        for element in elements:
            words = _plain(said := element.text_content(), proof)
            after = plain.find(words, place)  # they come in the same order: nothing is read twice
            place = max(place, after)
            if after < 0 and words not in plain:
                yield _missing(proof, kind, said)
    found = {
        unquote(word)
        for raw in proof.email.text.split()
        for part in (raw, *_BESIDE.split(raw))
        for word in (part, part.strip(_AROUND))
    }
    links = {unquote(link.get("href", "").strip()): link.text_content() for link in proof.tree.iter("a")}
    for href, said in links.items():
        # A mail to nobody yet passes an address on: that is its last word.
        address = href.split()[-1] if href.startswith("mailto:?") else href
        if found.isdisjoint({address, address.removeprefix("mailto:")}):
            yield _missing(proof, Message("{}, the address of", address), said)


def check_actions(proof: Proof) -> Iterator[Finding]:
    """Every action of the front matter is in the HTML, as a link to its item in the playbook."""
    settings, language = proof.newsletter.settings, proof.edition.language
    addresses = {link.get("href") for cell in proof.tree.find_class("act") for link in cell.iter("a")}
    for action in proof.edition.actions:
        page = proof.newsletter.playbook.item(language, action)[0].page
        if f"{settings.page_url(language, page)}#{action}" not in addresses:
            message = Message("the HTML part does not link the action {} to the playbook", action)
            yield Finding(message, proof.manuscript.locate(action))


@first_few
def check_lines(proof: Proof) -> Iterator[Finding]:
    """No line of the text is wider than a line of mail, but one with an address."""
    for line in proof.email.text.split("\n"):
        if len(line) > WIDEST and " " in line.strip() and not _ADDRESS.search(line):
            yield Finding(
                Message(
                    "a line of the text part has {} characters; mail programs wrap it at {}",
                    len(line),
                    WIDEST,
                ),
                find_place(proof.manuscript, line),
            )


def check_message(proof: Proof) -> Iterator[Finding]:
    """The message holds the text and then the HTML, as they were made."""
    parts = message_from_bytes(proof.email.message).get_payload()
    made = (("text/plain", proof.email.text), ("text/html", proof.email.html))
    found = [part for part in parts if not isinstance(part, str)] if isinstance(parts, list) else []
    if [part.get_content_type() for part in found] != [kind for kind, _ in made]:
        yield Finding(
            Message(
                "the message must have a text part, then an HTML part; otherwise mail programs "
                "choose the wrong one"
            )
        )
        return
    for part, (kind, content) in zip(found, made, strict=True):
        payload = part.get_payload(decode=True)
        text = payload.decode(errors="replace") if isinstance(payload, bytes) else ""
        if text.replace("\r\n", "\n") != content:
            yield Finding(Message("the part {} of the message differs from what was rendered", kind))


def _missing(proof: Proof, what: Message, said: str) -> Finding:
    words = " ".join(said.split())
    return Finding(
        Message("{} “{}” is not in the text part: {}", what, words[:60], _TEMPLATE),
        find_place(proof.manuscript, words),
    )


def _plain(text: str, proof: Proof) -> str:
    """The letters and digits of a text, without what plain text adds: marks, numbers of links, words for pictures."""
    image = re.escape(load_words(proof.newsletter.root)[proof.edition.language]["letter"]["image"])
    without = re.sub(rf"\[(?:\d+|{image}:[^\[\]]*)\]", " ", unicodedata.normalize("NFKC", text))
    return re.sub(r"[\W_]+", "", without).casefold()


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = ()
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule(
        "text-complete",
        Severity.ERROR,
        Message("Use plain Markdown, or correct the template of the text part."),
        check_text,
    ),
    Rule("text-actions", Severity.ERROR, Message("Put each action in “Food for action”."), check_actions),
    Rule("text-lines", Severity.WARNING, Message("Wrap the line in the source."), check_lines),
    Rule(
        "message-parts",
        Severity.ERROR,
        Message("This is a bug in render/mime.py; a letter cannot cause it."),
        check_message,
    ),
)
