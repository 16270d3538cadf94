"""What the operator says that the columns and values of a file mean: --column, --values, --ignore and --not-consent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from generator.errors import TableError
from generator.model import Status
from generator.subscribers.transfer.formats import shorten
from generator.subscribers.transfer.layouts import find_worst, normalise, write_cell
from generator.subscribers.transfer.tables import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from generator.subscribers.transfer.tables import Broken, Table

FIELDS = ("email", "status", "left", "language", "created")
"""What a column of any name can hold. `left`: something for each who left, such as a date; several columns may, and
several may hold a status, of which the worst counts."""

_SEVERAL = {"status", "left"}
_ENDED = {Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED}

_STAYED = {"", "no", "nee", "n", "false", "onwaar", "0", "-"}
"""In a column `left`, of those who did not leave."""

_ASIDE = " (ignored)"
"""Follows the name of an ignored column whose own name another column was given."""

_VALUE = re.compile(rf"(.*?)=({'|'.join(Status)})\s*(?:,|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the operator says of a file. Names of columns are in lower case, without spaces around them."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Column of the file → which of FIELDS it holds."""
    values: Mapping[str, Status] = field(default_factory=dict)
    """A value in the column with the status, normalised → what it means."""
    ignored: frozenset[str] = frozenset()
    """Columns that are not read."""
    harmless: frozenset[str] = frozenset()
    """Ignored columns that do not say who left, although their names or values look so."""

    def __bool__(self) -> bool:
        """Whether columns or values of the file have another name than ours."""
        return bool(self.columns or self.values)

    @property
    def taken(self) -> set[str]:
        """Our names that columns of the file are given."""
        return {"status" if field == "left" else field for field in self.columns.values()}

    def skips(self, name: str) -> bool:
        """Whether a column of the table is not read because the operator said so."""
        return name not in self.taken and name.removesuffix(_ASIDE) in self.ignored

    def vouches(self, name: str) -> bool:
        """Whether the operator said of a column that it does not say who left."""
        return name not in self.taken and name.removesuffix(_ASIDE) in self.harmless

    def rename(self, table: Table) -> Table:
        """The table with our names for its columns, and our words for its status. Raises TableError."""
        if not self:
            return table
        fields = dict(self.columns)
        if "status" in table.columns and "status" not in {*fields, *fields.values(), *self.ignored}:
            fields["status"] = "status"
        for column, ours in fields.items():
            if column not in table.columns:
                raise TableError(f"has no column {shorten(column)}, which --column {ours}=… names")
            if ours in table.columns and ours not in (*fields, *self.ignored, "left"):
                raise TableError(
                    f"has a column “{ours}” too; name that one with --column, or leave it out with --ignore {ours}"
                )
        if self.values and "status" not in fields.values():
            raise TableError("has no column for --values; name it with --column status=COLUMN")
        # The first column with a status stands for all that say who left.
        dropped = {name for name, ours in fields.items() if ours == "left"}
        dropped.update([name for name, ours in fields.items() if ours == "status"][1:])
        columns = [self._rename(name, fields) for name in table.columns if name not in dropped]
        return replace(table, columns=tuple(columns), rows=self._rename_rows(table.rows, fields))

    def _rename(self, name: str, fields: Mapping[str, str]) -> str:
        # An ignored column steps aside for one that is given its name.
        return fields.get(name) or (f"{name}{_ASIDE}" if name in self.taken else name)

    def _rename_rows(self, rows: Iterable[Row | Broken], fields: Mapping[str, str]) -> Iterator[Row | Broken]:
        for row in rows:
            if isinstance(row, Row):
                cells = {
                    self._rename(name, fields): cell
                    for name, cell in row.cells.items()
                    if fields.get(name) not in _SEVERAL
                }
                yield Row(row.line, cells | self._find_status(row.cells, fields))
            else:
                yield row

    def _find_status(self, cells: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
        """The worst that a row says; a value that is not understood goes before one that is good."""
        said: list[Any] = []
        ended: list[Status] = []
        for name, ours in fields.items():
            value = normalise(write_cell(cells.get(name)))
            if ours == "left" and value not in _STAYED:
                ended.append(Status.UNSUBSCRIBED)
            elif ours == "status" and (value or value in self.values):
                said.append(self.values.get(value, cells.get(name, "")))
        known = [Status(value) for value in map(_read_status, said) if value in set(Status)]
        ended += [status for status in known if status in _ENDED]
        if ended:
            return {"status": find_worst(ended)}
        if len(known) == len(said) and known:
            return {"status": find_worst(known)}
        odd = [value for value in said if _read_status(value) not in set(Status)]
        return {"status": odd[0] if odd else ""} if "status" in fields.values() else {}


def _read_status(value: Any) -> str:
    return write_cell(value).strip().lower()


def read_columns(said: Sequence[str]) -> dict[str, str]:
    """`status=STATE` and the like → the column, in lower case → one of FIELDS. Raises ValueError."""
    found: dict[str, str] = {}
    for text in said:
        name, separator, column = text.partition("=")
        name, column = name.strip().lower(), column.strip().lower()
        name = "email" if name == "address" else name
        if not separator or not column or name not in FIELDS:
            raise ValueError(
                f"expected {', '.join(FIELDS[:-1])} or {FIELDS[-1]}, =, and a column; got “{text}”"
            )
        if name in found.values() and name not in _SEVERAL:
            raise ValueError(f"{name} is said twice")
        if found.setdefault(column, name) != name:
            raise ValueError(f"“{column}” cannot be two things")
    return found


def read_values(said: Sequence[str]) -> dict[str, Status]:
    """`active=confirmed,gone=unsubscribed` and the like → value, normalised → status. Raises ValueError."""
    found: dict[str, Status] = {}
    for text in said:
        end = 0
        while end < len(text):
            match = _VALUE.match(text, end)
            if match is None:
                raise ValueError(
                    f"expected VALUE=STATUS, with one of {', '.join(Status)}; got “{text[end:]}”"
                )
            value, status, end = normalise(match[1]), Status(match[2]), match.end()
            if found.setdefault(value, status) is not status:
                raise ValueError(f"“{value}” cannot mean two things")
    return found
