"""Files as people have them: any separator and encoding, broken, hostile, or very large."""

import io
import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import TableError
from generator.subscribers.transfer import tables
from generator.subscribers.transfer.tables import Broken, Row, read_table
from tests.subscribers.files import stream


def read(content: str | bytes, form: str = "") -> list[Row | Broken]:
    return list(read_table(stream(content), form).rows)


def cells(content: str | bytes, form: str = "") -> list[dict[str, object]]:
    found = read(content, form)
    assert all(isinstance(row, Row) for row in found), found
    return [dict(row.cells) for row in found if isinstance(row, Row)]


def summary(content: str | bytes) -> list[tuple[int, str]]:
    """Line and address of what was read, or the problem."""
    return [
        (row.line, str(row.cells.get("address")) if isinstance(row, Row) else row.problem)
        for row in read(content)
    ]


# --- CSV ---

ROWS = [{"address": "a@example.org", "name": "Jansen, Eén"}, {"address": "b@example.org", "name": 'x "y"'}]
PLAIN = 'address,name\r\na@example.org,"Jansen, Eén"\r\nb@example.org,"x ""y"""\r\n'


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.replace("\r\n", "\n"),
        PLAIN.replace("\r\n", "\r"),
        PLAIN.removesuffix("\r\n"),
        "\ufeff" + PLAIN,
        "sep=,\r\n" + PLAIN,
        PLAIN.replace("\r\n", "\r\n\r\n"),
        PLAIN.replace("\r\n", ",,\r\n"),
        PLAIN.replace("address", " Address "),
        'address;name\na@example.org;"Jansen, Eén"\nb@example.org;"x ""y"""\n',
        'sep=;\naddress;name\na@example.org;Jansen, Eén\nb@example.org;"x ""y"""\n;\n',
        'address\tname\na@example.org\tJansen, Eén\nb@example.org\t"x ""y"""\n',
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    ],
)
def test_any_spreadsheet_may_have_written_it(content: str | bytes) -> None:
    found = [{name: cell for name, cell in row.items() if name} for row in cells(content)]
    assert found == ROWS


def test_of_two_columns_with_one_name_the_first_counts() -> None:
    assert cells("address,id,id\na@example.org,1,2\n") == [{"address": "a@example.org", "id": "1"}]


def test_a_line_break_within_quotes_is_no_end() -> None:
    found = read('address,name\na@example.org,"one\ntwo"\nb@example.org,x\n')
    assert [row.line for row in found] == [2, 4]


def test_a_quote_that_is_never_closed_takes_no_other_row_with_it() -> None:
    content = (
        'address,name\na@example.org,"one\nb@example.org,two\nc@example.org,"three"\nd@example.org,four\n'
    )
    [(line, problem), *others] = summary(content)
    assert (line, problem[:21]) == (2, "has an unclosed quote")
    assert others == [(3, "b@example.org"), (4, "c@example.org"), (5, "d@example.org")]


def test_two_such_quotes_do_not_make_one_row_of_all_between_them() -> None:
    content = (
        'address,name\na@example.org,"one\nb@example.org,two\nc@example.org,three"\nd@example.org,four\n'
    )
    assert [line for line, _ in summary(content)] == [2, 5]  # a legal cell of three lines
    content = content.replace('three"', '"three')
    assert [said for _, said in summary(content)][1:3:2] == ["b@example.org"]
    assert summary(content)[-1] == (5, "d@example.org")


def test_a_quote_within_a_cell_is_a_sign_like_others() -> None:
    """As in inches, in as many rows as there are."""
    rows = 'address,name\na@example.org,5" pipe\nb@example.org,x\nc@example.org,7" pipe\n'
    assert [row["name"] for row in cells(rows)] == ['5" pipe', "x", '7" pipe']


def test_a_row_of_another_length_is_no_row() -> None:
    """The last line of a file that was cut short is not half believed."""
    problem = "has 1 columns; expected 2, as in the first line"
    assert summary("address,name\na@example.org,x\nb@exam") == [(2, "a@example.org"), (3, problem)]


