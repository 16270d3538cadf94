"""What a person should mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a person should mend: where it is, what was found and what was expected."""

    path: Path
    line: int | None
    message: str
    rule: str | None = None
    """The id of the check that found it, when an editor may waive it; problems without one always block."""

    def __str__(self) -> str:
        """`path:line: message`, which editors and terminals make clickable."""
        place = str(self.path) if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.message}"
