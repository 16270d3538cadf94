"""What every transport offers to a sender of letters: a session, and the envelope of a letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.delivery.verdict import Reply


@dataclass(frozen=True, slots=True)
class Envelope:
    """Return path, recipient, and size of the message in bytes (RFC 1870)."""

    sender: str
    recipient: str
    size: int

    @property
    def utf8(self) -> bool:
        """Whether it takes SMTPUTF8 (RFC 6531). Only the letter of such a reader has more than ASCII in its headers."""
        return not self.recipient.isascii()


class Session(Protocol):
    """One connection, opened when it is needed, and kept. For one thread, except `hang_up`.

    For each letter: `offer`, then `hand_over` or `withdraw` if the reply was YES.
    """

    def offer(self, envelope: Envelope) -> Reply:
        """MAIL and RCPT. After YES, `hand_over` may follow; after any other reply, the next `offer`.

        Raises TransportError: no letter is in flight; the next `offer` connects again.
        """

    def hand_over(
        self, message: bytes, following: Envelope | None = None, meanwhile: Callable[[], None] | None = None
    ) -> Reply:
        """DATA, the message and the final dot, after an offer that got YES.

        `following` is pipelined behind the letter when the relay allows it (RFC 2920); the next `offer` of the same
        envelope then costs no round trip. `meanwhile` is called while the relay examines the letter; it must not raise.

        Raises TransportError: the dot has certainly not left, and the letter can be sent again. Raises DoubtError: it
        may have left, and no reply came. Raises RuntimeError when no offer got YES.
        """

    def prepare(self, message: bytes) -> None:
        """Encode a message ahead of its `hand_over`, while the relay is busy with another. Raises nothing."""

    def withdraw(self) -> None:
        """Take back an offer that got YES (RSET). Raises nothing."""

    def close(self) -> None:
        """End the connection (QUIT), if there is one. Raises nothing; a later `offer` opens another."""

    def hang_up(self) -> None:
        """End the connection at once. Any thread may call it; a call in another thread fails with TransportError."""
