"""Greylisting: a relay says “later” to each reader whom it sees for the first time, and yes after a while.

Nobody says how long that while is, so we measure it. A few readers are asked again and again, each time a little
later; as soon as one of them is accepted, all others are due at the same age.
"""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from generator.delivery.verdict import Meaning, Stage, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from generator.delivery.verdict import Reply

SEVERAL = 3
"""So many readers in a row that get “later” after a yes to MAIL: the relay greylists. As many are asked early."""

_FIRST = timedelta(seconds=5)
"""From the first “later” to a reader until it is asked again, while we measure."""
_STEP = 0.05
"""Then after this part more of its age, so that no more than that is lost."""
_LEAST = timedelta(seconds=1.5)
"""But not sooner than after so long."""

_USUAL = timedelta(minutes=5)
"""When the others are asked again, as long as nothing was measured: what Postgrey asks for."""
_MARGIN = timedelta(seconds=0.5)
"""Added to what was measured: many relays count whole seconds."""
_LONGEST = timedelta(hours=1)
"""Nobody greylists for longer; a “later” after that is about the reader."""

_WRONG = 2
"""So often a measurement may turn out to be too short; then the relay limits the rate, and does not greylist."""

_CODES = re.compile(r"45[01](?: 4\.(?:0\.0|2\.[01]|7\.[01]))?")
"""What relays that greylist say to RCPT. 4.3.x is a relay that is full, and 421 one that hangs up."""


class Greylist:
    """What a run knows of the greylisting of its relay. The threads of a run share it: any may call any method."""

    def __init__(self) -> None:
        self.sure = False
        """Whether the relay greylists."""
        self._lock = Lock()
        self._first: dict[int, datetime] = {}  # ids of those who wait, and when they were first told to
        self._row: set[int] = set()  # ids of those told to in a row, before we are sure
        self._early: set[int] = set()  # ids of those who are asked early
        self._delay: timedelta | None = None  # the measured age at which readers are accepted
        self._against = self._wrong = 0
        self._news = False

    def refuse(self, number: int, reply: Reply, now: datetime) -> datetime | None:
        """When to ask this reader again after a refusal for now; None when greylisting does not explain it."""
        if not _explains(reply):
            return None
        with self._lock:
            if self._wrong >= _WRONG:
                return None
            again = number in self._first
            first = self._first.setdefault(number, now)
            self._row.add(number)
            self.sure = self.sure or reply.cause == Meaning.GREYLIST or len(self._row) >= SEVERAL
            if not self.sure:
                if len(self._early) < SEVERAL:
                    self._early.add(number)
                return None if again else now + _FIRST
            return self._choose(number, first, now)

    def accept(self, number: int, now: datetime) -> None:
        """A reader was accepted: at once, or after having been told to wait."""
        if not self._row and not self._first:
            return  # as with nearly every relay
        with self._lock:
            self._early.discard(number)
            first = self._first.pop(number, None)
            if first is None:
                self._row.clear()
                if not self.sure:
                    self._early.clear()
                return
            self._row.discard(number)
            self._against = 0
            if self.sure and (self._delay is None or now - first < self._delay):
                self._delay, self._news = max(now - first, timedelta()), True

    def find_due(self) -> dict[int, datetime]:
        """Ids of those who wait, and when they are due by a new measurement; empty when there is none since."""
        with self._lock:
            if not self._news or self._delay is None:
                return {}
            self._news = False
            wait = self._delay + _MARGIN
            return {number: first + wait for number, first in self._first.items()}

    def _choose(self, number: int, first: datetime, now: datetime) -> datetime | None:
        age = max(now - first, timedelta())
        if age > _LONGEST:
            return None
        if self._delay is not None:
            if age < self._delay:
                return first + self._delay + _MARGIN
            self._against += 1
            if self._against >= SEVERAL:
                self._delay, self._against, self._wrong = None, 0, self._wrong + 1
                self._early.clear()
        if number in self._early or len(self._early) < SEVERAL:
            self._early.add(number)
            return first + _FIRST if age < _FIRST else now + max(_LEAST, age * _STEP)
        return first + _USUAL if age < _USUAL else now + age / 2


def _explains(reply: Reply) -> bool:
    if reply.verdict not in {Verdict.SLOW, Verdict.LATER}:
        return False
    if reply.cause == Meaning.GREYLIST:  # some say it only when they have seen the letter
        return reply.stage in {Stage.RCPT, Stage.LETTER} and not reply.codes.startswith("421")
    return reply.stage is Stage.RCPT and not reply.cause and _CODES.fullmatch(reply.codes) is not None
