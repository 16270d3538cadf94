"""A session over two relays: the second takes letters as long as the first is down.

The first is down when no letter can be offered to it: it cannot be reached, hangs up, lets nobody in (greeting, EHLO,
STARTTLS, AUTH), or says 4xx to MAIL. It is not down when it limits the rate (4.7.x), refuses the sender (5xx to MAIL),
or says anything about a reader. A letter whose final dot may have left is in doubt, and is offered to neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from generator.delivery.verdict import Reply, Stage, Verdict
from generator.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.delivery.sessions import Envelope, Session

AGAIN, LATEST = 60.0, 600.0
"""Seconds until a relay that was down is tried again: the first time, and at most; twice as long each time."""

_LIMIT = re.compile(r"(?!454).* 4\.7\.\d+")
"""Replies of a relay that is well, and limits us. 454 4.7.0 is a log-in that does not work (RFC 4954)."""


@dataclass(eq=False)
class Outage:
    """Whether the first relay is down. All sessions share it; any thread may call any method."""

    first: str
    second: str
    """Their names."""
    tell: Callable[[str], None]
    """Hears when mail takes another way; from any thread."""
    clock: Callable[[], float] = monotonic
    _until: float = field(default=0.0, init=False)
    _pause: float = field(default=0.0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def lasts(self) -> bool:
        """Whether to go to the second one at once. Of all who ask when the first is to be tried again, one tries it."""
        with self._lock:
            now = self.clock()
            if self._pause and now >= self._until:
                self._until = now + self._pause
                return False
            return bool(self._pause)

    def begin(self, why: str) -> None:
        """The first was down, and the second was not."""
        with self._lock:
            if not self._pause:
                self.tell(f"{why}; mail goes through {self.second} in the meantime.")
            self._pause = min(self._pause * 2, LATEST) if self._pause else AGAIN
            self._until = self.clock() + self._pause

    def end(self) -> None:
        """The first takes mail."""
        with self._lock:
            if self._pause:
                self.tell(f"{self.first} takes mail again.")
            self._pause = 0.0


class FailoverSession:
    """A session with two relays (see sessions.Session). For one thread, except `hang_up`."""

    def __init__(self, first: Session, second: Session, outage: Outage) -> None:
        """Nothing is connected yet."""
        self._first, self._second, self._outage = first, second, outage
        self._now = first
        self._hung_up = False

    @property
    def name(self) -> str:
        """Of the relay to which the last envelope was offered."""
        return self._outage.first if self._now is self._first else self._outage.second

    def offer(self, envelope: Envelope) -> Reply:
        """MAIL and RCPT, to the second relay when the first is down. Raises TransportError when both are."""
        said: list[str] = []
        reply = None
        both = (self._first, self._second)
        for session in reversed(both) if self._outage.lasts() else both:
            self._now = session
            try:
                reply = session.offer(envelope)
            except TransportError as error:
                said.append(str(error))
                if self._hung_up:  # by us
                    break
                continue
            if not is_down(reply):
                self._note(said)
                return reply
            said.append(f"{self.name} lets no mail in: {reply.codes}")
        if reply is None:
            raise TransportError("; ".join(said))
        return reply

    def _note(self, said: list[str]) -> None:
        if self._now is self._first:
            self._outage.end()
            self._second.close()
        elif said:
            self._outage.begin(said[0])

    def hand_over(
        self, message: bytes, following: Envelope | None = None, meanwhile: Callable[[], None] | None = None
    ) -> Reply:
        """DATA, the message and the dot, to the relay that said yes to the offer. Raises as Session says."""
        return self._now.hand_over(message, following, meanwhile)

    def prepare(self, message: bytes) -> None:
        """Encode a message ahead of its `hand_over`."""
        self._now.prepare(message)

    def withdraw(self) -> None:
        """Take back what was offered."""
        self._now.withdraw()

    def close(self) -> None:
        """End both connections. Raises nothing."""
        self._first.close()
        self._second.close()

    def hang_up(self) -> None:
        """End both connections at once. Any thread may call it."""
        self._hung_up = True
        self._first.hang_up()
        self._second.hang_up()


def is_down(reply: Reply) -> bool:
    """Whether this is what a relay says that takes no mail from anybody, or not from us."""
    if _LIMIT.fullmatch(reply.codes):
        return False
    if reply.stage is Stage.GREETING:
        return reply.verdict is not Verdict.YES
    return reply.stage is Stage.MAIL and reply.verdict is Verdict.SLOW
