"""What `newsletter status` shows: where a letter stands, and who is in doubt.

Addresses appear on the screen of who asked for them, and nowhere else.
"""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from generator.cli import show_table
from generator.environment import open_list
from generator.errors import MailingError, SecretError
from generator.model import Progress, Week
from generator.sentences import count, say_never_sent
from generator.settings import read_settings
from generator.subscribers.ledger import mailings, senders
from generator.subscribers.ledger.accounts import find_account
from generator.subscribers.ledger.tags import make_tag
from generator.subscribers.transfer.formats import write_moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.model import Delivery, Mailing, Tally
    from generator.settings import Settings
    from generator.subscribers.ledger.accounts import Account
    from generator.subscribers.store.database import Transaction
    from generator.subscribers.store.keys import Keys

_ALL = 1_000_000_000
"""More than any list has."""


def show_status(root: Path, week: Week | None, now: datetime, *, doubtful: bool, as_json: bool) -> None:
    """Print how far a letter is, that of the newest mailing by default. What dead senders left is settled first."""
    settings = read_settings(root)
    with closing(open_list(root)) as database:
        with database.read() as transaction:
            mailing = find(root, transaction, week)
        if mailing is None:
            click.echo("{}" if as_json else "No letter has been sent yet; `newsletter send` sends one.")
            return
        senders.settle_dead(database, mailing.week, now)
        living = senders.list_living(database, mailing.week)
        with database.read() as transaction:
            account = get_account(root, transaction, mailing.week)
            due = mailings.find_next_due(transaction, mailing.week)
            listed = (
                mailings.list_deliveries(transaction, mailing.week, Progress.IN_DOUBT, _ALL)
                if doubtful
                else []
            )
    rows = [(one, find_message_id(one, account.mailing, database.keys, settings)) for one in listed]
    if as_json:
        found = account.describe() | {"senders": living, "next_due": write_moment(due) if due else None}
        if doubtful:
            found["doubtful"] = [_describe(delivery, message_id) for delivery, message_id in rows]
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    _say_status(account, living, due, settings)
    if doubtful:
        click.echo()
        _show_doubtful(rows, settings)


# --- A letter ---------------------------------------------------------------------------------------------------------


def find(root: Path, transaction: Transaction, week: Week | None) -> Mailing | None:
    """The mailing of a week, or the newest one; None when there was none at all. Raises MailingError."""
    found = mailings.list_mailings(transaction)
    if week is None:
        return found[0] if found else None
    for mailing in found:
        if mailing.week == week:
            return mailing
    raise MailingError(say_never_sent(root, week, (mailing.week for mailing in found)))


def say_tally(tally: Tally) -> list[tuple[str, str]]:
    """Its lines, in the order in which they are added up."""
    names = ("accepted", "refused", "deferred", "in_doubt", "skipped", "remaining")
    return [(name.replace("_", " "), f"{getattr(tally, name):,}") for name in names]


def say_moment(moment: datetime, settings: Settings) -> str:
    """In the time zone of the letter."""
    return f"{moment.astimezone(settings.timezone):%Y-%m-%d %H:%M:%S}"


def find_message_id(delivery: Delivery, mailing: Mailing, keys: Keys, settings: Settings) -> str:
    """As the log of the relay may have it; empty when the subscriber was erased, or the key is gone."""
    if not delivery.handle:
        return ""
    try:
        tag = make_tag(keys.led_by(mailing.key), delivery.week, delivery.handle)
    except SecretError:
        return ""
    return f"<{tag}@{settings.list_id}>"


def get_account(root: Path, transaction: Transaction, week: Week) -> Account:
    """The account of a mailing. Raises MailingError."""
    account = find_account(transaction, week)
    if account is None:
        raise MailingError(say_never_sent(root, week, ()))
    return account


def _say_status(account: Account, living: Sequence[str], due: datetime | None, settings: Settings) -> None:
    mailing, tally = account.mailing, account.tally
    commit = f", commit {mailing.commit[:12]}" if mailing.commit else ""
    click.echo(
        click.style(str(mailing.week), bold=True) + f", frozen {say_moment(mailing.frozen, settings)}{commit}"
    )
    rows = [*say_tally(tally), ("planned", f"{tally.planned:,}")]
    width = max(len(number) for _, number in rows)
    for name, number in rows[:-1]:
        more = f"   next at {say_moment(due, settings)}" if name == "deferred" and due else ""
        click.echo(f"  {name:<10}{number:>{width}}{more}")
    click.echo(f"  {'':<10}{'─' * width}")
    balance = "" if tally.balances else "   These numbers do not add up; please report this bug"
    click.echo(f"  {'planned':<10}{tally.planned:>{width},}{balance}")
    click.echo()
    for name in living:
        click.echo(f"Being sent by {name}.")
    for line in _say_next(account, living=bool(living)):
        click.echo(line)


def _say_next(account: Account, *, living: bool) -> list[str]:
    mailing, tally, week = account.mailing, account.tally, account.mailing.week
    lines = []
    if mailing.trouble:
        lines.append(f"Sending was stopped: {mailing.trouble}.")
    left = tally.remaining + tally.deferred
    if left and not living:
        lines.append(
            f"{count(left, 'letter')} left: `newsletter resume {week}` sends {'it' if left == 1 else 'them'}."
        )
    if tally.in_doubt:
        lines.append(
            f"Letters in doubt may or may not have arrived: `newsletter status {week} --doubtful` lists them, "
            f"`newsletter retry {week} --in-doubt` sends them again."
        )
    if tally.refused:
        lines.append(f"`newsletter report {week}` shows why letters were refused.")
    if not tally.planned:
        lines.append(f"The letter was frozen without recipients; `newsletter withdraw {week}` undoes that.")
    elif not left:
        lines.append("Nothing left to do.")
    return lines


def _show_doubtful(listed: Sequence[tuple[Delivery, str]], settings: Settings) -> None:
    if not listed:
        click.echo("No letters in doubt.")
        return
    show_table(
        ("in doubt", "language", "since", "Message-ID (search for it in the log of the relay)"),
        [
            (
                delivery.address or "(erased)",
                delivery.language.value,
                say_moment(delivery.at, settings) if delivery.at else "–",
                message_id or "–",
            )
            for delivery, message_id in listed
        ],
    )


def _describe(delivery: Delivery, message_id: str) -> dict[str, Any]:
    return {
        "address": delivery.address,
        "language": delivery.language,
        "at": write_moment(delivery.at) if delivery.at else None,
        "attempts": delivery.attempts,
        "message_id": message_id,
    }
