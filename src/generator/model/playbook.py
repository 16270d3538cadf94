"""What readers find on the site, and what letters are made from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from generator.model.weeks import CourseStep

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from generator.model.weeks import MailingId, Week


class Language(str):
    """The code of a language, such as `nl`: a string, and so the same key wherever it was read."""

    __slots__ = ()


ENGLISH = Language("en")
"""What the program speaks with editors and operators, whichever languages readers have."""


class Languages(tuple[Language, ...]):  # noqa: SLOT001 (a tuple can have none that are not empty)
    """The languages of a project, the default one first: its pages stand at the root of the site."""

    names: Mapping[Language, str]
    """Their names in English."""

    def __new__(cls, names: Mapping[Language, str]) -> Self:
        """Take the languages in the order of their names."""
        languages = super().__new__(cls, names)
        languages.names = names
        return languages

    def __getnewargs__(self) -> tuple[Mapping[Language, str]]:
        """What another process makes them from again."""
        return (self.names,)

    @property
    def default(self) -> Language:
        """The first language, in which everything is at the root."""
        return self[0]

    @property
    def others(self) -> tuple[Language, ...]:
        """Every language but the default one."""
        return self[1:]

    @property
    def editors(self) -> Language:
        """The language in which editors see titles among our messages: English where there is any."""
        return ENGLISH if ENGLISH in self else self.default

    def prefix(self, language: Language) -> str:
        """The folder of a language on the site: empty for the default one, or ending in a slash."""
        return "" if language == self.default else f"{language}/"

    def find(self, code: str) -> Language | None:
        """The language with this code, or None."""
        return next((language for language in self if language == code), None)


MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
"""As a season names them, in every language."""


_NOT_READ = re.compile(r"\[\^[^\[\]]+\]|\]\([^()]*\)|\{[^{}]*\}")
_WORD = re.compile(r"\w[\w’'-]*")
_PACE = 200
"""Words that are read in a minute."""


def count_words(markdown: str) -> int:
    """The words that a reader reads of a text, without footnotes, addresses and the marks of Markdown."""
    return len(_WORD.findall(_NOT_READ.sub(" ", markdown)))


def count_minutes(words: int) -> int:
    """How long reading so many words takes, in whole minutes and at least one."""
    return max(1, -(-words // _PACE))


@dataclass(frozen=True, slots=True)
class Section:
    """A `##` section of a text: its heading, what stands below it, and the line of the heading in its file."""

    heading: str
    markdown: str
    line: int = field(compare=False)

    @property
    def body(self) -> str:
        """Its Markdown without the empty lines around it. Spaces at the beginning mean something."""
        return self.markdown.strip("\n")

    @property
    def words(self) -> int:
        """How many words a reader reads below its heading."""
        return count_words(self.markdown)


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
    heading: str
    """What stands at its top in large letters; most often the title."""


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
        return "\n\n".join(f"## {section.heading}\n\n{section.body}" for section in self.sections)

    @property
    def minutes(self) -> int:
        """How long reading it takes, in whole minutes."""
        return count_minutes(count_words(self.markdown))

    @property
    def page(self) -> str:
        """The path of its page below the language's folder."""
        return f"certainties/{self.id}.md"


@dataclass(frozen=True, slots=True)
class Template:
    """A text to copy, with when to use it and what not to do with it."""

    language: Language
    certainty: str
    slug: str
    title: str
    summary: str
    items: tuple[str, ...]
    """The checklist items that it helps with."""
    markdown: str
    source: Path
    line: int
    """The line of the file on which `markdown` begins."""

    @property
    def page(self) -> str:
        """The path of its page below the language's folder."""
        return f"templates/{self.slug}.md"


@dataclass(frozen=True, slots=True)
class Aspect:
    """What the assessment asks about every certainty: the idea, the strategy or the execution."""

    id: str
    name: str
    anchors: tuple[str, ...]
    """The answers, each worth as many points as stand before it: the first one none."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The questions by which readers see where they stand, in one language."""

    language: Language
    aspects: tuple[Aspect, ...]
    unknown: str
    """The answer of who does not know: no points, and shown apart."""
    questions: Mapping[str, Mapping[str, str]]
    """By certainty, and then by aspect."""
    source: Path


@dataclass(frozen=True, slots=True)
class Thought:
    """A short text of the author about one certainty, with the actions it leads to."""

    language: Language
    certainty: str
    slug: str
    title: str
    summary: str
    action: str
    """What the reader does this week, in one sentence: when I …, I …"""
    actions: tuple[str, ...]
    sources: tuple[str, ...]
    markdown: str
    source: Path
    line: int
    """The line of the file on which `markdown` begins."""
    season: tuple[str, ...] = ()
    """Months (`december`) and ISO weeks (`W01`) in which it fits best; empty for all of them."""
    against: bool = False
    """Whether it argues against the usual advice, with evidence."""

    def suits(self, week: Week) -> bool:
        """Whether the letter of a week comes in its season."""
        return bool({MONTHS[week.friday.month - 1], f"W{week.number:02}"} & {*self.season})


