"""Subscribers and their consents: rows ↔ values. The only place where either is made from the other.

A field and its column have the same name, and the type of the column translates (see `store.schema`), so a column that
is added is read and written without a change here.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from generator.model import Consent, Course, Subscriber, Wording, key_of
from generator.subscribers.store.schema import CONSENT, COURSE, SUBSCRIBER, WORDING, read_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Row

    from generator.model import NewSubscriber
    from generator.subscribers.store.database import Transaction


_COLUMNS = [column.name for column in SUBSCRIBER.c if column.name not in {"id", "key"}]


def make_handle() -> str:
    """Sixteen random characters: 96 bits, so that two are never alike."""
    return secrets.token_urlsafe(12)


def write(person: NewSubscriber) -> dict[str, Any]:
    """A person → the columns of SUBSCRIBER, without the id, which the database gives."""
    return {"key": key_of(person.address), **{name: getattr(person, name) for name in _COLUMNS}}


def write_consent(subscriber_id: int, consent: Consent) -> dict[str, Any]:
    """A step → the columns of CONSENT. Its wording must have been stored by `consents.keep_wordings`."""
    return {
        "subscriber_id": subscriber_id,
        "step": consent.step,
        "at": consent.at,
        "source": consent.source,
        "network": consent.network,
        "version": consent.wording.version if consent.wording else None,
    }


def lock(transaction: Transaction, subscriber_id: int) -> Subscriber | None:
    """Read a subscriber and lock the row until this transaction ends (FOR NO KEY UPDATE). None: not on the list."""
    row = transaction.connection.execute(
        # key_share: others may add what belongs to them, as a worker does who claims a notice to them just now.
        select(SUBSCRIBER).where(SUBSCRIBER.c.id == subscriber_id).with_for_update(key_share=True)
    ).first()
    return with_consents(transaction, [row])[0] if row else None


def find_one(transaction: Transaction, condition: ColumnElement[bool]) -> Subscriber | None:
    """The subscriber that fits a condition on a unique column, with consents and course, by 3 queries; None: nobody."""
    row = transaction.connection.execute(select(SUBSCRIBER).where(condition)).first()
    return with_consents(transaction, [row])[0] if row else None


def with_consents(transaction: Transaction, rows: Sequence[Row[Any]]) -> list[Subscriber]:
    """Rows of SUBSCRIBER → subscribers with their consents, oldest first, and their course: one query for each."""
    consents: dict[int, list[Consent]] = defaultdict(list)
    courses: dict[int, Course] = {}
    if rows:
        found = transaction.connection.execute(
            select(CONSENT, WORDING.c.language, WORDING.c.text)
            .outerjoin(WORDING)
            .where(CONSENT.c.subscriber_id.in_([row.id for row in rows]))
            .order_by(CONSENT.c.id)
        )
        for row in found:
            wording = Wording(row.language, row.text) if row.version else None
            consents[row.subscriber_id].append(read_row(Consent, row, wording=wording))
        found = transaction.connection.execute(
            select(COURSE).where(COURSE.c.subscriber_id.in_([row.id for row in rows]))
        )
        courses = {row.subscriber_id: read_row(Course, row) for row in found}
    return [
        read_row(Subscriber, row, consents=tuple(consents[row.id]), course=courses.get(row.id))
        for row in rows
    ]


def add_consent(transaction: Transaction, subscriber_id: int, consent: Consent) -> None:
    """Insert one step of consent. Its wording must have been stored by `consents.keep_wordings`."""
    transaction.connection.execute(insert(CONSENT).values(write_consent(subscriber_id, consent)))


def save(transaction: Transaction, subscriber_id: int, **columns: Any) -> None:
    """Update some columns of one subscriber; does nothing when the id is gone."""
    transaction.connection.execute(
        update(SUBSCRIBER).where(SUBSCRIBER.c.id == subscriber_id).values(**columns)
    )
