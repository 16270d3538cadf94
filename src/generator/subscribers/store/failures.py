"""What a database says went wrong → one sentence for the operator: what it means, and whether anything was kept."""

from __future__ import annotations

import re
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
        raise DatabaseError(f"{name} is busy; nothing was saved") from None
    except DBAPIError as error:
        raise DatabaseError(f"{name}: {_explain(error)}") from error
    except raw as error:
        raise DatabaseError(f"{name}: {_explain(error)}") from error


def _explain(error: Exception) -> str:
    cause = getattr(error, "orig", error)
    said = str(cause).strip().split("\n")[0]
    if re.search('database ".*" does not exist', said):  # libpq has no code for it
        return NO_DATABASE
    for words, explanation in _EXPLANATIONS.items():
        if words in said.lower():
            return explanation
    # Not its own words: they are for programmers, and may quote a row.
    code = getattr(cause, "sqlstate", "") or getattr(cause, "sqlite_errorname", "") or type(cause).__name__
    return f"the database reports the error {code}; nothing was saved"


NO_DATABASE = "the server has no such database; create it with createdb first"

_EXPLANATIONS = {
    "database or disk is full": "the disk is full; nothing was saved",
    "no space left": "the disk is full; nothing was saved",
    "disk quota": "the disk is full; nothing was saved",
    "disk i/o error": "the disk is full or defective; nothing was saved",
    "database is locked": "another program has locked the database; nothing was saved",
    "lock timeout": "another program has locked the database; nothing was saved",
    "deadlock detected": "another program has locked the database; nothing was saved",
    "unable to open": "cannot be opened",
    "readonly": "this user has no permission to write; nothing was saved",
    "read-only": "this user has no permission to write; nothing was saved",
    "not a database": "is not an SQLite database",
    "malformed": "the file is damaged; restore a back-up (see deploy/RUN.md)",
    "failed to resolve host": "the DNS does not know the name of the server, or does not answer",
    "could not translate host name": "the DNS does not know the name of the server, or does not answer",
    "no route to host": "the server does not answer",
    "network is unreachable": "the server does not answer",
    "connection refused": "the server does not answer",
    "no such file": "the server does not answer",
    "timeout expired": "the server does not answer",
    "server closed the connection": "the server does not answer; nothing was saved",
    "terminating connection": "the server does not answer; nothing was saved",
    "the connection is closed": "the server does not answer; nothing was saved",
    "password authentication failed": "the server rejects the user name or the password",
}
