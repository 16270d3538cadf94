"""What a database says went wrong → one sentence for the operator: what it means, and whether anything was kept."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from generator.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def explained(name: str, *raw: type[Exception]) -> Iterator[None]:
    """Say what is wrong with a database in one sentence, without what stood in it. Raises DatabaseError.

    `raw`: what the driver raises, for who talks to it without SQLAlchemy.
    """
    try:
        yield
    except PoolTimeoutError:
        raise DatabaseError(f"{name} is busy; nothing was kept") from None
    except DBAPIError as error:
        raise DatabaseError(f"{name}: {_explain(error)}") from error
    except raw as error:
        raise DatabaseError(f"{name}: {_explain(error)}") from error


def _explain(error: Exception) -> str:
    said = str(getattr(error, "orig", error)).strip().split("\n")[0]
    for words, explanation in _EXPLANATIONS.items():
        if words in said.lower():
            return explanation
    return f"{said}; nothing was kept"


_EXPLANATIONS = {
    "database or disk is full": "the disk is full; nothing was kept",
    "no space left": "the disk is full; nothing was kept",
    "disk quota": "the disk is full; nothing was kept",
    "disk i/o error": "the disk is full or broken; nothing was kept",
    "database is locked": "another program is writing; nothing was kept",
    "lock timeout": "another program is writing; nothing was kept",
    "deadlock detected": "another program is writing; nothing was kept",
    "unable to open": "cannot be opened",
    "readonly": "this account may not write here; nothing was kept",
    "read-only": "this account may not write here; nothing was kept",
    "not a database": "is not a database of SQLite",
    "malformed": "the file is damaged; restore a back-up (OPERATING.md)",
    "connection refused": "the server does not answer",
    "no such file": "the server does not answer",
    "timeout expired": "the server does not answer",
    "server closed the connection": "the server does not answer; nothing was kept",
    "terminating connection": "the server does not answer; nothing was kept",
    "the connection is closed": "the server does not answer; nothing was kept",
    "password authentication failed": "the server refuses the user or the password",
}
