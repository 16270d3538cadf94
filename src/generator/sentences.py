"""Sentences that several commands say: a number with its noun, an enumeration, a moment, why a week has no letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.model import Message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo
    from pathlib import Path

    from generator.model import Week


def count(number: int, noun: str) -> str:
    """A number with its noun: 1 problem, 2 problems."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def join_words(words: Iterable[str], conjunction: str = "and") -> str:
    """The words of an enumeration: nl.md and en.md; text, json or github."""
    *others, last = words
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def say_moment(moment: datetime, zone: tzinfo) -> str:
    """2026-11-27 07:00:00, on the clock of a time zone."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def say_day(local: datetime) -> str:
    """Friday 27 November 2026 at 07:00."""
    return f"{local:%A} {local.day} {local:%B %Y} at {local:%H:%M}"


def say_no_letter(root: Path, week: Week, weeks: Iterable[Week]) -> str:
    """The message for a week without a letter: it is skipped, or how to make one and which week nearby has one."""
    if is_skipped(root, week):
        return say_skipped(week)
    return f"there is no letter of {week}{_say_nearest(week, weeks)}; run `generate issue {week}` to make it"


def is_skipped(root: Path, week: Week) -> bool:
    """Whether the settings of a project skip a week. Problems of the settings are reported elsewhere."""
    from generator.settings import load_settings  # noqa: PLC0415 (it needs what --help does without)

    settings = load_settings(root, [])
    return settings is not None and settings.skips(week)


def say_skipped(week: Week) -> Message:
    """The message for a week that the settings skip."""
    from generator.settings import PATH  # noqa: PLC0415 (as above)

    return Message("{} skips {}; to make or send its letter, remove the week from “skip”", PATH, week)


def say_kept(week: Week) -> str:
    """The message for a week that the settings skip although it has a letter."""
    from generator.settings import PATH  # noqa: PLC0415 (as above)

    return f"{week} is skipped in {PATH}; its letter is kept, and not sent"


def say_how_to_keep(week: Week) -> str:
    """The advice for the letter of a skipped week that readers already have."""
    return f"If readers have it, run `generate release {week}`"


def say_never_sent(root: Path, week: Week, weeks: Iterable[Week]) -> str:
    """The message for a letter of which no mailing exists. `weeks` are the weeks that have one."""
    from generator.content.archive import list_written  # noqa: PLC0415 (as above)

    written = list_written(root)
    if week not in written:
        return say_no_letter(root, week, written)
    if is_skipped(root, week):
        return say_kept(week)
    return f"the letter of {week} has not been sent{_say_nearest(week, weeks)}; run `newsletter send {week}` to send it"


def _say_nearest(week: Week, weeks: Iterable[Week]) -> str:
    nearest = min(weeks, key=lambda one: (abs(one.friday - week.friday), one < week), default=None)
    return f"; the nearest is {nearest}" if nearest else ""
