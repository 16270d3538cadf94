"""Find out how far a letter is, and who is in doubt."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.delivery.timing.limits import HELD, describe_limits
from generator.environment import open_list
from generator.mailing.lookup import find_message_id, get_account, get_mailing
from generator.mailing.run import find_renamer
from generator.model import Progress
from generator.settings import read_settings
from generator.subscribers.ledger import mailings, senders
from generator.subscribers.transfer.formats import write_moment
from generator.watch.findings import Kind
from generator.watch.look import look

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo
    from pathlib import Path

    from generator.model import Delivery, Mailing, MailingId
    from generator.subscribers.ledger.accounts import Account
    from generator.subscribers.store.database import Transaction
    from generator.watch.findings import Finding

_ALL = 1_000_000_000
"""More than any list has."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a letter is. It holds addresses: show them to those who asked for them, and to nobody else."""

    account: Account
    living: Sequence[str]
    """The senders that are at work, each as host and process."""
    due: datetime | None
    """When the next deferred letter is tried again."""
    limits: Sequence[str]
    """Those of the receiving domains, now."""
    doubtful: Sequence[tuple[Delivery, str]] | None
    """The letters in doubt, and the Message-ID of each; None when nobody asked for them."""
    zone: tzinfo
    """Of the letter."""
    renamer: str
    """The relay, when it replaces our Message-ID; else empty."""

    @property
    def held(self) -> int:
        """How many letters these limits hold back."""
        return self.account.count(HELD)

    def describe(self) -> dict[str, Any]:
        """The same for JSON."""
        due = write_moment(self.due) if self.due else None
        found = self.account.describe() | {"senders": self.living, "next_due": due, "limits": self.limits}
        if self.doubtful is not None:
            found["doubtful"] = [_describe(delivery, message_id) for delivery, message_id in self.doubtful]
        return found


def find_standing(
    root: Path, week: MailingId | None, now: datetime, *, doubtful: bool = False
) -> Standing | None:
    """How far the letter of a week is, or the newest one; None when no letter was ever sent.

    What dead senders left is settled first. Raises MailingError for a week without a mailing.
    """
    settings = read_settings(root)
    with closing(open_list(root)) as database:
        with database.read() as transaction:
            mailing = get_mailing(root, transaction, week) if week else _find_newest(transaction)
        if mailing is None:
            return None
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
    limits = describe_limits(settings, now)
    return Standing(
        account, living, due, limits, rows if doubtful else None, settings.timezone, find_renamer(root)
    )


def find_overdue(root: Path, now: datetime) -> list[Finding]:
    """The letter that should have been sent and was not begun, if there is one."""
    found, _ = look(root, now)
    return [one for one in found if one.kind in {Kind.MISSED, Kind.UNWRITTEN}]


def _find_newest(transaction: Transaction) -> Mailing | None:
    return next(iter(mailings.list_mailings(transaction)), None)


def _describe(delivery: Delivery, message_id: str) -> dict[str, Any]:
    return {
        "address": delivery.address,
        "language": delivery.language,
        "at": write_moment(delivery.at) if delivery.at else None,
        "attempts": delivery.attempts,
        "message_id": message_id,
    }
