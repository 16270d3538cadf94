"""A file that somebody gave us → its rows, one at a time, however large or broken the file is; and a row of our own.

No more than LONGEST characters of a row are ever in memory. What cannot be read is a Broken row; the rest is read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import deque
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from generator.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LONGEST = 1_000_000
"""Characters of a row. One with all its consents takes a few thousand."""

_MOST_LINES = 1000
"""Lines of a row of CSV: an open quote is looked after so far."""
_CHUNK = 1 << 16
_SEPARATORS = (",", ";", "\t")


_FORMULA = "=+-@\t\r'"
"""With these a spreadsheet begins to calculate, or to forget: in CSV a ' stands before them, and is taken off again."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: text by column from CSV, values by name from JSON. Names are in lower case."""

    line: int
    """Where it begins, counted from 1."""
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be read."""

    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file that is being read."""

    columns: tuple[str, ...]
    """Names in lower case: of the first line of CSV, or the first object of JSON; none when that has no object."""
    rows: Iterator[Row | Broken]
    text: io.TextIOWrapper
    """Closes the stream when it goes, so it stays as long as the table."""


def write_row(cells: Sequence[str]) -> str:
    """A line of CSV (RFC 4180) that no spreadsheet takes for a formula."""
    line = io.StringIO()
    csv.writer(line).writerow([f"'{cell}" if cell[:1] in _FORMULA and cell else cell for cell in cells])
    return line.getvalue()


def _unguard(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:] and cell[1] in _FORMULA else cell


def read_table(stream: io.BufferedReader, form: str = "") -> Table:
    """Begin to read CSV or JSON; without a form ("csv" or "json") the first character says which of the two it is.

    CSV as in RFC 4180, or with semicolons or tabs, as spreadsheets write it. JSON is an array of objects, or one object
    after the other, on lines of their own or not. UTF-8, or UTF-16; bytes that are neither are kept as lone surrogates
    (PEP 383), for the caller to refuse where they matter. Raises TableError when there is nothing to begin with.
    """
    head = stream.peek()
    if not head:
        raise TableError("is empty")
    text = io.TextIOWrapper(stream, _find_encoding(head), errors="surrogateescape", newline=None)
    is_json = form == "json" if form else _JSON.match(head)
    columns, rows = (_read_json if is_json else _read_csv)(_Lines(text))
    return Table(columns, rows, text)


_JSON = re.compile(rb"[\xef\xbb\xbf\xfe\xff\0\s]*[\[{]")


def _find_encoding(head: bytes) -> str:
    for magic, what in _OTHERS.items():
        if head.startswith(magic):
            raise TableError(f"is {what}; expected CSV or JSON")
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    if head[1:2] == b"\0" and head[:1] != b"\0":
        return "utf-16-le"
    if head[:1] == b"\0" and head[1:2] not in {b"", b"\0"}:
        return "utf-16-be"
    return "utf-8"


