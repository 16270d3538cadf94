"""Where the texts of a parsed document stand in its source.

The block parser of Python-Markdown hands on the words of each line without its indentation and its marks, in the order
of the source. So each line of a text is the end of a line of the source: the next one that ends in the same words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple, Self

from markdown.extensions.footnotes import NBSP_PLACEHOLDER
from markdown.util import HTML_PLACEHOLDER_RE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKS = re.compile(r"(?:[ >*+:#-]|\d+\.|\[\^[^\]]*\]:|\[[ xX]\])*")
"""What stands before the words of a line, and is not handed on."""
_WINDOW = 200
"""Lines in which the words of the next one are looked for: between two lines of a text stand few that it has not."""


class Placed(str):
    """A text that knows where it begins, in the numbering of `Places`; it survives only where it is not changed."""

    __slots__ = ("start",)
    start: int

    def __new__(cls, text: str, start: int = -1) -> Self:
        """Make one of a text; without a start it is nowhere."""
        self = super().__new__(cls, text)
        self.start = start
        return self


class _Line(NamedTuple):
    """Where a line of a text was found; row and column are counted from 0."""

    row: int
    column: int | None
    """Where the line would begin if nothing stood before it; None when it was not found."""
    begin: int = 0
    """Where its words begin in the line,"""
    length: int = 0
    """and how long they are."""


class Places:
    """Finds the lines of texts, and numbers their characters: each text has a range of numbers of its own."""

    def __init__(self, lines: list[str], taken: Iterable[int]) -> None:
        """`lines` are those of the source, without tabs; no text has words of those that are `taken`."""
        self._lines, self._taken = lines, set(taken)
        self._row, self._column = 0, 0
        self._starts: list[int] = [0]
        self._found = [_Line(0, None)]
        self._end = 1

    def go_to(self, row: int) -> None:
        """Look on from a line of the source, counted from 0."""
        self._row, self._column = row, 0

    def take(self, rows: Iterable[int]) -> None:
        """Do not look at some lines again."""
        self._taken.update(rows)

    def place(self, text: str, tag: str) -> tuple[Placed, list[int]]:
        """The text of an element, found; and the lines that it stands on, as far as they are known."""
        start, rows = self._end, []
        for line in text.split("\n"):
            found = self._find(line.replace(NBSP_PLACEHOLDER, ""), tag)
            self._starts.append(self._end)
            self._found.append(found)
            self._end += len(line) + 1
            if found.column is not None:
                rows.append(found.row)
        return Placed(text, start), rows

    def find(self, number: int) -> tuple[int, int | None]:
        """The line and the column of a character, both counted from 0; no column where only the line is known."""
        place = bisect_right(self._starts, number) - 1
        row, column, *_ = self._found[place]
        return row, None if column is None else max(column + number - self._starts[place], 0)

    def list_words(self) -> Iterator[tuple[int, int, int]]:
        """The row, the first and the last column of the words of each line that was found, code aside."""
        for row, column, begin, length in self._found:
            if column is not None and length:
                yield row, column + begin, column + begin + length

    def _find(self, line: str, tag: str) -> _Line:
        boxes = list(HTML_PLACEHOLDER_RE.finditer(line))
        start = boxes[-1].end() if boxes else 0
        words = line[start:].strip()
        start += len(line[start:]) - len(line[start:].lstrip())
        last = min(len(self._lines), self._row + _WINDOW)
        for match in (_match_end, _match_inside) if words or tag in _HEADINGS else ():
            row, column = self._row, self._column
            while row < last:
                if row in self._taken:
                    last = min(len(self._lines), last + 1)
                elif (found := match(self._lines[row], words, column, tag)) >= 0:
                    self._row, self._column = row, found + len(words)
                    return _Line(row, found - start, start, 0 if tag == "code" else len(words))
                row, column = row + 1, 0
        return _Line(min(self._row, len(self._lines) - 1), None)


def _match_end(line: str, words: str, column: int, tag: str) -> int:
    """Where the words begin that a line ends in, when nothing but marks stands before them; -1 otherwise."""
    line = line.rstrip()
    if tag in _HEADINGS:
        line = line if line.endswith(words) else line.rstrip("#").rstrip()
    start = len(line) - len(words)
    if not words and "#" not in line:
        return -1
    if not line.endswith(words) or start < column or tag in _CELLS or not _MARKS.fullmatch(line, 0, start):
        return -1
    return start


def _match_inside(line: str, words: str, column: int, _: str) -> int:
    return line.find(words, column) if words else -1


_CELLS = {"td", "th"}
"""Several stand on a line."""
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
"""Hashes may stand behind them."""
