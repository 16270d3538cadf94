"""A text as its author wrote it: every word of it with its line and column, and without the marks of Markdown."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from generator.assemble import write_edition
from generator.check.rule import Spot
from generator.content.documents import find_fences
from generator.content.markdown.marks import hide_code
from generator.content.markdown.reader import read_text
from generator.reading import exists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from generator.content import Newsletter
    from generator.content.markdown.marks import Marks, Reading, Span
    from generator.model import Edition, Language, Lesson, Thought

_MARKUP = re.compile(
    r"\{:?[ \t]*(?:[#.]|[\w-]+=)[^{}\n]*\}"
    r"|\b(?:https?://|www\.|mailto:)\S+|(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+"
)
"""What is no word of the text, though readers get it: addresses, ids and other attributes."""
_ENDS = re.compile(r"(?<![.!?…])[.!?…]++[”’\"')]*+(?=\s+[\"“‘'(]*[A-ZÀ-Þ0-9]|\s*\Z)|:(?=\s*\n)")
_KEY = re.compile(r"([A-Za-z_]+):[ \t]*([\"']?)")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W_]+)*")


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A heading, a paragraph, an item or a key: its words stand where they stand in the file, marks are spaces."""

    manuscript: Manuscript
    name: str
    """The key, or the heading of the section that it is in; empty above the first one."""
    kind: str
    """`key`, `heading`, `paragraph`, `item` or `row`."""
    text: str
    start: int | None
    """Where it begins in the file; None when the author wrote it in a way that hides that."""
    line: int

    def spot(self, start: int = 0, end: int | None = None) -> Spot:
        """Where a part of `text` stands."""
        if self.start is None:
            return Spot(self.line)
        stop = len(self.text.rstrip()) if end is None else end
        return self.manuscript.spot(self.start + start, self.start + stop)

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], Spot]]:
        """Each match of a pattern in the text, and where it stands."""
        for match in pattern.finditer(self.text):
            yield match, self.spot(match.start(), match.end())

    def words(self) -> Iterator[tuple[re.Match[str], Spot]]:
        """Each word, with its hyphens and apostrophes; numbers are none."""
        return self.find(_WORD)

    def sentences(self) -> Iterator[tuple[str, Spot]]:
        """Each sentence, and where it stands; a full stop ends one when what follows can begin another."""
        start = 0
        for end in (*(match.end() for match in _ENDS.finditer(self.text)), len(self.text)):
            sentence = self.text[start:end]
            if sentence.strip():
                first = start + len(sentence) - len(sentence.lstrip())
                yield sentence.strip(), self.spot(first, first + len(sentence.strip()))
            start = end


