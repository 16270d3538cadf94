"""Excel workbooks as people have them: titles above the names, dates, hidden rows, formulas, damage."""

import io
import tracemalloc
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from generator.errors import TableError
from generator.subscribers.transfer.opening import open_table
from generator.subscribers.transfer.tables import Broken, Row, Table
from tests.subscribers.files import stream
from tests.subscribers.workbooks import SHEET, change, save, write_workbook

AT = datetime.combine(date(2024, 2, 1), time(10, 30))


def read(content: bytes, sheet: str = "") -> tuple[Table, list[Row | Broken]]:
    table = open_table(stream(content), sheet=sheet)
    return table, list(table.rows)


def cells(content: bytes, sheet: str = "") -> list[dict[str, object]]:
    _, found = read(content, sheet)
    assert all(isinstance(row, Row) for row in found), found
    return [dict(row.cells) for row in found if isinstance(row, Row)]


def problem(content: bytes, sheet: str = "") -> str:
    """Why the first broken row is not read."""
    return next(row.problem for row in read(content, sheet)[1] if isinstance(row, Broken))


@pytest.mark.parametrize(
    "value, text",
    [
        ("Jan", "Jan"),
        (" Jan ", " Jan "),
        ("_x0041_ x", "A x"),
        ("'=1+1", "=1+1"),  # as our own CSV guards a formula
        (True, "TRUE"),
        (False, "FALSE"),
        (1, "1"),
        (1.0, "1"),
        (0.5, "0.5"),
        (-3, "-3"),
        (31612345678.0, "31612345678"),
        (1e300, "1e+300"),
        (date(2024, 2, 1), "2024-02-01"),
        (AT, "2024-02-01 10:30:00"),
        (datetime.combine(date(2024, 2, 1), time()), "2024-02-01"),
        (time(10, 30), "10:30:00"),
        (timedelta(days=1, hours=2), "1 day, 2:00:00"),
        (CellRichText("a", TextBlock(InlineFont(b=True), "nn"), "e"), "anne"),
        (None, ""),
    ],
)
def test_a_cell_is_the_text_that_a_person_would_type(value: Any, text: str) -> None:
    assert cells(write_workbook([["email", "x"], ["a@example.org", value]])) == [
        {"email": "a@example.org", "x": text}
    ]


def test_days_are_right_in_a_workbook_that_counts_from_1904() -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    workbook.active.append(["email", "x"])
    workbook.active.append(["a@example.org", date(2024, 2, 1)])
    assert cells(save(workbook))[0]["x"] == "2024-02-01"


def test_names_are_found_below_a_title_and_empty_rows() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A2"] = "Ledenlijst 2024"
    sheet.merge_cells("A2:C2")
    for column, text in zip("BCD", [" E-mail ", "Naam", "Status"], strict=True):
        sheet[f"{column}4"] = text
        sheet[f"{column}6"] = text and f"{text.strip()}@example.org"
    table, [row] = read(save(workbook))
    assert isinstance(row, Row)
    assert (table.columns, row.line) == (("", "e-mail", "naam", "status"), 6)
    assert row.cells["e-mail"] == "E-mail@example.org"
    assert table.note == "The column names are in row 4 of the sheet “Sheet”; the rows above were not read."


@pytest.mark.parametrize(
    "rows, columns, first",
    [
        ([["email"], ["a@example.org"]], ("email",), 2),
        ([["Leden"], ["email"], ["a@example.org"]], ("email",), 3),
        ([["email", "naam"], [None, "Jan"], ["a@example.org", "An"]], ("email", "naam"), 2),
        ([["email", "naam"], ["geen", "Jan"]], ("email", "naam"), 2),
        ([["email"], ["geen"]], ("email",), 2),
        ([["a@example.org", "ja"], ["b@example.org", "nee"]], ("a@example.org", "ja"), 2),
    ],
)
def test_which_row_has_the_names(rows: Sequence[Sequence[Any]], columns: tuple[str, ...], first: int) -> None:
    table, found = read(write_workbook(rows))
    assert (table.columns, found[0].line) == (columns, first)


def test_a_cell_beyond_the_names_has_no_name() -> None:
    [row] = cells(write_workbook([["email", "x"], ["a@example.org", None, None, "left"]]))
    assert row == {"email": "a@example.org", "x": "", "": "left"}


@pytest.mark.parametrize(
    "cell, said",
    [
        ("<c{}><f>1+1</f></c>", "has in column B a formula without a value; open the file in a spreadsheet"),
        ('<c{} t="e"><v>#N/A</v></c>', "has in column B the error “#N/A”; correct or empty the cell"),
        ("<c{}><v>two</v></c>", "has in column B a value that cannot be read"),
        ('<c{} t="s"><v>99</v></c>', "has in column B a value that cannot be read"),
        ('<c{} s="1"><v>9999999999</v></c>', "has in column B a value that cannot be read"),
        ('<c{} t="d"><v>1 mei</v></c>', "has in column B a value that cannot be read"),
    ],
)  # fmt: skip
def test_what_is_not_to_be_believed_costs_its_row(cell: str, said: str) -> None:
    rows = [["email", "x"], ["a@example.org", 2], ["b@example.org", date(2024, 1, 1)]]
    changed = {'<c r="B2" t="n"><v>2</v></c>': cell.format(' r="B2"')}
    _, [broken, row] = read(change(write_workbook(rows), SHEET, changed))
    assert (broken.line, row.line) == (2, 3)
    assert isinstance(broken, Broken)
    assert broken.problem.startswith(said)


