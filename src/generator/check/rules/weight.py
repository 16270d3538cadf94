"""What the email weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.check.rule import Finding, Rule
from generator.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.check.proofs import Proof

HEAVY, CLIPPED = 80_000, 100_000
"""Gmail clips a message at about 102 KB of HTML, and hides what comes after it, the unsubscribe link included."""


def check_size(proof: Proof) -> Iterator[Finding]:
    """The HTML is small enough to arrive whole."""
    size = len(proof.email.html.encode())
    if size > HEAVY:
        severity = Severity.ERROR if size > CLIPPED else Severity.WARNING
        yield Finding(
            f"the email has {size / 1000:.0f} KB of HTML; Gmail clips it at 102 KB", severity=severity
        )


PROOF_RULES: tuple[Rule[Proof], ...] = (Rule("size", Severity.ERROR, "Shorten the letter.", check_size),)
