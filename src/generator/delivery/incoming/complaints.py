"""A report that a reader called a letter spam (ARF: RFC 5965), as a feedback loop sends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.delivery.incoming.message import read_groups

if TYPE_CHECKING:
    from generator.delivery.incoming.message import Incoming

_COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list"}
"""Types that a person chose, who wants no more. Not: not-spam, virus, auth-failure (RFC 6591), other."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a provider reports about a letter."""

    kind: str
    """The Feedback-Type, in lower case, when it is one that counts; empty when it does not."""


def read_feedback(mail: Incoming) -> Feedback | None:
    """The complaint in an ARF report, or None: not a report."""
    for part in mail.parts:
        if part.kind == "message/feedback-report":
            for group in read_groups(part.content):
                kind = group.get("feedback-type", "").lower()
                if kind in _COMPLAINTS:
                    return Feedback(kind)
            return Feedback("")
    return None
