"""The files, folders and weeks that somebody has named to be checked."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from generator.content.archive import FOLDER as ISSUES
from generator.content.archive import list_written
from generator.errors import RequestError
from generator.model import Week
from generator.reading import did_you_mean, exists, is_file, is_folder, list_folder, walk_folder
from generator.sentences import say_no_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.content import Newsletter
    from generator.model import Edition

_TEXTS = ("docs", "newsletter")


@dataclass(frozen=True, slots=True)
class Selection:
    """Files and folders that somebody has named, below the root of the project; none are all of it."""

    paths: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was named."""
        return bool(self.paths)

    def holds(self, path: Path) -> bool:
        """Whether a file was named, or a folder above it."""
        return not self.paths or any(named == path or named in path.parents for named in self.paths)

    def needs(self, path: PurePath) -> bool:
        """Whether what is wrong with a file, or with a folder, is wrong with what was named."""
        return any(named == path or named in path.parents or path in named.parents for named in self.paths)

    def editions(self, newsletter: Newsletter) -> Iterator[Edition]:
        """The editions that were named."""
        for issue in newsletter.archive.issues:
            for edition in issue.editions.values():
                if self.holds(edition.source.relative_to(newsletter.root)):
                    yield edition


def find_selection(root: Path, targets: Sequence[str], here: Path) -> Selection:
    """What weeks and paths mean, paths as seen from `here`, a folder of the project, or from the root.

    Raises RequestError for what is not there.
    """
    return Selection(tuple(dict.fromkeys(_find(root, target, here) for target in targets)))


def _find(root: Path, target: str, here: Path) -> Path:
    for place in (here, root) if here.is_relative_to(root) else (root,):
        path = Path(os.path.realpath(place / target))
        if exists(path):
            if path == root:
                return Path()
            if path.is_relative_to(root) and path.relative_to(root).parts[0] in _TEXTS:
                picture = is_file(path) and path.suffix != ".md" and path.is_relative_to(root / ISSUES)
                return (path.parent if picture else path).relative_to(root)
            raise RequestError(f"“{target}” has no texts to check; texts are in {' and '.join(_TEXTS)}")
    names = [path.name for path in list_folder(root / ISSUES) if is_folder(path)]
    try:
        week = Week.parse(target)
    except ValueError as error:
        if re.fullmatch(r"\d{4}-W\d+", target, re.ASCII):
            raise RequestError(str(error)) from None
        texts = (path for name in _TEXTS for path in walk_folder(root / name) if path.suffix == ".md")
        known = {path.relative_to(root).as_posix() for path in texts}
        hint = did_you_mean(target, {*names, *known})
        raise RequestError(f"no such week or file: “{target}”{hint}") from None
    if str(week) in names:
        return Path(ISSUES, str(week))
    raise RequestError(say_no_letter(root, week, list_written(root)))
