"""Tokens that open one page for one person, once, and end by themselves.

They are 192 random bits. Only their SHA-256 is kept: who reads the database, or a back-up of it, opens nothing. A link
to unsubscribe is not one of these: it is signed and valid for ever (see `keys`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from generator.subscribers.store.schema import TOKEN

if TYPE_CHECKING:
    from generator.subscribers.store.database import Transaction


class Purpose(StrEnum):
    """Which page a token opens; it opens no other."""

    CONFIRM = "confirm"
    MANAGE = "manage"


LIFETIMES = {Purpose.CONFIRM: timedelta(days=7), Purpose.MANAGE: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Found:
    """A token that we made."""

    subscriber_id: int
    expires: datetime
    """In UTC."""
    used: bool
    expired: bool


def make_token(
    transaction: Transaction,
    subscriber_id: int,
    purpose: Purpose,
    now: datetime,
    expires: datetime | None = None,
) -> str:
    """A new token of 32 characters that are safe in an address; it ends at `expires`, or after its lifetime."""
    token = secrets.token_urlsafe(24)
    transaction.connection.execute(
        insert(TOKEN).values(
            digest=_digest(token),
            subscriber_id=subscriber_id,
            purpose=purpose,
            expires=expires or now + LIFETIMES[purpose],
        )
    )
    return token


def find_token(transaction: Transaction, token: str, purpose: Purpose, now: datetime) -> Found | None:
    """A token of ours, used or not; None when it was never made for this purpose, or was pruned. Changes nothing."""
    row = transaction.connection.execute(
        select(TOKEN).where(TOKEN.c.digest == _digest(token), TOKEN.c.purpose == purpose)
    ).first()
    return Found(row.subscriber_id, row.expires, row.used is not None, row.expires <= now) if row else None


def use_token(transaction: Transaction, token: str, purpose: Purpose, now: datetime) -> Found | None:
    """Use a token up, atomically: None when it is unknown, used or expired; of two calls at once, one gets None."""
    row = transaction.connection.execute(
        update(TOKEN)
        .where(
            TOKEN.c.digest == _digest(token),
            TOKEN.c.purpose == purpose,
            TOKEN.c.used.is_(None),
            TOKEN.c.expires > now,
        )
        .values(used=now)
        .returning(TOKEN.c.subscriber_id, TOKEN.c.expires)
    ).first()
    return Found(row.subscriber_id, row.expires, used=True, expired=False) if row else None


def use_all(transaction: Transaction, subscriber_id: int, purpose: Purpose, now: datetime) -> None:
    """Use up all tokens of a subscriber for a purpose, so that mails that were sent before open nothing."""
    transaction.connection.execute(
        update(TOKEN)
        .where(
            TOKEN.c.subscriber_id == subscriber_id,
            TOKEN.c.purpose == purpose,
            TOKEN.c.used.is_(None),
            TOKEN.c.expires > now,
        )
        .values(used=now)
    )


def _digest(token: str) -> bytes:
    # A stranger's token may hold what UTF-8 cannot write.
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
