"""Withdraw a letter that was frozen, and of which nothing has left."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from generator.environment import open_list
from generator.errors import MailingError
from generator.mailing.lookup import get_mailing
from generator.subscribers.ledger.senders import settle_dead
from generator.subscribers.ledger.withdrawal import find_obstacle, withdraw

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from generator.model import Mailing, Week


def withdraw_letter(
    root: Path, week: Week, now: datetime, agree: Callable[[Mailing], None] = lambda _: None
) -> Mailing:
    """Forget that a letter was frozen; gives what was forgotten. Raises MailingError when something may have left.

    `agree` is called before, and raises an exception of its own to keep the letter as it is.
    """
    with closing(open_list(root)) as database:
        with database.read() as transaction:
            mailing = get_mailing(root, transaction, week)
        settle_dead(database, week, now)
        if obstacle := find_obstacle(database, week):
            raise MailingError(f"the letter of {week} cannot be withdrawn: {obstacle}")
        agree(mailing)
        withdraw(database, week, now)
    return mailing
