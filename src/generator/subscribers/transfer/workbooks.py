"""A sheet of an Excel workbook → its rows as texts, as if it had been saved as CSV.

openpyxl knows the format. By itself it takes 670 MB for a million rows, so we walk the elements of a sheet ourselves,
forget each after it was read, and keep the texts that the cells share in a temporary file.
"""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import closing
from datetime import datetime, time
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, cast
from xml.etree.ElementTree import XMLPullParser

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import CELL_TAG, DATA_TAG, FORMULA_TAG, INLINE_STRING, ROW_TAG, VALUE_TAG
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from generator.errors import TableError
from generator.subscribers.transfer.formats import shorten
from generator.subscribers.transfer.tables import Broken, Row, Table, make_row

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Sequence
    from typing import IO
    from xml.etree.ElementTree import Element

_CHUNK = 1 << 14
_LARGEST_ROW = 4 << 20
"""Bytes between the ends of two rows: a row of a million characters in cells."""
_MOST_ROWS = 1 << 20
"""Rows of a sheet in Excel."""
_EXACT = 1e15
"""Excel keeps fifteen digits of a number."""
_LEAD = 50
"""Rows in which the names of the columns are looked for."""

_DAMAGED = (
    "is damaged, or not quite a workbook; open it, and save it again as “Excel Workbook (.xlsx)” or as CSV"
)

_STRING_TAG = f"{{{SHEET_MAIN_NS}}}si"
_TEXT_TAG = f"{{{SHEET_MAIN_NS}}}t"


def read_workbook(stream: io.BufferedReader, wanted: str) -> Table:
    """Begin to read a sheet: the one of this name, or the only one with something in it. Raises TableError."""
    try:
        workbook = _open(stream)
        sheet = _choose(workbook, wanted)
        rows = _read_sheet(workbook, sheet)
        lead, heading = _find_heading(rows)
    except TableError:
        raise
    except Exception as error:  # openpyxl raises anything when a file is not as it expects
        raise TableError(_DAMAGED) from error
    if isinstance(heading, Broken):
        raise TableError(f"cannot be read: row {heading.line} of the sheet “{sheet}” {heading.problem}")
    columns = tuple(_trim([name.strip().lower() for name in heading[1]]))
    note = f"The column names are in row {heading[0]} of the sheet “{sheet}”; the rows above were not read."
    return Table(
        columns,
        (_name(row, columns) for row in chain(lead, rows)),
        workbook,
        sheet,
        note if heading[0] > 1 else "",
    )


class _Workbook(ExcelReader):  # type: ignore[misc] # openpyxl has no types
    """What is read of a workbook before its rows: which sheets it has, and which styles are dates."""

    def __init__(self, stream: io.BufferedReader) -> None:
        super().__init__(stream, read_only=True, data_only=True, keep_links=False)
        self.read_manifest()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        self.sheets: dict[str, tuple[str, str]] = {
            sheet.name: (rel.target, sheet.state)
            for sheet, rel in self.parser.find_sheets()
            if rel.target in self.valid_files and rel.Type.endswith("/worksheet")
        }

    def open_part(self, name: str) -> IO[bytes]:
        found: IO[bytes] = self.archive.open(name)
        return found

    def open_strings(self) -> IO[bytes] | None:
        part = self.package.find(SHARED_STRINGS)
        return self.open_part(part.PartName.lstrip("/")) if part else None


def _open(stream: io.BufferedReader) -> _Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what openpyxl would not write again
        return _Workbook(stream)


def _choose(workbook: _Workbook, wanted: str) -> str:
    if not workbook.sheets:
        raise TableError(f"has no sheet that can be read, or {_DAMAGED}")
    if wanted:
        found = [name for name in workbook.sheets if name.strip().casefold() == wanted.strip().casefold()]
        if found:
            return found[0]
        raise TableError(f"has no sheet “{wanted}”; it has {_list(workbook, list(workbook.sheets))}")
    filled = [name for name, (part, _) in workbook.sheets.items() if _is_filled(workbook, part)]
    if not filled:
        raise TableError("is empty")
    if len(filled) > 1:
        raise TableError(
            f"has {len(filled)} sheets: {_list(workbook, filled)}; say which to read with --sheet NAME, and import "
            "each that holds people, also those who left"
        )
    if workbook.sheets[filled[0]][1] != "visible":
        raise TableError(
            f"has its rows in the hidden sheet “{filled[0]}”; if that is right, add --sheet NAME"
        )
    return filled[0]


