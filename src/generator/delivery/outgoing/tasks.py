"""What the connections of a run share: the mailing, its pace, its progress, and why it has to stop."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING

from generator.delivery.timing.greylisting import Greylist

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from generator.delivery.outgoing.attempts import Breaker
    from generator.delivery.outgoing.copies import Copies
    from generator.delivery.timing.limits import Limits
    from generator.delivery.timing.pacing import Pace
    from generator.model import Mailing, Progress

PERSISTENCE = timedelta(minutes=1)
"""How long a write to the ledger is retried before the run ends: without the ledger nothing is sent."""

PATIENCE = timedelta(minutes=30)
"""How long a run waits for a relay that accepts nothing, or for letters that are deferred."""


@dataclass
class Task:
    """The sending of one mailing by this process. Its threads share it; any of them may call any method."""

    mailing: Mailing
    copies: Copies
    pace: Pace
    breaker: Breaker
    clock: Callable[[], datetime]
    say: Callable[[str], None]
    """Tells the operator why sending waits; called from any thread."""
    patience: timedelta = PATIENCE
    persistence: timedelta = PERSISTENCE
    rest: float = 1.0
    """Seconds before a connection that failed twice is tried again; doubled for each further failure."""
    stop: Event = field(default_factory=Event)
    """When set, finish the letters in flight, and begin no other. Set from outside, or by `halt` and `end`."""
    trouble: str = ""
    """Why all senders of this mailing have to stop, until a person runs `newsletter resume`."""
    failure: str = ""
    """Why this run has to stop; the next may start by itself."""
    heard: bool = False
    """Whether the relay has replied to anything in this run."""
    well: float = field(default_factory=monotonic)
    """When the relay last accepted a letter, or the run began: seconds of `monotonic`."""
    excused: set[int] = field(default_factory=set)
    """Ids of subscribers who were deferred once for a reason that was not about them; a second time counts."""
    greylist: Greylist = field(default_factory=Greylist)
    limits: Limits | None = None
    """How many letters a receiving domain may get; None for as many as the relay takes."""
    closes: datetime | None = None
    """When the window ends: letters that a limit holds back for longer are left for another run. None: no window."""
    first: bool = False
    """Only first letters are sent: see subscribers.ledger.firsts."""
    _done: Counter[Progress] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def halt(self, trouble: str) -> None:
        """Stop every sender of this mailing. The first reason is kept."""
        with self._lock:
            self.trouble = self.trouble or trouble
        self.stop.set()

    def end(self, failure: str) -> None:
        """Stop this run only. The first reason is kept."""
        with self._lock:
            self.failure = self.failure or failure
        self.stop.set()

    def count(self, progress: Progress) -> None:
        """Count the outcome of one letter."""
        with self._lock:
            self._done[progress] += 1

    @property
    def done(self) -> Counter[Progress]:
        """The outcomes of this run so far; a letter that was deferred twice counts twice."""
        with self._lock:
            return Counter(self._done)

    def lost_patience(self) -> bool:
        """Whether the relay has accepted nothing for longer than `patience`."""
        return monotonic() - self.well > self.patience.total_seconds()
