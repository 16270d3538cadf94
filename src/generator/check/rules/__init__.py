"""The rules, one module for each subject. A new module in this folder is found by itself.

A module has `MANUSCRIPT_RULES`, about what the author wrote, or `PROOF_RULES`, about what readers get, or both.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from generator.model import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof
    from generator.check.rule import Rule
    from generator.model import Severity


def _find(kind: str) -> tuple[Any, ...]:
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    return tuple(rule for module in modules for rule in getattr(module, kind, ()))


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = _find("MANUSCRIPT_RULES")
"""What is asked of letters, of thoughts and of lessons."""
PROOF_RULES: tuple[Rule[Proof], ...] = _find("PROOF_RULES")
"""What is asked of letters."""
RULES: Mapping[str, Severity] = {
    **{rule.id: rule.severity for rule in MANUSCRIPT_RULES},
    **{rule.id: rule.severity for rule in PROOF_RULES},
}
"""All rules by the id under which an editor may waive them."""
RETIRED: Mapping[str, Message] = {
    "contrast": Message("a letter has no colours of its own, and a test looks after those of the templates"),
}
"""Rules of earlier versions, and why no letter needs them; an old letter may still waive one."""
