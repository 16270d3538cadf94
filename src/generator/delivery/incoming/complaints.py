"""A report that a reader called a letter spam, as a feedback loop sends it: ARF (RFC 5965), and the forms beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.delivery.incoming.message import GLOBAL, read_groups

if TYPE_CHECKING:
    from generator.delivery.incoming.message import Incoming

_COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list"}
"""Types that a person chose, who wants no more. Not: not-spam, virus, auth-failure (RFC 6591), other."""

_WITHOUT_A_STANDARD = (
    re.compile(rb"^X-HmXmrOriginalRecipient:", re.IGNORECASE | re.MULTILINE),
    re.compile(
        rb"^This is an? (?:e-?mail )?(?:abuse|spam|complaint) (?:report|complaint)",
        re.IGNORECASE | re.MULTILINE,
    ),
)
"""What only a feedback loop writes: Microsoft's JMRP into the letter, and others above it."""

_SUBJECTS = re.compile(
    r"complaint about (?:a |your )?message from|(?:e-?mail|abuse|spam) (?:feedback|complaint|abuse) report\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a provider reports about a letter."""

    kind: str
    """The Feedback-Type, in lower case, when it is one that counts; empty when it does not."""


def read_feedback(mail: Incoming) -> Feedback | None:
    """The complaint in a report, or None: not a report."""
    for part in mail.parts:
        if part.kind == "message/feedback-report":
            for group in read_groups(part.content):
                kind = group.get("feedback-type", "").lower()
                if kind in _COMPLAINTS:
                    return Feedback(kind)
            return Feedback("")
    return Feedback("abuse") if _is_complaint(mail) else None


def _is_complaint(mail: Incoming) -> bool:
    """Whether a letter comes back with a complaint in a form without a standard."""
    if not any(part.kind in {"message/rfc822", "text/rfc822-headers"} | GLOBAL for part in mail.parts):
        return False
    return bool(_SUBJECTS.search(mail.header("Subject"))) or any(
        pattern.search(part.content) for part in mail.parts for pattern in _WITHOUT_A_STANDARD
    )
