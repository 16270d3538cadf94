"""What the operator says that the columns and values of a file mean: --column, --values, --ignore and --not-consent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from generator.errors import TableError
from generator.model import Status
from generator.subscribers.transfer.formats import shorten
from generator.subscribers.transfer.layouts import normalise, write_cell
from generator.subscribers.transfer.tables import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from generator.subscribers.transfer.tables import Broken, Table

FIELDS = ("email", "status", "language", "created")
"""Fields of ours that a column of any other name can hold."""

_ASIDE = " (ignored)"
"""Follows the name of an ignored column whose own name another column was given."""

_VALUE = re.compile(rf"(.*?)=({'|'.join(Status)})\s*(?:,|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the operator says of a file. Names of columns are in lower case, without spaces around them."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """One of FIELDS → the column of the file that holds it."""
    values: Mapping[str, Status] = field(default_factory=dict)
    """A value in the column with the status, normalised → what it means."""
    ignored: frozenset[str] = frozenset()
    """Columns that are not read."""
    harmless: frozenset[str] = frozenset()
    """Ignored columns that do not say who left, although their names or values look so."""

    def __bool__(self) -> bool:
        """Whether columns or values of the file have another name than ours."""
        return bool(self.columns or self.values)

    def skips(self, name: str) -> bool:
        """Whether a column of the table is not read because the operator said so."""
        return name not in self.columns and name.removesuffix(_ASIDE) in self.ignored

    def vouches(self, name: str) -> bool:
        """Whether the operator said of a column that it does not say who left."""
        return name not in self.columns and name.removesuffix(_ASIDE) in self.harmless

    def rename(self, table: Table) -> Table:
        """The table with our names for its columns, and our words for its status. Raises TableError."""
        if not self:
            return table
        names = {column: ours for ours, column in self.columns.items()}
        for column, ours in names.items():
            if column not in table.columns:
                raise TableError(f"has no column {shorten(column)}, which --column {ours}=… names")
            if ours in table.columns and ours not in (column, *self.ignored):
                raise TableError(
                    f"has a column “{ours}” too; name that one with --column, or leave it out with --ignore {ours}"
                )
        columns = [self._rename(name, names) for name in table.columns]
        if self.values and "status" not in columns:
            raise TableError("has no column for --values; name it with --column status=COLUMN")
        return replace(table, columns=tuple(columns), rows=self._rename_rows(table.rows, names))

    def _rename(self, name: str, names: Mapping[str, str]) -> str:
        # An ignored column steps aside for one that is given its name.
        return names.get(name, f"{name}{_ASIDE}" if name in self.columns else name)

    def _rename_rows(self, rows: Iterable[Row | Broken], names: Mapping[str, str]) -> Iterator[Row | Broken]:
        for row in rows:
            if isinstance(row, Row):
                cells = {self._rename(name, names): cell for name, cell in row.cells.items()}
                if "status" in cells and self.values:
                    said = normalise(write_cell(cells["status"]))
                    cells["status"] = self.values.get(said, cells["status"])
                yield Row(row.line, cells)
            else:
                yield row


def read_columns(said: Sequence[str]) -> dict[str, str]:
    """`status=STATE` and the like → one of FIELDS → the column, in lower case. Raises ValueError."""
    found: dict[str, str] = {}
    for text in said:
        name, separator, column = text.partition("=")
        name, column = name.strip().lower(), column.strip().lower()
        name = "email" if name == "address" else name
        if not separator or not column or name not in FIELDS:
            raise ValueError(
                f"expected {', '.join(FIELDS[:-1])} or {FIELDS[-1]}, =, and a column; got “{text}”"
            )
        if name in found:
            raise ValueError(f"{name} is said twice")
        if column in found.values():
            raise ValueError(f"“{column}” cannot be two things")
        found[name] = column
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
