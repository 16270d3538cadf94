"""A conversation with a relay about one letter after the other: who gets it, may I, here it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.delivery.verdict import Reply


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

        `following` is pipelined behind the letter when the relay allows it (RFC 2920); the next `offer` of the same
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

    def hang_up(self) -> None:
        """End the connection at once; any thread may do so. What another thread is doing fails with TransportError."""
