"""Statements of SQLAlchemy, compiled once and run by the driver itself: for what happens a thousand times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ClauseElement, Dialect


class Prepared:
    """The text of a statement for one kind of database, and how its values are written there."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        """`statement`: what changes from time to time is a `bindparam` with a name."""
        compiled: Any = statement.compile(dialect=dialect)
        self.text = compiled.string
        self._writers: dict[str, Callable[[Any], Any]] = {}
        for name, parameter in compiled.binds.items():
            if writer := parameter.type.dialect_impl(dialect).bind_processor(dialect):
                self._writers[name] = writer
        self._fixed = {name: self._write(name, value) for name, value in compiled.params.items()}
        self._order: list[str] | None = compiled.positiontup

    def bind(self, values: dict[str, Any]) -> list[Any] | dict[str, Any]:
        """The parameters as the driver takes them."""
        known = self._fixed | {name: self._write(name, value) for name, value in values.items()}
        if self._order is None:
            return known
        return [known[name] for name in self._order]

    def run(self, raw: Any, **values: Any) -> Any:
        """Run it on a connection of the driver, with a value for each bindparam; returns the cursor of the driver."""
        return raw.execute(self.text, self.bind(values))

    def run_many(self, raw: Any, rows: Sequence[dict[str, Any]]) -> None:
        """Run it for each of these; sooner than one by one. Nothing is returned."""
        if len(rows) == 1:
            self.run(raw, **rows[0])
        elif rows:
            cursor = raw.cursor()
            cursor.executemany(self.text, [self.bind(row) for row in rows])
            cursor.close()

    def _write(self, name: str, value: Any) -> Any:
        writer = self._writers.get(name)
        return value if value is None or writer is None else writer(value)
