"""What the connections of one run share: what to send, how fast, how far they are, and when to stop."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from generator.delivery.outgoing.attempts import Breaker
    from generator.delivery.outgoing.copies import Copies
    from generator.delivery.outgoing.pacing import Pace
    from generator.model import Mailing, Progress

PERSISTENCE = timedelta(minutes=1)
"""For so long we try to write down what happened, before we end: without the ledger nothing is sent."""

PATIENCE = timedelta(minutes=30)


@dataclass
class Task:
    """The sending of one mailing by this process. Threads share it."""

    mailing: Mailing
    copies: Copies
    pace: Pace
    breaker: Breaker
    clock: Callable[[], datetime]
    say: Callable[[str], None]
    """Tells a person what holds it up; any thread may call it."""
    patience: timedelta = PATIENCE
    """For so long a run waits for the relay, or for letters that are deferred."""
    persistence: timedelta = PERSISTENCE
    rest: float = 1.0
    """Seconds before a connection that failed twice is tried again; then twice as long each time."""
    stop: Event = field(default_factory=Event)
    """Finish what is in flight, and nothing more. Set from outside, or by `halt` and `end`."""
    trouble: str = ""
    """Why all senders of this mailing have to stop, until a person says `resume`."""
    failure: str = ""
    """Why this run cannot go on; the next may, unasked."""
    heard: bool = False
    """Whether the relay has answered anything in this run."""
    well: float = field(default_factory=monotonic)
    """When the relay last took a letter, or the run began."""
    excused: set[int] = field(default_factory=set)
    """Who had to wait for something that was not about them: once."""
    _done: Counter[Progress] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def halt(self, trouble: str) -> None:
        """Stop all that send this mailing."""
        with self._lock:
            self.trouble = self.trouble or trouble
        self.stop.set()

    def end(self, failure: str) -> None:
        """Stop this run."""
        with self._lock:
            self.failure = self.failure or failure
        self.stop.set()

    def count(self, progress: Progress) -> None:
        """Something became of a letter."""
        with self._lock:
            self._done[progress] += 1

    @property
    def done(self) -> Counter[Progress]:
        """What became of letters in this run; one that was deferred twice stands there twice."""
        with self._lock:
            return Counter(self._done)

    def lost_patience(self) -> bool:
        """Whether the relay has taken nothing for too long."""
        return monotonic() - self.well > self.patience.total_seconds()
