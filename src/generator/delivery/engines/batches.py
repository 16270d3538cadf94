"""What an engine offers that knows each letter by a key: many letters in one request, which may be made again.

A request to which no answer came is made again with the same keys and the same content. The engine then answers for
what it has, and takes the rest, so that no letter is lost, sent twice, or in doubt.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.delivery.sessions import Envelope
    from generator.delivery.verdict import Reply

MARGIN = timedelta(hours=1)
"""An engine forgets a key so much later than we stop relying on it: for its clock, and for a request under way."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One letter as the engine gets it, and its key: the same for ever."""

    envelope: Envelope = field(repr=False)
    key: str
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """128 bits of its SHA-256, hexadecimal: another content must never be sent with this key."""
        return sha256(self.content).hexdigest()[:32]


def name_account(engine: str, host: str, token: str) -> str:
    """A name for an account of an engine that shows nothing of its token; another token is another account."""
    return sha256(f"{engine} {host} {token}".encode()).hexdigest()[:12]


class BatchSession(ABC):
    """One connection to an engine. For one thread, except `hang_up`."""

    name: str
    """For messages."""
    account: str
    """Tells this account of this engine from all others, which do not know our keys; letters and digits."""
    limit: int
    """Letters in one request, at most."""
    window: timedelta
    """How long a request may be made again: for so long the engine knows its keys, less MARGIN."""
    whole = False
    """Whether the key is one of the request, and not of each letter: then it is made again with all its letters, or
    not at all."""

    @abstractmethod
    def pack(self, envelope: Envelope, message: bytes, key: str) -> Parcel | Reply:
        """A message as the engine gets it: the same bytes for the same message. A Reply (UNABLE) when it does not carry
        this address. Raises MailingError when the engine cannot carry what all letters have.
        """

    @abstractmethod
    def send(self, batch: str, parcels: Sequence[Parcel]) -> list[Reply | None]:
        """Make one request; `batch` names it, also when it is made again.

        Returns a reply for each parcel in their order; None for one that the engine has not come to. Raises
        TransportError: nothing was taken by this request. Raises DoubtError: something may have been. Raises
        ConflictError: the engine knows another content by one of the keys, and took nothing.
        """

    @abstractmethod
    def close(self) -> None:
        """End the connection, if there is one. Raises nothing; a later `send` opens another."""

    @abstractmethod
    def hang_up(self) -> None:
        """End the connection at once. Any thread may call it; a call in another thread fails with TransportError."""
