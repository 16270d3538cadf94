"""The characters and lines of a text, as its author wrote it and as Markdown sees it."""

from __future__ import annotations

from bisect import bisect_right

from generator.content.markdown.marks import Span


class Source:
    """A text as Markdown sees it, with spaces for tabs, and the way back to its characters and lines."""

    def __init__(self, markdown: str, first_line: int) -> None:
        self.markdown = markdown
        self.lines = [line.expandtabs(4) for line in markdown.split("\n")]
        self.text = "\n".join(self.lines)
        self.first_line = first_line
        self._raw = markdown.split("\n")
        self._starts = count_starts(self._raw)
        self._rows = count_starts(self.lines)

    def row(self, position: int) -> int:
        """The row of a character of `text`."""
        return bisect_right(self._rows, position) - 1

    def span(self, start: tuple[int, int | None], end: tuple[int, int | None]) -> Span | None:
        """The part of the text between two places, each a row and a column."""
        if start[1] is None or end[1] is None:
            return None
        return Span(start[0] + self.first_line, self._character(start[0], start[1]), self._character(*end))  # type: ignore[arg-type]

    def rows(self, first: int, last: int) -> Span:
        """Whole lines."""
        return Span(first + self.first_line, self._starts[first], self._starts[last] + len(self._raw[last]))

    def between(self, start: int, end: int) -> Span | None:
        """The part of the text between two characters of `text`."""
        first, last = self.row(start), self.row(end)
        return self.span((first, start - self._rows[first]), (last, end - self._rows[last]))

    def _character(self, row: int, column: int) -> int:
        raw = self._raw[row]
        if "\t" not in raw:
            return self._starts[row] + min(column, len(raw))
        width = 0
        for number, letter in enumerate(raw):
            if width >= column:
                return self._starts[row] + number
            width += 4 - width % 4 if letter == "\t" else 1
        return self._starts[row] + len(raw)


def count_starts(lines: list[str]) -> list[int]:
    """Where each line begins in the text that they are of."""
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return starts
