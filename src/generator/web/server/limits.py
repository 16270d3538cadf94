"""Rate limits by network, in memory: a restart forgets them. The throttle by address is in the list, and is kept.

Written here because memory must be bounded: the libraries we know keep every network that ever sent a request, or scan
all of them after each one. An attacker with many addresses could use either.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` requests within any `seconds` (a sliding window)."""

    most: int
    seconds: int


WISHES_AT_HOME = Limit(10, 600)
WISHES_NEARBY = Limit(60, 3600)
WISHES_PER_DOMAIN = Limit(1000, 3600)
"""For addresses of one mail provider, from all networks together."""
WISHES = Limit(3000, 3600)
ANSWERS_AT_HOME = Limit(10, 3600)
ANSWERS_NEARBY = Limit(60, 3600)
ANSWERS = Limit(6000, 3600)
"""To “was this of use?”: more than an office presses, and less than would drown what others say."""
GUESSES_AT_HOME = Limit(60, 60)
"""Pages opened with a token that is not valid; a valid one counts nowhere."""

KNOWN = 50_000
"""Networks that are kept for one limit, about 15 MB; beyond that, the one that was quiet longest is dropped."""


class Limits:
    """Counts requests in sliding windows. For one thread. The time of a call does not grow with the networks (O(1))."""

    def __init__(self, *, on: bool = True, clock: Callable[[], float] = time.monotonic) -> None:
        """`on=False` allows everything, for benchmarks. `clock` gives seconds."""
        self._on, self._clock = on, clock
        self._moments: dict[Limit, OrderedDict[str, list[float]]] = {}

    def may_wish(self, networks: tuple[str, str], domain: str) -> int:
        """Count a wish and return 0; or count nothing and return the seconds to wait before another.

        What all networks share is never used up for everybody: a neighbourhood that was quiet for the whole window has
        one wish left, even when others have filled the limit of a provider, or that of all.
        """
        home, nearby = networks
        own = ((WISHES_AT_HOME, home), (WISHES_NEARBY, nearby))
        shared = ((WISHES_PER_DOMAIN, domain), (WISHES, ""))
        if not self._on:
            return 0
        now = self._clock()
        quiet = self._is_quiet(WISHES_NEARBY, nearby, now)
        wait = max(self._wait(limit, key, now) for limit, key in (own if quiet else (*own, *shared)))
        if wait <= 0:
            for limit, key in (*own, *shared):
                self._remember(limit, key, now)
        return ceil(wait)

    def may_answer(self, networks: tuple[str, str]) -> int:
        """Count an answer and return 0; or count nothing and return the seconds to wait before another."""
        if not self._on:
            return 0
        now, (home, nearby) = self._clock(), networks
        limits = ((ANSWERS_AT_HOME, home), (ANSWERS_NEARBY, nearby), (ANSWERS, ""))
        wait = max(self._wait(limit, key, now) for limit, key in limits)
        if wait <= 0:
            for limit, key in limits:
                self._remember(limit, key, now)
        return ceil(wait)

    def may_guess(self, networks: tuple[str, str]) -> int:
        """Count nothing; 0, or the seconds until this network may try another token."""
        return ceil(self._wait(GUESSES_AT_HOME, networks[0], self._clock())) if self._on else 0

    def count_guess(self, networks: tuple[str, str]) -> None:
        """Count a token that is not valid."""
        if self._on:
            self._remember(GUESSES_AT_HOME, networks[0], self._clock())

    def _is_quiet(self, limit: Limit, key: str, now: float) -> bool:
        """Whether nothing was counted for this key within the window."""
        known = self._moments.get(limit)
        moments = known.get(key) if known else None
        return not moments or moments[-1] <= now - limit.seconds

    def _wait(self, limit: Limit, key: str, now: float) -> float:
        """Seconds until one more request fits into the window; 0 when it does now."""
        known = self._moments.get(limit)
        moments = known.get(key, []) if known else []
        if len(moments) < limit.most:
            return 0
        return max(0.0, moments[-limit.most] + limit.seconds - now)

    def _remember(self, limit: Limit, key: str, now: float) -> None:
        known = self._moments.setdefault(limit, OrderedDict())
        moments = known.setdefault(key, [])
        moments.append(now)
        if len(moments) >= 2 * limit.most:
            del moments[: -limit.most]
        known.move_to_end(key)
        # The one that was quiet longest comes first, so that nothing is searched for.
        while len(known) > KNOWN or next(iter(known.values()))[-1] <= now - limit.seconds:
            known.popitem(last=False)
