"""Looks up the mailing of a week, its account, and the Message-ID of a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.errors import MailingError, SecretError
from generator.model import CourseStep, Week
from generator.sentences import say_never_sent
from generator.subscribers.ledger.accounts import find_account
from generator.subscribers.ledger.mailings import find_mailing, list_mailings
from generator.subscribers.ledger.tags import make_tag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.model import Delivery, Mailing, MailingId
    from generator.settings import Settings
    from generator.subscribers.ledger.accounts import Account
    from generator.subscribers.store.database import Transaction
    from generator.subscribers.store.keys import Keys


def get_mailing(root: Path, transaction: Transaction, week: MailingId) -> Mailing:
    """The mailing of a week. Raises MailingError, which says what there is instead."""
    mailing = find_mailing(transaction, week)
    if mailing is None:
        raise MailingError(_say_never_sent(root, week, list_mailings(transaction)))
    return mailing


def get_account(root: Path, transaction: Transaction, week: MailingId) -> Account:
    """The account of a mailing. Raises MailingError."""
    account = find_account(transaction, week)
    if account is None:
        raise MailingError(_say_never_sent(root, week, ()))
    return account


def _say_never_sent(root: Path, week: MailingId, known: Sequence[Mailing]) -> str:
    if isinstance(week, CourseStep):
        return f"{week.name} has not been sent to anybody; run `newsletter send --course` to send what is due"
    return say_never_sent(root, week, (one.week for one in known if isinstance(one.week, Week)))


def find_message_id(delivery: Delivery, mailing: Mailing, keys: Keys, settings: Settings) -> str:
    """As the log of the relay may have it; empty when the subscriber was erased, or the key is gone."""
    if not delivery.handle:
        return ""
    try:
        tag = make_tag(keys.led_by(mailing.key), delivery.week, delivery.handle)
    except SecretError:
        return ""
    return f"<{tag}@{settings.list_id}>"
