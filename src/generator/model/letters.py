"""The weekly letters: as they are written, rendered, delivered and recorded."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from generator.model.playbook import count_minutes, count_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path, PurePosixPath

    from generator.model.playbook import Language, Section
    from generator.model.weeks import MailingId, Week


@dataclass(frozen=True, slots=True)
class Image:
    """A picture beside an issue: its name in the folder, where it stands, and its size in pixels."""

    name: str
    source: Path
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Edition:
    """An issue in one language, as a person wrote it."""

    week: Week
    language: Language
    title: str
    subject: str
    summary: str
    certainty: str
    thought: str
    actions: tuple[str, ...]
    published: datetime
    updated: datetime
    """The same as `published` until a correction says otherwise."""
    draft: bool
    waive: Mapping[str, str]
    """Checks that do not count for this edition, each with the reason."""
    sections: tuple[Section, ...]
    images: Mapping[str, Image]
    source: Path

    @property
    def mailing(self) -> MailingId:
        """What the ledger calls the mailing that sends it."""
        return self.week

    @property
    def page(self) -> str:
        """The path of its page below the language's folder."""
        return f"archive/{self.week}.md"

    @property
    def tag(self) -> str:
        """What names it in ids that never change."""
        return f"issue/{self.week}"

    @property
    def markdown(self) -> str:
        """The text of the letter below its front matter."""
        return "\n\n".join(f"## {section.heading}\n\n{section.body}" for section in self.sections)

    @property
    def words(self) -> int:
        """How many words a reader reads, headings included."""
        return count_words(self.markdown)

    @property
    def minutes(self) -> int:
        """How long reading it takes, in whole minutes and at least one."""
        return count_minutes(self.words)


@dataclass(frozen=True, slots=True)
class Issue:
    """One week's letter in every language."""

    week: Week
    editions: Mapping[Language, Edition]
    """The default language first."""
    skipped: bool = False
    """Whether the settings skip its week, and nothing says that readers have it already."""

    @property
    def first(self) -> Edition:
        """Its edition in the default language."""
        return next(iter(self.editions.values()))

    @property
    def certainty(self) -> str:
        """The certainty it is about, the same in every language."""
        return self.first.certainty

    @property
    def thought(self) -> str:
        """The slug of the thought it was made from, the same in every language."""
        return self.first.thought

    @property
    def draft(self) -> bool:
        """Whether any of its editions is not yet meant for readers."""
        return any(edition.draft for edition in self.editions.values())

    @property
    def kept(self) -> bool:
        """Whether it is kept from readers: a draft, or the letter of a week that is skipped."""
        return self.skipped or self.draft


@dataclass(frozen=True)
class Archive:
    """All issues, newest first."""

    issues: tuple[Issue, ...]

    def issue(self, week: Week) -> Issue | None:
        """The issue of a week, or None when it was not written yet."""
        return self._by_week.get(week)

    def until(self, moment: datetime) -> Archive:
        """The issues that were published by then."""
        return Archive(tuple(issue for issue in self.issues if issue.first.published <= moment))

    def editions(self, language: Language, certainty: str | None = None) -> Iterator[Edition]:
        """What readers may read in a language, newest first; of one certainty when it is named."""
        for issue in self._open:
            if certainty in {None, issue.certainty}:
                yield issue.editions[language]

    def before(self, edition: Edition) -> Iterator[Edition]:
        """The letters before an edition, in its language and out by its moment, newest first."""
        for issue in islice(self._open, len(self._open) - bisect_left(self._weeks, edition.week), None):
            other = issue.editions[edition.language]
            if other.published <= edition.published:
                yield other

    def beside(self, edition: Edition) -> tuple[Edition | None, Edition | None]:
        """The letters after an edition and before it, in its language; None where there is none."""
        last = len(self._open)
        newer, older = (
            last - bisect_right(self._weeks, edition.week),
            last - bisect_left(self._weeks, edition.week),
        )
        return (
            self._open[newer - 1].editions[edition.language] if newer else None,
            self._open[older].editions[edition.language] if older < last else None,
        )

    def number(self, edition: Edition) -> int:
        """Which letter of its language an edition is, from 1; of one that is kept from readers, which it will be."""
        return 1 + bisect_left(self._weeks, edition.week)

    # Each letter asks for its neighbours and its number: without these, twenty years of letters take as long as their
    # number squared.

    @cached_property
    def _by_week(self) -> Mapping[Week, Issue]:
        return {issue.week: issue for issue in reversed(self.issues)}

    @cached_property
    def _open(self) -> tuple[Issue, ...]:
        """Those that readers may read."""
        return tuple(issue for issue in self.issues if not issue.kept)

    @cached_property
    def _weeks(self) -> list[Week]:
        """Their weeks, the oldest first."""
        return [issue.week for issue in reversed(self._open)]


@dataclass(frozen=True, slots=True)
class Email:
    """An edition as it is delivered: the parts a person can open, and the message that carries both."""

    edition: Edition
    html: str
    text: str
    message: bytes = field(repr=False)
    """A complete RFC 5322 message with CRLF line ends."""


@dataclass(frozen=True, slots=True)
class Release:
    """An edition as it went out: the id of its feed entry, a digest of what readers read, and its date of change."""

    id: str
    digest: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class Artifact:
    """Finished bytes, and the path where they belong below the folder that they are published to."""

    path: PurePosixPath
    content: bytes | Path = field(repr=False)
    """The bytes, or for a picture the file that holds them."""
