"""When a form was shown, in the form itself and signed.

Scanners of mail open links, and some press the buttons that they find, all within a blink. Nobody else reads and
presses within a second; who does is asked once more.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from generator.subscribers.store.keys import MOMENT

if TYPE_CHECKING:
    from generator.subscribers.store.keys import Keys

SHORTEST = timedelta(seconds=1)
"""In which a person may have read a button."""


def sign_moment(keys: Keys, now: datetime) -> str:
    """What a form says of when it was shown."""
    return keys.sign(MOMENT, str(round(now.timestamp() * 1000)))


def was_read(keys: Keys, moment: str, now: datetime) -> bool:
    """Whether a form was on the screen long enough to be read."""
    shown = keys.read(MOMENT, moment)
    return shown is not None and now - datetime.fromtimestamp(int(shown) / 1000, UTC) >= SHORTEST
