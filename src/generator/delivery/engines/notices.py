"""What the transports over HTTP have in common: notices leave one by one, over a connection that is kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from generator.delivery.sessions import Envelope
from generator.delivery.verdict import Verdict
from generator.errors import TransportError

if TYPE_CHECKING:
    from generator.delivery.verdict import Reply


class _Session(Protocol):
    """What is kept between two notices."""

    def close(self) -> None: ...

    def hang_up(self) -> None: ...


S = TypeVar("S", bound=_Session)


@dataclass(eq=False)
class HttpTransport(ABC, Generic[S]):
    """A transport (see transports.Transport). Any thread may call it: each session has its own connection."""

    _notices: S | None = field(default=None, init=False)
    _sending: Lock = field(default_factory=Lock, init=False)

    @property
    @abstractmethod
    def name(self) -> str:
        """For logs and messages."""

    @abstractmethod
    def open_session(self) -> S:
        """A session for letters, with a connection of its own; nothing is connected yet."""

    @abstractmethod
    def hand_over(self, session: S, envelope: Envelope, message: bytes) -> Reply:
        """Send one notice. Raises TransportError and DoubtError."""

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand one message over; waits while another thread sends one.

        Raises TransportError and DoubtError, whose messages show no recipient.
        """
        with self._sending:
            self._notices = session = self._notices or self.open_session()
            reply = self.hand_over(session, Envelope(sender, recipient, len(message)), message)
        if reply.verdict is not Verdict.YES:
            raise TransportError(
                f"{self.name} refuses the mail: {reply.codes or 'an address beyond ASCII'}",
                refused=reply.refused or reply.verdict is Verdict.UNABLE,
                single=reply.verdict in {Verdict.LATER, Verdict.NEVER, Verdict.GONE, Verdict.UNABLE},
            )

    def takes(self, address: str) -> bool:
        """No engine says that it takes addresses beyond ASCII."""
        return address.isascii()

    def greet(self) -> None:
        """Do nothing: what an engine takes is known."""

    def close(self) -> None:
        """End the connection of `send`, at once when another thread is sending."""
        if (session := self._notices) is None:
            return
        if self._sending.acquire(blocking=False):
            try:
                self._notices = None
                session.close()
            finally:
                self._sending.release()
        else:
            self._notices = None  # what is hung up connects no more
            session.hang_up()
