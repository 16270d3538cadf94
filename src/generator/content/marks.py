"""What a Markdown text refers to: headings, links, images, footnotes and checklist items, each with its line.

A scanner, no parser: it reads thousands of letters in a second, and only has to find what points elsewhere or can be
pointed at. Code between fences or backticks is skipped, because nothing in it is a reference.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Everything that may run over several lines stops at an empty one, as paragraphs do.
_TEXT = r"[^\[\]\\\n]|\\.|\n(?![ \t]*\n)"

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_CODE = re.compile(r"(?<![\\`])(`+)(?!`)(?:[^\n]|\n(?![ \t]*\n))+?(?<!`)\1(?!`)")
_HASHES = re.compile(r"^(#{1,6})[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_UNDERLINE = re.compile(r"\n(=+|-+) *(?=\n|\Z)")
_ATTRIBUTES = re.compile(r"\{:?[ ]*([^{}\n]*)\}")
_ID = re.compile(r"(?:^|\s)(?:#|id=[\"']?)([^\s\"'}]+)")
_ITEM = re.compile(
    r"^[ \t]*[-*+][ \t]+\[[ xX]\][ \t]+(.*?)[ \t]*(?:\{:?[ \t]*#([\w-]+)[ \t]*\}[ \t]*)?$", re.MULTILINE
)
_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]")
_EXPLAINED = re.compile(r"^[ ]{0,3}\[\^([^\]\s]+)\]:", re.MULTILINE)
_LINK = re.compile(
    rf"\[((?:{_TEXT}|\[(?:{_TEXT})*\])*)\]"
    r"\(\s*(<[^>\n]*>|(?:[^\s()\"]|\([^()]*\)|[ ](?![\"']))*)(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
_DEFINITION = re.compile(r"^[ ]{0,3}\[(?!\^)([^\[\]\n]+)\]:[ ]*\n?[ ]*(\S+)", re.MULTILINE)
_IMAGE_BY_NAME = re.compile(rf"(?<!\\)!\[((?:{_TEXT})*)\](?:\s?\[([^\]]*)\])?(?!\()")
_AUTOLINK = re.compile(
    r"<((?:https?|mailto|javascript|data|file|ftp):[^<>\s]*|[^@\s<>]+@[^@\s<>]+)>", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_HTML = re.compile(r"<(?:!--|/?[A-Za-z][A-Za-z0-9-]*(?=[\s/>]|\Z)|[!?])[^<>\n]{0,30}>?")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of any level; the id is there when it is written out."""

    level: int
    text: str
    id: str | None
    line: int
    height: int = 1
    """How many lines it takes: two when it is underlined."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image as it stands in the text."""

    target: str
    text: str
    image: bool
    line: int


@dataclass(frozen=True, slots=True)
class Item:
    """A line `- [ ] text { #id }`; the id may be forgotten."""

    id: str | None
    text: str
    line: int


@dataclass(slots=True)
class Marks:
    """Everything in one text that points somewhere or can be pointed at."""

    headings: list[Heading] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    footnotes: list[tuple[str, int]] = field(default_factory=list)
    defined: set[str] = field(default_factory=set)
    """The footnotes that the text itself explains."""
    items: list[Item] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    """All ids that are written out, those of headings and items included."""
    html: list[tuple[str, int]] = field(default_factory=list)
    """Raw HTML that is no comment: the beginning of the first tag of a line."""
    comments: list[tuple[str, int]] = field(default_factory=list)

    @property
    def sources(self) -> tuple[str, ...]:
        """The facts that are cited, each once, in order."""
        return tuple(dict.fromkeys(note for note, _ in self.footnotes if note not in self.defined))


def scan(markdown: str, first_line: int = 1) -> Marks:
    """Find the marks of a text whose first line is `first_line` of its file."""
    text = _mask_code(markdown)
    breaks = [match.start() for match in re.finditer("\n", text)]

    def line_of(position: int) -> int:
        return first_line + bisect_right(breaks, position - 1)

    marks = Marks()
    marks.headings += _find_headings(markdown, text, line_of)
    for match in _ITEM.finditer(text):
        marks.items.append(Item(match[2], markdown[match.start(1) : match.end(1)], line_of(match.start(1))))
    if "{" in text:
        marks.ids.update(_ID.findall(" ".join(_ATTRIBUTES.findall(text))))
    if "[^" in text:
        explained = {match.end() - 1: match[1] for match in _EXPLAINED.finditer(text)} if "]:" in text else {}
        marks.defined.update(explained.values())
        for match in _FOOTNOTE.finditer(text):
            if match.end() not in explained:
                marks.footnotes.append((match[1], line_of(match.start())))
    for match, image in _find_links(text):
        label = markdown[match.start(1) : match.end(1)]
        marks.links.append(Link(match[2].strip("<>"), label, image, line_of(match.start())))
    if "]:" in text:
        marks.links += _find_definitions(text, line_of)
    if "<" in text:
        _find_angles(text, line_of, marks)
    return marks


