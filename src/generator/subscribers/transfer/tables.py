"""A file that somebody gave us → its rows, one at a time, however large or broken the file is; and a row of our own.

What cannot be read is a Broken row; the rest is read. `csv` and `json` parse, but do not go on by themselves: for `csv`
a quote that is never closed reaches to the end of the file, and `json.load` and `ijson` stop at the first mistake. Here
a mistake costs its own row and has a line number. At most a few times LONGEST characters are in memory.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import deque
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from generator.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LONGEST = 1_000_000
"""Characters of a row. One with all its consents takes a few thousand."""

_MOST_LINES = 1000
"""Lines of a row of CSV: as many are read for the end of an open quote."""
_CHUNK = 1 << 16
"""Characters of JSON that are read at a time."""
_SEPARATORS = (",", ";", "\t")


_FORMULA = "=+-@\t\r'"
"""With these a spreadsheet begins to calculate, or to forget: in CSV a ' stands before them, and is taken off again."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: text by column from CSV, values by name from JSON. Names are in lower case."""

    line: int
    """Where it begins, counted from 1; in a workbook the row of the sheet."""
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
    source: object
    """Closes the stream when it goes, so it stays as long as the table."""
    sheet: str = ""
    """Of a workbook."""
    note: str = ""
    """What a person must know of how it was read."""


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
    columns, rows = (_read_json if is_json else _read_csv)(text)
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
    b"PK\x03\x04": "an Excel workbook or a ZIP file",
    b"\x1f\x8b": "compressed with gzip; decompress it first",
    b"\xff\xfe\0\0": "in UTF-32; save it as UTF-8",
    b"\0\0\xfe\xff": "in UTF-32; save it as UTF-8",
    b"SQLite": "an SQLite database; see `newsletter restore --help`",
}
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def _read(read: Callable[[int], str], most: int, line: int) -> str:
    """At most so many characters. Raises TableError that names the line after which they are no text."""
    try:
        return read(most)
    except UnicodeDecodeError:
        raise TableError(f"is not UTF-16 after line {line}; expected UTF-8 or UTF-16") from None


# --- CSV --------------------------------------------------------------------------------------------------------------


def _read_csv(text: io.TextIOWrapper) -> tuple[tuple[str, ...], Iterator[Row | Broken]]:
    heading, taken = _read_line(text, 0), 1
    separator = max(_SEPARATORS, key=heading.count)
    if found := re.fullmatch(r"sep=(.)\n", heading):  # the first line that Excel writes for itself
        separator, heading, taken = found[1], _read_line(text, 1), 2
    try:
        columns = tuple(name.strip().lower() for name in next(csv.reader([heading], delimiter=separator)))
    except (csv.Error, StopIteration):
        columns = ()
    if not any(columns):
        raise TableError("does not begin with column names; expected a column “address”")
    return columns, _read_rows(text, taken, columns, separator)


def _read_rows(
    text: io.TextIOWrapper, taken: int, columns: tuple[str, ...], separator: str
) -> Iterator[Row | Broken]:
    """The rows after so many lines."""
    lines: list[str] = []  # of this row
    again: deque[str] = deque()  # lines of a broken row, without its first one

    def take() -> Iterator[str]:
        size = 0
        while size <= LONGEST and len(lines) < _MOST_LINES:
            line = again.popleft() if again else _read_line(text, taken + len(lines))
            if not line:
                return
            lines.append(line)
            size += len(line)
            yield line

    while True:
        lines.clear()
        try:
            cells = next(csv.reader(take(), delimiter=separator, strict=True), [])
        except csv.Error:
            cells = None
        if not lines:
            return
        if not lines[0].strip(f"{separator} \n"):
            taken += 1
            continue
        row = make_row(taken + 1, len(lines[0]), cells, columns)
        if isinstance(row, Broken):
            # A quote that is never closed would take good rows with it: only its own line is lost.
            again.extendleft(reversed(lines[1:]))
            del lines[1:]
        taken += len(lines)
        yield row


def _read_line(text: io.TextIOWrapper, taken: int) -> str:
    """The line after so many others, empty at the end of the file; what is beyond LONGEST characters is dropped."""
    line = rest = _read(text.readline, LONGEST, taken)
    while len(rest) == LONGEST and not rest.endswith("\n"):
        rest = _read(text.readline, LONGEST, taken)
    return line if rest is line else f"{line}\n"


