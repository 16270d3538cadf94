"""Where the links and images of a Markdown text stand: square brackets, and a target in round ones behind them.

Brackets are paired as `LinkInlineProcessor` of Python-Markdown pairs them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_BRACKET = re.compile(r"!?\[|\]|\n[ \t]*(?=\n)")
_TARGET = re.compile(
    r"\(\s*(?:(<[^<>]*>)\s*(?:(?:\"[^\"]*\"|'[^']*')\s*)?|([^\s()\"'<](?:[^()\"'\n]|\n(?![ \t]*\n))*)|)\)"
)
"""A target without brackets and quotes, or between < and >."""
_TARGET_MARK = re.compile(r"[()\"']|\n[ \t]*(?=\n)")
_FAR = 16
"""How many brackets and quotes further the end of a target is looked for."""


class Found(NamedTuple):
    """Where a link or an image stands."""

    start: int
    end: int
    label: tuple[int, int]
    target: tuple[int, int]
    image: bool


def find_links(text: str) -> list[Found]:
    """The links and images of a text without code, those in the label of another one included."""
    if "](" not in text:
        return []
    found = list(_match_links(text))
    if any("[" in text[link.target[0] : link.end] for link in found):
        # Links are made before images: no bracket in them belongs to an image around them.
        hidden = _hide(text, [link for link in found if not link.image])
        found += [link for link in _match_links(hidden) if link.image]
    return sorted(set(found)) if len(found) > 1 else found


def _hide(text: str, links: list[Found]) -> str:
    parts, done = [], 0
    for link in sorted(links):
        if link.start >= done:
            parts += [text[done : link.start], "\0" * (link.end - link.start)]
            done = link.end
    return "".join([*parts, text[done:]])


def _match_links(text: str) -> Iterator[Found]:
    end = max((text.rfind(mark) for mark in ")\"'" if mark in text), default=-1)
    for opening, closing in match_brackets(text):
        near = closing.end() < end and text.startswith("(", closing.end())
        if near and (target := find_target(text, closing.end())):
            (begin, stop), after = target
            stop -= len(text[begin:stop]) - len(text[begin:stop].rstrip())
            begin += len(text[begin:stop]) - len(text[begin:stop].lstrip())
            label = (opening.end(), closing.start())
            yield Found(opening.start(), after, label, (begin, stop), opening[0] == "![")


def match_brackets(text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """The pairs of square brackets in each paragraph, inner ones first.

    Where there may be code, its brackets may have taken the partner of one that is not in it.
    """
    code = "`" in text
    opened: list[re.Match[str]] = []
    for match in _BRACKET.finditer(text):
        if match[0].endswith("["):
            opened.append(match)
        elif match[0] != "]":
            opened.clear()
        elif opened or code:
            yield opened.pop() if opened else match, match


def find_target(text: str, start: int) -> tuple[tuple[int, int], int] | None:
    """The target after the bracket at `start`, and where the link ends.

    As in `LinkInlineProcessor` of Python-Markdown: a title may hold any bracket, and an address may hold quotes.
    """
    if plain := _TARGET.match(text, start):
        return plain.span(plain.lastindex) if plain.lastindex else (start + 1, start + 1), plain.end()
    depth, backup = 1, -1
    first: dict[str, int] = {}  # where each quote was seen first; a title begins there
    last: dict[str, int] = {}  # and where it was seen again
    for number, match in enumerate(_TARGET_MARK.finditer(text, start + 1)):
        mark, here = match[0], match.start()
        if number == _FAR or mark[0] == "\n":
            break
        if mark in "\"'":
            (last if mark in first else first)[mark] = here
            continue
        for quote in first if mark == ")" else ():
            if quote in last and not text[last[quote] + 1 : here].strip(" "):
                return (start + 1, first[quote]), match.end()
        depth += 1 if mark == "(" and not first else -1
        if depth == 0 and not first:
            return (start + 1, here), match.end()
        if depth == 0:
            backup = here  # the end, if no title ends further on
    return ((start + 1, backup), backup + 1) if backup >= 0 else None
