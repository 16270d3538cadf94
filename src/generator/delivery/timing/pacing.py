"""How fast we send: a rate limit that the connections share, halved when the relay throttles us, then raised again."""

from __future__ import annotations

from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

_BURST = 0.1
"""Seconds of letters that may leave at once after a delay by a disk or a relay, so that the average rate holds."""

_REST, _LONGEST_REST = 5.0, 300.0
"""Seconds of the first pause when the relay throttles us, and of the longest: each is twice as long as the last."""

_QUIET = 60.0
"""Seconds without throttling after which the next pause is a first one again."""

_BACK = 1 / 600
"""The share of the full rate that is regained in a second: a tenth a minute."""

_LEAST = 0.1
"""Letters a second: the lowest rate, however often the relay throttles us."""

_COUNTED = 5.0
"""Seconds over which the rate is measured."""

_FEW = 5
"""Letters in that time, or in less, that are a measurement; of fewer, nobody knows how fast the relay takes them."""

_LONG = 0.02
"""Seconds of waiting that justify a commit of their own before it."""


class Pace:
    """A token bucket. The threads of a run share it: any of them may call any method."""

    def __init__(self, rate: float = 0.0, clock: Callable[[], float] = monotonic) -> None:
        """`rate`: letters a second; 0 for no limit. `clock` gives seconds."""
        self._rate, self._clock = rate, clock
        self._lock = Lock()
        now = clock()
        # Seconds of `clock`: when the next letter may leave, and when the last pause ends.
        self._next = self._resting = now
        self._rests = 0  # pauses in a row
        # Letters a second: after the last pause, and the rate to return to. Both are 0 while we are not throttled.
        self._slowed = self._full = 0.0
        # Since when letters are counted, how many left since then, and the rate of the period before.
        self._since, self._count, self._reached = now, 0, 0.0

    @property
    def limit(self) -> float:
        """The rate now, in letters a second; 0 for no limit."""
        with self._lock:
            return self._limit(self._clock())

    def wait(self, stop: Event, before: Callable[[], None] = lambda: None) -> bool:
        """Wait until one more letter may leave; False when `stop` was set meanwhile.

        Calls `before` first when the wait is longer than a commit takes, and raises what `before` raises.
        """
        with self._lock:
            now = self._clock()
            due = now
            if limit := self._limit(now):
                due = max(self._next, now - _BURST)
                self._next = due + 1 / limit
            self._count_one(now)
        if max(due, self._resting) - now > _LONG:
            before()
            now = self._clock()
        while (until := max(due, self._resting)) > now:
            if stop.wait(min(until - now, _LONGEST_REST)):
                return False
            now = self._clock()
        return not stop.is_set()

    def slow(self, least: float = 0.0) -> float:
        """The relay throttles us: halve the rate, or the measured one if there is no limit, and pause all connections.

        `least`: seconds that the relay asks for; the pause is that long at least, and never longer than _LONGEST_REST.

        Returns the seconds of the pause, after which to connect again. While a pause lasts, the rate is not halved
        once more: connections that are throttled at the same time count as one. The rate rises by a tenth a minute.
        Where nothing was measured, there is nothing to halve: the pause is all.
        """
        with self._lock:
            now = self._clock()
            if now < self._resting:
                return self._resting - now
            limit = self._limit(now)
            again = self._rests and now - self._resting < _QUIET
            self._rests = self._rests + 1 if again else 1
            if not self._slowed:
                self._full = limit or self._measure(now)
            if self._full:
                self._slowed = max((limit or self._full) / 2, _LEAST)
            rest = min(max(least, _REST * 2.0 ** min(self._rests - 1, 10)), _LONGEST_REST)
            self._resting = self._next = now + rest
            self._since, self._count, self._reached = self._resting, 0, 0.0  # a pause is no measurement
            return rest

    def _limit(self, now: float) -> float:
        if self._slowed:
            back = self._slowed + self._full * _BACK * max(0.0, now - self._resting)
            if back < self._full:
                return back
            self._slowed = 0.0
        return self._rate

    def _count_one(self, now: float) -> None:
        if (took := now - self._since) >= _COUNTED:
            self._reached = self._count / took if self._count >= _FEW else 0.0
            self._since, self._count = now, 0
        self._count += 1

    def _measure(self, now: float) -> float:
        """Letters a second that left lately; 0 when they were too few to know."""
        took = now - self._since
        return max(self._reached, self._count / took if took >= 1 and self._count >= _FEW else 0.0)
