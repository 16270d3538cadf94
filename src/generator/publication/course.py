"""Start the course: a missing lesson is assembled from the page of its certainty, for an editor to go on with."""

from __future__ import annotations

import json
import os.path
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.atomic import publish_together
from generator.content.certainties import IDS, list_headings
from generator.content.documents import load_fields
from generator.content.markdown.marks import rewrite_links
from generator.content.markdown.reader import read_marks
from generator.content.pages.course import FOLDER, LessonFields
from generator.model import Artifact
from generator.reading import exists
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.content import Newsletter
    from generator.model import Certainty, ChecklistItem, Language

_BOLD = re.compile(r"\A\*\*((?:(?!\*\*).)+)\*\*(?=\n\n|\Z)", re.DOTALL)
"""The idea of a certainty in one sentence, with which its page begins."""
_CHOICE = re.compile(r"^1\.[ \t]+(.+(?:\n[ \t]+\S.*)*)", re.MULTILINE)
"""The first choice of a list, with the lines that go on below it."""


@dataclass(frozen=True, slots=True)
class StartedCourse:
    """What was written, below the root of the project, and how many lessons there were already."""

    files: Sequence[PurePosixPath]
    kept: int


def start_course(newsletter: Newsletter, now: datetime) -> StartedCourse:
    """Write every lesson that is missing; nothing that exists is touched.

    `newsletter` has the pages of the certainties, at least. Raises PublishError when nothing can be written.
    """
    root, languages = newsletter.root, newsletter.settings.languages
    published = now.astimezone(newsletter.settings.timezone).replace(second=0, microsecond=0)
    made: list[Artifact] = []
    kept = 0
    for certainty in IDS:
        paths = {language: PurePosixPath(FOLDER, f"{certainty}.{language}.md") for language in languages}
        item = _find_item(root, paths)
        for language, path in paths.items():
            if exists(root / path):
                kept += 1
                continue
            page = newsletter.playbook.certainty(language, certainty)
            made.append(Artifact(path, _assemble(newsletter, page, item, published).encode()))
    publish_together({}, new={root: made})
    return StartedCourse([artifact.path for artifact in made], kept)


def _find_item(root: Path, paths: Mapping[Language, PurePosixPath]) -> str:
    """The item of a lesson that exists in one language; empty when it exists in none."""
    for path in paths.values():
        fields = load_fields(root / path, LessonFields, []) if exists(root / path) else None
        if fields:
            return fields.actions[0]
    return ""


def _assemble(newsletter: Newsletter, page: Certainty, item_id: str, published: datetime) -> str:
    """The file of a lesson: idea, one choice, one action and one item of the page of its certainty."""
    words = load_words(newsletter.root)[page.language]["course"]
    item = next((one for one in page.items if one.id == item_id), page.items[0])
    strategy = list_headings(newsletter.root, page.language)["strategy"]
    choice = next((_CHOICE.search(one.body) for one in page.sections if one.heading == strategy), None)
    parts = [_BOLD.sub(r"\1", page.sections[0].body)]
    if choice:
        parts.append(f"{words['choice']} {choice[1]}")
    text = _move("\n\n".join(parts), page.source.parent, newsletter.root / FOLDER)
    return _write(page, text, words["action"].format(item=_lower(item)), item, published)


def _lower(item: ChecklistItem) -> str:
    """The text of an item, as the end of a sentence."""
    return item.text[:1].lower() + item.text[1:]


def _move(markdown: str, here: Path, there: Path) -> str:
    """A text whose links lead from another folder to the same files."""

    def move(target: str) -> str:
        name, hash_, anchor = target.partition("#")
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", target) or not name:
            return target
        return os.path.relpath(here / name, there).replace(os.sep, "/") + hash_ + anchor

    return rewrite_links(markdown, read_marks(markdown), move)


def _write(page: Certainty, text: str, action: str, item: ChecklistItem, published: datetime) -> str:
    keys = {
        "title": _quote(page.title),
        "summary": _quote(page.summary),
        "action": _quote(action),
        "actions": f"[{item.id}]",
        "sources": f"[{', '.join(dict.fromkeys(read_marks(text).sources))}]",
        "published": published.isoformat(),
    }
    front = "\n".join(f"{key}: {value}" for key, value in keys.items())
    return f"---\n{front}\n---\n\n{text}\n"


def _quote(text: str) -> str:
    """A YAML string in double quotes, which holds colons and quotes alike (YAML 1.2 contains JSON)."""
    return json.dumps(text, ensure_ascii=False)
