"""What a person should mend."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from generator.model.messages import NOTHING, Message

if TYPE_CHECKING:
    from pathlib import Path


class Severity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    """The letter does not go out."""
    WARNING = "warning"
    """The letter may go out; somebody should have looked."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a person should mend: where it is, what was found and what was expected."""

    path: Path
    line: int | None
    message: Message
    rule: str | None = None
    """The id of the rule that found it, when an editor may waive it; problems without one always block."""
    severity: Severity = Severity.ERROR
    column: int | None = None
    """The first character that is meant, counted from 1; None for the whole line."""
    length: int = 0
    """How many characters are meant."""
    remedy: Message = NOTHING
    """One sentence on how to mend it, when the message does not say that already."""
    cure: str = ""
    """The one text that should stand there instead, when the rule knows it."""
    waived: str = ""
    """The reason for which an editor lets it pass; it then counts no more."""

    def __str__(self) -> str:
        """`path:line: message`, which editors and terminals make clickable."""
        return f"{self.place}: {self.message}"

    @property
    def place(self) -> str:
        """The file, and the line where there is one."""
        return str(self.path) if self.line is None else f"{self.path}:{self.line}"

    @property
    def blocks(self) -> bool:
        """Whether the letter must not go out like this."""
        return self.severity is Severity.ERROR and not self.waived
