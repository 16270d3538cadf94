"""What is too much for the parser, found before it begins: over nonsense it would take minutes, or give up."""

from __future__ import annotations

import re

LONGEST_LETTER, LONGEST_PAGE = 20_000, 100_000
"""Characters of a text: ten times a long letter, and fifteen times our longest page."""
_OPEN = 50
"""Brackets that are open at one place; each is a level of nesting."""
_LINES = 2_000
"""Of a paragraph: below each line that begins a block, the parser looks at all the others again."""
_WORK = 4_000_000
"""Open brackets of a paragraph times its characters: for each the parser looks for the other one up to the end."""

_TAGS = 200_000_000
"""Signs < of a paragraph times its characters, for the same reason; the parser is faster with them."""
_DEFINITION = re.compile(r"^[^\[\n]{0,80}\[[^\]\n]*\]:[^\n]{4000}", re.MULTILINE)
"""The parser looks for the title at each character of a definition, up to its end."""

_WHOLE = re.compile(r"\[[^\[\]\n]*\](?:(?!\()|\([^()\"'\n]*(?:\"[^\"\n]*\"|'[^'\n]*')?\))")
"""A link, a box or a footnote, which ends before long; a quote without another one has no end either."""

_BRACKET = re.compile(r"\\.|[\[\]]")
_BETWEEN = re.compile(r"\n(?:[ \t]*\n)+")


def find_excess(markdown: str, longest: int) -> tuple[int, str] | None:
    """What is too much in a text and the line that it is on, counted from 0; None when nothing is."""
    if len(markdown) > longest:
        return 0, f"the text has {len(markdown):,} characters; at most {longest:,} are allowed"
    begin = 0
    for paragraph in _BETWEEN.split(markdown):
        begin = markdown.index(paragraph, begin)
        if excess := _find_in_paragraph(paragraph):
            line, message = excess
            return markdown.count("\n", 0, begin) + line, message
        begin += len(paragraph)
    return None


def _find_in_paragraph(paragraph: str) -> tuple[int, str] | None:
    lines, depth = paragraph.count("\n") + 1, 0
    if lines > _LINES:
        return 0, f"a paragraph has {lines:,} lines; divide it by empty lines"
    if "]:" in paragraph and (definition := _DEFINITION.search(paragraph)):
        line = paragraph.count("\n", 0, definition.start())
        return line, "the address of a name like “[name]: address” is too long"
    brackets = _WHOLE.sub("", paragraph).count("[") if "[" in paragraph else 0
    if brackets * len(paragraph) > _WORK:
        return 0, f"a paragraph has {brackets:,} links without an end; close their brackets"
    if (tags := paragraph.count("<")) * len(paragraph) > _TAGS:
        return 0, f"a paragraph has {tags:,} signs “<”; divide it by empty lines"
    for match in _BRACKET.finditer(paragraph) if paragraph.count("[") > _OPEN else ():
        depth = depth + 1 if match[0] == "[" else max(depth - 1, 0) if match[0] == "]" else depth
        if depth > _OPEN:
            line = paragraph.count("\n", 0, match.start())
            return line, f"more than {_OPEN} open brackets “[”; close them"
    return None
