"""What a preview shows and what our dialect makes, as lists of blocks: a reading apart from that of `generator.check`.

Each parser writes HTML by itself, and one plain walk reads both: a mistake in `check/blocks.py` is not repeated here.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import unquote

from lxml import html
from markdown_it import MarkdownIt
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from generator.content.markdown.dialect import make_parser

STRUCTURE = {
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "th",
    "td",
    "dt",
    "dd",
    "hr",
    *(f"h{n}" for n in range(1, 7)),
}
APART = STRUCTURE | {"p", "div", "section", "table", "thead", "tbody", "tr", "dl"}
MARKS = {"em": "em", "strong": "strong", "del": "del", "s": "del", "code": "code", "a": "a", "img": "img"}

OURS = re.compile(
    r"^ {0,3}\*\[[^\]\n]+\][ \t]*:.*$"  # an abbreviation
    r"|[ \t]*\{:?[ \t]*[#.][^{}\n]*\}[ \t]*$"  # an id or a class
    r"|(?<=[)*_`~>])\{:?[ \t]*(?:[#.]|[\w-]+=)[^{}\n]*\}"  # an attribute
    r"|\[\^[a-z]{3}-[a-z-]+-\d{4}\](?!:)",  # a fact, whose note the program adds
    re.MULTILINE,
)
"""What our dialect has, and leaves no words of in its place."""


class Looks(NamedTuple):
    """What a reader sees of a text: its blocks, and what is emphasised, linked or shown in it."""

    blocks: list[tuple[tuple[str, ...], str]]
    marks: Counter[tuple[str, str]]


@cache
def _commonmark() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.validateLink = lambda _: True  # type: ignore[method-assign]
    parser.normalizeLink = str  # type: ignore[method-assign,assignment]
    return parser.use(footnote_plugin, inline=False).use(deflist_plugin).use(admon_plugin)


dialect = cache(make_parser)


def look_at_preview(text: str) -> Looks:
    """As GitHub and an editor show it."""
    return _look(_commonmark().render(_within_a_letter(text)))


def look_at_letter(text: str) -> Looks:
    """As readers of a letter get it."""
    return _look(dialect().reset().convert(_within_a_letter(text)))


def _within_a_letter(text: str) -> str:
    """The text below an empty line: at the very beginning Python-Markdown reads spaces in another way."""
    return "\n" + OURS.sub("", text)


class _Walk:
    """Reads HTML from its beginning to its end."""

    def __init__(self) -> None:
        self.looks = Looks([], Counter())
        self._loose: list[str] = []

    def close(self, path: tuple[str, ...]) -> None:
        """Here a block ends."""
        words = " ".join("".join(self._loose).replace("⏎", " ⏎ ").split()).strip("⏎ ")
        words = re.sub(r"^\[[ xX]\] ", "", words)
        self._loose.clear()
        if words or path[-1:] == ("hr",):
            self.looks.blocks.append((path, words))

    def go(self, element: Any, path: tuple[str, ...]) -> None:
        """Through what is in an element."""
        self._loose.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str) and not _is_number(child):
                (self._take_block if child.tag in APART else self._take_inline)(child, path)
            self._loose.append(child.tail or "")

    def _take_block(self, element: Any, path: tuple[str, ...]) -> None:
        if element.tag == "hr" and (path[:1] == ("notes",) or "footnotes-sep" in element.get("class", "")):
            return
        self.close(path)
        inside = (*path, element.tag) if element.tag in STRUCTURE else path
        if element.get("class") in {"footnote", "footnotes"}:
            inside = ("notes",)
        self.go(element, inside)
        self.close(inside)

    def _take_inline(self, element: Any, path: tuple[str, ...]) -> None:
        tag = element.tag
        edge = {"sub": "~", "br": "⏎"}.get(tag, "")
        self._loose.append(element.get("alt", "") if tag == "img" else edge)
        if tag in MARKS and not (tag == "code" and path[-1:] == ("pre",)):
            self.looks.marks[MARKS[tag], _say(element)] += 1
        self.go(element, path)
        self._loose.append(edge if tag == "sub" else "")


def _look(markup: str) -> Looks:
    walk = _Walk()
    walk.go(html.fragment_fromstring(markup, create_parent="div"), ())
    walk.close(())
    return walk.looks


def _is_number(element: Any) -> bool:
    """Whether it leads to a note or back from it."""
    return (
        "footnote-backref" in element.get("class", "")
        or "footnote-ref" in element.get("class", "")
        or element.get("id", "").startswith("fnref")
    )


def _say(element: Any) -> str:
    numbers = {id(part) for part in element.iter() if isinstance(part.tag, str) and _is_number(part)}
    parts = [
        (element.text or "")
        if element is part
        else ("" if id(part) in numbers or id(part.getparent()) in numbers else part.text or "")
        + (part.tail or "")
        for part in element.iter()
    ]
    words = " ".join("".join(parts).split())
    return f"{words}({unquote(element.get('href') or element.get('src') or '').strip()})"


ADDRESS = re.compile(r"(?<=\])(?:\((?:<[^>\n]*>|[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)|\[[^\]\n]*\])")
"""Where a link leads, and its title; or the name of that."""
NO_WORDS = re.compile(
    r"^[ ]{0,3}\[[^\]^\n][^\]\n]*\]:.*$"  # that address
    r"|\[\^[^\]\n]+\]:?"  # a footnote
    r"|^[ ]{0,3}\*\[[^\]\n]+\][ ]?:.*$"  # an abbreviation, which is a title
    r"|(?<=[])*_`~ ])\{:?[ \t]*(?:[#.]|[\w-]+=)[^{}\n]*\}"
    r"|^[ ]{0,3}\{:?[ \t]*[#.][^{}\n]*\}"
    r"|^[ >]*!!! ?\w+"
    r"|^[ >]*(?:`{3,}|~{3,})[^\n]*"
    r"|^[ >]*(?:[-*+][ ]+)*\d+[.)](?=[ \t])"
    r"|(?<=\[)[xX](?=\] )",
    re.MULTILINE,
)
"""What is no word to a reader. A title may be seen when a mouse rests on it."""


def list_words(text: str) -> Counter[str]:
    """The words of a text that are no marks, read with no parser at all."""
    return Counter(split_words(unescape(NO_WORDS.sub(" ", ADDRESS.sub("", text)))))


def split_words(text: str) -> Iterator[str]:
    """Words as they are compared between channels: without marks within a word, and without what is not seen."""
    return (match[0] for match in re.finditer(r"[^\W_]+", _UNSEEN.sub("", text.replace("][", "] ["))))


_UNSEEN = re.compile(r"[][*_~\\\u00ad\u200b-\u200f\u2060\ufeff]")
