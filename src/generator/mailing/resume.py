"""Go on with a letter that was frozen, whatever the clock says; or withdraw it, when nothing of it has left."""

from __future__ import annotations

from contextlib import closing
from threading import Event
from typing import TYPE_CHECKING

from generator.environment import open_list
from generator.errors import MailingError
from generator.mailing.concluding import concluding
from generator.mailing.events import Reopened, tell_nobody
from generator.mailing.lookup import get_mailing
from generator.mailing.run import Order, Outcome, Unsent, open_relay, run_mailing
from generator.model import Progress
from generator.settings import read_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.senders import settle_dead
from generator.subscribers.ledger.withdrawal import find_obstacle, withdraw
from generator.subscribers.store.stamp import refuse_restored

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from generator.clock import Clock
    from generator.mailing.events import Tell
    from generator.model import Mailing, MailingId, Tally, Week


def resume_mailing(  # noqa: PLR0913 (what may be asked for, and how it is followed)
    root: Path,
    week: MailingId,
    order: Order,
    clock: Clock,
    tell: Tell = tell_nobody,
    stop: Event | None = None,
) -> Outcome | Unsent:
    """Send what is left of a letter. Raises MailingError."""
    settings = read_settings(root)
    with concluding(root, clock, tell), closing(open_list(root)) as database:
        with database.read() as transaction:
            refuse_restored(transaction.connection)
            mailing = get_mailing(root, transaction, week)
        settle_dead(database, week, clock())
        with database.read() as transaction:
            tally = mailings.tally(transaction, week)
        if not (tally.remaining or tally.deferred):
            with database.begin() as transaction:  # a run that was killed at its very end has not said so
                mailings.finish(transaction, week, clock())
            return Unsent(f"Nothing left to send of {week.name}; see `newsletter status {week}`.")
        with database.begin() as transaction:
            mailings.stop(transaction, week, "")
        return run_mailing(root, settings, database, mailing, order, clock, tell, stop or Event())


def retry_letters(  # noqa: PLR0913 (what may be asked for, and how it is followed)
    root: Path,
    week: MailingId,
    progress: Progress,
    order: Order,
    clock: Clock,
    tell: Tell = tell_nobody,
    stop: Event | None = None,
    agree: Callable[[int], None] = lambda _: None,
) -> Outcome | Unsent:
    """Send those again that were refused, or are in doubt, and what else is left. Raises MailingError.

    `agree` is called with their number before anything changes, and raises an exception of its own to change nothing.
    """
    settings = read_settings(root)
    open_relay(root)  # before anything is planned again
    with concluding(root, clock, tell), closing(open_list(root)) as database:
        with database.read() as transaction:
            refuse_restored(transaction.connection)
            mailing = get_mailing(root, transaction, week)
        settle_dead(database, week, clock())
        with database.read() as transaction:
            number = _of(mailings.tally(transaction, week), progress)
        if not number:
            return Unsent(f"No letters of {week} are {progress}.")
        agree(number)
        with database.begin() as transaction:
            again = mailings.reopen(transaction, week, progress, clock())
            mailings.stop(transaction, week, "")
        tell(Reopened(progress, again, number - again))
        return run_mailing(root, settings, database, mailing, order, clock, tell, stop or Event())


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


def _of(tally: Tally, progress: Progress) -> int:
    return tally.refused if progress is Progress.REFUSED else tally.in_doubt
