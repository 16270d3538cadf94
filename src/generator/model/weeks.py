"""The weeks that letters are named after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True, slots=True)
class Week:
    """An ISO 8601 week, the id of an issue."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read `2026-W48`. Raises ValueError, with a sentence for a person, when there is no such week."""
        match = re.fullmatch(r"([12]\d{3})-W(\d{2})", text, re.ASCII)
        if match is None:
            raise ValueError(f"“{text}” is not a week; write it like 2026-W48")
        week = cls(int(match[1]), int(match[2]))
        try:
            date.fromisocalendar(week.year, week.number, 1)
        except ValueError:
            raise ValueError(
                f"there is no week {text}; {week.year} has {weeks_in(week.year)} weeks"
            ) from None
        return week

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that a day is in."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def friday(self) -> date:
        """The day on which the letter of this week goes out."""
        return date.fromisocalendar(self.year, self.number, 5)

    def next(self) -> Week:
        """The week after this one."""
        return Week.of(self.friday + timedelta(weeks=1))

    def __str__(self) -> str:
        """As in a folder name: 2026-W48."""
        return f"{self.year:04}-W{self.number:02}"


def weeks_in(year: int) -> int:
    """How many ISO weeks a year has, 52 or 53: 28 December is always in the last one."""
    return date(year, 12, 28).isocalendar().week
