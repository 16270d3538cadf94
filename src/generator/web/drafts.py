"""A form as somebody filled it in, to show it again when something is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.model import Language


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as somebody filled it in."""

    email: str = ""
    language: Language | None = None
    certainties: tuple[str, ...] = ()
    mistake: str = ""
    """What is wrong with the address; empty when nothing is."""

    def differs(self, language: Language) -> bool:
        """Whether somebody chose what most leave as it is on a page in this language."""
        return self.language not in {None, language} or bool(self.certainties)