def _list(workbook: _Workbook, names: Sequence[str]) -> str:
    return ", ".join(
        f"“{name}”" + (" (hidden)" if workbook.sheets[name][1] != "visible" else "") for name in names
    )


def _is_filled(workbook: _Workbook, part: str) -> bool:
    with workbook.open_part(part) as source:
        return any(
            cell.find(VALUE_TAG) is not None or cell.find(INLINE_STRING) is not None
            for row in _walk(source, ROW_TAG, DATA_TAG)
            for cell in row
        )


# --- Elements ---------------------------------------------------------------------------------------------------------


def _walk(source: IO[bytes], tag: str, container: str = "") -> Iterator[Element]:
    """The elements with a tag, one at a time, up to the end of what contains them. Raises TableError."""
    pull: XMLPullParser[Element] = XMLPullParser(("start", "end"))
    parents: list[Element] = []
    size = 0
    while chunk := source.read(_CHUNK):
        pull.feed(chunk)
        size += len(chunk)
        for event, element in cast("Iterator[tuple[str, Element]]", pull.read_events()):
            if event == "start":
                parents.append(element)
            elif parents.pop().tag == tag:
                size = 0
                yield element
                parents[-1].remove(element)
            elif element.tag == container:
                return
        if size > _LARGEST_ROW:
            raise TableError(f"has a row of more than {_LARGEST_ROW >> 20} MB, which is no list of people")
    pull.close()


class _Strings:
    """The texts that the cells of a workbook share, by number: in a file that is gone when it is closed."""

    def __init__(self, source: IO[bytes] | None) -> None:
        self._table = sqlite3.connect("", isolation_level=None)
        self._table.execute("CREATE TABLE strings (number INTEGER PRIMARY KEY, text TEXT)")
        if source is not None:
            with source:
                texts = enumerate(_read_text(element) for element in _walk(source, _STRING_TAG))
                self._table.execute("BEGIN")
                self._table.executemany("INSERT INTO strings VALUES (?, ?)", texts)
                self._table.execute("COMMIT")

        self.find = lru_cache(maxsize=1000)(self._find)  # most columns have few values

    def _find(self, number: int) -> str:
        found = self._table.execute("SELECT text FROM strings WHERE number = ?", (number,)).fetchone()
        if found is None:
            raise IndexError(number)
        return str(found[0])

    def close(self) -> None:
        self._table.close()


def _read_text(element: Element) -> str:
    if len(element) == 1 and element[0].tag == _TEXT_TAG:
        return _unescape(element[0].text or "")
    return _unescape(Text.from_tree(element).content)  # with several formats


def _unescape(text: str) -> str:
    return str(unescape(text)) if "_x" in text else text  # _x000D_ and the like


# --- Rows -------------------------------------------------------------------------------------------------------------

_Line = tuple[int, list[str]]
"""The number of a row, and its cells as texts."""


def _read_sheet(workbook: _Workbook, sheet: str) -> Iterator[_Line | Broken]:
    """The rows in which something stands. Raises TableError."""
    line = 0
    try:
        with (
            closing(_Strings(workbook.open_strings())) as strings,
            workbook.open_part(workbook.sheets[sheet][0]) as source,
        ):
            cells = _Cells(workbook, strings)
            for count, element in enumerate(_walk(source, ROW_TAG, DATA_TAG)):
                if count == _MOST_ROWS:
                    yield Broken(line + 1, f"is too much: a sheet has at most {_MOST_ROWS:,} rows")
                    return
                row = cells.read_row(element)
                line = row.line if isinstance(row, Broken) else row[0]
                if isinstance(row, Broken) or any(row[1]):
                    yield row
    except TableError:
        raise
    except sqlite3.Error as error:
        raise TableError(f"cannot be read: there is no room for a temporary file ({error})") from None
    except Exception as error:  # a file that ends too early, or is no XML
        raise TableError(f"is damaged after row {line} of the sheet “{sheet}”; get the file again") from error


class _CellError(ValueError):
    """What is wrong with a cell."""