@dataclass(frozen=True, eq=False)
class Manuscript:
    """A letter, a thought or a lesson as its author wrote it."""

    newsletter: Newsletter
    language: Language
    source: Path
    title: str
    subject: str
    summary: str
    text: str
    """The whole file, front matter included."""
    certainty: str = ""
    """The one that it is about."""
    suggests: bool = True
    """Whether rules look for words that may have been meant: that takes longer than all the rest."""

    @cached_property
    def body(self) -> int:
        """Where the text below the front matter begins."""
        _, end = find_fences(self.text)
        return end.end() if end else len(self.text)

    @cached_property
    def marks(self) -> Marks:
        """The headings, links, footnotes and items of the text, each with its line in the file."""
        return self._reading.marks

    @cached_property
    def uncoded(self) -> str:
        """The text below the front matter: code is spaces, and everything else stays where it is."""
        return hide_code(self.text[self.body :], self.marks)

    @cached_property
    def masked(self) -> str:
        """The same, where the marks of Markdown are spaces too."""
        return _MARKUP.sub(lambda match: " " * len(match[0]), self._reading.words)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The headings, paragraphs, items and rows of the text, in order."""
        return tuple(self._split())

    @cached_property
    def fields(self) -> Mapping[str, Passage]:
        """The title, the subject and the summary; what the author left out stands where its value comes from."""
        found = {"title": self._field("title", self.title), "summary": self._field("summary", self.summary)}
        found["subject"] = self._field("subject", self.subject) if "subject" in self._keys else found["title"]
        return found

    @property
    def everything(self) -> tuple[Passage, ...]:
        """What the author wrote: title, subject when it is another one, summary, and the text."""
        return (*dict.fromkeys(self.fields.values()), *self.passages)

    def line_of(self, key: str) -> int:
        """The line of a key of the front matter; the first one when the author left it out."""
        return self._keys.get(key, (1, 0))[0]

    def line_of_waiver(self, rule: str) -> int:
        """The line below `waive` on which a rule stands; that of `waive` when it is written in another way."""
        start = self._keys.get("waive", (1, 0))[1]
        match = re.compile(rf"^[ ]+[\"']?{re.escape(rule)}[\"']?:", re.MULTILINE).search(
            self.text, start, self.body
        )
        return self.spot(match.start(), match.end()).line if match else self.line_of("waive")

    def spot(self, start: int, end: int) -> Spot:
        """The place of a part of the file."""
        line = bisect_right(self._breaks, start - 1) + 1
        column = start - (self._breaks[line - 2] + 1 if line > 1 else 0) + 1
        length = (self.text[start:end].partition("\n")[0]).rstrip()
        return Spot(line, column, len(length))

    def spot_of(self, span: Span | None, line: int) -> Spot:
        """The place of a part of the text; its line alone when the author wrote it in a way that hides the rest."""
        return self.spot(self.body + span.start, self.body + span.end) if span else Spot(line)

    def locate(self, words: str) -> Spot:
        """Where some words of the rendered letter stand in its source; the first line when they cannot be found."""
        beginning = " ".join(words.split())[:40]
        start = self.text.find(beginning) if beginning else -1
        return Spot() if start < 0 else self.spot(start, start + len(beginning))

    @cached_property
    def _breaks(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]

    @cached_property
    def _keys(self) -> dict[str, tuple[int, int]]:
        """Of each key of the front matter its line, and where its value begins."""
        found: dict[str, tuple[int, int]] = {}
        start = 0
        for number, line in enumerate(self.text[: self.body].split("\n"), start=1):
            if match := _KEY.match(line):
                found.setdefault(match[1], (number, start + match.end()))
            start += len(line) + 1
        return found

    def _field(self, key: str, value: str) -> Passage:
        line, start = self._keys.get(key, (1, 0))
        exact = bool(start) and self.text.startswith(value, start)
        return Passage(self, key, "key", value, start if exact else None, line)

    @cached_property
    def _reading(self) -> Reading:
        return read_text(self.text[self.body :], self.text.count("\n", 0, self.body) + 1)

    def _split(self) -> Iterator[Passage]:
        starts, section = [0, *(start + 1 for start in self._breaks), len(self.text) + 1], ""
        sections = {heading.line: heading.text for heading in self.marks.headings if heading.level == 2}  # noqa: PLR2004
        for block in self._reading.blocks:
            section = sections.get(block.line, section)
            start, end = starts[block.line - 1], starts[block.last] - 1
            text = self.masked[start - self.body : end - self.body]
            if text.strip():
                yield Passage(self, section, block.kind, text, start, block.line)


def read_letter(newsletter: Newsletter, edition: Edition, *, suggests: bool = True) -> Manuscript:
    """The manuscript of an edition; of one that was only assembled, the file that it would be."""
    text = _read(edition.source) if exists(edition.source) else write_edition(edition)
    return Manuscript(
        newsletter,
        edition.language,
        edition.source,
        edition.title,
        edition.subject,
        edition.summary,
        text,
        edition.certainty,
        suggests,
    )


def read_thought(newsletter: Newsletter, thought: Thought | Lesson, *, suggests: bool = True) -> Manuscript:
    """The manuscript of a thought or of a lesson, whose title becomes the subject of a letter."""
    text = _read(thought.source)
    return Manuscript(
        newsletter,
        thought.language,
        thought.source,
        thought.title,
        thought.title,
        thought.summary,
        text,
        thought.certainty,
        suggests,
    )


def _read(source: Path) -> str:
    return source.read_text("utf-8-sig")  # with LF line ends, as `reading` has it; it was read before
