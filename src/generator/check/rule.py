"""Rules: each asks one question about a letter or a thought, and yields what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from generator.model import Message, Severity

S_contra = TypeVar("S_contra", contravariant=True)
"""What a rule examines: a Manuscript or a Proof."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the Markdown source of a text."""

    line: int = 1
    column: int | None = None
    """The first character, counted from 1; None for the whole line."""
    length: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule has found: where, and in one sentence what."""

    message: Message
    spot: Spot = Spot()
    severity: Severity | None = None
    """None for the severity of the rule."""
    cure: str = ""
    """The one text that should stand there instead, when the rule knows it."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[S_contra]):
    """A question that every letter must answer. Its section in newsletter/CHECKS.md has its id as heading."""

    id: str
    severity: Severity
    remedy: Message
    """How to mend what it finds, in one sentence."""
    check: Callable[[S_contra], Iterable[Finding]]
    """Its docstring is one sentence that states what must hold."""
