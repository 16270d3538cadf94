"""The weeks that letters are named after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from generator.model.messages import Message


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
            raise ValueError(Message("“{}” is not a week; write it like 2026-W48", text))
        week = cls(int(match[1]), int(match[2]))
        try:
            date.fromisocalendar(week.year, week.number, 1)
        except ValueError:
            raise ValueError(
                Message("there is no week {}; {} has {} weeks", text, week.year, weeks_in(week.year))
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

    @property
    def name(self) -> str:
        """For a sentence."""
        return f"the letter of {self}"

    def __str__(self) -> str:
        """As in a folder name: 2026-W48."""
        return f"{self.year:04}-W{self.number:02}"


def weeks_in(year: int) -> int:
    """How many ISO weeks a year has, 52 or 53: 28 December is always in the last one."""
    return date(year, 12, 28).isocalendar().week


@dataclass(frozen=True, order=True, slots=True)
class CourseStep:
    """The mailing of a lesson: it goes on for years, to each reader of the course in their own week."""

    number: int
    """From 1, as in model.Course.step."""

    @classmethod
    def parse(cls, text: str) -> CourseStep:
        """Read `course-3`. Raises ValueError, with a sentence for a person, when there is no such lesson."""
        match = re.fullmatch(r"course-([1-9])", text, re.ASCII)
        if match is None or int(match[1]) > LESSONS:
            raise ValueError(
                Message("“{}” is not a lesson; write it like course-1, up to course-{}", text, LESSONS)
            )
        return cls(int(match[1]))

    @property
    def name(self) -> str:
        """For a sentence."""
        return f"lesson {self.number} of the course"

    def __str__(self) -> str:
        """As in the ledger: course-3."""
        return f"course-{self.number}"


LESSONS = 7
"""Of the course; one for each certainty: see content.certainties."""

MailingId = Week | CourseStep
"""What mailings are named after, in the ledger and in the tags of letters: 8 characters."""


def parse_mailing_id(text: str) -> MailingId:
    """Read `2026-W48` or `course-3`. Raises ValueError, with a sentence for a person."""
    return CourseStep.parse(text) if text.startswith("course") else Week.parse(text)


_LAST_LESSON_DAY = 4
"""Thursday (ISO weekday): Friday is for the letter, so nobody gets two mails on a day."""


def is_lesson_day(day: date) -> bool:
    """Whether lessons leave on this day: from Monday to Thursday."""
    return day.isoweekday() <= _LAST_LESSON_DAY


def next_lesson_day(day: date) -> date:
    """The first day after this one on which lessons leave."""
    following = day + timedelta(days=1)
    while not is_lesson_day(following):
        following += timedelta(days=1)
    return following
