"""Dates as people write them, in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.words import load_words

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from generator.model import Language


def say_date(moment: datetime, language: Language) -> str:
    """A date as people write it: vrijdag 27 november 2026, Friday 27 November 2026."""
    return _format(moment, "EEEE d MMMM y", language)


def say_day(moment: datetime, language: Language) -> str:
    """A date without the day of the week, for lists: 27 november 2026, 27 November 2026."""
    return _format(moment, "d MMMM y", language)


def say_not_out(moment: datetime, language: Language, root: Path) -> str:
    """The mark of a letter that comes out at a moment to come, in the time zone of that moment."""
    words = load_words(root)[language]["site"]
    when = words["moment"].format(date=say_date(moment, language), hour=f"{moment:%H}", minute=f"{moment:%M}")
    return f"{words['not_out']} · {when}"


def _format(moment: datetime, form: str, language: Language) -> str:
    from babel.dates import format_date  # noqa: PLC0415 (4 MB, and who sends what is rendered needs none)

    return format_date(moment.date(), form, locale=language)