def _mask_code(markdown: str) -> str:
    """The text with its code overwritten, so that every other mark stays where it is.

    Fences become spaces, as no paragraph runs over them; code in a line becomes a character that no text has.
    """
    text = markdown
    if "```" in text or "~~~" in text:
        lines = text.split("\n")
        fence = ""
        for number, line in enumerate(lines):
            opening = _FENCE.match(line)
            if fence or opening:
                lines[number] = " " * len(line)
            if opening and not fence:
                fence = opening[1]
            elif opening and opening[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        text = "\n".join(lines)
    if "`" in text:
        text = _CODE.sub(lambda code: re.sub(r"[^\n]", "\0", code[0]), text)
    return text


def _find_headings(markdown: str, text: str, line_of: Callable[[int], int]) -> list[Heading]:
    headings = [
        _heading(len(match[1]), markdown[match.start(2) : match.end(2)], line_of(match.start()), 1)
        for match in _HASHES.finditer(text)
    ]
    for match in _UNDERLINE.finditer(text):  # only the first line of a paragraph can be underlined
        start = text.rfind("\n", 0, match.start()) + 1
        above = text[text.rfind("\n", 0, max(start - 1, 0)) + 1 : start]
        row = markdown[start : match.start()]
        if row.strip() and not above.strip() and not row.startswith(("#", "    ", "\t")):
            headings.append(_heading(1 if match[1][0] == "=" else 2, row, line_of(start), 2))
    return sorted(headings, key=lambda heading: heading.line)


def _heading(level: int, text: str, line: int, height: int) -> Heading:
    attributes = re.search(rf"(?:^|[ ]+){_ATTRIBUTES.pattern}$", text) if text.endswith("}") else None
    if attributes:
        text = text[: attributes.start()]
    identifier = _ID.search(attributes[1]) if attributes else None
    plain = text.strip().rstrip("#").rstrip() if height == 1 else text.strip()
    return Heading(level, plain, identifier and identifier[1], line, height)


def _find_links(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[re.Match[str], bool]]:
    """The links between two places of a text without code, and whether each is an image."""
    for match in _LINK.finditer(text, start, len(text) if end is None else end) if "](" in text else ():
        before = text[max(match.start() - 2, 0) : match.start()]
        image = before.endswith("!") and before != "\\!"
        if before.endswith("\\"):
            continue
        yield match, image
        if not image and "](" in match[1]:  # an image that is itself a link
            yield from _find_links(text, *match.span(1))


def _find_definitions(text: str, line_of: Callable[[int], int]) -> Iterator[Link]:
    """Links of the kind `[name]: target`, and the images that name one."""
    targets: dict[str, str] = {}
    for match in _DEFINITION.finditer(text):
        target = match[2].strip("<>")
        targets[" ".join(match[1].lower().split())] = target
        yield Link(target, match[1], image=False, line=line_of(match.start(1)))
    for match in _IMAGE_BY_NAME.finditer(text):
        target_of = targets.get(" ".join((match[2] or match[1]).lower().split()))
        if target_of is not None:
            yield Link(target_of, match[1], image=True, line=line_of(match.start()))


def _find_angles(text: str, line_of: Callable[[int], int], marks: Marks) -> None:
    """Addresses, comments and HTML, which all stand between < and >."""
    for match in _AUTOLINK.finditer(text):
        target = match[1] if ":" in match[1] else f"mailto:{match[1]}"
        marks.links.append(Link(target, match[1], image=False, line=line_of(match.start())))
    for match in _COMMENT.finditer(text):
        marks.comments.append((match[1], line_of(match.start())))
    rest = text
    for pattern in (_COMMENT, _AUTOLINK):
        rest = pattern.sub(lambda match: re.sub(r"[^\n]", "\0", match[0]), rest)
    for match in _HTML.finditer(rest):
        line = line_of(match.start())
        if not marks.html or marks.html[-1][1] != line:
            marks.html.append((match[0], line))


def rewrite_links(markdown: str, rewrite: Callable[[str], str]) -> str:
    """Replace the target of each link and image that `scan` finds by what `rewrite(target)` returns."""
    text = _mask_code(markdown)
    spans = [match.span(2) for match, _ in _find_links(text)] + [
        match.span(2) for match in _DEFINITION.finditer(text)
    ]
    for start, end in sorted(spans, reverse=True):
        old = markdown[start:end].strip("<>")
        if (new := rewrite(old)) != old:
            markdown = markdown[:start] + new + markdown[end:]
    return markdown


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
