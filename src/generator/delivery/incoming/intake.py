"""An incoming mail: what it is, whose it is, and what is done about it.

Bounces and complaints come to the return path of a letter, and mails that unsubscribe to an address of their own; all
may come to one mailbox. Programs, people and strangers write there. So only what we signed is believed: the tag of a
letter, or the token that unsubscribes; and only an address on the list is ever written to.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.delivery.incoming.bounces import may_report, read_bounce
from generator.delivery.incoming.complaints import read_feedback
from generator.delivery.incoming.message import GLOBAL, Incoming
from generator.errors import AddressError
from generator.model import Asking, Kind, Language, Outcome, Wish
from generator.subscribers.ledger.returns import Return, record
from generator.subscribers.ledger.tags import find_tag
from generator.subscribers.list.addresses import parse_address
from generator.subscribers.list.subscriptions import find_by_handle, unsubscribe
from generator.subscribers.list.wishes import add_wishes
from generator.subscribers.store.keys import UNSUBSCRIBE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from generator.subscribers.store.database import Transaction

_TRIED = 50
"""As many things that look like a token are tried."""

# As `keys.sign` writes it: what it holds, a dot, 256 bits; the dot before it says that it was compressed.
_TOKEN = re.compile(r"(?<![A-Za-z0-9_.-])\.?[A-Za-z0-9_-]{8,200}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")

_MACHINES = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """The address to which people write to unsubscribe."""

    text: str
    language: Language
    """In which we answer who is not on the list."""
    shared: bool = False
    """Whether they write to it about other things too, and quote letters."""
    tagged: str = ""
    """The address of returned letters, when it takes a tag after a plus; so does this one, if it is of that domain."""

    @property
    def source(self) -> str:
        """What is kept as proof of an unsubscription."""
        return f"mailto:{self.text}"


def receive(
    transaction: Transaction, content: bytes, now: datetime, address: Address, recipient: str = ""
) -> Outcome:
    """Process one mail: a complaint, a bounce, an unsubscription, or a request for a link. Idempotent.

    `content`: its first bytes; no content makes this raise. `recipient`: the envelope's, when the mail server passes it
    on; a header may name another. Everything is written in `transaction`, at `now` in UTC.
    """
    mail = Incoming(content, recipient)
    feedback = read_feedback(mail)
    if feedback is not None and feedback.kind:
        return _complain(transaction, mail, feedback.kind, now)
    # Our own token counts more than whatever a mail says of itself: Apple Mail calls the one that unsubscribes for its
    # user an automatic reply.
    handle = _find_handle(transaction, _find_labels(mail)) or _find_tagged(transaction, mail, address)
    if handle is not None:
        return _unsubscribe(transaction, mail, handle, now, address)
    if feedback is not None:
        return Outcome.SKIPPED
    ours = find_tag(transaction.keys, mail.recipients)
    if ours or may_report(mail):
        whose = ours or find_tag(transaction.keys, _quotes(mail))
        bounce = read_bounce(mail) if whose else None
        if whose and bounce and (bounce.kind or bounce.cause):
            found = Return(bounce.kind or Kind.REFUSED, *whose, bounce.codes, bounce.cause)
            return record(transaction, found, now)
        # Other mail to the return path comes from programs, such as out-of-office replies.
        if ours or bounce:
            return Outcome.SKIPPED
    return _answer(transaction, mail, now, address)


def _complain(transaction: Transaction, mail: Incoming, kind: str, now: datetime) -> Outcome:
    """The letter is named by its tag; some providers cut that out, and leave the token that unsubscribes."""
    week, handle = find_tag(transaction.keys, (*mail.recipients, *_quotes(mail))) or (None, None)
    if handle is None:
        handle = _find_handle(transaction, (*_find_labels(mail), *mail.texts))
    if handle is None:
        return Outcome.SKIPPED
    return record(transaction, Return(Kind.COMPLAINT, week, handle, kind), now)


def _unsubscribe(
    transaction: Transaction, mail: Incoming, handle: str, now: datetime, address: Address
) -> Outcome:
    """End a subscription. Nothing is sent about it when a program wrote: that could answer (RFC 3834)."""
    subscriber = find_by_handle(transaction, handle)
    goodbye = not _is_automatic(mail)
    if subscriber is not None and unsubscribe(transaction, subscriber, now, address.source, goodbye=goodbye):
        return Outcome.UNSUBSCRIBED
    return Outcome.ALREADY


def _answer(transaction: Transaction, mail: Incoming, now: datetime, address: Address) -> Outcome:
    """A mail that asks for something in its text, or with no more than its sender."""
    if any(mail.recipients) and (
        address.shared or not (_is_for(mail, address.text) or _is_for(mail, address.tagged))
    ):
        return Outcome.LEFT
    if _is_automatic(mail):
        return Outcome.SKIPPED
    # Elsewhere a token in the text may belong to a letter that somebody quotes.
    if _is_for(mail, address.text):
        handle = _find_handle(transaction, mail.texts)
        if handle is not None:
            return _unsubscribe(transaction, mail, handle, now, address)
    sender = _sender(mail)
    if not sender:
        return Outcome.SKIPPED
    # The sender may be forged: treat it as a request from the form, with the same throttle.
    add_wishes(transaction, [Wish(Asking.MANAGE, sender, address.language, now, address.source)])
    return Outcome.ASKED


def _find_labels(mail: Incoming) -> list[str]:
    """Where only who means to unsubscribe puts a token: the subject, and the address, as in unsubscribe+token@…."""
    # Some programs leave the space of our link as it stands there.
    subject = mail.header("Subject").replace("%20", " ")
    return [subject, *(re.sub("[+@]", " ", recipient) for recipient in mail.recipients)]


def _is_for(mail: Incoming, address: str) -> bool:
    """Whether a mail was sent to an address, with something after a plus or not."""
    return next(_find_pluses(mail, address), None) is not None


def _find_pluses(mail: Incoming, address: str) -> Iterator[str]:
    """What stands after the plus of an address, as often as a mail was sent there; empty where there is no plus."""
    wanted = address.lower().partition("@")
    for text in mail.recipients:
        for word in re.split(r"""[\s<>,;:"'()]+""", text.lower()):
            local, at, domain = word.partition("@")
            name, _, plus = local.partition("+")
            if at and (name, at, domain) == wanted:
                yield plus


