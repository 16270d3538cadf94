"""The project of an editor, kept in memory: after a save, only the texts that changed are read again."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.cache import Cache
from generator.content import load_newsletter, read_ground
from generator.content.archive import FOLDER as ISSUES
from generator.content.needs import need_letter, need_nothing, need_thought
from generator.errors import ContentError
from generator.preview import digest_files
from generator.render.preview.views import render_views

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.clock import Clock
    from generator.content import Ground, Newsletter
    from generator.content.documents import Document
    from generator.model import Issue, Problem
    from generator.writing.texts import Text


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files hold, or why they cannot be read."""

    newsletter: Newsletter | None
    problems: Sequence[Problem] = ()


class Project:
    """The folder of a project. Who reads or writes its texts holds the lock."""

    def __init__(self, root: Path, clock: Clock) -> None:
        """Nothing is read yet."""
        self.root, self.clock = root.resolve(), clock
        self.lock = threading.Lock()
        self.ours: set[str] = set()
        """The digests of all that this run wrote or began with; see save_text."""
        self.begun: set[str] = set()
        """The ids of the texts that were opened; what is in their files later, and is not ours, is somebody else's."""
        self.states: dict[str, str] = {}
        """How far a text was when it was last checked, by its id."""
        self._texts: Cache[Document[Any]] = Cache()
        self._letters: Cache[Document[Any]] = Cache()
        self._ground: Ground | None = None
        self._below: object = None
        self._key: object = None
        self._loaded = Loaded(None)
        self._frames: dict[str, tuple[object, dict[str, dict[str, bytes]]]] = {}

    def read(self, text: Text | None = None) -> Loaded:
        """The newsletter as the files are now; a thought that is asked about counts as finished."""
        own = text.files.values() if text and text.week is None else ()
        finished = frozenset(path.relative_to(self.root) for path in own)
        below = digest_files(self.root, without=ISSUES), finished
        key = below, digest_files(self.root, (ISSUES,))
        if self._ground is None or below != self._below:
            self._ground, self._below = read_ground(self.root, self._texts, finished), below
            self._texts = self._texts.again()
        if key != self._key:
            try:
                newsletter = load_newsletter(
                    self.root, self._letters, now=self.clock(), needs=need_nothing, ground=self._ground
                )
            except ContentError as error:
                self._loaded = Loaded(None, error.problems)
            else:
                self._loaded = Loaded(newsletter)
            self._letters = self._letters.again()
            self._key = key
        return self._loaded

    def require(self) -> Newsletter:
        """The newsletter. Raises ContentError when even the settings cannot be read."""
        loaded = self.read()
        if loaded.newsletter is None:
            raise ContentError(loaded.problems)
        return loaded.newsletter

    def find_obstacles(self, newsletter: Newsletter, text: Text) -> Sequence[Problem]:
        """What keeps a text from being rendered and checked."""
        if text.week:
            return newsletter.find_problems(need_letter(self.root, text.week))
        needs = need_thought(self.root, text.certainty)
        files = {path.relative_to(self.root) for path in text.files.values()}
        return newsletter.find_problems(lambda path: path in files or needs(path))

    def find_issue(self, text: Text) -> tuple[Newsletter, Issue] | None:
        """The letter that a text is, or None while it cannot be read."""
        newsletter = self.read().newsletter
        if newsletter is None or text.week is None or self.find_obstacles(newsletter, text):
            return None
        issue = newsletter.archive.issue(text.week)
        return (newsletter, issue) if issue else None

    def render(self, text: Text) -> dict[str, dict[str, bytes]]:
        """The frames of a letter, by language and name; while it cannot be read, those of when it could."""
        found = self.find_issue(text)
        key, frames = self._frames.get(text.id, (None, {}))
        if found is not None and key != self._key:
            newsletter, issue = found
            try:
                frames = {
                    str(one): render_views(newsletter, edition) for one, edition in issue.editions.items()
                }
            except (ContentError, OSError):  # a picture that has just gone
                return frames
            self._frames = {text.id: (self._key, frames)}  # an editor writes one letter at a time
        return frames
