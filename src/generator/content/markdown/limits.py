"""What is too much for the parser, found before it begins: over nonsense it would take minutes, or give up."""

from __future__ import annotations

import re

from generator.model import Message

LONGEST_LETTER, LONGEST_PAGE = 12_000, 100_000
"""Characters of a text: five times our longest letter, and fifteen times our longest page."""
_FOR_A_LINE, _FOR_A_MARK, _FOR_A_NAME = 12, 8, 100
"""Characters that a text must be allowed to have for each line, mark of Markdown, and footnote or name that it has:
a letter may have 1,000 lines, 1,500 marks and 120 names. Ours have a mark in 30 characters."""
_COLUMNS = 12
"""Of a table; a phone shows three or four."""
_DEPTH = 10
"""Lists, quotations, notes and definitions in each other; nobody can follow five."""
_OPEN = 50
"""Brackets that are open at one place; each is a level of nesting."""
_LINES = 2_000
"""Of a paragraph: below each line that begins a block, the parser looks at all the others again."""
_WORK = 4_000_000
"""Open brackets of a paragraph times its characters: for each the parser looks for the other one up to the end."""

_TAGS = 2_000_000
"""Characters behind all signs < together, up to the next >: for each the parser looks for attributes as far as that."""
_DEFINITION = re.compile(r"^[^\[\n]{0,80}\[[^\]\n]*\]:[^\n]{4000}", re.MULTILINE)
"""The parser looks for the title at each character of a definition, up to its end."""

_WHOLE = re.compile(r"\[[^\[\]\n]*\](?:(?!\()|\([^()\"'\n]*(?:\"[^\"\n]*\"|'[^'\n]*')?\))")
"""A link, a box or a footnote, which ends before long; a quote without another one has no end either."""

_BRACKET = re.compile(r"\\.|[\[\]]")
_MARK = re.compile(r"[*_`\[\]<|&~\\{]")
_NAME = re.compile(r"\[\^|^[ >]*(?:\*\[|\[[^\]\n]+\]:)", re.MULTILINE)
_OPEN_TAG = re.compile(r"<[A-Za-z/!?]")
_BEGINNING = re.compile(r"^(?:[ \t]|>|(?:[*+:-]|\d+[.)]|!!!|\[\^[^\]\n]*\]:)(?=[ \t]|$))+", re.MULTILINE)
_LEVEL = re.compile(r"[ ]{4}|\t|>|(?:[*+:-]|\d+[.)]|!!!|\[\^[^\]\n]*\]:)(?:[ ]{1,3}(?![ ])|(?=[ \t]|$))")
"""What makes a line stand one level deeper: an indentation, or a mark of a list, a quotation or a note."""
_ACROSS = set("-* ")
"""Of these alone a line across the page can be made."""
_HEADS = re.compile(r"^[ \t>|:-]+$", re.MULTILINE)
"""The line below the heads of a table, or one much like it."""
_BETWEEN = re.compile(r"\n(?:[ \t]*\n)+")


def find_excess(markdown: str, longest: int) -> tuple[int, Message] | None:
    """What is too much in a text and the line that it is on, counted from 0; None when nothing is."""
    if len(markdown) > longest:
        return 0, Message("the text has {:,} characters; at most {:,} are allowed", len(markdown), longest)
    for what, count, most in (
        (Message("lines"), markdown.count("\n") + 1, longest // _FOR_A_LINE),
        (Message("marks of Markdown"), len(_MARK.findall(markdown)), longest // _FOR_A_MARK),
        (Message("footnotes and other names"), len(_NAME.findall(markdown)), longest // _FOR_A_NAME),
    ):
        if count > most:
            return 0, Message("the text has {:,} {}; at most {:,} are allowed", count, what, most)
    if found := _find_on_a_line(markdown):
        place, message = found
        return markdown.count("\n", 0, place), message
    begin = 0
    for paragraph in _BETWEEN.split(markdown):
        begin = markdown.index(paragraph, begin)
        if excess := _find_in_paragraph(paragraph):
            line, message = excess
            return markdown.count("\n", 0, begin) + line, message
        begin += len(paragraph)
    return None


def _find_on_a_line(markdown: str) -> tuple[int, Message] | None:
    """What is too wide or too deep, or a tag that has no end for too long, and the character where it is."""
    for heads in _HEADS.finditer(markdown):
        columns = len(heads[0].strip(" \t>|").split("|")) if "-" in heads[0] else 0
        if columns > _COLUMNS:
            return heads.start(), Message(
                "the table has {:,} columns; at most {} are allowed", columns, _COLUMNS
            )
    for line in _BEGINNING.finditer(markdown):
        marks = line[0].rstrip(" \t")
        is_across = set(marks) <= _ACROSS and markdown[line.end() : line.end() + 1] in {"", "\n"}
        if len(marks) <= _DEPTH or is_across:
            continue
        if (depth := len(_LEVEL.findall(marks))) > _DEPTH:
            return line.start(), Message(
                "lists and quotations are nested {:,} deep; at most {} levels are allowed", depth, _DEPTH
            )
    left = _TAGS
    for tag in _OPEN_TAG.finditer(markdown):
        end = markdown.find(">", tag.start())
        left -= (len(markdown) if end < 0 else end) - tag.start()
        if left < 0:
            return tag.start(), Message(
                "too many signs “<” have no “>”; write &lt; for a sign that is no tag"
            )
    return None


def _find_in_paragraph(paragraph: str) -> tuple[int, Message] | None:
    lines, depth = paragraph.count("\n") + 1, 0
    if lines > _LINES:
        return 0, Message("a paragraph has {:,} lines; divide it by empty lines", lines)
    if "]:" in paragraph and (definition := _DEFINITION.search(paragraph)):
        line = paragraph.count("\n", 0, definition.start())
        return line, Message("the address of a name like “[name]: address” is too long")
    brackets = _WHOLE.sub("", paragraph).count("[") if "[" in paragraph else 0
    if brackets * len(paragraph) > _WORK:
        return 0, Message("a paragraph has {:,} links without an end; close their brackets", brackets)
    for match in _BRACKET.finditer(paragraph) if paragraph.count("[") > _OPEN else ():
        depth = depth + 1 if match[0] == "[" else max(depth - 1, 0) if match[0] == "]" else depth
        if depth > _OPEN:
            line = paragraph.count("\n", 0, match.start())
            return line, Message("more than {} open brackets “[”; close them", _OPEN)
    return None
