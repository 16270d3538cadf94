"""Files → Newsletter: everything the renderers need, read and found right, or all that is wrong with it at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from generator.content.archive import load_archive
from generator.content.frontmatter import Texts
from generator.content.links import check_links
from generator.content.playbook import load_playbook
from generator.content.releases import load_releases
from generator.content.style import load_style
from generator.errors import ContentError
from generator.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.cache import Cache
    from generator.content.frontmatter import Document
    from generator.model import Archive, Language, Playbook, Problem, Release, Style, Week
    from generator.settings import Settings


@dataclass(frozen=True, slots=True)
class Newsletter:
    """The whole project as values."""

    root: Path
    """The folder of the project; every `source` of a text is below it."""
    settings: Settings
    playbook: Playbook
    archive: Archive
    style: Mapping[Language, Style]
    releases: Mapping[tuple[Week, Language], Release]
    """What readers have got already, as it went out."""


def load_newsletter(root: Path, documents: Cache[Document[Any]] | None = None) -> Newsletter:
    """Read the project in `root`; what has not changed since `documents` were kept is taken from there.

    Raises ContentError with every problem of every file, paths below `root`.
    """
    root = root.resolve()
    problems: list[Problem] = []
    texts = Texts(documents)
    settings = load_settings(root, problems)
    playbook = load_playbook(root, texts, problems)
    archive = load_archive(root, settings, playbook, texts, problems)
    style = load_style(root, problems)
    releases = load_releases(root, problems)
    check_links(root, texts, archive, playbook.facts, problems)
    if problems or settings is None:
        raise ContentError(
            [replace(problem, path=problem.path.relative_to(root)) for problem in _first_causes(problems)]
        )
    return Newsletter(root, settings, playbook, archive, style, releases)


def _first_causes(problems: list[Problem]) -> list[Problem]:
    """Each problem once, and none about a file in a folder that is wrong itself."""
    places = {problem.path for problem in problems}
    return [problem for problem in dict.fromkeys(problems) if places.isdisjoint(problem.path.parents)]
