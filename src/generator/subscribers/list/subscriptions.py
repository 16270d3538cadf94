"""What the bearer of a token or of a signed link can do to one subscription, and the operator to any.

    form (wishes) ──▶ UNCONFIRMED ──────────── confirm ────────────▶ CONFIRMED
                       │       │                                      │  │  ▲
          no answer in │       └── unsubscribe ──▶ UNSUBSCRIBED ◀─────┘  │  │
        7 days (prune) │                              └──── confirm ─────│──┤
                       ▼                                                 │  │
                not on the list         hard bounce, or repeated         │  │
                                        soft bounces (ledger.returns)    │  │
                                           BOUNCED ◀─────────────────────┘  │
                                              └──────── confirm ────────────┘

    any status ── complaint (returns) ──▶ COMPLAINED, which nothing ends
    any status ── erase ──▶ not on the list; a keyed hash of the address stays, until it confirms again

BOUNCED and UNSUBSCRIBED people ask with the form, as everybody does, before they can confirm. An import or the operator
may put somebody on the list with any status (`listing.add_many`). Each function works in the transaction that it is
given, and locks the row of the subscriber before it reads what it decides by.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from generator.model import Consent, Language, Notice, Status, Step, Subscriber, key_of
from generator.subscribers.list import outbox, records, throttle, tokens
from generator.subscribers.list.tokens import Purpose
from generator.subscribers.store.log import Happened
from generator.subscribers.store.schema import REPORT, SUBSCRIBER, SUPPRESSION, WISH, insert_missing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from generator.subscribers.store.database import Transaction


class State(StrEnum):
    """What came of the button in the mail."""

    CONFIRMED = "confirmed"
    ALREADY = "already"
    """It was pressed before, or they were on the list already."""
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The answer to the button in the mail."""

    state: State
    token: str = ""
    """Opens their own page; empty for a link that was used before, which proves nothing any more."""
    subscriber: Subscriber | None = None
    """None when the token is unknown."""


def get_subscriber(transaction: Transaction, subscriber_id: int) -> Subscriber | None:
    """The subscriber with this id; None when nobody has it."""
    return records.find_one(transaction, SUBSCRIBER.c.id == subscriber_id)


def find_subscriber(transaction: Transaction, address: str) -> Subscriber | None:
    """The subscriber with an address in its normal form (`addresses.parse_address`); None: not on the list."""
    return records.find_one(transaction, SUBSCRIBER.c.key == key_of(address))


def find_by_handle(transaction: Transaction, handle: str) -> Subscriber | None:
    """The subscriber whom a signed link names; None: not on the list."""
    return records.find_one(transaction, SUBSCRIBER.c.handle == handle)


def confirm(transaction: Transaction, token: str, now: datetime, source: str, network: str) -> Confirmed:
    """Confirm a subscription: the reader of this mailbox pressed the button. Idempotent: a used token changes nothing.

    `source` and `network` are kept with the consent as proof. Lifts the suppression of an erased address, and ends all
    other tokens and notices that ask for the same.
    """
    found = tokens.find_token(transaction, token, Purpose.CONFIRM, now)
    # The subscriber before the token, here and everywhere: two who lock in the same order never wait for each other.
    subscriber = records.lock(transaction, found.subscriber_id) if found else None
    if subscriber is None:
        return Confirmed(State.UNKNOWN)
    good = subscriber.status is not Status.COMPLAINED and tokens.use_token(
        transaction, token, Purpose.CONFIRM, now
    )
    if not good:
        again = subscriber.status is Status.CONFIRMED and tokens.find_token(
            transaction, token, Purpose.CONFIRM, now
        )
        return Confirmed(State.ALREADY if again and again.used else State.EXPIRED, subscriber=subscriber)
    tokens.use_all(transaction, subscriber.id, Purpose.CONFIRM, now)
    outbox.withdraw(transaction, subscriber.id, Notice.CONFIRM, Notice.GOODBYE)
    throttle.forget(transaction, subscriber.address, Notice.CONFIRM)
    state = State.ALREADY
    if subscriber.status is not Status.CONFIRMED:
        state = State.CONFIRMED
        asked = next((step for step in reversed(subscriber.consents) if step.step is Step.ASKED), None)
        _step(transaction, subscriber, Status.CONFIRMED, now)
        records.add_consent(
            transaction,
            subscriber.id,
            Consent(Step.CONFIRMED, now, source, network, asked.wording if asked else None),
        )
        _lift(transaction, subscriber.address)
    return Confirmed(
        state,
        tokens.make_token(transaction, subscriber.id, Purpose.MANAGE, now),
        get_subscriber(transaction, subscriber.id),
    )


def peek(transaction: Transaction, token: str, now: datetime) -> Subscriber | None:
    """The subscriber whose page a token opens; None when it is unknown, used or expired. Changes nothing, for a GET."""
    found = tokens.find_token(transaction, token, Purpose.MANAGE, now)
    if found is None or found.used or found.expired:
        return None
    return get_subscriber(transaction, found.subscriber_id)


