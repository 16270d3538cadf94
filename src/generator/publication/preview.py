"""Find the letter that a preview shows, and write its page as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.content import load_newsletter
from generator.content.needs import need_letter, need_mailed_course, need_nothing
from generator.errors import AssembleError, RequestError
from generator.model import CourseStep
from generator.preview import find_week, list_weeks, write_lesson_preview, write_preview
from generator.sentences import say_no_letter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.content import Newsletter
    from generator.model import MailingId, Problem, Week


@dataclass(frozen=True, slots=True)
class KeptPreview:
    """A page that was written as files."""

    week: MailingId
    files: int
    ignored: Sequence[Problem]
    """In files that the letter does without."""


def keep_preview(root: Path, week: MailingId | None, folder: Path, now: datetime) -> KeptPreview:
    """Write the page of a letter or a lesson below a folder.

    Raises ContentError, and RequestError for a week without a letter or a project without a course.
    """
    if isinstance(week, CourseStep):
        return _keep_lesson(root, week, folder, now)
    newsletter = load_newsletter(root, now=now, needs=need_nothing)
    week = _choose(newsletter, week, now)
    newsletter.require(need_letter(root, week))
    issue = newsletter.archive.issue(week)
    if issue is None:  # pragma: no cover (then it has a problem, which was raised)
        raise RequestError(say_no_letter(root, week, list_weeks(newsletter)))
    published = write_preview(newsletter, issue, folder, now)
    return KeptPreview(week, len(published.written) + published.unchanged, newsletter.ignored)


def _keep_lesson(root: Path, step: CourseStep, folder: Path, now: datetime) -> KeptPreview:
    newsletter = load_newsletter(root, now=now, needs=need_mailed_course(root))
    lessons = [
        lesson
        for several in newsletter.playbook.lessons.values()
        for lesson in several
        if lesson.order == step.number
    ]
    if not lessons:
        raise RequestError("there are no lessons; write them, or begin with: generate course")
    published = write_lesson_preview(newsletter, lessons, folder)
    return KeptPreview(step, len(published.written) + published.unchanged, newsletter.ignored)


def _choose(newsletter: Newsletter, week: Week | None, now: datetime) -> Week:
    """A week that was named and has a letter, or that of the letter at hand."""
    if week is None:
        week = find_week(newsletter, now)
        if week is None:
            raise AssembleError("there is no letter yet; run `generate issue` to make the first one")
        return week
    if week not in (weeks := list_weeks(newsletter)):
        raise RequestError(say_no_letter(newsletter.root, week, weeks))
    return week
