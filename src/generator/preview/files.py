"""The preview written to files, to show to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.atomic import publish_artifacts
from generator.check import check_issue, check_thought
from generator.errors import PublishError
from generator.render.preview.previews import MARK, PAGE, render_lesson_preview, render_preview

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.atomic import Published
    from generator.content import Newsletter
    from generator.model import Issue, Lesson


def write_preview(newsletter: Newsletter, issue: Issue, folder: Path, now: datetime) -> Published:
    """Write the preview of an issue to files, as it is at the moment `now`.

    Raises PublishError for a folder that contains anything but a preview, and ContentError when a letter cannot be
    rendered.
    """
    _refuse_others(folder)
    return publish_artifacts(render_preview(newsletter, issue, check_issue(newsletter, issue), now), folder)


def write_lesson_preview(newsletter: Newsletter, lessons: Sequence[Lesson], folder: Path) -> Published:
    """Write the preview of a lesson in each language to files. Raises as `write_preview` does."""
    _refuse_others(folder)
    problems = [problem for lesson in lessons for problem in check_thought(newsletter, lesson)]
    return publish_artifacts(render_lesson_preview(newsletter, lessons, problems), folder)


def _refuse_others(folder: Path) -> None:
    try:
        ours = not folder.exists() or not any(folder.iterdir()) or MARK in (folder / PAGE).read_text("utf-8")
    except (OSError, ValueError):
        ours = False
    if not ours:
        raise PublishError(f"{folder} contains other files than a preview; choose an empty or a new folder")
