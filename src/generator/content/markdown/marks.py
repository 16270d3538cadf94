"""What a Markdown text has in it: headings, links, images, footnotes, checklist items and code, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ITEM = re.compile(r"([ \t]*[-*+][ \t]+\[[ xX]\][ \t]+)(.*)(?<![ \t])[ \t]*\{:?[ \t]*#([\w-]+)[ \t]*\}[ \t]*")


class Span(NamedTuple):
    """A part of a text: its line in the file, and its characters, counted from the beginning of the text."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of any level, as its author wrote it, without the marks and attributes around it."""

    level: int
    text: str
    anchor: str
    """The id that it has on a page: the one that is written out, or the one that is made from its words."""
    line: int
    height: int = 1
    """How many lines it takes: two when it is underlined."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image that readers get."""

    target: str
    text: str
    """As it is written; what stands for the image when `image` is true."""
    image: bool
    line: int
    words: Span | None = None
    """Where `text` stands."""
    address: Span | None = None
    """Where the target stands, also in a definition like `[name]: target`; None when it is an attribute."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line `- [ ] text { #id }`; the id may be forgotten."""

    id: str | None
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Code:
    """Code in a line or in a block of its own, which refers to nothing."""

    text: str
    block: bool
    place: Span | None


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything in one text that points somewhere or can be pointed at, in the order in which it stands there."""

    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    footnotes: tuple[tuple[str, int], ...] = ()
    """Where a footnote is referred to, whether the text explains it or not: its label, and the line."""
    defined: Mapping[str, int] = field(default_factory=dict)
    """The footnotes that the text itself explains, each with the line."""
    empty: Mapping[str, int] = field(default_factory=dict)
    """Those of them without a word."""
    items: tuple[Item, ...] = ()
    anchors: frozenset[str] = frozenset()
    """What a link to a page made from this text can lead to."""
    code: tuple[Code, ...] = ()
    html: tuple[tuple[str, int], ...] = ()
    """Raw HTML that is no comment: the beginning of the first tag of a line."""
    comments: tuple[tuple[str, int], ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The facts that are cited, each once, in order."""
        return tuple(dict.fromkeys(note for note, _ in self.footnotes if note not in self.defined))


class Block(NamedTuple):
    """The lines of a text in which one thing is said."""

    kind: str
    """`heading`, `paragraph`, `item` or `row`."""
    line: int
    last: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as its readers get it, where its author wrote it."""

    marks: Marks
    words: str
    """The text with spaces for everything that readers do not get as words; these stay where they are."""
    blocks: tuple[Block, ...]


def hide_code(markdown: str, marks: Marks) -> str:
    """The text with spaces for its code; everything else stays where it is."""
    parts, done = [], 0
    for place in sorted(code.place for code in marks.code if code.place):
        if place.start >= done:
            parts += [markdown[done : place.start], re.sub(r"[^\n]", " ", markdown[place.start : place.end])]
            done = place.end
    return "".join([*parts, markdown[done:]])


def rewrite_links(markdown: str, marks: Marks, rewrite: Callable[[str], str]) -> str:
    """Replace the target of each link and image by what `rewrite(target)` returns."""
    targets = {link.address: link.target for link in marks.links if link.address}
    parts, done = [], 0
    for place, old in sorted(targets.items(), key=lambda target: target[0].start):
        if place.start >= done and (new := rewrite(old)) != old:
            parts += [markdown[done : place.start], new]
            done = place.end
    return "".join([*parts, markdown[done:]])


def rewrite_items(markdown: str, marks: Marks, item: Callable[[str, str, str], str]) -> str:
    """Replace each line `- [ ] text { #id }` by what `item(beginning, text, id)` returns; `marks` begin at line 1."""
    lines = markdown.split("\n")
    for found in marks.items:
        if match := _ITEM.fullmatch(lines[found.line - 1]):
            lines[found.line - 1] = item(match[1], match[2], match[3])
    return "\n".join(lines)


def split_sections(markdown: str, marks: Marks, first_line: int) -> list[tuple[str, str, int]]:
    """The `##` sections of a text: heading, what stands below it, and the line of the heading.

    What stands above the first heading comes first, under the heading "".
    """
    lines = markdown.split("\n")
    cuts = [("", first_line, 0)]
    cuts += [(found.text, found.line, found.height) for found in marks.headings if found.level == 2]  # noqa: PLR2004
    ends = [line for _, line, _ in cuts[1:]] + [first_line + len(lines)]
    return [
        (heading, "\n".join(lines[line + height - first_line : end - first_line]), line)
        for (heading, line, height), end in zip(cuts, ends, strict=True)
    ]
