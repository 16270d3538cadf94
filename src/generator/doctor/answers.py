"""What an examination says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Condition(StrEnum):
    """How things stand."""

    OK = "ok"
    WARNING = "warning"
    """Letters go out all the same; some may not arrive, or something is not seen in time."""
    ERROR = "error"
    """Letters do not go out, or are not taken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that was looked at."""

    subject: str
    condition: Condition
    found: str
    remedy: str = ""
    """What to do; empty when all is well."""


def well(subject: str, found: str) -> Answer:
    """Nothing has to be done."""
    return Answer(subject, Condition.OK, found)


def warn(subject: str, found: str, remedy: str) -> Answer:
    """It works, but not as well as it could."""
    return Answer(subject, Condition.WARNING, found, remedy)


def fail(subject: str, found: str, remedy: str) -> Answer:
    """It cannot work like this."""
    return Answer(subject, Condition.ERROR, found, remedy)