def rotate_token(transaction: Transaction, token: str, now: datetime) -> tuple[Subscriber, str] | None:
    """Use up a manage token: its subscriber, and a new token that expires when the old one would. None: not valid."""
    found = tokens.find_token(transaction, token, Purpose.MANAGE, now)
    subscriber = records.lock(transaction, found.subscriber_id) if found else None
    used = tokens.use_token(transaction, token, Purpose.MANAGE, now)
    if subscriber is None or used is None:
        return None
    return subscriber, tokens.make_token(transaction, subscriber.id, Purpose.MANAGE, now, used.expires)


def change(
    transaction: Transaction,
    subscriber: Subscriber,
    now: datetime,
    language: Language,
    certainties: Sequence[str],
) -> None:
    """Change language and certainties. Posts a notice, so that the subscriber learns of a change by a stranger.

    Of many changes in a day, the first ones have a notice (see `throttle`).
    """
    chosen = tuple(dict.fromkeys(certainties))
    current = records.lock(transaction, subscriber.id)
    if current is None or (current.language == language and current.certainties == chosen):
        return
    records.save(transaction, current.id, language=language, certainties=chosen, changed=now)
    tell(transaction, current.id, now)


def pause(transaction: Transaction, subscriber: Subscriber, until: date | None, now: datetime) -> None:
    """Send no letters before this day; None ends a pause. Posts the same notice as `change`."""
    current = records.lock(transaction, subscriber.id)
    if current is None or current.paused_until == until:
        return
    records.save(transaction, current.id, paused_until=until, changed=now)
    tell(transaction, current.id, now)


def tell(transaction: Transaction, subscriber_id: int, now: datetime) -> None:
    """Post the notice that a subscription was changed, within its throttle."""
    subscriber = get_subscriber(transaction, subscriber_id)
    if (
        subscriber
        and subscriber.status is Status.CONFIRMED
        and throttle.may_write(transaction, subscriber.address, Notice.CHANGED, now)
    ):
        outbox.post(transaction, Notice.CHANGED, subscriber, now)


def unsubscribe(  # noqa: PLR0913 - who, when and from where, each by its name
    transaction: Transaction,
    subscriber: Subscriber,
    now: datetime,
    source: str,
    network: str = "",
    *,
    goodbye: bool = True,
) -> bool:
    """End a subscription; whether that changed anything. Idempotent. The proof of consent stays.

    Expires the tokens in confirmation mails that were sent before, and takes back the notices that wait. A subscriber
    who was confirmed gets one goodbye, unless `goodbye` is False.
    """
    current = records.lock(transaction, subscriber.id)
    if current is None or current.status not in {Status.UNCONFIRMED, Status.CONFIRMED}:
        return False
    _step(transaction, current, Status.UNSUBSCRIBED, now)
    records.add_consent(transaction, current.id, Consent(Step.WITHDRAWN, now, source, network))
    tokens.use_all(transaction, current.id, Purpose.CONFIRM, now)
    outbox.withdraw(transaction, current.id)
    transaction.log_person(Happened.LEFT, current.address, now)
    if goodbye and current.status is Status.CONFIRMED:
        outbox.post(transaction, Notice.GOODBYE, current, now)
    return True


def erase(transaction: Transaction, subscriber: Subscriber, now: datetime, *, goodbye: bool = True) -> None:
    """Delete everything about a person (GDPR, article 17) but a keyed hash of the address, which suppresses an import.

    A subscriber who was confirmed or unsubscribed gets one goodbye; the address is kept in the outbox until it is sent.
    On SQLite the deleted bytes are overwritten after the commit; on PostgreSQL VACUUM removes them in time.
    """
    connection = transaction.connection
    # Wishes before the row and notices before its end: as the workers lock them, who may have one in hand.
    connection.execute(delete(WISH).where(func.lower(WISH.c.address) == key_of(subscriber.address)))
    current = records.lock(transaction, subscriber.id)
    if current is None:
        return
    outbox.withdraw(transaction, current.id)
    connection.execute(delete(REPORT).where(REPORT.c.handle == current.handle))
    connection.execute(delete(SUBSCRIBER).where(SUBSCRIBER.c.id == current.id))  # with consents and tokens
    _lift(transaction, current.address)  # older keys make room for the newest
    connection.execute(
        insert_missing(connection, SUPPRESSION).values(
            key=transaction.keys.hash_address(current.address)[0], at=now
        )
    )
    transaction.log_person(Happened.ERASED, current.address, now)
    if goodbye and current.status in {Status.CONFIRMED, Status.UNSUBSCRIBED}:
        outbox.post_goodbye(transaction, current.address, current.language, now)
    transaction.forget()


def suppressed(transaction: Transaction, address: str) -> bool:
    """Whether this address was erased and has not confirmed since; it is in the normal form."""
    keys = transaction.keys.hash_address(address)
    found = transaction.connection.execute(select(SUPPRESSION.c.key).where(SUPPRESSION.c.key.in_(keys)))
    return found.first() is not None


def _lift(transaction: Transaction, address: str) -> None:
    keys = transaction.keys.hash_address(address)
    transaction.connection.execute(delete(SUPPRESSION).where(SUPPRESSION.c.key.in_(keys)))


def _step(transaction: Transaction, subscriber: Subscriber, status: Status, now: datetime) -> None:
    """To another status; a pause does not outlive it."""
    records.save(transaction, subscriber.id, status=status, paused_until=None, changed=now)
