"""The list as a whole: walked through in steps, counted, and filled from a file."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from generator.model import Status, key_of
from generator.subscribers.list import records
from generator.subscribers.list.consents import keep_wordings
from generator.subscribers.store.schema import CONSENT, COURSE, SUBSCRIBER, SUPPRESSION, insert_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from generator.model import Language, NewSubscriber, Subscriber
    from generator.subscribers.store.database import Transaction

_STEP = 1000
"""Rows in one statement: far below what both databases take."""


def walk(
    transaction: Transaction,
    *,
    status: Status | None = None,
    language: Language | None = None,
    after: int = 0,
    most: int = 500,
) -> list[Subscriber]:
    """A page of at most `most` subscribers whose id is above `after`, by id, with consents and course: 3 queries."""
    query = select(SUBSCRIBER).where(SUBSCRIBER.c.id > after).order_by(SUBSCRIBER.c.id).limit(most)
    if status is not None:
        query = query.where(SUBSCRIBER.c.status == status)
    if language is not None:
        query = query.where(SUBSCRIBER.c.language == language)
    return records.with_consents(transaction, transaction.connection.execute(query).all())


def count_statuses(transaction: Transaction) -> dict[Status, int]:
    """The number of subscribers with each status; 0 where there is none."""
    rows = transaction.connection.execute(
        select(SUBSCRIBER.c.status, func.count()).group_by(SUBSCRIBER.c.status)
    )
    found: dict[Status, int] = {status: count for status, count in rows}  # noqa: C416 - mypy knows no dict of rows
    return {status: found.get(status, 0) for status in Status}


def count_by_language(transaction: Transaction) -> dict[tuple[Status, Language], int]:
    """The number of subscribers with each status and language, where there is one."""
    rows = transaction.connection.execute(
        select(SUBSCRIBER.c.status, SUBSCRIBER.c.language, func.count()).group_by(
            SUBSCRIBER.c.status, SUBSCRIBER.c.language
        )
    )
    return {(status, language): number for status, language, number in rows}


def find_first_confirmed(transaction: Transaction) -> datetime | None:
    """When the first of those who are confirmed came, in UTC; None when there is nobody."""
    return transaction.connection.execute(
        select(func.min(SUBSCRIBER.c.created)).where(SUBSCRIBER.c.status == Status.CONFIRMED)
    ).scalar()


def find_statuses(transaction: Transaction, addresses: Iterable[str]) -> dict[str, Status]:
    """Which of these addresses are on the list: `key_of` the address → status. One query for 1000 of them."""
    keys = [key_of(address) for address in addresses]
    found: dict[str, Status] = {}
    for start in range(0, len(keys), _STEP):
        rows = transaction.connection.execute(
            select(SUBSCRIBER.c.key, SUBSCRIBER.c.status).where(
                SUBSCRIBER.c.key.in_(keys[start : start + _STEP])
            )
        )
        found |= {key: status for key, status in rows}  # noqa: C416 - mypy knows no dict of rows
    return found


def find_suppressed(transaction: Transaction, addresses: Iterable[str]) -> set[str]:
    """Which of these addresses are suppressed, because they were erased: `key_of` each. One query for 1000 hashes."""
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


def add_many(transaction: Transaction, people: Sequence[NewSubscriber]) -> int:
    """Add those whose address is not on the list; how many. Idempotent: those who are on it stay as they are.

    Does not look at suppressions: the caller leaves out who was erased. A handle that another subscriber has is
    replaced by a new one.
    """
    keep_wordings(
        transaction, (consent.wording for person in people for consent in person.consents if consent.wording)
    )
    return sum(
        _add_some(transaction, people[start : start + _STEP]) for start in range(0, len(people), _STEP)
    )


def _add_some(transaction: Transaction, people: Sequence[NewSubscriber]) -> int:
    connection = transaction.connection
    wanted = [person.handle for person in people if person.handle]
    taken = set(
        connection.execute(select(SUBSCRIBER.c.handle).where(SUBSCRIBER.c.handle.in_(wanted))).scalars()
    )
    rows: dict[str, NewSubscriber] = {}
    for person in people:
        handle = person.handle
        if not handle or handle in taken:
            handle = records.make_handle()
        taken.add(handle)
        rows.setdefault(key_of(person.address), replace(person, handle=handle))
    made = connection.execute(
        insert_missing(connection, SUBSCRIBER).returning(SUBSCRIBER.c.id, SUBSCRIBER.c.key),
        [records.write(person) for person in rows.values()],
    ).all()
    consents = [
        records.write_consent(number, consent) for number, key in made for consent in rows[key].consents
    ]
    if consents:
        connection.execute(insert(CONSENT), consents)
    courses = [
        {"subscriber_id": number, "changed": rows[key].changed, **asdict(course)}
        for number, key in made
        if (course := rows[key].course)
    ]
    if courses:
        connection.execute(insert(COURSE), courses)
    return len(made)
