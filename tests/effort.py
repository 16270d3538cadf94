"""How work grows with what it is given. Nothing is timed: a busy machine slows both sizes down alike."""

import gc
import time
from collections.abc import Callable

TIMES = 8
"""How much larger the large size is: work that is linear grows by 8, and work that is quadratic by 64."""
MOST = 30
MEASURABLE = 0.1
"""Seconds of this thread on a processor below which a clock tells nothing; quadratic work is far above it."""


def assert_linear(work: Callable[[int], object], size: int) -> None:
    """See that the work at a size is about eight times the work at an eighth of it, and not sixty-four times."""
    grown = []
    for _ in range(3):
        small, large = (_measure(work, part) for part in (size // TIMES, size))
        if large < max(MOST * small, MEASURABLE):
            return
        grown.append(f"{large / small:.0f}")
    raise AssertionError(f"the work grows by {', '.join(grown)} when the text is {TIMES} times as long")


def _measure(work: Callable[[int], object], size: int) -> float:
    gc.disable()  # how long a collection takes depends on everything else that is in memory
    try:
        began = time.thread_time()
        work(size)
        return time.thread_time() - began
    finally:
        gc.enable()
