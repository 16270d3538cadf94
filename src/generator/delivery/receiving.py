"""A mail to the unsubscribe address → the end of a subscription, or a link by mail for whoever forgot the token.

Programs and people write to that address, and strangers can. So a mail is read as bytes that may hold anything; only a
token that we signed ends a subscription, and only an address on the list is ever written to.
"""

from __future__ import annotations

import re
from contextlib import suppress
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from enum import StrEnum
from typing import TYPE_CHECKING

from generator.errors import AddressError
from generator.model import Language
from generator.model.subscribers import Asking, Wish
from generator.subscribers.addresses import parse_address
from generator.subscribers.outbox import UNSUBSCRIBE
from generator.subscribers.subscriptions import find_by_handle, unsubscribe
from generator.subscribers.wishes import add_wishes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from email.message import Message

    from generator.subscribers.database import Transaction

MOST = 262_144
"""The bytes of a mail that are looked at. What we ask for fits into a hundredth of it."""

_LONGEST = 2000
"""Characters of a header."""

_TRIED = 50
"""As many things that look like a token are tried."""

# As `keys.sign` writes it: what it holds, a dot, 256 bits; the dot before it says that it was compressed.
_TOKEN = re.compile(r"(?<![A-Za-z0-9_.-])\.?[A-Za-z0-9_-]{8,200}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")

_RECIPIENTS = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_MACHINES = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.IGNORECASE)


class Outcome(StrEnum):
    """What became of a mail."""

    UNSUBSCRIBED = "unsubscribed"
    ALREADY = "already unsubscribed"
    """Or erased, since that token was made."""
    ASKED = "asked for a link"
    """If the address is on the list, a link to its page goes there; nobody else hears anything."""
    SKIPPED = "skipped"
    """An automatic reply, a report, or nothing that we understand."""


def receive(transaction: Transaction, mail: bytes, now: datetime, source: str) -> Outcome:
    """Do what a mail asks, whatever it holds. `source` is kept as proof: the address that it was sent to."""
    head, body = _split(mail[:MOST])
    if _is_reply_of_program(head):
        return Outcome.SKIPPED
    # A mail program that unsubscribes for its user may call its mail automatic; then it has filled in our subject.
    automatic = _is_automatic(head)
    texts = (_subject(head),) if automatic else (_subject(head), *_recipients(head), *_bodies(body))
    for candidate in _candidates(texts):
        if (handle := transaction.keys.read(UNSUBSCRIBE, candidate)) is not None:
            subscriber = find_by_handle(transaction, handle)
            if subscriber is not None and unsubscribe(transaction, subscriber, now, source):
                return Outcome.UNSUBSCRIBED
            return Outcome.ALREADY
    address = "" if automatic else _sender(head)
    if not address:
        return Outcome.SKIPPED
    # Whoever wrote may have forged the sender: it is no more than a wish, throttled and looked at as one from the form.
    add_wishes(transaction, [Wish(Asking.MANAGE, address, Language.NL, now, source)])
    return Outcome.ASKED


def _split(mail: bytes) -> tuple[Message, bytes]:
    """The headers and the body. Only headers are parsed: a body can be nested deeper than Python's parser goes."""
    blank = re.search(rb"\r?\n\r?\n", mail)
    head, body = (mail[: blank.start()], mail[blank.end() :]) if blank else (mail, b"")
    # A mailbox in a pipe may begin with the line that separates mails in a file.
    return BytesHeaderParser().parsebytes(re.sub(rb"\AFrom [^\n]*\n", b"", head)), body


def _header(head: Message, name: str) -> str:
    """A header, unfolded and decoded as far as it can be; empty when it is not there."""
    value = head.get(name)
    if value is None:
        return ""
    text = _unfold(value)
    with suppress(Exception):  # whatever it is that cannot be decoded: then it is read as it stands
        text = str(make_header(decode_header(text)))
    return text


def _unfold(value: object) -> str:
    """On one line, and not longer than what we ask for: Python's decoders take quadratic time."""
    return re.sub(r"\s+", " ", str(value)[:_LONGEST]).strip()


def _subject(head: Message) -> str:
    """The subject; some programs leave the space of our link as it stands there."""
    return _header(head, "Subject").replace("%20", " ")


def _recipients(head: Message) -> Iterator[str]:
    """unsubscribe+token@…"""
    for name in _RECIPIENTS:
        for value in head.get_all(name, [])[:_TRIED]:
            yield re.sub("[+@]", " ", _unfold(value))


def _bodies(body: bytes) -> Iterator[str]:
    """The body as it stands, and as quoted-printable: programs break its lines at any place."""
    text = body.decode("ascii", "replace")
    yield text
    yield re.sub(r"=3D", "=", re.sub(r"=[ \t]*\r?\n", "", text))


def _candidates(texts: tuple[str, ...]) -> Iterator[str]:
    """What looks like a token, each once."""
    seen: set[str] = set()
    for text in texts:
        for match in _TOKEN.finditer(text):
            if match[0] not in seen:
                seen.add(match[0])
                yield match[0]
            if len(seen) >= _TRIED:
                return


def _is_reply_of_program(head: Message) -> bool:
    """Out of office, or a report that a mail did not arrive: it asks for nothing, but quotes us (RFC 3834, 3464)."""
    kind = _header(head, "Content-Type").lower()
    return (
        _header(head, "Auto-Submitted").lower().startswith("auto-replied")
        or _header(head, "Return-Path").replace(" ", "") == "<>"
        or kind.startswith(("multipart/report", "message/delivery-status"))
        or any(head.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "X-Failed-Recipients"))
    )


def _is_automatic(head: Message) -> bool:
    """Sent by a program, or to many."""
    return (
        _header(head, "Auto-Submitted").lower() not in {"", "no"}
        or _header(head, "Precedence").lower() in {"bulk", "junk", "list", "auto_reply"}
        or head.get("List-Id") is not None
        or bool(_MACHINES.search(_header(head, "From")))
    )


def _sender(head: Message) -> str:
    """The address of the one person that a mail is from, in its normal form; empty when there is no such address.

    Not by email.utils: a thousand brackets bring it to its knees.
    """
    values = head.get_all("From", [])
    if len(values) != 1:
        return ""
    text = re.sub(r'"[^"]*"', "", _unfold(values[0]))  # without a name in quotes, which may hold anything
    found = re.fullmatch(r"[^<>,]*<([^<>,]*)>", text) or re.fullmatch(r"([^<>,\s]+)(?: \([^()]*\))?", text)
    with suppress(AddressError):
        return parse_address(found[1]) if found else ""
    return ""
