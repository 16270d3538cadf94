"""The line below the name of the letter, on its page and in its mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.model import LESSONS
from generator.render.dates import say_date
from generator.words import load_words

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Edition, Lesson


def say_masthead(newsletter: Newsletter, edition: Edition) -> str:
    """Which letter it is, its date, and how long it takes: “nr 4 · vrijdag 27 november 2026 · 1 minuut”."""
    words, minutes = load_words(newsletter.root)[edition.language]["site"], edition.minutes
    # A letter that cannot be read today was sent all the same, and keeps its number.
    unread = sum(week < edition.week for week in newsletter.list_unread())
    date = say_date(edition.published.astimezone(newsletter.settings.timezone), edition.language)
    return " · ".join(
        (
            words["number"].format(number=newsletter.archive.number(edition) + unread),
            date,
            words["minute"] if minutes == 1 else words["minutes"].format(number=minutes),
        )
    )


def say_lesson(newsletter: Newsletter, lesson: Lesson) -> str:
    """Which lesson it is, and how long it takes: “De cursus · les 3 van 7 · 1 minuut”."""
    words, minutes = load_words(newsletter.root)[lesson.language], lesson.minutes
    return " · ".join(
        (
            words["course"]["masthead"].format(number=lesson.order, of=LESSONS),
            words["site"]["minute"] if minutes == 1 else words["site"]["minutes"].format(number=minutes),
        )
    )
