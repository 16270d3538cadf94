"""For every rule a bad and a good example: what is changed in the sample, and the line that the rule must name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from generator.check.proofs import Proof

LETTER = "newsletter/issues/2026-W45/nl.md"
"""What an edit changes when it does not name another file of the sample."""


@dataclass(frozen=True)
class Edit:
    """Replace `old`, which stands once in a file of the sample, by `new`."""

    old: str
    new: str
    file: str = LETTER

    def apply(self, root: Path) -> None:
        path = root / self.file
        text = path.read_text("utf-8") if path.exists() else ""
        assert text.count(self.old) == 1 or not (text or self.old), f"{self.old!r} in {self.file}"
        path.write_text(text.replace(self.old, self.new, 1) if self.old else self.new, "utf-8")


@dataclass(frozen=True)
class Example:
    """A mistake that a rule must find, and the same place done right."""

    bad: tuple[Edit, ...] = ()
    at: str = ""
    """What stands on the line that the problem names; empty for the first line."""
    good: tuple[Edit, ...] = ()
    """Instead of `bad`; without any, the sample as it stands is the good example."""
    file: str = LETTER
    """The letter that is checked."""
    alter: Callable[[Proof], None] | None = None
    """Spoil the rendered letter, where no editor can: `proof.__dict__["email"] = replace(proof.email, …)`."""
