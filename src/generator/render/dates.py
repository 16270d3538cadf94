"""Dates and names of languages as people write them, in each language."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.words import load_words

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from babel import Locale

    from generator.model import Language


def say_date(moment: datetime, language: Language) -> str:
    """A date as people write it: vrijdag 27 november 2026, Friday 27 November 2026."""
    return _format(moment, "EEEE {day}", language)


def say_day(moment: datetime, language: Language) -> str:
    """A date without the day of the week, for lists: 27 november 2026, 27 November 2026."""
    return _format(moment, "{day}", language)


def say_month(number: int, language: Language) -> str:
    """A month in short, by its number from 1: mrt, Mar."""
    return str(_find_locale(language).months["format"]["abbreviated"][number]).rstrip(".")


def say_not_out(moment: datetime, language: Language, root: Path) -> str:
    """The mark of a letter that comes out at a moment to come, in the time zone of that moment."""
    words = load_words(root)[language]["site"]
    when = words["moment"].format(date=say_date(moment, language), hour=f"{moment:%H}", minute=f"{moment:%M}")
    return f"{words['not_out']} · {when}"


def say_language(language: Language, here: Language) -> str:
    """The name of a language, in a language: Engels, English."""
    return str(_find_locale(here).languages.get(language, language))


def _format(moment: datetime, form: str, language: Language) -> str:
    from babel.dates import format_date  # noqa: PLC0415 (4 MB, and who sends what is rendered needs none)

    locale = _find_locale(language)
    return format_date(moment.date(), form.format(day=locale.date_formats["long"].pattern), locale=locale)


@lru_cache(maxsize=16)
def _find_locale(language: Language) -> Locale:
    """The locale of a language, in its international form where there is one: English has the day first."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 (the same)

    for name in (f"{language}_001", language):
        with suppress(UnknownLocaleError):
            return Locale.parse(name)
    return Locale.parse("en_001")
