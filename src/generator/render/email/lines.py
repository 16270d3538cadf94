"""Plain text → the lines of a mail, broken between words only, so that every URL stays whole."""

from __future__ import annotations

import re
from textwrap import TextWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH = 72
"""Characters of a line: mail programs do not wrap it, also when it is quoted in a reply."""

_NARROW = 20
"""The least width, however deep lists are nested."""

_PADS = {"right": str.rjust, "center": str.center}


def squeeze(text: str | None) -> str:
    """Text with each run of spaces and line breaks made one space; no-break spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", text or "")


def wrap(text: str, width: int = WIDTH, rest: str = "") -> str:
    """Wrap each line of a text; `rest` is put before all lines that this adds."""
    width = max(width, _NARROW)
    wrapper = TextWrapper(width, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)
    return "\n".join("\n".join(wrapper.wrap(line.strip(" "))) for line in text.strip().split("\n"))


def underline(text: str, mark: str, width: int = WIDTH) -> str:
    """A heading, with a line below it as long as its longest line."""
    heading = wrap(text, width)
    return f"{heading}\n{mark * max(map(len, heading.splitlines()), default=0)}"


def hang(text: str, mark: str) -> str:
    """Text with a mark before its first line, and the other lines indented as far."""
    return mark + beside(" " * len(mark), text)[len(mark) :]


def beside(mark: str, text: str) -> str:
    """Text with a mark before each line."""
    return "\n".join((mark + line).rstrip() for line in text.split("\n"))


def set_columns(rows: Sequence[Sequence[str]], sides: Iterable[str], width: int = WIDTH) -> str:
    """A table whose first row has the headings: in columns when they fit, else each row as lines like “Head: cell”."""
    heads, *body = rows
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 2 * (len(widths) - 1) > width:
        return "\n\n".join(_set_record(heads, row, width) for row in body)
    pads = [_PADS.get(side, str.ljust) for side in sides]
    lines = (heads, ["-" * size for size in widths], *body)
    return "\n".join(
        "  ".join(pad(cell, size) for pad, cell, size in zip(pads, line, widths, strict=True)).rstrip()
        for line in lines
    )


def _set_record(heads: Iterable[str], cells: Iterable[str], width: int) -> str:
    pairs = zip(heads, cells, strict=True)
    return "\n".join(wrap(f"{head}: {cell}" if head else cell, width, "  ") for head, cell in pairs if cell)
