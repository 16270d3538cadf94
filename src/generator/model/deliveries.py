"""A week's letter on its way: one row of the ledger for each subscriber, from planned to accepted."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from generator.model.playbook import Language
    from generator.model.weeks import MailingId


NO_UTF8 = "no SMTPUTF8"
"""Why a letter is skipped: the way to its reader does not carry the letters of their address (RFC 6531)."""


class Progress(StrEnum):
    """Where the letter to one subscriber stands."""

    PLANNED = "planned"
    """In the audience; nothing was sent yet."""
    SENDING = "sending"
    """From before DATA until the reply to the final dot is recorded; or from before a request to an engine until its
    answer is, and then its sender may have died: the same request is made again, with the same keys."""
    ACCEPTED = "accepted"
    """The relay has said yes and answers for it."""
    DEFERRED = "deferred"
    """Not now; tried again when it is due."""
    REFUSED = "refused"
    """Never, or given up."""
    SKIPPED = "skipped"
    """Unsubscribed, paused or erased since the audience was frozen; or NO_UTF8."""
    IN_DOUBT = "in doubt"
    """It was being sent when everything stopped: it may have arrived or not (RFC 1047). Never sent again unasked."""


class Useful(StrEnum):
    """What readers can answer to “was this of use?”, below a letter. How often, is counted; who, is not asked."""

    YES = "yes"
    NO = "no"


class Kind(StrEnum):
    """What happened to a subscriber besides getting a letter; kept in the database as events."""

    DEFERRED = "deferred"
    REFUSED = "refused"
    """A letter, for a reason that says nothing about the mailbox."""
    SKIPPED = "skipped"
    DOUBTED = "doubted"
    RETRIED = "retried"
    """An operator had it sent again."""
    HARD = "hard bounce"
    """The mailbox does not exist."""
    SOFT = "soft bounce"
    """A mailbox did not take a letter. It is full, or away, or nobody said why."""
    COMPLAINT = "complaint"
    HELD = "held"
    """A bounce or complaint that came in a flood: noted, not acted on."""
    DROPPED = "dropped"
    """One that was held, and that the operator did not believe."""
    SUPPRESSED = "suppressed"
    """No letters any more, because of bounces or a complaint."""


class Outcome(StrEnum):
    """What became of a mail that came in; `newsletter receive` counts them. What is kept about a reader is a Kind."""

    UNSUBSCRIBED = "unsubscribed"
    ALREADY = "already unsubscribed"
    """Or erased, since that token was made."""
    ASKED = "asked for a link"
    """If the address is on the list, a link to its page goes there; nobody else hears anything."""
    BOUNCED = "bounced"
    """No letters go there any more."""
    COUNTED = "bounced and counted"
    """Not often enough to end anything, or about a letter from before their last confirmation."""
    COMPLAINED = "complained"
    """No mail goes there any more."""
    HELD = "held"
    """A bounce or a complaint in a flood: an operator decides."""
    KNOWN = "already known"
    """That letter had come back before, or its reader was erased since."""
    SKIPPED = "skipped"
    """An automatic reply, a report about something else, or nothing that we understand."""
    LEFT = "left for people"
    """Mail to an address that people read. We do nothing about it, and it stays unseen."""


class Incident(StrEnum):
    """What a relay reports about a letter by web hook, as far as it concerns us."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    """Its reader used a link of the relay's own."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a relay reported by web hook about a letter whose tag is ours; nobody has judged it yet."""

    relay: str
    key: str
    """A digest of what the relay calls this report: it counts once."""
    incident: Incident
    week: MailingId
    handle: str
    at: datetime
    """When it happened, in UTC."""
    status: str = ""
    """Of a bounce: what the relay makes of it, as an enhanced status code."""
    words: str = field(default="", repr=False)
    """Of a bounce: what the server of the reader said. It may hold the address."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """The sending of one issue: who gets it and what they get are frozen before the first mail leaves."""

    week: MailingId
    frozen: datetime
    """In UTC; the Date of every message, the first time and every other time."""
    commit: str
    """Of git, where its text stands; empty when it was sent without."""
    certainty: str
    key: str
    """Fingerprint of the key that signs its links, so that a message sent again has the same bytes."""
    planned: int = 0
    finished: datetime | None = None
    """When nothing was left to do; None while something is."""
    trouble: str = ""
    """Why the last run stopped by itself; empty when it did not. Senders look at it, and stop too."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a mailing is. It always balances."""

    planned: int
    """Everybody in the audience."""
    accepted: int = 0
    refused: int = 0
    deferred: int = 0
    in_doubt: int = 0
    skipped: int = 0
    remaining: int = 0
    """Not begun, or being sent by a sender that lives."""

    @property
    def balances(self) -> bool:
        """Whether everybody is accounted for once."""
        return self.planned == (
            self.accepted + self.refused + self.deferred + self.in_doubt + self.skipped + self.remaining
        )


