"""What a file is, whatever its name says."""

import os

import pytest

from generator.errors import TableError
from generator.subscribers.transfer.opening import open_table
from tests.subscribers.files import stream
from tests.subscribers.workbooks import pack, write_workbook

GOOD = write_workbook([["email"], ["a@example.org"]])
PARTS = {"[Content_Types].xml": b"<Types/>"}


@pytest.mark.parametrize(
    "content, said",
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), r"is an old Excel file \(.xls\), or is locked with a pass"),
        (pack(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "is an OpenDocument file"),
        (pack(**{"Index/Document.iwa": b""}), "is a Numbers file; export it from Numbers as CSV or Excel"),
        (pack(**PARTS, **{"xl/workbook.bin": b""}), "is a binary Excel workbook"),
        (pack(**PARTS, **{"word/document.xml": b""}), "is a ZIP file, not an Excel workbook"),
        (pack(**{"subscribed_1.csv": b""}), "is a ZIP file, not an Excel workbook; unpack it"),
        (pack(**PARTS), "is damaged, or not quite a workbook"),
        (pack(**PARTS, **{"xl/styles.xml": bytes(60 << 20)}), "is too large: “xl/styles.xml” in it would take 60 MB"),
        (GOOD[:-100], "is damaged, or not complete; get the file again"),
        (b"", "is empty"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_named(content: bytes, said: str) -> None:
    with pytest.raises(TableError, match=said):
        open_table(stream(content))


def test_csv_named_as_a_workbook_is_said_and_the_other_way_round() -> None:
    with pytest.raises(TableError, match="is not an Excel workbook"):
        open_table(stream("email\na@example.org\n"), "xlsx")
    with pytest.raises(TableError, match="is an Excel workbook or a ZIP file; expected CSV or JSON"):
        open_table(stream(GOOD), "csv")
    with pytest.raises(TableError, match="has no sheets; leave --sheet out"):
        open_table(stream("email\na@example.org\n"), sheet="Blad1")


def test_a_pipe_cannot_hold_a_workbook() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(GOOD[:100])
    with (
        os.fdopen(reading, "rb") as pipe,
        pytest.raises(TableError, match="cannot be read from a pipe; name the file"),
    ):
        open_table(pipe)
