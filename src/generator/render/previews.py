"""The latest emails as pages of `mkdocs serve`, for the person who is writing one. Never published."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.model import Artifact
from generator.render.emails import render_email
from generator.render.templating import render_template
from generator.render.words import WORDS

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Language

LATEST = 10
"""How many issues are shown: each is rendered again whenever a file is saved."""

FOLDER = PurePosixPath("preview")


def render_previews(newsletter: Newsletter, language: Language) -> tuple[Artifact, ...]:
    """The emails of the latest issues, drafts too, and a page that lists them."""
    editions = [issue.editions[language] for issue in newsletter.archive.issues[:LATEST]]
    page = render_template(newsletter.root, "page/preview.md", editions=editions, words=WORDS[language])
    artifacts = [Artifact(FOLDER / "index.md", page.encode())]
    for edition in editions:
        email, folder = render_email(newsletter, edition), FOLDER / str(edition.week) / language
        artifacts.append(Artifact(folder / "email.html", email.html.encode()))
        artifacts.append(Artifact(folder / "email.txt", email.text.encode()))
    return tuple(artifacts)
