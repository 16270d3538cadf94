"""What `newsletter withdraw` does: take back a letter that was frozen and of which nothing has left."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli.mailing.resume import ask, get_mailing
from generator.cli.mailing.status import say_moment
from generator.environment import open_list
from generator.errors import MailingError
from generator.sentences import count
from generator.settings import read_settings
from generator.subscribers.ledger.senders import settle_dead
from generator.subscribers.ledger.withdrawal import find_obstacle, withdraw

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from generator.model import Week


def withdraw_letter(root: Path, week: Week, now: datetime, *, asks: bool) -> None:
    """Forget that a letter was frozen, after asking. Raises MailingError when something of it may have left."""
    settings = read_settings(root)
    with closing(open_list(root)) as database:
        mailing = get_mailing(root, database, week)
        settle_dead(database, week, now)
        if obstacle := find_obstacle(database, week):
            raise MailingError(f"the letter of {week} cannot be withdrawn: {obstacle}")
        if asks:
            frozen = say_moment(mailing.frozen, settings)
            readers = count(mailing.planned, "reader")
            ask(
                f"The letter of {week} was frozen on {frozen} for {readers}. Nobody has received it.",
                "Withdraw it?",
            )
        withdraw(database, week)
    click.echo(
        f"The letter of {week} is withdrawn; nobody had received it. To send it, run `newsletter send {week}`."
    )
