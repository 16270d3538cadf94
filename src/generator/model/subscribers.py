"""Who reads by email, what each of them agreed to, and what is asked of the list."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from generator.model.weeks import LESSONS

if TYPE_CHECKING:
    from datetime import date, datetime

    from generator.model.playbook import Language


def key_of(address: str) -> str:
    """The text by which two addresses, both in the normal form of `subscribers.list.addresses`, are compared."""
    return address.lower()


class Status(StrEnum):
    """Where a subscriber stands. Only a confirmed one gets letters."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Step(StrEnum):
    """A step in giving consent, or in taking it back."""

    ASKED = "asked"
    """Somebody filled in the form."""
    CONFIRMED = "confirmed"
    """Whoever reads the mail of that address pressed the button."""
    ADDED = "added"
    """An operator has proof of another kind: `source` names it."""
    IMPORTED = "imported"
    """The same, for a whole file."""
    WITHDRAWN = "withdrawn"
    """Unsubscribed, by a button, a mail, or the operator."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentence beside the button, exactly as it was shown."""

    language: Language
    text: str

    @property
    def version(self) -> str:
        """Sixteen hexadecimal digits that change with every letter of the text."""
        return sha256(f"{self.language}\n{self.text}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Consent:
    """Proof of one step: what happened, when, from where, and which text was agreed to."""

    step: Step
    at: datetime
    """In UTC."""
    source: str
    """The address of the page, or what the operator named as proof."""
    network: str = ""
    """The network it came from, shortened: 192.0.2.0/24 or 2001:db8::/48. Empty when nobody saw one."""
    wording: Wording | None = None


@dataclass(frozen=True, slots=True)
class NewSubscriber:
    """A person to put on the list. Each field has the name of its column, in the database and in an export."""

    address: str = field(repr=False)
    """In the normal form of `subscribers.list.addresses`."""
    language: Language
    certainties: tuple[str, ...]
    """The ids of those they want letters about; empty for all."""
    status: Status
    created: datetime
    """In UTC, as all moments."""
    changed: datetime
    paused_until: date | None = None
    """No letters before this day."""
    handle: str = ""
    """Sixteen random characters that stand for them in links; it tells nothing about the list. Empty: one is made."""
    consents: tuple[Consent, ...] = ()
    """Oldest first."""
    course: Course | None = None


@dataclass(frozen=True, slots=True)
class Subscriber(NewSubscriber):
    """A person who is on the list."""

    id: int = field(kw_only=True)


class Origin(StrEnum):
    """By which way somebody came to the list, as the forms tell it; for counting."""

    SITE = "site"
    LETTER = "letter"
    """The page of a letter."""
    FORWARD = "forward"
    """The same, by the link with which a reader passed it on."""
    COURSE = "course"
    IMPORT = "import"
    HAND = "by hand"
    """An operator put them on."""


TOLD = (Origin.LETTER, Origin.FORWARD, Origin.COURSE)
"""What a form may tell. Its source then ends in it: “https://example.org/ (forward)”."""


class CourseState(StrEnum):
    """Whether a reader gets the lessons of the course."""

    ASKED = "asked"
    """With a form, which nobody has confirmed yet."""
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Course:
    """How far a reader is in the course; nobody has one who never asked for it."""

    state: CourseState
    step: int
    """The number of the next lesson, from 1; LESSONS + 1 when all were planned."""
    due: date | None
    """The first day on which it may leave, in the time zone of the letter; None before the course began."""

    @property
    def finished(self) -> bool:
        """Whether all lessons were planned."""
        return self.step > LESSONS


class Asking(StrEnum):
    """What a stranger may ask with no more than an address."""

    SUBSCRIBE = "subscribe"
    MANAGE = "manage"
    """A link to their own page."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a form asks, as it was sent; nobody has looked at the list yet."""

    asking: Asking
    address: str = field(repr=False)
    """In the normal form of `subscribers.list.addresses`."""
    language: Language
    at: datetime
    source: str
    network: str = ""
    certainties: tuple[str, ...] = ()
    version: str = ""
    """Of the Wording that was shown."""
    course: bool = False
    """Whether the course is wanted, too."""


class Notice(StrEnum):
    """The mails that the service sends by itself."""

    CONFIRM = "confirm"
    ALREADY = "already"
    """Asked to subscribe, and is subscribed."""
    MANAGE = "manage"
    """The link to their own page that was asked for."""
    CHANGED = "changed"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class Posting:
    """A notice that is to be sent now."""

    id: int
    notice: Notice
    address: str = field(repr=False)
    language: Language
    attempts: int
    """Counting this one."""
    created: datetime
    token: str = field(repr=False, default="")
    """Opens the page that the mail leads to; empty for a goodbye. Made now, and nowhere kept."""
    unsubscribe: str = field(repr=False, default="")
    """Ends the subscription, for ever valid; empty when there is none to end."""
    subscriber: Subscriber | None = field(repr=False, default=None)
    """As they stand now; None after an erasure."""