@dataclass(frozen=True, slots=True)
class Due:
    """A subscriber whose letter a sender has reserved for itself and may send now."""

    subscriber_id: int
    handle: str
    address: str = field(repr=False)
    language: Language
    attempts: int
    """Before this one."""
    joined: datetime | None = None
    """When they confirmed after the letter was frozen: a first letter, which has that Date; None for all others."""
    welcome: str = ""
    """SHA-256 of the Welcome before a first letter, hexadecimal; empty for none."""
    master: str = ""
    """Of a lesson: SHA-256 of its master, hexadecimal; empty for a letter, which has a master for each language."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The words of welcome before a first letter, as they stand in each part of a message (quoted-printable)."""

    text: bytes
    html: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of both, hexadecimal."""
        return sha256(self.text + b"\0" + self.html).hexdigest()


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a letter that a sender had reserved or begun."""

    subscriber_id: int
    progress: Progress
    reply: str = ""
    """Code and enhanced code, like 550 5.1.1; never the words of a server, which may hold the address."""
    not_before: datetime | None = None
    """Of a deferred one: when it is due again."""
    kind: Kind = Kind.REFUSED
    """Of a refused one: what is noted about the reader, as delivery.verdict judges it. HARD: they get no more."""
    counted: bool = True
    """Whether this was an attempt that counts against the reader; False when the relay was slow with everybody."""
    why: str = ""
    """Of a skipped one."""
    handed: str = ""
    """Of an accepted one: what the engine calls it, if it has a name there."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A letter that was being sent with a key when no answer came; the same may be sent again until `until`."""

    due: Due | None
    """None when its reader was erased since, so that nobody can make it again."""
    subscriber_id: int
    content: str
    """Digest of what was sent: something else must not be sent with this key."""
    until: datetime
    wanted: bool
    """Whether its reader would still get it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the ledger, for a person."""

    week: MailingId
    subscriber_id: int
    address: str = field(repr=False)
    """Empty when that subscriber was erased since."""
    language: Language
    progress: Progress
    attempts: int
    reply: str
    at: datetime | None
    """The last change; None while planned."""
    handle: str = ""
    """Of the subscriber; empty as the address."""
    joined: datetime | None = None
    """When they confirmed after the letter was frozen, of a first letter; None of all others."""
    handed: str | None = None
    """What the engine that accepted it calls it; None when it has no name there."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a subscriber's mail."""

    at: datetime
    kind: Kind
    week: MailingId | None
    """The letter it is about, when that is known."""
    detail: str = ""
    """Codes; never the words of a server."""


@dataclass(frozen=True, slots=True)
class Window:
    """When the letter of a week may leave, from and until, in UTC."""

    opens: datetime
    closes: datetime

    def holds(self, now: datetime) -> bool:
        """Whether a mailing may start now."""
        return self.opens <= now < self.closes


@dataclass(frozen=True, slots=True)
class Personal:
    """What differs from copy to copy of a letter."""

    tag: str
    """Names the mailing and the subscriber, and proves that we did: Message-ID and return path."""
    address: str = field(repr=False)
    unsubscribe: str = field(repr=False)
    """The signed token of the link by which they leave."""
    preferences: str = field(repr=False)
    """The signed token of the link to their preferences."""
