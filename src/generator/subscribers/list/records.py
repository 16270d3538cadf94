"""Rows of the list ↔ values: what the other modules share about reading and writing a Subscriber."""

from __future__ import annotations

import secrets
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from generator.model import Consent, Language, Status, Step, Subscriber, Wording
from generator.subscribers.store.schema import CONSENT, SUBSCRIBER, WORDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Row

    from generator.subscribers.store.database import Transaction


def make_handle() -> str:
    """Sixteen random characters: 96 bits, so that two are never alike."""
    return secrets.token_urlsafe(12)


def write_certainties(certainties: Iterable[str]) -> str:
    """Ids → the column: between spaces, each once, so that ` LIKE '% revenue %'` finds one; empty for all."""
    ids = list(dict.fromkeys(" ".join(certainties).split()))
    return f" {' '.join(ids)} " if ids else ""


def read_certainties(column: str) -> tuple[str, ...]:
    """The column → ids."""
    return tuple(column.split())


def lock(transaction: Transaction, subscriber_id: int) -> Subscriber | None:
    """A subscriber as they stand now, whom nobody else changes until this transaction ends. None: not on the list."""
    row = transaction.connection.execute(
        # key_share: others may add what belongs to them, as a worker does who claims a notice to them just now.
        select(SUBSCRIBER).where(SUBSCRIBER.c.id == subscriber_id).with_for_update(key_share=True)
    ).first()
    return with_consents(transaction, [row])[0] if row else None


def find_one(transaction: Transaction, condition: ColumnElement[bool]) -> Subscriber | None:
    """The subscriber that fits a condition on a unique column."""
    row = transaction.connection.execute(select(SUBSCRIBER).where(condition)).first()
    return with_consents(transaction, [row])[0] if row else None


def with_consents(transaction: Transaction, rows: Sequence[Row[Any]]) -> list[Subscriber]:
    """Rows of SUBSCRIBER → subscribers with their consents, oldest first, in one query for all of them."""
    consents: dict[int, list[Consent]] = defaultdict(list)
    if rows:
        found = transaction.connection.execute(
            select(CONSENT, WORDING.c.language, WORDING.c.text)
            .outerjoin(WORDING)
            .where(CONSENT.c.subscriber_id.in_([row.id for row in rows]))
            .order_by(CONSENT.c.id)
        )
        for row in found:
            wording = Wording(Language(row.language), row.text) if row.version else None
            consents[row.subscriber_id].append(
                Consent(Step(row.step), row.at, row.source, row.network, wording)
            )
    return [
        Subscriber(
            id=row.id,
            handle=row.handle,
            address=row.address,
            language=Language(row.language),
            certainties=read_certainties(row.certainties),
            status=Status(row.status),
            created=row.created,
            changed=row.changed,
            paused_until=row.paused_until,
            consents=tuple(consents[row.id]),
        )
        for row in rows
    ]


def add_consent(transaction: Transaction, subscriber_id: int, consent: Consent) -> None:
    """Add a step; its wording must have been kept by `wordings.keep_wordings`."""
    transaction.connection.execute(
        insert(CONSENT).values(
            subscriber_id=subscriber_id,
            step=consent.step,
            at=consent.at,
            source=consent.source,
            network=consent.network,
            version=consent.wording.version if consent.wording else None,
        )
    )


def save(transaction: Transaction, subscriber_id: int, **columns: Any) -> None:
    """Write some columns of one subscriber."""
    transaction.connection.execute(
        update(SUBSCRIBER).where(SUBSCRIBER.c.id == subscriber_id).values(**columns)
    )
