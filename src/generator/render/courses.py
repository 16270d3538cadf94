"""How far somebody is in the course, as people say it."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from generator.model import LESSONS
from generator.render.dates import say_date
from generator.words import load_words

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from generator.model import Course, Language


def say_course(root: Path, language: Language, course: Course | None, day: date | None = None) -> str:
    """A part of a sentence: lesson 3 of 7, on or after Tuesday 8 December 2026. `day`: for another day than it is due.

    Raises TemplateError.
    """
    words = load_words(root)[language]["course"]
    if course is None:
        return words["none"]
    text = words["finished" if course.finished else course.state]
    text = text.replace("{number}", str(course.step)).replace("{count}", str(LESSONS))
    day = day or course.due
    return text.replace("{day}", say_date(datetime.combine(day, time()), language)) if day else text
