"""A conversation with a relay about one letter after the other: who gets it, may I, here it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.delivery.outgoing.transports import Transport


class Verdict(Enum):
    """What a reply means for a sender."""

    YES = "yes"
    LATER = "later"
    """This reader, not now: 4xx."""
    NEVER = "never"
    """This reader, this letter: 5xx."""
    GONE = "gone"
    """This reader does not exist: 5.1.1, 5.1.2, 5.1.6, 5.1.10, 5.2.1."""
    SLOW = "slow"
    """The relay has enough for now, whoever it is for: 421, 454, 4.7.x, 4.3.x, 450 4.2.x but for a full mailbox."""
    OURS = "ours"
    """It is about us, not about the reader: 5.7.x. Three in a row stop the run."""
    STOP = "stop"
    """No mail of ours at all: 5xx to MAIL, 530, 535."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: what it means, and its codes like `550 5.1.1`, never its words."""

    verdict: Verdict
    codes: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom, to whom, and how many bytes (RFC 1870)."""

    sender: str
    recipient: str
    size: int


class Session(Protocol):
    """One connection, opened when it is needed, and kept."""

    def offer(self, envelope: Envelope) -> Reply:
        """MAIL and RCPT. YES: `hand_over` may follow. Any other: nothing is open; offer the next.

        Raises TransportError.
        """

    def hand_over(
        self, message: bytes, following: Envelope | None = None, meanwhile: Callable[[], None] | None = None
    ) -> Reply:
        """DATA, the message, the dot, after an offer that got YES.

        `following` is offered in the same breath when the relay allows it (RFC 2920); the next `offer` of the same
        envelope then costs no time. `meanwhile` is called while the relay looks at the letter, and raises nothing.

        Raises TransportError: the dot has certainly not left; DoubtError: it may have, and
        no reply came.
        """

    def prepare(self, message: bytes) -> None:
        """Do now, while there is time, what `hand_over` of the same message would do."""

    def withdraw(self) -> None:
        """Take back an offer that got YES, or one that was sent ahead (RSET)."""

    def close(self) -> None:
        """Say goodbye (QUIT)."""


def open_session(transport: Transport) -> Session:
    """A session of its own with the relay, or the maildir, that a transport names."""
    return transport.open_session()
