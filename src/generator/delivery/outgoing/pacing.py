"""How fast we send: a rate that connections share, halved when the relay has enough, and slowly coming back."""

from __future__ import annotations

from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

_BURST = 0.1
"""Seconds that may be caught up at once when a disk or a relay has kept us, so that the rate holds on average."""

_REST, _LONGEST_REST = 5.0, 300.0
"""Seconds: when the relay has enough; twice as long each time that it has again, up to this."""

_QUIET = 60.0
"""After so many seconds without a complaint of the relay, a rest is short again."""

_BACK = 1 / 600
"""What comes back of the full rate in a second: a tenth a minute."""

_LEAST = 0.1
"""Letters a second, when a relay has enough again and again."""

_GUESS = 10.0
"""Letters a second that we take as reached when the relay has enough before we could count."""

_COUNTED = 5.0
"""Seconds over which it is counted what is reached."""

_LONG = 0.02
"""Seconds of waiting that are worth a commit of their own."""


class Pace:
    """A token bucket (delivery.md 3.2). Threads share it."""

    def __init__(self, rate: float = 0.0, clock: Callable[[], float] = monotonic) -> None:
        """`rate`: letters a second; 0 for no limit. `clock` counts seconds."""
        self._rate, self._clock = rate, clock
        self._lock = Lock()
        now = clock()
        self._next = now  # when one more may leave
        self._resting = now  # nothing leaves before
        self._rests = 0
        self._slowed = self._full = (
            0.0  # the rate after the last rest, and the one it comes back to; 0: not slowed
        )
        self._since, self._count, self._reached = now, 0, 0.0

    @property
    def limit(self) -> float:
        """Letters a second that may leave now; 0 for no limit."""
        with self._lock:
            return self._limit(self._clock())

    def wait(self, stop: Event, before: Callable[[], None] = lambda: None) -> bool:
        """Until one more may leave; False when `stop` was set meanwhile. Calls `before` when it will take a while."""
        with self._lock:
            now = self._clock()
            due = now
            if limit := self._limit(now):
                due = max(self._next, now - _BURST)
                self._next = due + 1 / limit
            self._counting(now)
        if max(due, self._resting) - now > _LONG:
            before()
            now = self._clock()
        while (until := max(due, self._resting)) > now:
            if stop.wait(min(until - now, _LONGEST_REST)):
                return False
            now = self._clock()
        return not stop.is_set()

    def slow(self) -> float:
        """The relay has enough: halve the rate (from what was reached when there was no limit), and let nothing leave.

        Gives the seconds to rest before a new connection. Connections that hear it at the same time halve it once. It
        comes back by a tenth a minute.
        """
        with self._lock:
            now = self._clock()
            if now < self._resting:
                return self._resting - now
            limit = self._limit(now)
            again = self._slowed and now - self._resting < _QUIET
            self._rests = self._rests + 1 if again else 0
            if not self._slowed:
                self._full = limit or self._measured(now)
            self._slowed = max((limit or self._full) / 2, _LEAST)
            rest = min(_REST * 2.0 ** min(self._rests, 10), _LONGEST_REST)
            self._resting = self._next = now + rest
            return rest

    def _limit(self, now: float) -> float:
        if self._slowed:
            back = self._slowed + self._full * _BACK * max(0.0, now - self._resting)
            if back < self._full:
                return back
            self._slowed = 0.0
        return self._rate

    def _counting(self, now: float) -> None:
        if (took := now - self._since) >= _COUNTED:
            self._reached, self._since, self._count = self._count / took, now, 0
        self._count += 1

    def _measured(self, now: float) -> float:
        """Letters a second that were reached lately."""
        took = now - self._since
        return max(self._reached, self._count / took if took >= 1 else 0.0) or _GUESS
