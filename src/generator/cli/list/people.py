"""What `newsletter subscribers` does with one person, and its table of some."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from generator.cli import say_aside, show_table
from generator.cli.addresses import read_address
from generator.content.certainties import IDS
from generator.environment import make_list, open_list, say_delivery
from generator.errors import AddressError
from generator.model import Consent, NewSubscriber, Notice, Status, Step
from generator.sentences import count
from generator.subscribers.list.listing import add_many, count_statuses
from generator.subscribers.list.outbox import post
from generator.subscribers.list.subscriptions import erase, find_subscriber, suppressed, unsubscribe
from generator.subscribers.transfer.exporting import find_everything, walk_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.model import Language, Subscriber
    from generator.subscribers.store.database import Transaction

REMOVED = "newsletter subscribers remove"
"""The source of a consent that the operator took back."""


# --- Commands ---------------------------------------------------------------------------------------------------------


def add_subscriber(  # noqa: PLR0913 (one for each option)
    root: Path, text: str, language: Language, certainties: Sequence[str], proof: str, now: datetime
) -> None:
    """Put somebody on the list: confirmed with proof, else with a mail that asks them."""
    address = read_address(text)
    for certainty in certainties:
        if certainty not in IDS:
            raise click.UsageError(f"unknown certainty {certainty}; expected one of {', '.join(IDS)}")
    with closing(make_list(root, say_aside)) as database, database.begin() as transaction:
        if found := find_subscriber(transaction, address):
            raise AddressError(f"{address} is already on the list: {found.status}")
        if proof and suppressed(transaction, address):
            raise AddressError(
                f"{address} was erased, so only this person can subscribe it again; leave --proof out to send a "
                "confirmation mail"
            )
        status = Status.CONFIRMED if proof else Status.UNCONFIRMED
        consents = (Consent(Step.ADDED, now, proof),) if proof else ()
        add_many(
            transaction,
            [NewSubscriber(address, language, tuple(certainties), status, now, now, consents=consents)],
        )
        if not proof and (subscriber := find_subscriber(transaction, address)):
            post(transaction, Notice.CONFIRM, subscriber, now)
    if proof:
        click.echo(f"{address} is on the list, confirmed by: {proof}")
    else:
        click.echo(f"{address} gets a confirmation mail. {say_delivery(root)}")


def list_subscribers(root: Path, statuses: Sequence[Status], language: Language | None, limit: int) -> None:
    """Print a table of the first ones, and how many stand where."""
    rows: list[tuple[str, ...]] = []
    with closing(open_list(root)) as database, database.read() as transaction:
        for subscriber in walk_all(transaction, statuses, language):
            rows.append(_row(subscriber))
            if len(rows) > limit:
                break
        counts = count_statuses(transaction)
    if rows:
        show_table(("address", "language", "status", "since", "certainties", "paused until"), rows[:limit])
        click.echo()
    if len(rows) > limit:
        click.echo(
            f"Only the first {limit:,} are shown. For more, use --limit; for all, `newsletter subscribers export`."
        )
    said = ", ".join(f"{number:,} {status}" for status, number in counts.items() if number)
    click.echo(f"On the list: {said or 'nobody'}.")


def _row(subscriber: Subscriber) -> tuple[str, ...]:
    return (
        subscriber.address,
        subscriber.language.value,
        subscriber.status.value,
        subscriber.created.date().isoformat(),
        " ".join(subscriber.certainties) or "all",
        subscriber.paused_until.isoformat() if subscriber.paused_until else "–",
    )


def show_subscriber(root: Path, text: str, *, as_json: bool) -> None:
    """Print all that is kept about an address, wherever it stands."""
    address = read_address(text)
    with closing(open_list(root)) as database, database.read() as transaction:
        found = find_everything(transaction, address)
    if found is None:
        raise AddressError(f"nothing is stored about {address}")
    if as_json:
        click.echo(json.dumps({"address": address, **found}, indent=2, ensure_ascii=False))
        return
    subscriber = found.pop("subscriber")
    click.echo(click.style(address, bold=True) + ("" if subscriber else ": not on the list"))
    if subscriber:
        found = {"consents": subscriber.pop("consents"), **found}
        for name, value in subscriber.items():
            if name != "address":
                click.echo(f"  {name}: {_say(value)}")
    for name, rows in found.items():
        if rows:
            click.echo(f"  {_HEADINGS[name]}")
        for row in rows:
            click.echo("    – " + "; ".join(f"{key}: {_say(value)}" for key, value in row.items()))


_HEADINGS = {
    "consents": "consent:",
    "wishes": "forms not processed yet:",
    "notices": "mail not sent yet:",
    "tokens": "links in mail (hashes):",
    "deliveries": "letters:",
    "events": "events:",
    "counts": "mails sent on request of the form (under a hash):",
    "erasures": "erasures (under a hash):",
}


def _say(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "all"
    if isinstance(value, dict):
        return f"“{value['text']}” ({value['language']})"
    return "–" if value in (None, "") else str(value)


def remove_subscriber(root: Path, text: str, now: datetime, *, goodbye: bool) -> None:
    """Unsubscribe somebody; what is known of them stays, as proof."""
    address = read_address(text)
    with closing(open_list(root)) as database, database.begin() as transaction:
        subscriber = _get(transaction, address)
        changed = unsubscribe(transaction, subscriber, now, REMOVED, goodbye=goodbye)
    if changed:
        tells = goodbye and subscriber.status is Status.CONFIRMED
        click.echo(
            f"{address} gets no more letters."
            + (f" They get a confirmation by mail. {say_delivery(root)}" if tells else "")
        )
    else:
        click.echo(f"Nothing to do: {address} is {subscriber.status} and gets no letters.")


def erase_subscriber(root: Path, text: str, now: datetime, *, asks: bool) -> None:
    """Forget somebody but a keyed hash, after asking."""
    address = read_address(text)
    with closing(open_list(root)) as database:
        with database.read() as transaction:
            _get(transaction, address)
        if asks:
            click.confirm(
                f"Erase everything about {address}, including the proof of consent? This cannot be undone.",
                abort=True,
            )
        with database.begin() as transaction:
            erase(transaction, _get(transaction, address), now)
    click.echo(f"{address} is erased. A keyed hash remains, so that no import adds the address again.")
    click.echo("Earlier back-ups still contain the address: see “Back up and restore” in deploy/RUN.md.")


# --- Parts ------------------------------------------------------------------------------------------------------------


def _get(transaction: Transaction, address: str) -> Subscriber:
    found = find_subscriber(transaction, address)
    if found is None:
        raise AddressError(f"{address} is not on the list")
    return found


def say_number(number: int) -> str:
    """1 subscriber, 2 subscribers."""
    return count(number, "subscriber")
