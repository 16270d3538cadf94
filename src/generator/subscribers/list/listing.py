"""The list as a whole: walked through in steps, counted, and filled from a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from generator.model import Status, key_of
from generator.subscribers.list import records
from generator.subscribers.list.wordings import keep_wordings
from generator.subscribers.store.schema import CONSENT, SUBSCRIBER, SUPPRESSION, insert_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from generator.model import Consent, Language, Subscriber
    from generator.subscribers.store.database import Transaction

_STEP = 1000
"""Rows in one statement: far below what both databases take."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A subscriber who is to be put on the list."""

    address: str = field(repr=False)
    """In the normal form of `subscribers.list.addresses`."""
    language: Language
    certainties: tuple[str, ...]
    status: Status
    created: datetime
    changed: datetime
    paused_until: date | None = None
    consents: tuple[Consent, ...] = ()
    handle: str = ""
    """Kept when they move from another database of ours, so that links in old mail work; else made."""


def walk(
    transaction: Transaction,
    *,
    status: Status | None = None,
    language: Language | None = None,
    after: int = 0,
    most: int = 500,
) -> list[Subscriber]:
    """The next `most` subscribers whose id is above `after`, by id, with their consents: two queries."""
    query = select(SUBSCRIBER).where(SUBSCRIBER.c.id > after).order_by(SUBSCRIBER.c.id).limit(most)
    if status is not None:
        query = query.where(SUBSCRIBER.c.status == status)
    if language is not None:
        query = query.where(SUBSCRIBER.c.language == language)
    return records.with_consents(transaction, transaction.connection.execute(query).all())


def count_statuses(transaction: Transaction) -> dict[Status, int]:
    """How many stand where; every status is named."""
    rows = transaction.connection.execute(
        select(SUBSCRIBER.c.status, func.count()).group_by(SUBSCRIBER.c.status)
    )
    found = {Status(status): count for status, count in rows}
    return {status: found.get(status, 0) for status in Status}


def find_statuses(transaction: Transaction, addresses: Iterable[str]) -> dict[str, Status]:
    """Which of these addresses are on the list: their `key_of` → their status."""
    keys = [key_of(address) for address in addresses]
    found: dict[str, Status] = {}
    for start in range(0, len(keys), _STEP):
        rows = transaction.connection.execute(
            select(SUBSCRIBER.c.key, SUBSCRIBER.c.status).where(
                SUBSCRIBER.c.key.in_(keys[start : start + _STEP])
            )
        )
        found |= {key: Status(status) for key, status in rows}
    return found


def find_suppressed(transaction: Transaction, addresses: Iterable[str]) -> set[str]:
    """Which of these addresses were erased: their `key_of`."""
    owners = {
        digest: key_of(address) for address in addresses for digest in transaction.keys.hash_address(address)
    }
    digests, found = list(owners), set()
    for start in range(0, len(digests), _STEP):
        rows = transaction.connection.execute(
            select(SUPPRESSION.c.key).where(SUPPRESSION.c.key.in_(digests[start : start + _STEP]))
        )
        found |= {owners[digest] for (digest,) in rows}
    return found


def add_many(transaction: Transaction, drafts: Sequence[Draft]) -> int:
    """Put those on the list who are not on it; how many. Who was erased is for the caller to leave out.

    A handle that another subscriber has is replaced by a new one.
    """
    keep_wordings(
        transaction, (consent.wording for draft in drafts for consent in draft.consents if consent.wording)
    )
    return sum(
        _add_some(transaction, drafts[start : start + _STEP]) for start in range(0, len(drafts), _STEP)
    )


def _add_some(transaction: Transaction, drafts: Sequence[Draft]) -> int:
    connection = transaction.connection
    wanted = [draft.handle for draft in drafts if draft.handle]
    taken = set(
        connection.execute(select(SUBSCRIBER.c.handle).where(SUBSCRIBER.c.handle.in_(wanted))).scalars()
    )
    rows: dict[str, tuple[str, Draft]] = {}
    for draft in drafts:
        handle = draft.handle
        if not handle or handle in taken:
            handle = records.make_handle()
        taken.add(handle)
        rows.setdefault(key_of(draft.address), (handle, draft))
    made = connection.execute(
        insert_missing(connection, SUBSCRIBER).returning(SUBSCRIBER.c.id, SUBSCRIBER.c.key),
        [
            {
                "handle": handle,
                "address": draft.address,
                "key": key,
                "language": draft.language,
                "certainties": records.write_certainties(draft.certainties),
                "status": draft.status,
                "created": draft.created,
                "changed": draft.changed,
                "paused_until": draft.paused_until,
            }
            for key, (handle, draft) in rows.items()
        ],
    ).all()
    consents = [
        {
            "subscriber_id": number,
            "step": consent.step,
            "at": consent.at,
            "source": consent.source,
            "network": consent.network,
            "version": consent.wording.version if consent.wording else None,
        }
        for number, key in made
        for consent in rows[key][1].consents
    ]
    if consents:
        connection.execute(insert(CONSENT), consents)
    return len(made)
