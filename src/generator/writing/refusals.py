"""What the editor refuses, said in the language of its pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from generator.errors import GeneratorError
from generator.model import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.words import Words

TABLE = "write.refused"
"""The table of the sentences in `templates/words/`."""


class Refusal(GeneratorError):  # noqa: N818 (what the editor does, as a page is told)
    """Something that was asked for is not done; nothing was written."""

    def __init__(self, name: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST, **values: object) -> None:
        """`name` is the key of its sentence in TABLE, and `values` stand for the names in braces there."""
        super().__init__(name, values)
        self.name, self.status, self.values = name, status, values

    def say(self, words: Words, forms: Mapping[str, str] | None) -> str:
        """The sentence; `forms`: see Message. Raises TemplateError when there is none."""
        values = {
            key: value.say_in(forms) if isinstance(value, Message) else value
            for key, value in self.values.items()
        }
        return words[TABLE][self.name].format(**values)


class ChangedError(Refusal):
    """Another program has changed a file since the page read it."""

    def __init__(self, file: str, theirs: str, digest: str) -> None:
        """`theirs` is what stands in the file now, and `digest` its digest; both are empty when it is gone."""
        super().__init__("changed" if digest else "gone", HTTPStatus.CONFLICT, file=file)
        self.theirs, self.digest = theirs, digest
