"""Adds a subscriber whom the operator names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.errors import AddressError
from generator.model import Consent, NewSubscriber, Notice, Status, Step
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.outbox import post
from generator.subscribers.list.subscriptions import find_subscriber, suppressed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from generator.model import Language
    from generator.subscribers.store.database import Transaction


def add_subscriber(  # noqa: PLR0913 (what a subscriber is)
    transaction: Transaction,
    address: str,
    language: Language,
    certainties: Sequence[str],
    now: datetime,
    proof: str,
) -> None:
    """Put somebody on the list: confirmed by `proof`, or without it unconfirmed, with a mail that asks them.

    Raises AddressError for who is on the list, and with proof for who was erased.
    """
    if found := find_subscriber(transaction, address):
        raise AddressError(f"{address} is already on the list: {found.status}")
    if proof and suppressed(transaction, address):
        raise AddressError(
            f"{address} was erased, so only this person can subscribe it again; leave --proof out to send a "
            "confirmation mail"
        )
    status = Status.CONFIRMED if proof else Status.UNCONFIRMED
    consents = (Consent(Step.ADDED, now, proof),) if proof else ()
    new = NewSubscriber(address, language, tuple(certainties), status, now, now, consents=consents)
    add_many(transaction, [new])
    if not proof and (subscriber := find_subscriber(transaction, address)):
        post(transaction, Notice.CONFIRM, subscriber, now)
