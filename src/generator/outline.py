"""What the service needs of a project: its settings, and what the certainties are called. No text can stop it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generator.content.certainties import IDS, CertaintyFields
from generator.content.documents import load_fields
from generator.errors import ContentError
from generator.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.model import Language, Problem
    from generator.settings import Settings


@dataclass(frozen=True, slots=True)
class Outline:
    """A project without its texts."""

    root: Path
    settings: Settings
    titles: Mapping[Language, Mapping[str, str]]
    """Of the certainties, by id, in their order."""


def load_outline(root: Path) -> Outline:
    """Read the outline of the project in `root`. A certainty whose page cannot be read is called by its id.

    Raises ContentError with every problem of the settings, paths below `root`.
    """
    root = root.resolve()
    problems: list[Problem] = []
    settings = load_settings(root, problems)
    if settings is None:
        raise ContentError([replace(problem, path=problem.path.relative_to(root)) for problem in problems])
    titles = {
        language: {name: _find_title(root, language, name) for name in IDS} for language in settings.languages
    }
    return Outline(root, settings, titles)


def _find_title(root: Path, language: Language, name: str) -> str:
    path = root / "docs" / language / "certainties" / f"{name}.md"
    fields = load_fields(path, CertaintyFields, [])  # `generate check` tells what is wrong with it
    return fields.title if fields else name.capitalize()
