"""The preview written to files, to show to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.atomic import publish_artifacts
from generator.check import check_issue
from generator.errors import PublishError
from generator.render.preview.previews import MARK, PAGE, render_preview

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from generator.atomic import Published
    from generator.content import Newsletter
    from generator.model import Issue


def write_preview(newsletter: Newsletter, issue: Issue, folder: Path, now: datetime) -> Published:
    """Write the preview of an issue to files, as it is at the moment `now`.

    Raises PublishError for a folder that contains anything but a preview, and ContentError when a letter cannot be
    rendered.
    """
    try:
        ours = not folder.exists() or not any(folder.iterdir()) or MARK in (folder / PAGE).read_text("utf-8")
    except (OSError, ValueError):
        ours = False
    if not ours:
        raise PublishError(f"{folder} contains other files than a preview; choose an empty or a new folder")
    return publish_artifacts(render_preview(newsletter, issue, check_issue(newsletter, issue), now), folder)
