"""The languages that readers read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class Language(str):
    """The code of a language, such as `nl`: a string, and so the same key wherever it was read."""

    __slots__ = ()


ENGLISH = Language("en")
"""What the program speaks with editors and operators, whichever languages readers have."""


class Languages(tuple[Language, ...]):  # noqa: SLOT001 (a tuple can have none that are not empty)
    """The languages of a project, the default one first: its pages stand at the root of the site."""

    names: Mapping[Language, str]
    """Their names in English."""

    def __new__(cls, names: Mapping[Language, str]) -> Self:
        """Take the languages in the order of their names."""
        languages = super().__new__(cls, names)
        languages.names = names
        return languages

    def __getnewargs__(self) -> tuple[Mapping[Language, str]]:
        """What another process makes them from again."""
        return (self.names,)

    @property
    def default(self) -> Language:
        """The first language, in which everything is at the root."""
        return self[0]

    @property
    def others(self) -> tuple[Language, ...]:
        """Every language but the default one."""
        return self[1:]

    @property
    def editors(self) -> Language:
        """The language in which editors see titles among our messages: English where there is any."""
        return ENGLISH if ENGLISH in self else self.default

    def prefix(self, language: Language) -> str:
        """The folder of a language on the site: empty for the default one, or ending in a slash."""
        return "" if language == self.default else f"{language}/"

    def find(self, code: str) -> Language | None:
        """The language with this code, or None."""
        return next((language for language in self if language == code), None)
