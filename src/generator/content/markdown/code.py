"""Where a Markdown text is code, in which nothing refers to anything.

What is code depends on the blocks around it, and those on much above. Only what is code however they end is taken for
it: what stays is looked at, which in an odd text may find a link that readers do not get.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(r"([> ]*)(`{3,}|~{3,})[ ]*(.*)")
_LANGUAGE = re.compile(
    r"\.?[\w#.+-]*(?:[ ]+(?:title=\"[^\"]*\"|linenums=\"\d+\"|hl_lines=\"[\d -]+\"))*|\{(?:[ ]*[.#][\w-]+)+[ ]*\}"
)

_PARAGRAPHS_END = re.compile(
    r"(\n(?:[ \t]*\n)+|^#{1,6}(?:[^\n]*[^\\\n])?$|^[ ]{0,3}<!--(?:(?!<!--|-->).)*-->)",
    re.MULTILINE | re.DOTALL,
)
"""What no code runs over: empty lines, headings, and comments that begin a line."""
_BLOCK = re.compile(r"[ \t]*(?:[-*+_>#:=~<]|\[[^\n]*\]:|\d+[.)]|!!!)|[^\n]*\|")
"""A line that may begin a block."""
_BLOCK_ALONE = re.compile(r"[ \t>*+\d.-]*(?:\[[^\n]*\]:|!!!|#)|[^\n]*\|")
"""A line that may be a block, so that another one may begin below it."""
_HTML_BLOCK = re.compile(r"^[ ]{0,3}<(?!!--)(?:[A-Za-z][\w-]*(?=[\s/>])|[/?!])", re.MULTILINE)
_HTML_END = re.compile(r"</|[-?\]]>")
_BACKTICKS = re.compile(r"(\\*)(`+)")
ESCAPE = re.compile(r"\\(?:([\\`*_{}\[\]()>#+.!|~ -])|.)", re.DOTALL)
"""A backslash and what follows; the group is there when that loses its meaning."""


def mask_fences(text: str) -> str:
    """The text with its fences overwritten, each by one line, so that every other mark stays where it is.

    A fence has no line that is indented less than its first one, and one that is not closed is text, for readers too.
    """
    if "```" not in text and "~~~" not in text:
        return text
    rows: list[str] = []
    start, indent, end = -1, "", ""
    lines = iter(text.split("\n"))
    for line in lines:
        rows.append(line)
        row = line.expandtabs(4).rstrip(" ")
        if start >= 0 and row == end:
            rows[start:] = [_overwrite("\n".join(rows[start:]))]
            start = -1
        elif start >= 0:
            start = start if not row or row.startswith(indent) else -1
        elif opening := _FENCE.match(row):
            if "`" in opening[3]:
                continue  # code in a line
            if ">" in opening[1] or not _LANGUAGE.fullmatch(opening[3]):
                break  # perhaps a fence: nothing below it is hidden
            start, indent, end = len(rows) - 1, opening[1], opening[1] + opening[2]
    return "\n".join([*rows, *lines])


def _overwrite(text: str) -> str:
    """As many characters that no text has, after the same indentation."""
    indent = len(text) - len(text.lstrip(" \t"))
    return text[:indent] + "\0" * (len(text) - indent)


def mask(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", "\0", match[0])


def mask_code(text: str) -> str:
    """The text with its code and its escaped characters overwritten."""
    if "`" in text:
        html = _HTML_BLOCK.search(text) is not None
        parts = _PARAGRAPHS_END.split(text)
        for number, part in enumerate(parts):
            if "`" in part and (
                number % 2 == 0 or part.startswith("#")
            ):  # the others stand between paragraphs
                parts[number] = _mask_paragraph(part, html=html)
        text = "".join(parts)
    return ESCAPE.sub(lambda match: "\0\0" if match[1] else match[0], text) if "\\" in text else text


def _mask_paragraph(text: str, *, html: bool) -> str:
    """Overwrite code, up to the first backticks that may not be paired as they seem to be.

    Whether a line begins a block depends on much above it. But where all backticks above it have found a partner, those
    below it find the same one either way.
    """
    runs = list(_BACKTICKS.finditer(text))
    starts = list(_find_blocks(text)) if "\n" in text else []
    parts, done, following = [], 0, 0
    for number, partner in enumerate(_find_partners(runs)):
        run = runs[number]
        size = len(run[2]) - len(run[1]) % 2
        if number < following or size == 0:
            continue
        if partner is None and (size == 1 or number == len(runs) - 1):
            continue  # nothing below can be its partner
        start, end = run.end() - size, runs[partner or number].end()
        if partner is None or bisect_right(starts, start) != bisect_right(starts, end):
            break
        if html and _HTML_END.search(text, start, end):
            break
        parts += [text[done:start], re.sub(r"[^\n]", "\0", text[start:end])]
        done, following = end, partner + 1
    return "".join([*parts, text[done:]])


def _find_partners(runs: list[re.Match[str]]) -> list[int | None]:
    """For each run of backticks the next one that is as long, not counting one that is escaped."""
    partners: list[int | None] = []
    nearest: dict[int, int] = {}
    for number in range(len(runs) - 1, -1, -1):
        escapes, ticks = len(runs[number][1]), len(runs[number][2])
        partners.append(nearest.get(ticks - escapes % 2))
        nearest[ticks] = number
    return partners[::-1]


def _find_blocks(paragraph: str) -> Iterator[int]:
    """Where the lines begin that may begin a block in a paragraph, such as a quotation or an item."""
    position = 0
    for above, line in pairwise(paragraph.split("\n")):
        position += len(above) + 1
        outdented = above.startswith((" ", "\t")) and _indent(line) < _indent(above)
        if outdented or _BLOCK.match(line) or _BLOCK_ALONE.match(above):
            yield position


def _indent(line: str) -> int:
    line = line.expandtabs(4)
    return len(line) - len(line.lstrip(" "))
