"""What a mailing tells while it is at work, in the order in which it happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from generator.model import Mailing, MailingId, Progress, Tally
    from generator.watch.findings import Finding


@dataclass(frozen=True, slots=True)
class Waiting:
    """The window of the letter is not open yet, and the sender waits for it. Nothing is frozen."""

    week: MailingId
    opens: datetime
    """In the time zone of the letter."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """Another letter than the one that is sent now was due, and was not sent."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class Frozen:
    """The letter and its audience are frozen."""

    mailing: Mailing


@dataclass(frozen=True, slots=True)
class Reopened:
    """Letters were planned again."""

    progress: Progress
    """What they were before."""
    again: int
    kept: int
    """How many stay what they were, because their readers get no letters any more."""


@dataclass(frozen=True, slots=True)
class Started:
    """A run begins."""

    week: MailingId
    before: Tally
    relay: str
    """Its name, without a password."""
    connections: int


@dataclass(frozen=True, slots=True)
class Advanced:
    """A few times a second, as long as a run lasts."""

    done: int
    """How many letters of the mailing are settled."""


@dataclass(frozen=True, slots=True)
class Delayed:
    """Something holds a run up."""

    why: str
    """A sentence for a person."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """The operator could not be told of the letter."""

    why: str
    """A clause."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A run is over, well or not. No Advanced or Delayed of it follows."""


Event: TypeAlias = Waiting | Overdue | Frozen | Reopened | Started | Advanced | Delayed | Unheard | Ended

Tell: TypeAlias = Callable[[Event], None]
"""Is called in the thread that called the use case, but for Delayed: that comes from any thread."""


def tell_nobody(_: Event) -> None:
    """For those who wait for the result."""
