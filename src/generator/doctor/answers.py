"""The result of an examination."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Condition(StrEnum):
    """How serious an answer is."""

    OK = "ok"
    ADVICE = "advice"
    """Letters are sent and arrive; with this, more people can trust them."""
    WARNING = "warning"
    """Letters are sent, but some may not arrive, or a fault may go unnoticed."""
    ERROR = "error"
    """Letters are not sent, or are refused."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one examination found."""

    subject: str
    condition: Condition
    found: str
    remedy: str = ""
    """What to do; empty for OK."""


def well(subject: str, found: str) -> Answer:
    """An OK: nothing has to be done."""
    return Answer(subject, Condition.OK, found)


def advise(subject: str, found: str, remedy: str) -> Answer:
    """ADVICE: nothing is wrong, and something can be better."""
    return Answer(subject, Condition.ADVICE, found, remedy)


def warn(subject: str, found: str, remedy: str) -> Answer:
    """A WARNING: it works, but not well."""
    return Answer(subject, Condition.WARNING, found, remedy)


def fail(subject: str, found: str, remedy: str) -> Answer:
    """An ERROR: it cannot work like this."""
    return Answer(subject, Condition.ERROR, found, remedy)
