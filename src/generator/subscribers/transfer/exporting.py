"""The list → a file, and all data about one person (GDPR, article 15)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, func, select, type_coerce

from generator.model import key_of
from generator.subscribers.list.listing import walk
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.store.schema import (
    COURSE,
    DELIVERY,
    EVENT,
    MAILING,
    OUTBOX,
    SUPPRESSION,
    THROTTLE,
    TOKEN,
    WISH,
)
from generator.subscribers.transfer.formats import COLUMNS, describe, to_cells, write_json, write_moment
from generator.subscribers.transfer.formats import COURSE as COURSE_COLUMNS
from generator.subscribers.transfer.tables import write_row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from generator.model import Language, Status, Subscriber
    from generator.subscribers.store.database import Transaction

_STEP = 1000
"""Subscribers in memory at a time."""


def export_subscribers(
    transaction: Transaction, form: str, statuses: Collection[Status] = (), language: Language | None = None
) -> Iterator[str]:
    """The text of a file in our own form ("csv" or "json"): a piece for each subscriber, by id, one before, one after.

    Nothing is left out but the ids, and when a course last changed. At most 1000 subscribers are in memory.
    `transaction` stays open until the last piece.
    """
    yield write_row(COLUMNS) if form == "csv" else "["
    before = "\n"
    for subscriber in walk_all(transaction, statuses, language):
        if form == "csv":
            yield write_row(to_cells(subscriber))
        else:
            yield f"{before}{write_json(describe(subscriber))}"
            before = ",\n"
    yield "" if form == "csv" else "\n]\n"


def walk_all(
    transaction: Transaction, statuses: Collection[Status] = (), language: Language | None = None
) -> Iterator[Subscriber]:
    """All subscribers who stand at one of the statuses (none named: at any), by id."""
    status = next(iter(statuses)) if len(statuses) == 1 else None
    after = 0
    while page := walk(transaction, status=status, language=language, after=after, most=_STEP):
        for subscriber in page:
            if not statuses or subscriber.status in statuses:
                yield subscriber
        after = page[-1].id


def find_everything(transaction: Transaction, address: str) -> dict[str, Any] | None:
    """All that stands anywhere in the database about an address in its normal form; None when nothing does.

    What is hashed is named, not shown: tokens only open what their mail leads to, and nobody can read them.
    """
    connection, key = transaction.connection, key_of(address)
    hashes = transaction.keys.hash_address(address)
    subscriber = find_subscriber(transaction, address)
    found: dict[str, Any] = {"subscriber": None}
    if subscriber:
        found["subscriber"] = {
            name: value for name, value in describe(subscriber).items() if name not in COURSE_COLUMNS
        }
    queries = {
        "wishes": select(
            WISH.c.asking,
            WISH.c.language,
            type_coerce(WISH.c.certainties, Text).label("certainties"),
            WISH.c.at,
            WISH.c.source,
            WISH.c.network,
            WISH.c.course,
        )
        .where(func.lower(WISH.c.address) == key)
        .order_by(WISH.c.id),
        "course": select(COURSE.c.state, COURSE.c.step, COURSE.c.due, COURSE.c.changed).where(
            COURSE.c.subscriber_id == (subscriber.id if subscriber else None)
        ),
        "notices": select(OUTBOX.c.notice, OUTBOX.c.language, OUTBOX.c.created, OUTBOX.c.attempts)
        .where(func.lower(OUTBOX.c.address) == key)
        .order_by(OUTBOX.c.id),
        "tokens": select(TOKEN.c.purpose, TOKEN.c.expires, TOKEN.c.used)
        .where(TOKEN.c.subscriber_id == (subscriber.id if subscriber else None))
        .order_by(TOKEN.c.expires, TOKEN.c.digest),
        "deliveries": select(
            DELIVERY.c.week,
            DELIVERY.c.language,
            DELIVERY.c.progress,
            DELIVERY.c.attempts,
            DELIVERY.c.reply,
            DELIVERY.c.at,
        )
        .where(
            DELIVERY.c.week.in_(select(MAILING.c.week)),  # the key of the rows begins with it
            DELIVERY.c.subscriber_id == (subscriber.id if subscriber else None),
        )
        .order_by(DELIVERY.c.week),
        "events": select(EVENT.c.at, EVENT.c.kind, EVENT.c.week, EVENT.c.detail)
        .where(EVENT.c.subscriber_id == (subscriber.id if subscriber else None))
        .order_by(EVENT.c.at, EVENT.c.id),
        "counts": select(THROTTLE.c.notice, THROTTLE.c.count, THROTTLE.c.last)
        .where(THROTTLE.c.key.in_(hashes))
        .order_by(THROTTLE.c.notice),
        "erasures": select(SUPPRESSION.c.at).where(SUPPRESSION.c.key.in_(hashes)),
    }
    for name, query in queries.items():
        rows = connection.execute(query).mappings()
        found[name] = [{column: _plain(value) for column, value in row.items()} for row in rows]
    return found if any(found.values()) else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return write_moment(value)
    return value.isoformat() if isinstance(value, date) else value
