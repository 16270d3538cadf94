"""A text as the blocks that a reader sees, read twice: in our dialect, and as GitHub and editors show a preview of it.

What the two disagree about, the author has not seen: the preview looked right. `rules/dialect.py` compares them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from textwrap import dedent
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import html
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from generator.model import Message

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Run = tuple[str, frozenset[str]]
"""Some text, and the tags that it stands in: em, strong, del, code, and the address of a link."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, item, cell or block of code, in the order of reading."""

    path: tuple[str, ...]
    """What it stands in, from the outside: (“ul”, “li”), (“blockquote”, “p”). The items of a numbered list have their
    number."""
    runs: tuple[Run, ...]
    line: int = field(default=0, compare=False)
    """Where it begins, counted from 0."""

    @property
    def text(self) -> str:
        """Its words, without marks."""
        return "".join(text for text, _ in self.runs)

    @property
    def kind(self) -> Message:
        """What a person calls it."""
        for tag in reversed(self.path):
            if tag in _KINDS:
                return _KINDS[tag]
            if tag[:2] == "li":
                return Message("an item of a list")
        return Message("a paragraph")


_KINDS = {
    "pre": Message("code"),
    "th": Message("a cell of a table"),
    "td": Message("a cell of a table"),
    "blockquote": Message("a quotation"),
    "dt": Message("a term"),
    "dd": Message("a definition"),
    "hr": Message("a line across"),
    "note": Message("a footnote"),
    **{f"h{level}": Message("a heading") for level in range(1, 7)},
}
_INLINE = {"em": "em", "i": "em", "strong": "strong", "b": "strong", "del": "del", "s": "del", "code": "code"}
_TRANSPARENT = {"", "p", "div", "table", "thead", "tbody", "tr"}
"""Tags that say nothing of how their text looks."""
_NONE: frozenset[str] = frozenset()
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[#.\w][^{}\n]*\}[ \t]*$")
"""`{ #ref-1 }` at the end of a line: ours, and plain text to others."""
_OF_MARK = re.compile(r"\{:?[ \t]*(?:[#.]|[\w-]+=)[^{}\n]*\}")
"""The same right behind emphasis, code, a link or a picture."""
_MARKS = {"em", "strong", "s", "code_inline", "link", "image"}
_SPACE = re.compile(r"\s+$")
_BOX = re.compile(r"^\[[ xX]\][ \t]+")
_OURS = re.compile(r"^[ ]{0,3}\*\[[^\]\n]+\][ \t]*:.*$|^<!-- [\w-]+ -->$", re.MULTILINE)
"""An abbreviation, and the place of what the site puts in: ours alone, and a paragraph to others."""


class _Collector:
    """Puts runs of text together to blocks."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._runs: list[Run] = []

    def add(self, text: str, tags: frozenset[str]) -> None:
        """Go on with the block that is open."""
        if self._runs and self._runs[-1][1] == tags:
            text = self._runs.pop()[0] + text
        self._runs.append((text, tags))

    def close(self, path: tuple[str, ...], line: int = 0, *, code: bool = False) -> None:
        """The block that is open ends here; one without text is none, a line across excepted."""
        found, self._runs = self._runs, []
        whole = "".join(text for text, _ in found).strip("\n")
        runs = [(dedent(whole), _NONE)] if code else _tidy(found)  # how far, the two read in their own ways
        if runs or path[-1:] == ("hr",):
            self.blocks.append(Block(path, tuple(runs), line))


def _tidy(runs: list[Run]) -> list[Run]:
    """Runs with one space between words, none around a break and none at either end, without box and attributes."""
    tidied: list[Run] = []
    for text, tags in runs:
        before = tidied[-1][0][-1] if tidied else " "
        plain = re.sub(r" ?⏎ ?", "⏎", re.sub(r"\s+", " ", text))
        if before in " ⏎":
            plain = plain.removeprefix(" ")
        if plain:
            tidied.append((plain, tags))
    for place, pattern in ((-1, _ATTRIBUTES), (-1, _SPACE), (0, _BOX)):
        if tidied:
            text, tags = tidied[place]
            tidied[place] = (pattern.sub("", text), tags)
            if not tidied[place][0]:
                del tidied[place]
    return tidied


def _address(written: str) -> str:
    """An address as both readings have it."""
    return unquote(written).strip()


def read_html(markup: str) -> list[Block]:
    """The blocks of HTML that our dialect was turned into, footnotes at the end; their numbers are left out."""
    collector = _Collector()
    _walk_html(html.fragment_fromstring(markup, create_parent="div"), (), frozenset(), collector)
    collector.close(())
    return collector.blocks


def _walk_html(element: HtmlElement, path: tuple[str, ...], tags: frozenset[str], out: _Collector) -> None:
    out.add(element.text or "", tags)
    number = int(element.get("start", "1")) if element.tag == "ol" else 0
    for child in element:
        if isinstance(child.tag, str) and not _is_mark(child) and not _take_inline(child, path, tags, out):
            out.close(path)
            _take_block(child, path, number, out)
        number += number and child.tag == "li"
        out.add(child.tail or "", tags)


def _take_inline(element: HtmlElement, path: tuple[str, ...], tags: frozenset[str], out: _Collector) -> bool:
    """Whether an element is part of a line; if so, its text is added."""
    match element.tag:
        case "br":
            out.add("⏎", tags)
        case "img":
            out.add(element.get("alt", ""), tags | {f"!({_address(element.get('src', ''))})"})
        case "a":
            _walk_html(element, path, tags | {f"({_address(element.get('href', ''))})"}, out)
        case "sub":  # H~2~O, which CommonMark does not have
            out.add("~", tags)
            _walk_html(element, path, tags, out)
            out.add("~", tags)
        case "span" | "abbr" | "sup" | "label" | "input":
            _walk_html(element, path, tags, out)
        case tag if tag in _INLINE:
            _walk_html(element, path, tags | {_INLINE[tag]}, out)
        case _:
            return False
    return True


def _take_block(element: HtmlElement, path: tuple[str, ...], number: int, out: _Collector) -> None:
    if element.tag == "pre":
        out.add(element.text_content(), _NONE)
        out.close((*path, "pre"), code=True)
    elif element.get("class") == "footnote":
        for note in element.findall("ol/li"):
            _walk_html(note, ("note",), _NONE, out)
            out.close(("note",))
    elif element.tag == "hr":
        out.close((*path, "hr"))
    else:
        inside = _enter(path, element.tag, number)
        _walk_html(element, inside, _NONE, out)
        out.close(inside)


def _enter(path: tuple[str, ...], tag: str, number: int) -> tuple[str, ...]:
    """The path within an element; `number` is that of an item of a numbered list."""
    if tag in _TRANSPARENT:
        return path
    return (*path, f"li {number}" if tag == "li" and number else tag)


def _is_mark(element: HtmlElement) -> bool:
    """Whether an element leads to a footnote, or back from it: numbers, which both readings choose themselves."""
    return element.get("class") == "footnote-backref" or str(element.get("id", "")).startswith("fnref")


@cache
def _previewer() -> MarkdownIt:
    """CommonMark with tables and strikethrough as GitHub has them, and what our dialect adds."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # Addresses as they were typed; what one may be, `generator.urls` says.
    for name, function in (("normalizeLink", str), ("normalizeLinkText", str), ("validateLink", bool)):
        setattr(parser, name, function)
    return parser.use(footnote_plugin, inline=False).use(deflist_plugin).use(admon_plugin)


def read_preview(markdown: str) -> list[Block]:
    """The blocks that GitHub and the preview of an editor show, each with its line; footnotes as in `read_html`."""
    text = _OURS.sub("", markdown)
    collector = _Collector()
    _walk_node(SyntaxTreeNode(_previewer().parse(text)), (), collector, 0)
    return collector.blocks


def _walk_node(node: SyntaxTreeNode, path: tuple[str, ...], out: _Collector, line: int) -> None:
    number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
    for child in node.children:
        here = child.map[0] if child.map else line
        match child.type:
            case "inline":
                _walk_inline(child, _NONE, out)
                out.close(path, here)
            case "fence" | "code_block":
                out.add(child.content, _NONE)
                out.close((*path, "pre"), here, code=True)
            case "hr":
                out.close((*path, "hr"), here)
            case "footnote":
                _walk_node(child, ("note",), out, here)
            case _:
                _walk_node(child, _enter(path, child.tag, number), out, here)
                number += bool(number)


def _walk_inline(node: SyntaxTreeNode, tags: frozenset[str], out: _Collector) -> None:
    behind = ""
    for child in node.children:
        match child.type:
            case "text" | "html_inline":
                attributes = _OF_MARK.match(child.content) if behind in _MARKS else None
                out.add(child.content[attributes.end() if attributes else 0 :], tags)
            case "code_inline":
                out.add(child.content, tags | {"code"})
            case "softbreak":
                out.add(" ", tags)
            case "hardbreak":
                out.add("⏎", tags)
            case "image":
                out.add(child.content, tags | {f"!({_address(str(child.attrs['src']))})"})
            case "link":
                _walk_inline(child, tags | {f"({_address(str(child.attrs['href']))})"}, out)
            case "footnote_ref" | "footnote_anchor":
                continue
            case _:
                _walk_inline(child, tags | {_INLINE.get(child.tag, child.tag)}, out)
        behind = child.type