def _find_tagged(transaction: Transaction, mail: Incoming, address: Address) -> str | None:
    """Whose subscription a mail ends by its address alone: unsubscribe+tag@…, which survives an empty subject."""
    if not address.tagged or address.text.lower() == address.tagged.lower():
        return None  # a tag stands in the return path of every letter
    found = find_tag(transaction.keys, _find_pluses(mail, address.text))
    return found[1] if found else None


def _find_handle(transaction: Transaction, texts: Iterable[str]) -> str | None:
    """The handle in the first token that unsubscribes."""
    for candidate in _candidates(texts):
        if (handle := transaction.keys.read(UNSUBSCRIBE, candidate)) is not None:
            return handle
    return None


def _quotes(mail: Incoming) -> list[str]:
    """Where a report names the letter: what it answers to, and what it brings back of it."""
    # Of mail in UTF-8 any part may be encoded (RFC 6533).
    encoded = [part.content.decode("ascii", "replace") for part in mail.parts if part.kind in GLOBAL]
    return [*mail.headers("In-Reply-To"), *mail.headers("References"), *mail.texts, *encoded]


def _candidates(texts: Iterable[str]) -> Iterator[str]:
    """What looks like a token, each once."""
    seen: set[str] = set()
    for text in texts:
        for match in _TOKEN.finditer(text):
            if match[0] not in seen:
                seen.add(match[0])
                yield match[0]
            if len(seen) >= _TRIED:
                return


def _is_automatic(mail: Incoming) -> bool:
    """Sent by a program, or to many: out of office, a report that a mail did not arrive, a list (RFC 3834, 3464)."""
    return (
        mail.header("Auto-Submitted").lower() not in {"", "no"}
        or mail.header("Precedence").lower() in {"bulk", "junk", "list", "auto_reply"}
        or mail.is_from_nobody
        or mail.kind.startswith(("multipart/report", "message/delivery-status"))
        or any(mail.head.get(name) is not None for name in _AUTOMATIC)
        or bool(_MACHINES.search(mail.header("From")))
    )


_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "X-Failed-Recipients", "List-Id")
"""Headers that only programs write."""


def _sender(mail: Incoming) -> str:
    """The address of the one person that a mail is from, in its normal form; empty when there is no such address.

    Not by email.utils: a thousand brackets bring it to its knees.
    """
    values = mail.headers("From")
    if len(values) != 1:
        return ""
    text = re.sub(r'"[^"]*"', "", values[0])  # without a name in quotes, which may hold anything
    found = re.fullmatch(r"[^<>,]*<([^<>,]*)>", text) or re.fullmatch(r"([^<>,\s]+)(?: \([^()]*\))?", text)
    with suppress(AddressError):
        return parse_address(found[1]) if found else ""
    return ""
