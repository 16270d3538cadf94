"""What a Markdown text refers to: headings, links, images, footnotes and checklist items, each with its line.

A scanner, no parser: it reads thousands of letters in a second, and only has to find what points elsewhere or can be
pointed at. It looks for things in the order of Python-Markdown (fences, blocks, code, escapes, brackets); in an odd
text it finds more rather than less, which a test compares. Nothing is gone over again and again, so that a megabyte of
nonsense takes little longer than a megabyte of prose.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.content.markdown.brackets import find_links, find_target, match_brackets
from generator.content.markdown.code import ESCAPE, mask, mask_code, mask_fences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HASHES = re.compile(r"^(?=[#<])(?:<.*>[ ]*)?(#{1,6})(.*)$", re.MULTILINE)
_UNDERLINE = re.compile(r"\n(=+|-+) *(?=\n|\Z)")
_FIRST_ROW = re.compile(r"(?![ ]{4}|[ ]{0,3}\t|#(?:.*[^\\])?\Z|\s*\Z)")
"""A line that can be a heading when it is underlined."""
_ABOVE_BLOCK = re.compile(r"\s*\Z|#|[ ]{4}|[ ]{0,3}\t|[-=*_ ]+$|!!!|.*(?:\]:|>)", re.MULTILINE)
"""A line below which a block begins, or may begin."""
_ATTRIBUTES = re.compile(r"\{:?([^{}\n]*)\}")
_ID = re.compile(r"(?:^|\s)(?:#|id=[\"']?)([^\s\"'}]+)")
_ADDRESS = re.compile(r"(?:^|\s)(href|src)=[\"']?([^\s\"'}]*)", re.IGNORECASE)
_ITEM = re.compile(r"^[ \t]*[-*+][ \t]+\[[ xX]\][ \t]+(.*)$", re.MULTILINE)
_ITEM_ID = re.compile(r"\{:?[ \t]*#([\w-]+)[ \t]*\}")
_FOOTNOTE = re.compile(r"\[\^([^\[\]\s]+)\]")
_EXPLAINED = re.compile(r"^[ ]{0,3}\[\^([^\[\]\s]+)\]:", re.MULTILINE)

_BETWEEN_ANGLES = re.compile(r"\A<([^<>]*)>\Z")
_NAME = re.compile(r"\s?\[([^\]]*)\]")
_TITLE = r"(?:\".*\"|'.*'|\(.*\))[ \t]*$"
_DEFINITION = re.compile(
    r"^(?:[ \t>]|(?:[-*+:]|\d+\.)[ \t]|\[\^[^\]\n]*\]:)*"  # also in a quotation, an item or a note
    r"\[(?!\^)((?:[^\[\]\n]|\n(?![ \t]*\n))*)\]:[ \t]*(?:\n[ \t>]*)?"
    rf"(\S+(?!\S)(?=[ \t]*(?:$|{_TITLE}))|[^\s\"'(]+(?={_TITLE}))",
    re.MULTILINE,
)
_AUTOLINK = re.compile(
    r"<((?:https?|mailto|javascript|data|file|ftp):[^<>\s]*|[a-z][a-z0-9+.-]*://[^<>]*|[^<> !]+@[^@<> ]+)>",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
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
    """A link or an image in the text."""

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
    blocks = mask_fences(markdown)
    text = mask_code(blocks)
    breaks = [match.start() for match in re.finditer("\n", markdown)]

    def line_of(position: int) -> int:
        return first_line + bisect_right(breaks, position - 1)

    marks = Marks()
    marks.headings += _find_headings(markdown, blocks, line_of)
    for match in _ITEM.finditer(text):
        marks.items.append(_item(markdown, match, line_of(match.start(1))))
    if "{" in text:
        marks.ids.update(_ID.findall(" ".join(_ATTRIBUTES.findall(text))))
        marks.links += _find_addresses(text, line_of)
    explained = {match.end() - 1: match[1] for match in _EXPLAINED.finditer(text)} if "]:" in text else {}
    marks.defined.update(explained.values())
    for match in _FOOTNOTE.finditer(text) if "[^" in text else ():
        if match.end() not in explained:
            marks.footnotes.append((match[1], line_of(match.start())))
    for link in find_links(text):
        target, label = _clean(markdown[slice(*link.target)]), markdown[slice(*link.label)]
        marks.links.append(Link(target, label, link.image, line_of(link.start)))
    if "]:" in blocks:
        marks.links += _find_definitions(markdown, blocks, text, line_of)
    if "<" in text:
        _find_angles(markdown, text, line_of, marks)
    return marks


# --- Headings and items ---


def _find_headings(markdown: str, text: str, line_of: Callable[[int], int]) -> list[Heading]:
    headings = [
        _heading(len(match[1]), markdown[match.start(2) : match.end(2)], line_of(match.start()), 1)
        for match in _HASHES.finditer(text)
    ]
    for match in _UNDERLINE.finditer(text):  # only the first line of a block can be underlined
        start = text.rfind("\n", 0, match.start()) + 1
        above = text[text.rfind("\n", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)]
        row = markdown[start : match.start()]
        defined = text.endswith("]:\n", 0, max(start - len(above) - 1, 0))  # above is the target of a name
        if _FIRST_ROW.match(row) and (defined or _ABOVE_BLOCK.match(above)):
            headings.append(_heading(1 if match[1][0] == "=" else 2, row, line_of(start), 2))
    return sorted(headings, key=lambda heading: heading.line)


def _heading(level: int, text: str, line: int, height: int) -> Heading:
    text = text.strip()
    start = text.rfind("{") if text.endswith("}") else -1
    attributes = _ATTRIBUTES.fullmatch(text, start) if start == 0 or text[start - 1 : start] == " " else None
    if attributes:
        text = text[:start].rstrip()
    identifier = _ID.search(attributes[1]) if attributes else None
    return Heading(
        level, text.rstrip("#").rstrip() if height == 1 else text, identifier and identifier[1], line, height
    )


def _item(markdown: str, match: re.Match[str], line: int) -> Item:
    masked, text = match[1].rstrip(" \t"), markdown[match.start(1) : match.end(1)]
    brace = masked.rfind("{")
    identifier = _ITEM_ID.fullmatch(masked, brace) if brace >= 0 else None
    return Item(identifier and identifier[1], (text[:brace] if identifier else text).rstrip(" \t"), line)


# --- Links and images ---


def _clean(target: str) -> str:
    target = _BETWEEN_ANGLES.sub(r"\1", target)
    return ESCAPE.sub(lambda match: match[1] or match[0], target.strip())


def _find_addresses(text: str, line_of: Callable[[int], int]) -> Iterator[Link]:
    """Targets that are written as attributes."""
    for match in _ATTRIBUTES.finditer(text) if "=" in text else ():
        for kind, target in _ADDRESS.findall(match[1]):
            yield Link(target, "", image=kind.lower() == "src", line=line_of(match.start()))


def _find_definitions(markdown: str, blocks: str, text: str, line_of: Callable[[int], int]) -> Iterator[Link]:
    """Links of the kind `[name]: target`, and the images that name one."""
    targets: dict[str, str] = {}
    for match in _DEFINITION.finditer(blocks):
        target = match[2].lstrip("<").rstrip(">")
        targets[" ".join(match[1].lower().split())] = target
        yield Link(target, match[1], image=False, line=line_of(match.start(1)))
    for opening, closing in match_brackets(text) if targets else ():
        if opening[0] != "![" or (text.startswith("(", closing.end()) and find_target(text, closing.end())):
            continue
        label, name = markdown[opening.end() : closing.start()], _NAME.match(text, closing.end())
        for key in {name and name[1], label}:
            target_of = targets.get(" ".join(key.lower().split())) if key else None
            if target_of is not None:
                yield Link(target_of, label, image=True, line=line_of(opening.start()))


def _find_angles(markdown: str, text: str, line_of: Callable[[int], int], marks: Marks) -> None:
    """Addresses, comments and HTML, which all stand between < and >."""
    for match in _AUTOLINK.finditer(text):
        text_of = markdown[match.start(1) : match.end(1)]
        target = text_of if ":" in text_of else f"mailto:{text_of}"
        marks.links.append(Link(target, text_of, image=False, line=line_of(match.start())))
    ended = text.rfind("-->") + len("-->")  # nothing is searched for in vain
    for match in _COMMENT.finditer(text, 0, ended):
        marks.comments.append((match[1].strip(), line_of(match.start())))
    rest = _AUTOLINK.sub(mask, _COMMENT.sub(mask, text[:ended]) + text[ended:])
    for match in _HTML.finditer(rest):
        line = line_of(match.start())
        if not marks.html or marks.html[-1][1] != line:
            marks.html.append((match[0], line))


def rewrite_links(markdown: str, rewrite: Callable[[str], str]) -> str:
    """Replace the target of each link and image that `scan` finds by what `rewrite(target)` returns."""
    blocks = mask_fences(markdown)
    targets = [link.target for link in find_links(mask_code(blocks))]
    targets += [match.span(2) for match in _DEFINITION.finditer(blocks)]
    parts, done = [], 0
    for start, end in sorted(targets):
        old = _clean(markdown[start:end])
        if start >= done and (new := rewrite(old)) != old:
            parts += [markdown[done:start], new]
            done = end
    return "".join([*parts, markdown[done:]])


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
