"""What `newsletter explain` shows: all that ever happened to one address, in order."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from generator.cli import show_table
from generator.cli.list.people import read_address
from generator.cli.mailing.status import find_message_id, say_moment
from generator.environment import open_list
from generator.errors import AddressError
from generator.model import Kind, Progress, Status
from generator.sentences import count
from generator.settings import read_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.transfer.exporting import find_everything
from generator.subscribers.transfer.formats import write_moment

if TYPE_CHECKING:
    from pathlib import Path

    from generator.model import Delivery, Event, Subscriber, Week
    from generator.settings import Settings
    from generator.subscribers.store.database import Transaction

_NEVER = datetime.max.replace(tzinfo=UTC)

_WAITING = {"wishes": ("form", "processed"), "notices": ("mail", "sent")}


def explain_address(root: Path, text: str, now: datetime, *, as_json: bool) -> None:
    """Print what is known of an address: where it stands, why, and how it came to that. Raises AddressError."""
    address, settings = read_address(text), read_settings(root)
    with closing(open_list(root)) as database, database.read() as transaction:
        everything = find_everything(transaction, address)
        if everything is None:
            raise AddressError(
                f"nothing is stored about {address}; a subscription that is not confirmed is deleted after a week"
            )
        subscriber = find_subscriber(transaction, address)
        events = mailings.list_events(transaction, subscriber.id) if subscriber else []
        history = _collect(transaction, subscriber, events, settings) if subscriber else []
    standing = _say_standing(subscriber, events, now)
    erased = [row["at"] for row in everything["erasures"]]
    if as_json:
        found = {"address": address, "standing": standing, "erased": erased, "history": history}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    click.echo(click.style(address, bold=True) + f": {standing}.")
    for at in erased:
        click.echo(f"Erased at {at}: only a keyed hash is left.")
    for name, (noun, done) in _WAITING.items():
        if everything[name]:
            click.echo(
                f"{count(len(everything[name]), noun)} not {done} yet: see `newsletter subscribers show`."
            )
    if history:
        click.echo()
        rows = [
            (_say_moment(row["at"], settings), row["week"] or "–", row["what"], row["more"] or "–")
            for row in history
        ]
        show_table(("when", "letter", "what", "more"), rows)


def _say_moment(text: str, settings: Settings) -> str:
    return say_moment(datetime.fromisoformat(text), settings) if text else "–"


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

    def add(at: datetime | None, week: Week | None, what: str, more: str) -> None:
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
    return "; ".join(filter(None, (delivery.reply, attempts, name)))