class _Cells:
    """Reads the cells of a row."""

    def __init__(self, workbook: _Workbook, strings: _Strings) -> None:
        self._strings = strings
        self._epoch = workbook.wb.epoch
        self._dates = workbook.wb._date_formats  # noqa: SLF001 (as its own reader of rows does)
        self._durations = workbook.wb._timedelta_formats  # noqa: SLF001
        styles, fonts = workbook.wb._cell_styles, workbook.wb._fonts  # noqa: SLF001
        self._struck = {str(number) for number, style in enumerate(styles) if fonts[style.fontId].strike}
        self._row = 0

    def read_row(self, element: Element) -> _Line | Broken:
        self._row = int(element.get("r") or self._row + 1)
        cells: list[str] = []
        is_hidden = element.get("hidden") in {"1", "true"}
        problem = "is hidden in the sheet; show it if it counts, or delete it" if is_hidden else ""
        for cell in element.iterfind(CELL_TAG):
            place = cell.get("r")
            column = column_index_from_string(place.rstrip("0123456789")) if place else len(cells) + 1
            try:
                text = self._read_cell(cell)
            except (ValueError, LookupError, TypeError, OverflowError) as error:
                said = str(error) if isinstance(error, _CellError) else "a value that cannot be read"
                problem = problem or f"has in column {get_column_letter(column)} {said}"
                text = "?"
            if text and cell.get("s") in self._struck:
                problem = (
                    problem or "has struck-out text, as of somebody who left; delete it, or mend its format"
                )
            if text:
                cells += [""] * (column - len(cells))
                cells[column - 1] = text
        return Broken(self._row, problem) if problem and cells else (self._row, cells)

    def _read_cell(self, cell: Element) -> str:
        kind, value = cell.get("t", "n"), cell.findtext(VALUE_TAG)
        if kind == "inlineStr":
            found = cell.find(INLINE_STRING)
            return "" if found is None else _read_text(found)
        if value is None and cell.find(FORMULA_TAG) is not None:
            raise _CellError("a formula without a value; open the file in a spreadsheet, and save it again")
        if not value:
            return ""
        match kind:
            case "s":
                return self._strings.find(int(value))
            case "str":
                return _unescape(value)
            case "b":
                return "TRUE" if int(value) else "FALSE"
            case "d":
                return _write_time(from_ISO8601(value))
            case "n":
                return self._write_number(value, int(cell.get("s", 0)))
            case _:
                raise _CellError(
                    f"the error {shorten(value)}; correct or empty the cell, or delete the column"
                )

    def _write_number(self, text: str, style: int) -> str:
        number = float(text)
        if style in self._dates:
            return _write_time(from_excel(number, self._epoch, timedelta=style in self._durations))
        return str(int(number)) if number.is_integer() and abs(number) < _EXACT else repr(number)


def _write_time(moment: Any) -> str:
    """A day, or a time, as ISO 8601 writes it: without the time when that is midnight."""
    if isinstance(moment, datetime):
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ", "seconds")
    return str(moment)


def _trim(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _find_heading(rows: Iterator[_Line | Broken]) -> tuple[list[_Line | Broken], _Line | Broken]:
    """The row with the names of the columns, and those after it that were read to find it.

    It is the first row with two cells before there is an address; in a list of one column, the last one before it.
    """
    lead: list[_Line | Broken] = []
    for row in islice(rows, _LEAD):
        lead.append(row)
        if _has_address(row):
            break
    if not lead:
        raise TableError("is empty")
    last = len(lead) - 1 if _has_address(lead[-1]) else len(lead)
    before = [number for number in range(last) if not isinstance(lead[number], Broken)]
    wide = [number for number in before if _is_wide(lead[number])]
    heading = (wide or (before[-1:] if last < len(lead) else []) or [0])[0]
    return lead[heading + 1 :], lead[heading]


def _is_wide(row: _Line | Broken) -> bool:
    return not isinstance(row, Broken) and len([cell for cell in row[1] if cell]) > 1


def _has_address(row: _Line | Broken) -> bool:
    return not isinstance(row, Broken) and any("@" in cell for cell in row[1])


def _name(row: _Line | Broken, columns: tuple[str, ...]) -> Row | Broken:
    if isinstance(row, Broken):
        return row
    line, cells = row
    cells = _trim(cells)
    cells += [""] * (len(columns) - len(cells))
    return make_row(line, 0, cells, (*columns, *[""] * (len(cells) - len(columns))))
