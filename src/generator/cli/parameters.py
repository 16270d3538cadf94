"""The types of options and arguments. Each refuses a value in a sentence of ours that names what is taken."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.errors import TemplateError
from generator.sentences import join_words

if TYPE_CHECKING:
    from collections.abc import Sequence


class WholeNumber(click.IntRange):
    """A whole number between bounds."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the number. Raises UsageError."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise _refuse(f"a whole number {self._describe_range()}", value, param, ctx) from None

    def _describe_range(self) -> str:
        return _say_range(self.min, self.max)


class Number(click.FloatRange):
    """A number between bounds, with or without decimals."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the number. Raises UsageError."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise _refuse(f"a number {self._describe_range()}", value, param, ctx) from None

    def _describe_range(self) -> str:
        return _say_range(self.min, self.max)


class OneOf(click.Choice[str]):
    """One of a few words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the word. Raises UsageError."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise _refuse(join_words(map(str, self.choices), "or"), value, param, ctx) from None


class ReaderLanguage(click.ParamType[str]):
    """One of the languages of the project."""

    name = "language"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:  # noqa: ARG002
        """The codes of the languages, where there is a project that has some."""
        try:
            return f"[{'|'.join(_list_languages(ctx))}]"
        except (click.UsageError, TemplateError):
            return "LANGUAGE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the code. Raises UsageError, and TemplateError when the words of the project cannot be read."""
        languages = _list_languages(ctx)
        if value in languages:
            return str(value)
        raise _refuse(join_words(languages, "or"), value, param, ctx)


def _list_languages(context: click.Context | None) -> Sequence[str]:
    from generator.words import load_languages  # noqa: PLC0415 (`--help` answers before it has loaded)

    return load_languages(context.obj.root) if context else ()


LANGUAGE = ReaderLanguage()
"""The language of a reader."""

STATUS = OneOf(["unconfirmed", "confirmed", "unsubscribed", "bounced", "complained"])
"""The status of a subscriber."""


class FilePath(click.ParamType[Path]):
    """A file to read or to write, which need not exist; `-` stays as it is."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Read the path. Raises UsageError when it is a folder."""
        path = Path(value)
        if os.path.isdir(path):  # noqa: PTH112 (it raises nothing)
            raise click.UsageError(f"{say_parameter(param)}: “{value}” is a folder; expected a file", ctx)
        return path


class FolderPath(click.ParamType[Path]):
    """A folder."""

    name = "folder"

    def __init__(self, *, exists: bool = False) -> None:
        """Take only a folder that exists, when asked to."""
        self._exists = exists

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Read the path. Raises UsageError when it is a file, or does not exist and must."""
        path = Path(value)
        if os.path.isdir(path):  # noqa: PTH112 (it raises nothing)
            return path
        name = say_parameter(param)
        if os.path.lexists(path):
            raise click.UsageError(f"{name}: “{value}” is a file; expected a folder", ctx)
        if self._exists:
            raise click.UsageError(f"{name}: the folder “{value}” does not exist", ctx)
        return path


def say_parameter(parameter: click.Parameter | None) -> str:
    """An option as a person types it, or the name of an argument as the usage line has it."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return ((parameter and (parameter.metavar or parameter.name)) or "the command").upper().strip("[].")


def _refuse(
    taken: str, value: object, param: click.Parameter | None, ctx: click.Context | None
) -> click.UsageError:
    return click.UsageError(f"{say_parameter(param)} takes {taken}, and not “{value}”", ctx)


def _say_range(least: float | None, most: float | None) -> str:
    return f"from {least:g}" if most is None else f"from {least:g} to {most:g}"
