"""The sentences beside the button, kept once each: a consent names its version, and never loses its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import select

from generator.subscribers.store.schema import WORDING, insert_missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.model import Wording
    from generator.subscribers.store.database import Transaction

_VERSION = re.compile(r"[0-9a-f]{16}")


def keep_wordings(transaction: Transaction, wordings: Iterable[Wording]) -> None:
    """Store the wordings that are not stored yet. Idempotent."""
    rows = [
        {"version": wording.version, "language": wording.language, "text": wording.text}
        for wording in dict.fromkeys(wordings)
    ]
    if rows:
        transaction.connection.execute(insert_missing(transaction.connection, WORDING), rows)


def is_known(transaction: Transaction, version: str) -> bool:
    """Whether this is the version of a wording that we have shown; `version` may be anything."""
    if not _VERSION.fullmatch(version):
        return False
    found = transaction.connection.execute(select(WORDING.c.version).where(WORDING.c.version == version))
    return found.first() is not None
