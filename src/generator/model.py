"""The words of this product as frozen values.

Nothing here reads, writes or knows a library. A value that exists is right: whoever makes one has checked it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path, PurePosixPath


class Language(StrEnum):
    """A language that readers read; the first one is the default, and is published at the root of the site."""

    NL = "nl"
    EN = "en"

    @property
    def prefix(self) -> str:
        """The folder of this language on the site: empty, or ending in a slash."""
        return "" if self is Language.NL else f"{self.value}/"


@dataclass(frozen=True, order=True, slots=True)
class Week:
    """An ISO 8601 week, the id of an issue."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read `2026-W48`. Raises ValueError, with a sentence for a person, when there is no such week."""
        match = re.fullmatch(r"([12]\d{3})-W(\d{2})", text, re.ASCII)
        if match is None:
            raise ValueError(f"“{text}” is not a week; write it like 2026-W48")
        week = cls(int(match[1]), int(match[2]))
        try:
            date.fromisocalendar(week.year, week.number, 1)
        except ValueError:
            raise ValueError(
                f"there is no week {text}: {week.year} has {weeks_in(week.year)} weeks"
            ) from None
        return week

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that a day is in."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def friday(self) -> date:
        """The day on which the letter of this week goes out."""
        return date.fromisocalendar(self.year, self.number, 5)

    def next(self) -> Week:
        """The week after this one."""
        return Week.of(self.friday + timedelta(weeks=1))

    def __str__(self) -> str:
        """As in a folder name: 2026-W48."""
        return f"{self.year:04}-W{self.number:02}"


def weeks_in(year: int) -> int:
    """How many ISO weeks a year has, 52 or 53: 28 December is always in the last one."""
    return date(year, 12, 28).isocalendar().week


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a person should mend: where it is, what was found and what was expected."""

    path: Path
    line: int | None
    message: str
    rule: str | None = None
    """The id of the check that found it, when an editor may waive it; problems without one always block."""

    def __str__(self) -> str:
        """`path:line: message`, which editors and terminals make clickable."""
        place = str(self.path) if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Section:
    """A `##` section of a text: its heading, what stands below it, and the line of the heading in its file."""

    heading: str
    markdown: str
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One act that a reader can tick; the id is the same in every language and never changes."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the playbook that is not a certainty, such as the glossary."""

    language: Language
    name: str
    """The path below the language's folder, without `.md`: `about-the-numbers`."""
    title: str
    summary: str
    markdown: str
    source: Path
    line: int
    """The line of the file on which `markdown` begins."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """One of the seven certainties in one language."""

    language: Language
    id: str
    order: int
    title: str
    summary: str
    sections: tuple[Section, ...]
    items: tuple[ChecklistItem, ...]
    source: Path

    @property
    def markdown(self) -> str:
        """The text of the page below its front matter."""
        return "\n\n".join(f"## {section.heading}\n\n{section.markdown.strip()}" for section in self.sections)

    @property
    def page(self) -> str:
        """The path of its page below the language's folder."""
        return f"certainties/{self.id}.md"


@dataclass(frozen=True, slots=True)
class Thought:
    """A short text of the author about one certainty, with the actions it leads to."""

    language: Language
    certainty: str
    slug: str
    title: str
    summary: str
    actions: tuple[str, ...]
    sources: tuple[str, ...]
    markdown: str
    source: Path
    line: int
    """The line of the file on which `markdown` begins."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A finding that may be cited, how far it reaches, and where it stands."""

    id: str
    certainty: str
    name: Mapping[Language, str]
    claim: Mapping[Language, str]
    limits: Mapping[Language, str]
    source: str
    doi: str | None
    doi_checked: bool
    url: str | None
    verified: str
    """What we saw of it ourselves: `yes` the study or its abstract, `secondary` a quotation, `no` nothing yet."""
    use: str
    """`cite`, `context` (only with its limits) or `avoid` (never)."""


@dataclass(frozen=True, slots=True)
class Playbook:
    """All that readers find on the site, and all that letters are made from."""

    certainties: Mapping[Language, tuple[Certainty, ...]]
    pages: Mapping[Language, tuple[Page, ...]]
    thoughts: Mapping[Language, tuple[Thought, ...]]
    facts: Mapping[str, Fact]

    def certainty(self, language: Language, certainty_id: str) -> Certainty:
        """The page of one certainty. Raises KeyError when there is none."""
        for certainty in self.certainties[language]:
            if certainty.id == certainty_id:
                return certainty
        raise KeyError(certainty_id)

    def item(self, language: Language, item_id: str) -> tuple[Certainty, ChecklistItem]:
        """A checklist item and the certainty that it belongs to. Raises KeyError when there is none."""
        for certainty in self.certainties[language]:
            for item in certainty.items:
                if item.id == item_id:
                    return certainty, item
        raise KeyError(item_id)


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
    def page(self) -> str:
        """The path of its page below the language's folder."""
        return f"archive/{self.week}.md"

    @property
    def markdown(self) -> str:
        """The text of the letter below its front matter."""
        return "\n\n".join(f"## {section.heading}\n\n{section.markdown.strip()}" for section in self.sections)


@dataclass(frozen=True, slots=True)
class Issue:
    """One week's letter in every language."""

    week: Week
    editions: Mapping[Language, Edition]

    @property
    def certainty(self) -> str:
        """The certainty it is about, the same in every language."""
        return self.editions[Language.NL].certainty

    @property
    def thought(self) -> str:
        """The slug of the thought it was made from, the same in every language."""
        return self.editions[Language.NL].thought

    @property
    def draft(self) -> bool:
        """Whether any of its editions is not yet meant for readers."""
        return any(edition.draft for edition in self.editions.values())


@dataclass(frozen=True, slots=True)
class Archive:
    """All issues, newest first."""

    issues: tuple[Issue, ...]

    def issue(self, week: Week) -> Issue | None:
        """The issue of a week, or None when it was not written yet."""
        return next((issue for issue in self.issues if issue.week == week), None)

    def until(self, moment: datetime) -> Archive:
        """The issues that were published by then."""
        return Archive(
            tuple(issue for issue in self.issues if issue.editions[Language.NL].published <= moment)
        )

    def editions(self, language: Language, certainty: str | None = None) -> Iterator[Edition]:
        """What readers may read in a language, newest first; of one certainty when it is named."""
        for issue in self.issues:
            if not issue.draft and certainty in {None, issue.certainty}:
                yield issue.editions[language]


@dataclass(frozen=True, slots=True)
class Email:
    """An edition as it is delivered: the parts a person can open, and the message that carries both."""

    edition: Edition
    html: str
    text: str
    message: bytes = field(repr=False)
    """A complete RFC 5322 message with CRLF line ends."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """Finished bytes, and the path where they belong below the folder that they are published to."""

    path: PurePosixPath
    content: bytes | Path = field(repr=False)
    """The bytes, or for a picture the file that holds them."""
