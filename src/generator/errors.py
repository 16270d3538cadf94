"""What can go wrong, seen from the person at the keyboard.

GeneratorError          the base: a person can mend it; the command line prints it and exits with 1
├── ContentError        what was read has problems: every one is listed, nothing was written
├── AssembleError       there is nothing to make an issue from
├── TemplateError       a template cannot be rendered
└── PublishError        the result could not be written; what was there before is whole

A bug is none of these: it stays a traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.model import Problem


class GeneratorError(Exception):
    """Something is not as the generator needs it, and a person can mend it."""


class ContentError(GeneratorError):
    """What was read has problems; nothing was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep all problems, ordered by file and line."""
        self.problems = tuple(sorted(problems, key=lambda problem: (str(problem.path), problem.line or 0)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class AssembleError(GeneratorError):
    """There is nothing to make an issue from."""


class TemplateError(GeneratorError):
    """A template cannot be rendered."""


class PublishError(GeneratorError):
    """The result could not be written; what was there before is whole."""