def make_row(number: int, length: int, cells: list[str] | None, columns: tuple[str, ...]) -> Row | Broken:
    """The row that begins in a line of this number and length; None instead of cells: it is not CSV."""
    if length > LONGEST:
        return Broken(number, f"is longer than {LONGEST:,} characters")
    if cells is None:
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


def _read_json(text: io.TextIOWrapper) -> tuple[tuple[str, ...], Iterator[Row | Broken]]:
    rows = _read_objects(_Ahead(text))
    ahead: list[Row | Broken] = []
    for row in islice(rows, _BLIND):
        ahead.append(row)
        if isinstance(row, Row):
            return tuple(row.cells), chain(ahead, rows)
    return (), chain(ahead, rows)


_BLIND = 100
"""Broken rows that may come before the first good one of JSON, which says what the columns are."""


class _Ahead:
    """What follows a place in a file: more than LONGEST characters, or all that is left."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = ""
        self.start = 0
        """The place in `text`; what is before it has been dealt with."""
        self.line = self.column = 1
        """The same place, for a person."""
        self.ended = False
        """Whether `text` goes to the end of the file."""
        self._file = text
        self.advance(0)

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Go on to where the pattern ends; False: that is the end of the file."""
        while self.start < len(self.text):
            found = pattern.match(self.text, self.start)
            end = found.end() if found else self.start
            goes_on = end < len(self.text)
            self.advance(end)
            if goes_on:
                return True
        return False

    def advance(self, end: int) -> None:
        """Go on to a place in `text`, and read more when that takes it."""
        self.line, self.column = self.find_place(end)
        self.start = end
        if self.ended or len(self.text) - end > LONGEST:
            return
        pieces, size = [self.text[end:]], len(self.text) - end
        while size <= 2 * LONGEST and not self.ended:
            pieces.append(_read(self._file.read, _CHUNK, self.line))
            size += len(pieces[-1])
            self.ended = not pieces[-1]
        self.text, self.start = "".join(pieces), 0

    def find_place(self, position: int) -> tuple[int, int]:
        """The line and the column of a place in `text` after the start, both counted from 1."""
        end = self.text.rfind("\n", self.start, position)
        line = self.line + self.text.count("\n", self.start, position)
        return line, position - end if end >= 0 else self.column + position - self.start


_BETWEEN = re.compile(r"[\s,\[\]]*")
"""What may stand between objects of an array, or between lines with an object each."""
_REST_OF_LINE = re.compile(r"[^\n]*")


def _read_objects(ahead: _Ahead) -> Iterator[Row | Broken]:
    while ahead.skip(_BETWEEN):
        row = _read_object(ahead)
        if isinstance(row, Broken):
            ahead.skip(_REST_OF_LINE)  # the next line may begin with an object
        yield row


def _read_object(ahead: _Ahead) -> Row | Broken:
    line = ahead.line
    if ahead.text[ahead.start] != "{":
        return Broken(line, "is not a JSON object; expected {…}")
    try:
        value, end = _DECODER.raw_decode(ahead.text, ahead.start)
    except json.JSONDecodeError as error:
        # A mistake only because the text ends here and the file does not?
        if ahead.ended or not (
            error.msg.startswith("Unterminated string") or error.pos >= len(ahead.text) - len("-Infinity")
        ):
            return Broken(line, f"is not JSON: {_explain(ahead, error)}")
        end = len(ahead.text)
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets a thousand deep
        return Broken(line, "is not JSON: a number is too large, or the nesting is too deep")
    if end - ahead.start > LONGEST:
        return Broken(line, f"is longer than {LONGEST:,} characters")
    ahead.advance(end)
    return Row(line, {str(name).strip().lower(): cell for name, cell in value.items()})


def _explain(ahead: _Ahead, error: json.JSONDecodeError) -> str:
    """Where the mistake is, and what to write there; the library's own words are for programmers."""
    advice = next((ours for theirs, ours in _ADVICE.items() if error.msg.startswith(theirs)), _OTHERWISE)
    position, before = error.pos, ahead.text[ahead.start : error.pos].rstrip()
    if ahead.text[position : position + 1] in {"}", "]"} and before.endswith(","):  # before Python 3.13
        position, advice = ahead.start + len(before) - 1, _ADVICE["Illegal trailing comma"]
    line, column = ahead.find_place(position)
    return f"line {line}, column {column}: {advice}"


_DECODER = json.JSONDecoder()
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