def test_a_hidden_row_is_not_believed() -> None:
    content = change(
        write_workbook([["email", "x"], ["a@example.org", 2]]), SHEET, {'<row r="2"': '<row hidden="1" r="2"'}
    )
    assert problem(content) == "is hidden in the sheet; show it if it counts, or delete it"


def test_a_row_that_is_struck_out_is_not_believed() -> None:
    workbook = openpyxl.load_workbook(
        io.BytesIO(write_workbook([["email"], ["a@example.org"], ["b@example.org"]]))
    )
    workbook.active["A2"].font = Font(strike=True)
    workbook.active["A3"].font = Font(bold=True)
    _, [broken, row] = read(save(workbook))
    assert (broken.line, row.line) == (2, 3)
    assert isinstance(broken, Broken)
    assert broken.problem.startswith("has struck-out text, as of somebody who left")


def test_a_formula_counts_by_its_value() -> None:
    content = change(
        write_workbook([["email", "x"], ["a@example.org", 2]]), SHEET, {"<v>2</v>": "<f>1+1</f><v>2</v>"}
    )
    assert cells(content)[0]["x"] == "2"
    content = change(content, SHEET, {"<f>1+1</f><v>2</v>": '<f>""</f><v></v>'})
    assert cells(content)[0]["x"] == ""


def test_names_that_cannot_be_read_stop_it() -> None:
    content = change(
        write_workbook([["email", "x"], ["a@example.org", 2]]), SHEET, {'<row r="1"': '<row hidden="1" r="1"'}
    )
    with pytest.raises(TableError, match=r"cannot be read: row 1 of the sheet “Blad1” is hidden"):
        read(content)


# --- Sheets ---


def test_of_several_sheets_one_must_be_named() -> None:
    people = [["email"], ["a@example.org"]]
    content = write_workbook(people, Oud=[["email"], ["b@example.org"]], Leeg=[])
    with pytest.raises(
        TableError, match=r"has 2 sheets: “Blad1”, “Oud”; say which to read with --sheet NAME"
    ):
        read(content)
    assert cells(content, "oud ") == [{"email": "b@example.org"}]
    with pytest.raises(TableError, match="has no sheet “Nieuw”; it has “Blad1”, “Oud”, “Leeg”"):
        read(content, "Nieuw")


def test_a_hidden_sheet_is_named() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(write_workbook([], Weg=[["email"], ["a@example.org"]])))
    workbook["Weg"].sheet_state = "hidden"
    with pytest.raises(TableError, match="has its rows in the hidden sheet “Weg”"):
        read(save(workbook))
    workbook["Blad1"].append(["email"])
    with pytest.raises(TableError, match=r"has 2 sheets: “Blad1”, “Weg” \(hidden\)"):
        read(save(workbook))
    assert cells(save(workbook), "Weg") == [{"email": "a@example.org"}]


def test_an_empty_workbook_is_empty() -> None:
    for sheet in ("", "Blad1"):
        with pytest.raises(TableError, match="is empty"):
            read(write_workbook([], Leeg=[[None]]), sheet)


# --- Damage ---

GOOD = write_workbook([["email", "status"], *([f"a{number}@example.org", "in"] for number in range(200))])


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=4), st.integers(0, 40))
def test_whatever_is_damaged_is_said_in_a_sentence(place: int, put: bytes, cut: int) -> None:
    try:
        _, rows = read(GOOD[:place] + put + GOOD[place + cut :])
    except TableError as error:
        said = str(error)
    else:
        said = f"has {len(rows)} rows"
    assert said.startswith(("is ", "has ", "cannot ", "does "))
    assert "\n" not in said


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_a_part_that_is_no_xml_is_said_in_a_sentence(part: str) -> None:
    with pytest.raises(TableError, match=r"^is damaged"):
        read(change(GOOD, part, {"<": "&"}))


def test_a_sheet_that_ends_too_early_says_after_which_row() -> None:
    content = change(GOOD, SHEET, {'<row r="101"': "<rubbish"})
    table = open_table(stream(content))
    with pytest.raises(
        TableError, match=r"is damaged after row 100 of the sheet “Blad1”; get the file again"
    ):
        list(table.rows)


def test_entities_are_not_expanded() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    content = change(
        write_workbook([["email", "x"], ["a@example.org", "y"]]),
        SHEET,
        {"<worksheet": f'<!DOCTYPE x [<!ENTITY a0 "{"a" * 1000}">{laughs}]><worksheet', '<c r="B2"': '&a9;<c r="B2"'},
    )  # fmt: skip
    with pytest.raises(TableError, match="is damaged"):
        read(content)


def test_a_row_of_gigabytes_is_refused_in_little_memory() -> None:
    content = change(
        write_workbook([["email", "x"], ["a@example.org", 2]]), SHEET, {"<v>2</v>": f"<v>{'2' * 60_000_000}</v>"}
    )  # fmt: skip
    tracemalloc.start()
    try:
        with pytest.raises(TableError, match="has a row of more than 4 MB"):
            read(content)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_a_long_sheet_takes_no_more_memory_than_a_short_one() -> None:
    used = []
    for size in (1500, 6000):
        content = write_workbook([["email", "x"], *([f"a{number}@example.org", 1] for number in range(size))])
        table = open_table(stream(content))
        tracemalloc.start()
        assert sum(1 for _ in table.rows) == size
        used.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert used[1] < used[0] + 500_000
