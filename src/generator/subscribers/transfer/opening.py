"""A file that somebody gave us → the table in it: a workbook, CSV or JSON, or what else it seems to be."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from generator.errors import TableError
from generator.subscribers.transfer.tables import read_table

if TYPE_CHECKING:
    import io

    from generator.subscribers.transfer.tables import Table

_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LARGEST_PART = 50 << 20
"""Bytes of a part of a workbook that is read as a whole, such as its styles. Its rows and texts may be larger."""

_SAVE = "open it in a spreadsheet, and save it as “Excel Workbook (.xlsx)” or as CSV"


def open_table(stream: io.BufferedReader, form: str = "", sheet: str = "") -> Table:
    """Begin to read a file; its first characters say what it is, unless a form does. Raises TableError."""
    head = stream.peek()
    if head.startswith(_COMPOUND):
        raise TableError(
            f"is an old Excel file (.xls), or is locked with a password; {_SAVE}, without a password"
        )
    if form == "xlsx" and not head.startswith(_ZIP):
        raise TableError("is not an Excel workbook; leave --format out")
    if form == "xlsx" or (not form and head.startswith(_ZIP)):
        _check_zip(stream)
        from generator.subscribers.transfer.workbooks import read_workbook  # noqa: PLC0415 (openpyxl takes 20 MB)

        return read_workbook(stream, sheet)
    if sheet:
        raise TableError("has no sheets; leave --sheet out")
    return read_table(stream, form)


def _check_zip(stream: io.BufferedReader) -> None:
    """Refuse what is no workbook, or not a whole one. Raises TableError."""
    if not stream.seekable():
        raise TableError("is an Excel workbook, which cannot be read from a pipe; name the file")
    try:
        with ZipFile(stream) as archive:
            parts = {part.filename: part for part in archive.infolist()}
            kind = archive.read("mimetype")[:100] if "mimetype" in parts else b""
    except (BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        raise TableError("is damaged, or not complete; get the file again") from None
    finally:
        stream.seek(0)
    if b"opendocument" in kind:
        raise TableError(f"is an OpenDocument file (.ods); {_SAVE}")
    if "Index/Document.iwa" in parts or "Index.zip" in parts:
        raise TableError("is a Numbers file; export it from Numbers as CSV or Excel")
    if "xl/workbook.bin" in parts:
        raise TableError(f"is a binary Excel workbook (.xlsb); {_SAVE}")
    if "[Content_Types].xml" not in parts or any(name.startswith(("word/", "ppt/")) for name in parts):
        raise TableError(
            "is a ZIP file, not an Excel workbook; unpack it, and import the files in it one by one"
        )
    for name, part in parts.items():
        if part.file_size > _LARGEST_PART and not name.startswith(("xl/worksheets/", "xl/sharedStrings")):
            raise TableError(f"is too large: “{name}” in it would take {part.file_size >> 20:,} MB")
