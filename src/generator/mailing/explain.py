"""Explain why an address gets letters, or none: all that ever happened to it, in order."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from generator.environment import open_list
from generator.errors import AddressError
from generator.mailing.lookup import find_message_id
from generator.model import Kind, Progress, Status, Week
from generator.sentences import count
from generator.settings import read_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.transfer.exporting import find_everything
from generator.subscribers.transfer.formats import write_moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from generator.model import Delivery, Event, MailingId, Subscriber
    from generator.settings import Settings
    from generator.subscribers.store.database import Transaction

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class History:
    """All that ever happened to one address."""

    address: str
    standing: str
    """Whether letters come, and else why not, as a clause."""
    erased: Sequence[str]
    """The moments at which it was erased, in ISO 8601."""
    wishes: int
    """Forms that are not processed yet."""
    notices: int
    """Mails that are not sent yet."""
    rows: Sequence[Mapping[str, str]]
    """Oldest first, each with `at`, `week`, `what` and `more`; each may be empty."""
    zone: tzinfo
    """Of the letter."""

    def describe(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "address": self.address,
            "standing": self.standing,
            "erased": self.erased,
            "history": self.rows,
        }


def explain_address(root: Path, address: str, now: datetime) -> History:
    """Where an address stands, why, and how it came to that. Raises AddressError when nothing is known of it."""
    settings = read_settings(root)
    with closing(open_list(root)) as database, database.read() as transaction:
        everything = find_everything(transaction, address)
        if everything is None:
            raise AddressError(
                f"nothing is stored about {address}; a subscription that is not confirmed is deleted after a week"
            )
        subscriber = find_subscriber(transaction, address)
        events = mailings.list_events(transaction, subscriber.id) if subscriber else []
        return History(
            address=address,
            standing=_say_standing(subscriber, events, now),
            erased=[row["at"] for row in everything["erasures"]],
            wishes=len(everything["wishes"]),
            notices=len(everything["notices"]),
            rows=_collect(transaction, subscriber, events, settings) if subscriber else [],
            zone=settings.timezone,
        )


def _say_standing(subscriber: Subscriber | None, events: list[Event], now: datetime) -> str:
    """Whether letters come, and else why not."""
    if subscriber is None:
        return "not on the list"
    if subscriber.status is not Status.CONFIRMED:
        why = next((event for event in reversed(events) if event.kind is Kind.SUPPRESSED), None)
        because = f" since {why.at:%Y-%m-%d} ({why.detail})" if why else ""
        return f"{subscriber.status}{because}, gets no letters"
    if subscriber.paused_until and subscriber.paused_until > now.date():
        return f"confirmed, gets no letters before {subscriber.paused_until}"
    about = f" about {', '.join(subscriber.certainties)}" if subscriber.certainties else ""
    return f"confirmed, gets letters{about} in “{subscriber.language}”"


def _collect(
    transaction: Transaction, subscriber: Subscriber, events: list[Event], settings: Settings
) -> list[dict[str, str]]:
    """Steps of consent, letters, and what came of them, oldest first."""
    found: list[tuple[datetime, dict[str, str]]] = []

    def add(at: datetime | None, week: MailingId | None, what: str, more: str) -> None:
        row = {"at": write_moment(at) if at else "", "week": str(week or ""), "what": what, "more": more}
        found.append((at or _NEVER, row))

    for consent in subscriber.consents:
        add(consent.at, None, f"consent {consent.step}", consent.source)
    for delivery in mailings.find_deliveries(transaction, subscriber.id):
        more = _say_delivery(transaction, delivery, settings)
        add(delivery.at, delivery.week, f"letter {delivery.progress}", more)
    for event in events:
        add(event.at, event.week, event.kind, event.detail)
    return [row for _, row in sorted(found, key=lambda one: one[0])]


def _say_delivery(transaction: Transaction, delivery: Delivery, settings: Settings) -> str:
    mailing = mailings.find_mailing(transaction, delivery.week)
    begun = delivery.attempts or delivery.progress is Progress.SENDING
    name = find_message_id(delivery, mailing, transaction.keys, settings) if mailing and begun else ""
    attempts = count(delivery.attempts, "attempt") if delivery.attempts > 1 else ""
    first = "first letter" if delivery.joined and isinstance(delivery.week, Week) else ""
    handed = f"its name there: {delivery.handed}" if delivery.handed else ""
    return "; ".join(filter(None, (first, delivery.reply, attempts, name, handed)))