_OTHERS = {
    b"PK\x03\x04": "an Excel workbook or a ZIP file; save the sheet as “CSV UTF-8”, or unpack the file first",
    b"\x1f\x8b": "compressed with gzip; decompress it first",
    b"\xff\xfe\0\0": "in UTF-32; save it as UTF-8",
    b"\0\0\xfe\xff": "in UTF-32; save it as UTF-8",
    b"SQLite": "an SQLite database; see `newsletter backup --help`",
}
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class _Lines:
    """Lines with their numbers, the end of each as "\\n", none longer than LONGEST; what follows of it is dropped."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.number = 0
        """Of the line that was taken last."""
        self._text = text
        self._waiting: deque[str] = deque()

    def take(self) -> str:
        """The next line; empty at the end of the file."""
        line = self._waiting.popleft() if self._waiting else self._read()
        self.number += bool(line)
        return line

    def give_back(self, lines: list[str]) -> None:
        """Lines that were taken last, to be taken again."""
        self._waiting.extendleft(reversed(lines))
        self.number -= len(lines)

    def read(self, size: int) -> str:
        """Some characters, whatever the lines; for the reader of JSON, which counts for itself."""
        return self._read_text(size, self._text.read)

    def _read(self) -> str:
        line = self._read_text(LONGEST, self._text.readline)
        rest = line
        while len(rest) == LONGEST and not rest.endswith("\n"):
            rest = self._read_text(LONGEST, self._text.readline)
        return line if rest is line else line + "\n"

    def _read_text(self, size: int, read: Any) -> str:
        try:
            text: str = read(size)
        except UnicodeDecodeError:
            raise TableError(f"is not UTF-16 after line {self.number}; expected UTF-8 or UTF-16") from None
        return text


# --- CSV --------------------------------------------------------------------------------------------------------------


def _read_csv(lines: _Lines) -> tuple[tuple[str, ...], Iterator[Row | Broken]]:
    heading = lines.take()
    separator = max(_SEPARATORS, key=heading.count)
    if found := re.fullmatch(r"sep=(.)\n", heading):  # the first line that Excel writes for itself
        separator, heading = found[1], lines.take()
    try:
        columns = tuple(name.strip().lower() for name in next(csv.reader([heading], delimiter=separator)))
    except (csv.Error, StopIteration):
        columns = ()
    if not any(columns):
        raise TableError("does not begin with column names; expected a column “address”")
    return columns, _read_rows(lines, columns, separator)


def _read_rows(lines: _Lines, columns: tuple[str, ...], separator: str) -> Iterator[Row | Broken]:
    while taken := _take_row(lines):
        number = lines.number - len(taken) + 1
        if not taken[0].strip(f"{separator} \n"):
            lines.give_back(taken[1:])
            continue
        row = _parse_row(number, taken, columns, separator)
        if isinstance(row, Broken):
            # A quote that is never closed would take good rows with it: only its own line is lost.
            lines.give_back(taken[1:])
        yield row


def _take_row(lines: _Lines) -> list[str]:
    """A line, and those after it while a quote is open."""
    taken: list[str] = []
    quotes = size = 0
    while line := lines.take():
        taken.append(line)
        quotes += line.count('"')
        size += len(line)
        if not quotes % 2:
            return taken
        if size > LONGEST or len(taken) == _MOST_LINES:
            break
    lines.give_back(taken[1:])
    return taken[:1]


def _parse_row(number: int, taken: list[str], columns: tuple[str, ...], separator: str) -> Row | Broken:
    if len(taken[0]) > LONGEST:
        return Broken(number, f"is longer than {LONGEST:,} characters")
    try:
        cells = next(csv.reader(["".join(taken)], delimiter=separator, strict=True))
    except (csv.Error, StopIteration):
        return Broken(
            number, "has an unclosed quote, or text after a closing quote; expected CSV as in RFC 4180"
        )
    while len(cells) > len(columns) and not cells[-1]:
        cells.pop()
    if len(cells) != len(columns):
        return Broken(number, f"has {len(cells)} columns; expected {len(columns)}, as in the first line")
    # Of two columns with the same name the first one counts.
    cells = [_unguard(cell) for cell in cells]
    named = dict(zip(reversed(columns), reversed(cells), strict=True))
    if "" in named:  # of columns without a name whatever stands in any of them
        named[""] = next((cell for name, cell in zip(columns, cells, strict=True) if cell and not name), "")
    return Row(number, named)


# --- JSON -------------------------------------------------------------------------------------------------------------


def _read_json(lines: _Lines) -> tuple[tuple[str, ...], Iterator[Row | Broken]]:
    rows = _Objects(lines).read()
    ahead: list[Row | Broken] = []
    columns: tuple[str, ...] = ()
    for row in rows:
        ahead.append(row)
        if isinstance(row, Row):
            columns = tuple(row.cells)
            break
        if len(ahead) == _BLIND:
            break
    return columns, chain(ahead, rows)


_BLIND = 100
"""Broken rows that may come before the first good one of JSON, which says what the columns are."""


class _Objects:
    """The objects of a JSON text, each found as soon as enough of the text has been read."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines
        self._buffer = ""
        self._start = 0
        """Where the part of the buffer begins that has not been dealt with."""
        self._line = 1
        """The number of that place's line."""
        self._column = 1
        """That place in its line, counted from 1."""
        self._decoder = json.JSONDecoder()

    def read(self) -> Iterator[Row | Broken]:
        """All objects; what stands between them is skipped when it may stand between objects of an array."""
        while self._skip():
            if self._buffer[self._start] == "{":
                yield self._read_object()
            else:
                yield Broken(self._line, "is not a JSON object; expected {…}")
                self._leave_line()

    def _skip(self) -> bool:
        while True:
            found = _BETWEEN.match(self._buffer, self._start)
            if found is not None:
                self._advance(found.end())
            if self._start < len(self._buffer):
                return True
            if not self._fill():
                return False

    def _read_object(self) -> Row | Broken:
        line, ended = self._line, False
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._start)
            except json.JSONDecodeError as error:
                if (
                    not ended
                    and _may_go_on(error, self._buffer)
                    and len(self._buffer) - self._start <= LONGEST
                ):
                    ended = not self._fill()
                    continue
                why = self._explain(error) if len(self._buffer) - self._start <= LONGEST else ""
                return self._give_up(line, why)
            except (ValueError, RecursionError):  # a number of thousands of digits; brackets a thousand deep
                return self._give_up(line, "a number is too large, or the nesting is too deep")
            self._advance(end)
            return Row(line, {str(name).strip().lower(): cell for name, cell in value.items()})

    def _explain(self, error: json.JSONDecodeError) -> str:
        """Where the mistake is, and what to write there; the library's own words are for programmers."""
        advice = next((ours for theirs, ours in _ADVICE.items() if error.msg.startswith(theirs)), _OTHERWISE)
        position, before = error.pos, self._buffer[: error.pos].rstrip()
        if self._buffer[position : position + 1] in {"}", "]"} and before.endswith(","):  # before Python 3.13
            position, advice = len(before) - 1, _ADVICE["Illegal trailing comma"]
        line, column = self._find_place(position)
        return f"line {line}, column {column}: {advice}"

    def _find_place(self, position: int) -> tuple[int, int]:
        """The line and the column of a place in the buffer after the start."""
        end = self._buffer.rfind("\n", self._start, position)
        line = self._line + self._buffer.count("\n", self._start, position)
        return line, position - end if end >= 0 else self._column + position - self._start

    def _give_up(self, line: int, why: str) -> Broken:
        self._leave_line()
        return Broken(line, f"is not JSON: {why}" if why else f"is longer than {LONGEST:,} characters")

    def _leave_line(self) -> None:
        """Go on with the next line, where the next object may begin."""
        while (end := self._buffer.find("\n", self._start)) < 0:
            self._advance(len(self._buffer))
            if not self._fill():
                return
        self._advance(end + 1)

    def _advance(self, end: int) -> None:
        self._line, self._column = self._find_place(end)
        self._start = end

    def _fill(self) -> bool:
        more = self._lines.read(_CHUNK)
        self._buffer = self._buffer[self._start :] + more
        self._start = 0
        return bool(more)


_ADVICE = {
    "Expecting property name": 'write a name in double quotes, like "address"',
    "Illegal trailing comma": "delete the comma before the bracket",
    "Expecting ':'": "write a colon between a name and its value",
    "Expecting ','": "write a comma between two values, or the bracket that closes",
    "Expecting value": "write a value: text in double quotes, a number, true, false or null",
    "Unterminated string": "close the double quote that begins here",
    "Invalid control character": "write a line break inside double quotes as \\n, and a tab as \\t",
    "Invalid \\": "write a backslash inside double quotes as \\\\",
}
"""By the beginning of what the library says."""
_OTHERWISE = "look at its quotes, colons, commas and brackets"
_BETWEEN = re.compile(r"[\s,\[\]]+")


def _may_go_on(error: json.JSONDecodeError, buffer: str) -> bool:
    """Whether the rest may still be to come: the mistake is at the end, or a string has none."""
    return error.msg.startswith("Unterminated string") or error.pos >= len(buffer) - len("-Infinity")