@dataclass(frozen=True, slots=True)
class Lesson:
    """A step of the course: one certainty, with one thing to do. It reads like a letter, and belongs to no week."""

    language: Language
    certainty: str
    order: int
    """Which step of the course it is, from 1."""
    title: str
    summary: str
    action: str
    """What the reader does this week, in one sentence: when I …, I …"""
    actions: tuple[str, ...]
    """The id of its one checklist item."""
    sources: tuple[str, ...]
    published: datetime
    updated: datetime
    """The same as `published` until a correction says otherwise."""
    sections: tuple[Section, ...]
    """The sections of a letter: what the author wrote, and the action above its item."""
    source: Path

    @property
    def mailing(self) -> MailingId:
        """What the ledger calls the mailing that sends it."""
        return CourseStep(self.order)

    @property
    def subject(self) -> str:
        """Of its mail."""
        return self.title

    @property
    def page(self) -> str:
        """The path of its page below the language's folder."""
        return f"course/{self.certainty}.md"

    @property
    def tag(self) -> str:
        """What names it in ids that never change."""
        return f"lesson/{self.certainty}"

    @property
    def markdown(self) -> str:
        """Its text, as that of a letter."""
        return "\n\n".join(f"## {section.heading}\n\n{section.body}" for section in self.sections)

    @property
    def minutes(self) -> int:
        """How long reading it takes, in whole minutes and at least one."""
        return count_minutes(count_words(self.markdown))


@dataclass(frozen=True, slots=True)
class Draft:
    """A thought that is not finished: no letter is made from it, and what is wrong with it stops nothing."""

    certainty: str
    slug: str
    sources: Mapping[Language, Path]
    """Its files; one of them may still be missing."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A finding that may be cited, how far it reaches, and where it stands."""

    id: str
    certainty: str
    name: Mapping[Language, str]
    claim: Mapping[Language, str]
    limits: Mapping[Language, str]
    studied: Mapping[Language, str]
    """Who or what was studied, how, and when."""
    concludes: Mapping[Language, str]
    """What its own authors make of it."""
    business: str
    """Whether it studied business customers: `yes`, `partly`, `no` or `unknown`."""
    stance: str
    """How its authors’ conclusion stands to the usual advice: `against`, `qualifies`, `supports` or `silent`."""
    source: str
    doi: str | None
    doi_checked: bool
    url: str | None
    verified: str
    """What we saw of it ourselves: `yes` the study or its abstract, `secondary` a quotation, `no` nothing yet."""
    use: str
    """`cite`, `context` (only with its limits) or `avoid` (never)."""
    caveat: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    """For use in context: the phrases of which one stands in every paragraph that cites it."""


@dataclass(frozen=True, slots=True)
class Playbook:
    """All that readers find on the site, and all that letters are made from."""

    certainties: Mapping[Language, tuple[Certainty, ...]]
    pages: Mapping[Language, tuple[Page, ...]]
    assessment: Mapping[Language, Assessment]
    thoughts: Mapping[Language, tuple[Thought, ...]]
    facts: Mapping[str, Fact]
    drafts: tuple[Draft, ...] = ()
    """Thoughts that are not finished, and so not among the thoughts."""
    templates: Mapping[Language, tuple[Template, ...]] = field(default_factory=dict)
    """By certainty, and then by item."""
    lessons: Mapping[Language, tuple[Lesson, ...]] = field(default_factory=dict)
    """The course, in the order of its steps; all of them, or none."""

    @property
    def first_thoughts(self) -> tuple[Thought, ...]:
        """Those in the default language; what is chosen by is the same in all."""
        return next(iter(self.thoughts.values()))

    def certainty(self, language: Language, certainty_id: str) -> Certainty:
        """The page of one certainty. Raises KeyError when there is none."""
        for certainty in self.certainties[language]:
            if certainty.id == certainty_id:
                return certainty
        raise KeyError(certainty_id)

    def thought(self, language: Language, certainty_id: str, slug: str | None) -> Thought | None:
        """A thought, or None when there is none of that name: a letter may outlive what it was made from."""
        for thought in self.thoughts[language]:
            if (thought.certainty, thought.slug) == (certainty_id, slug):
                return thought
        return None

    def templates_for(self, language: Language, *item_ids: str) -> tuple[Template, ...]:
        """The templates that help with any of these items."""
        return tuple(one for one in self.templates[language] if not {*item_ids}.isdisjoint(one.items))

    def item(self, language: Language, item_id: str) -> tuple[Certainty, ChecklistItem]:
        """A checklist item and the certainty that it belongs to. Raises KeyError when there is none."""
        for certainty in self.certainties[language]:
            for item in certainty.items:
                if item.id == item_id:
                    return certainty, item
        raise KeyError(item_id)


@dataclass(frozen=True, slots=True)
class Style:
    """The house style in one language: what editors have added to dictionary and list of clichés."""

    words: frozenset[str] = frozenset()
    """Words that are right though no dictionary has them."""
    cliches: tuple[str, ...] = ()
    """Phrases that no letter uses, in small letters."""
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What readers search for, and the words that our pages use for it; in small letters."""
    terms: Mapping[str, str] = field(default_factory=dict)
    """Phrases that have a better word, in small letters, and that word."""
