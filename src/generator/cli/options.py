"""Options and arguments that several commands have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from generator.model import Week


LANGUAGE = click.Choice(["nl", "en"])
"""Readers have one of these."""


class WeekType(click.ParamType["Week"]):
    """A week, like 2026-W48."""

    name = "week"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Week:
        """Read a week, or say why there is no such week."""
        from generator.model import Week  # noqa: PLC0415 (--help does without)

        try:
            return Week.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
