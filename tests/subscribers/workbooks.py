"""Excel workbooks for tests: as openpyxl writes them, and with parts changed by hand."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

SHEET = "xl/worksheets/sheet1.xml"


def write_workbook(rows: Sequence[Sequence[Any]], **others: Sequence[Sequence[Any]]) -> bytes:
    """A workbook with these rows in the sheet “Blad1”, and others in sheets with their names."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, content in {"Blad1": rows, **others}.items():
        sheet = workbook.create_sheet(name)
        for row in content:
            sheet.append(row)
    return save(workbook)


def save(workbook: openpyxl.Workbook) -> bytes:
    made = io.BytesIO()
    workbook.save(made)
    return made.getvalue()


def change(workbook: bytes, part: str, changes: Mapping[str, str]) -> bytes:
    """The workbook with other words in one of its parts."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            for before, after in changes.items() if name == part else ():
                assert before.encode() in content
                content = content.replace(before.encode(), after.encode())
            new.writestr(name, content)
    return made.getvalue()


def pack(**files: bytes) -> bytes:
    """A ZIP file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()
