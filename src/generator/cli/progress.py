"""How far a run is, on standard error: one line that changes on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import shutil
from collections import deque
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

SELDOM = 10.0
"""Seconds between two lines where nobody watches."""

_LATELY = 10.0
"""Seconds over which the rate is counted."""

_BAR = 24


class ProgressLine:
    """Draws how far it is. `say` may be called by any thread."""

    def __init__(
        self,
        file: TextIO,
        label: str,
        planned: int,
        done: Callable[[], int],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`done`: how many of the planned ones are done by now. `clock` counts seconds."""
        self._file, self._label, self._planned, self._done, self._clock = file, label, planned, done, clock
        self._live = file.isatty()
        self._lock = Lock()
        self._seen: deque[tuple[float, int]] = deque()
        self._drawn = clock()
        self._width = 0

    def look(self) -> None:
        """Draw, when it is time to."""
        with self._lock:
            now, done = self._clock(), self._done()
            self._seen.append((now, done))
            while len(self._seen) > 2 and self._seen[1][0] < now - _LATELY:  # noqa: PLR2004 (two ends of a stretch)
                self._seen.popleft()
            if self._live:
                self._draw(now, done)
            elif now - self._drawn >= SELDOM:
                self._drawn = now
                self._write(f"{self._describe(done)}\n")

    def say(self, sentence: str) -> None:
        """A sentence on a line of its own."""
        with self._lock:
            self._write(f"{self._wiped()}{sentence}\n")

    def close(self) -> None:
        """Take the line away."""
        with self._lock:
            self._write(self._wiped())

    def _draw(self, now: float, done: int) -> None:
        self._drawn = now
        text = self._describe(done)
        share = done / self._planned if self._planned else 1.0
        if len(text) + _BAR + 3 < shutil.get_terminal_size().columns:
            filled = round(min(share, 1.0) * _BAR)
            text = f"[{'#' * filled}{'-' * (_BAR - filled)}] {text}"
        wiped = self._wiped()
        self._width = len(text)
        self._write(f"{wiped}{text}")

    def _describe(self, done: int) -> str:
        words = [f"{self._label}: {done:,} of {self._planned:,}"]
        (began, before), (now, _) = self._seen[0], self._seen[-1]
        rate = (done - before) / (now - began) if now > began else 0.0
        if rate > 0:
            words.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s")  # noqa: PLR2004 (two digits are enough)
            if left := self._planned - done:
                words.append(f"{say_duration(left / rate)} left")
        return ", ".join(words)

    def _wiped(self) -> str:
        width, self._width = self._width, 0
        return f"\r{' ' * width}\r" if width else ""

    def _write(self, text: str) -> None:
        # A terminal that was closed is no reason to stop.
        with suppress(OSError, ValueError):
            self._file.write(text)
            self._file.flush()


def say_duration(seconds: float) -> str:
    """45 s, 12 min, 3 h 05 min."""
    if seconds < 90:  # noqa: PLR2004 (a minute and a half)
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"  # noqa: PLR2004 (as above)