def test_bytes_that_are_no_text_stay_in_their_cell() -> None:
    """A file in the old code of Windows, as Excel writes “CSV” without “UTF-8”."""
    [row] = cells("address,name\na@example.org,Eén\n".encode("cp1252"))
    assert row == {"address": "a@example.org", "name": "E\udce9n"}


def test_nul_is_a_character_like_others() -> None:
    assert cells("address\na\0@example.org\n") == [{"address": "a\0@example.org"}]


class Endless(io.RawIOBase):
    """A file of so many bytes that none of them has ever been on a disk."""

    def __init__(self, start: bytes, filling: bytes, size: int, end: bytes) -> None:
        self._pieces = self._make(start, filling, size, end)
        self._rest = b""

    @staticmethod
    def _make(start: bytes, filling: bytes, size: int, end: bytes) -> Iterator[bytes]:
        yield start
        filling *= 65536 // len(filling)
        for _ in range(size // len(filling)):
            yield filling
        yield end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        self._rest = self._rest or next(self._pieces, b"")
        number = min(len(view), len(self._rest))
        view[:number], self._rest = self._rest[:number], self._rest[number:]
        return number


@pytest.mark.parametrize(
    "start, filling, end, size",
    [
        (b"address\n", b"x", b"\na@example.org\n", 5_000_000),
        (b'address\n"', b"x", b'"\na@example.org\n', 5_000_000),
        (b'address\n"', b"x\n", b"a@example.org\n", 70_000),
        (b'[{"address": "', b"x", b'"}\n{"address": "a@example.org"}]', 5_000_000),
        (b'[{"address": [', b"[", b'\n{"address": "a@example.org"}]', 5_000_000),
        (b'[{"address": "a@example.org"},', b" ", b"]", 5_000_000),
    ],
    ids=["line", "cell", "open quote", "text", "brackets", "spaces"],
)
@pytest.mark.slow
def test_a_row_of_a_gigabyte_does_not_fill_the_memory(
    start: bytes, filling: bytes, end: bytes, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a smaller limit, so that a smaller file shows it: what is kept does not grow with the file."""
    monkeypatch.setattr(tables, "LONGEST", 50_000)
    good = 0
    tracemalloc.start()
    try:
        for row in read_table(io.BufferedReader(Endless(start, filling, size, end))).rows:
            good += isinstance(row, Row) and row.cells["address"] == "a@example.org"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert good <= 1
    assert peak < 1_000_000


def test_after_a_line_that_is_too_long_the_next_is_read() -> None:
    content = f"address\n{'x' * (tables.LONGEST + 5)}\na@example.org\n"
    assert summary(content) == [(2, "is longer than 1,000,000 characters"), (3, "a@example.org")]


# --- JSON ---

OBJECTS = [
    {"address": "a@example.org", "name": '}{,[\n"é'},
    {"address": "b@example.org", "deep": [{"x": [1]}]},
]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(OBJECTS),
        json.dumps(OBJECTS, indent=4, ensure_ascii=False),
        "\n".join(map(json.dumps, OBJECTS)),
        "\n\n".join(map(json.dumps, OBJECTS)) + "\n",
        "".join(map(json.dumps, OBJECTS)),
        "\ufeff  \n" + json.dumps(OBJECTS),
        json.dumps(OBJECTS).encode("utf-16"),
        json.dumps(OBJECTS).replace('"address"', '" Address "'),
    ],
)
@pytest.mark.parametrize("chunk", [7, 1 << 16])
def test_json_may_be_an_array_or_objects_one_after_the_other(
    content: str | bytes, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is divided over what is read at a time."""
    monkeypatch.setattr(tables, "_CHUNK", chunk)
    assert cells(content) == OBJECTS


def test_json_that_is_broken_costs_its_own_line() -> None:
    good = '{"address": "a@example.org"}'
    content = "\n".join(["[", f"{good},", '{"address": oops},', f"{good},", "5,", '{"address": ', good, "]"])
    found = summary(content)
    assert [line for line, _ in found] == [2, 3, 4, 5, 6, 7]
    assert found[1][1].startswith("is not JSON: ")
    assert found[3][1] == "is not a JSON object; expected {…}"
    assert [found[number][1] for number in (0, 2, 5)] == ["a@example.org"] * 3


@pytest.mark.parametrize(
    "row, place, advice",
    [
        ('{address: "a@example.org"}', "line 3, column 4", 'write a name in double quotes, like "address"'),
        ('{"address" "a@example.org"}', "line 3, column 14", "write a colon between a name and its value"),
        ('{"address": a@example.org}', "line 3, column 15", "write a value: text in double quotes, a number"),
        ('{"address": "a" "language": "nl"}', "line 3, column 19", "write a comma between two values"),
        ('{"address":\n  "a",\n  language: 1}', "line 5, column 3", "write a name in double quotes"),
        ('{"address": "a", }', "line 3, column 18", "delete the comma before the bracket"),
        ('{"address": "a\tb"}', "line 3, column 17", r"write a line break inside double quotes as \n"),
        ('{"address": "C:\\x"}', "line 3, column 18", "write a backslash inside double quotes as"),
        ('{"address": "a}', "line 3, column 15", "close the double quote that begins here"),
    ],
)
@pytest.mark.parametrize("chunk", [7, 1 << 16])
def test_json_that_is_broken_is_answered_with_the_place_and_what_to_write(
    row: str, place: str, advice: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_CHUNK", chunk)
    found = summary(f'[\n{{"address": "a@example.org"}},\n  {row}')
    assert found[1][0] == 3
    assert found[1][1].startswith(f"is not JSON: {place}: {advice}")


@pytest.mark.parametrize(
    "row",
    ['{"address": ' + "[" * 100_000, '{"address": ' + "9" * 5000 + "}", '{"address": "a', '{"a": 1'],
    ids=["deep", "digits", "open", "short"],
)
def test_json_that_would_break_the_reader_does_not(row: str) -> None:
    found = summary(row + '\n{"address": "a@example.org"}')
    assert [line for line, _ in found] in ([1], [1, 2])
    assert found[0][1].startswith("is not JSON: ")


def test_a_file_of_nothing_but_mistakes_is_not_read_ahead_without_end() -> None:
    table = read_table(stream("{x}\n" * 1000))
    assert table.columns == ()
    assert len(list(table.rows)) == 1000


# --- Files that are something else ---


@pytest.mark.parametrize(
    "content, problem",
    [
        (b"", "is empty"),
        (b"\n\naddress\n", "does not begin with column names"),
        (b"PK\x03\x04...", "an Excel workbook or a ZIP file"),
        (b"\x1f\x8b...", "compressed with gzip"),
        (b"SQLite format 3\0", "an SQLite database"),
        ("address\n".encode("utf-32"), "UTF-32"),
    ],
)
def test_a_file_of_another_kind_is_named(content: bytes, problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        read(content)


def test_utf_16_that_ends_in_the_middle_says_where() -> None:
    table = read_table(stream("address\na@example.org\n".encode("utf-16") + b"\x00\xd8\x00"))
    with pytest.raises(TableError, match="is not UTF-16 after line"):
        list(table.rows)


# --- Anything at all ---


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300), form=st.sampled_from(["", "csv", "json"]))
def test_any_bytes_are_read_to_the_end_or_refused(content: bytes, form: str) -> None:
    try:
        rows = read(content, form)
    except TableError:
        return
    lines = [row.line for row in rows]
    assert lines == sorted(lines)


SYMBOLS = st.text('a@.,;"\n\r\t\\{}[]:1 \ufeff', max_size=120)


@settings(max_examples=200, deadline=None)
@given(start=st.sampled_from(["address,b\n", "[", "{", ""]), content=SYMBOLS)
def test_any_signs_are_read_to_the_end_or_refused(start: str, content: str) -> None:
    try:
        rows = read(start + content)
    except TableError:
        return
    assert all(row.line >= 1 for row in rows)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.dictionaries(st.sampled_from(["a", "b"]), st.none() | st.integers() | st.text(max_size=9)),
        max_size=5,
    ),
    chunk=st.integers(1, 40),
)
def test_json_of_any_kind_comes_through_whole(rows: list[dict[str, object]], chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_CHUNK", chunk)
        assert cells(json.dumps(rows)) == rows
