"""The sending of what is left of a mailing by one process, over several connections, until it is done or must stop."""

from __future__ import annotations

from contextlib import closing
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

from generator.delivery.engines.batches import BatchSession
from generator.delivery.outgoing.batch_sender import BatchSender
from generator.delivery.outgoing.sender import MOST, Sender
from generator.errors import DatabaseError, MailingError
from generator.model import CourseStep
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.returns import suppress_soft_bounced
from generator.subscribers.ledger.senders import enlist, settle_dead

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from generator.delivery.outgoing.tasks import Task
    from generator.delivery.sessions import Session
    from generator.model import Tally
    from generator.subscribers.store.database import Database

_TICK = 0.2
"""Seconds between two calls of `look`."""

_OTHERS = 2.0
"""Seconds between two checks of what other processes have reserved: one of them may have died."""

_DEFERRED = 30.0
"""Seconds between two checks of what is deferred, at most."""

_WORTH_SAYING = 60.0
"""Seconds of waiting for what is deferred."""


class Run:
    """The part of this process in sending a mailing; others may send it at the same time."""

    def __init__(
        self,
        database: Database,
        task: Task,
        open_session: Callable[[], Session | BatchSession],
        connections: int = 1,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        """`look` is called every _TICK seconds in the thread that called `work`, to show progress."""
        self._database, self._task, self._open, self._look = database, task, open_session, look
        self._week = task.mailing.week
        self._connections = connections
        self._waiting_since, self._accepted = 0.0, 0
        self._bugs: list[BaseException] = []
        self._told = False
        self._said: datetime | None = None
        session = open_session()  # connects nothing
        self._account = session.account if isinstance(session, BatchSession) else ""

    def work(self) -> Tally:
        """Send until nothing is left, the task stops, or its patience ends; `task.trouble` or `task.failure` say why.

        For one thread, which starts a thread for each connection and waits for all of them. Every letter in flight is
        finished first. Returns the count of the whole mailing, or of its first letters. Raises DatabaseError when it
        cannot be read, MailingError when the mailing was withdrawn, and whatever a bug in a connection raised.
        """
        now = self._task.clock
        with enlist(self._database, self._week, now()) as number:
            self._check_frozen()
            settle_dead(self._database, self._week, now(), self._account)
            tally = self._count()
            while not self._task.stop.is_set() and (tally.remaining or tally.deferred):
                self._go_round(number, tally)
                if self._task.stop.is_set():
                    break
                settle_dead(self._database, self._week, now(), self._account)
                tally = self._count()
                if not self._await_more(number, tally):
                    break
        self._tell_others()  # retried here, if the database failed before
        if self._bugs:
            raise self._bugs[0]
        tally = self._count()
        if not self._task.first:
            with self._database.begin() as transaction:
                if tally.remaining + tally.deferred == mailings.count_put_off(transaction, self._week):
                    mailings.finish(transaction, self._week, now())
                    suppress_soft_bounced(transaction, now())
        return tally

    def _check_frozen(self) -> None:
        """Raise MailingError when something else is frozen now. Nobody can withdraw it any more: we are enlisted.

        A lesson is never withdrawn, and may get new masters at any time.
        """
        if isinstance(self._week, CourseStep):
            return
        with self._database.read() as transaction:
            digests = mailings.find_digests(transaction, self._week)
        if digests != self._task.copies.digests:
            raise MailingError(f"{self._week.name} was withdrawn in the meantime; nothing was sent")

    def _go_round(self, number: int, tally: Tally) -> None:
        """Send all that is due now, over all connections."""
        left = tally.remaining + tally.deferred
        connections = min(self._connections, left)
        # Reserve fewer near the end, so that no connection is idle while another has a queue.
        most = max(1, min(MOST, left // (2 * connections))) if connections > 1 else MOST
        share = -(-left // connections)
        threads = [
            Thread(target=self._send, args=(number, most, share), name=f"connection {each + 1}", daemon=True)
            for each in range(connections)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(_TICK)
                self._look()
                self._tell_others()
        self._tell_others()

    def _send(self, number: int, most: int, share: int) -> None:
        """Send over one connection; runs in a thread of its own."""
        try:
            session, ledger = self._open(), self._open_ledger(number)
            if isinstance(session, BatchSession):
                BatchSender(self._task, ledger, session, min(share, session.limit)).work()
            else:
                Sender(self._task, ledger, session, most).work()
        except DatabaseError as error:
            self._task.end(str(error))
        except BaseException as error:  # noqa: BLE001 (a bug in one connection stops the others too, and is then shown)
            self._bugs.append(error)
            self._task.stop.set()

    def _tell_others(self) -> None:
        """Record why to stop, so that other processes stop too."""
        if self._task.trouble and not self._told:
            try:
                with self._database.begin() as transaction:
                    mailings.stop(transaction, self._week, self._task.trouble)
                self._told = True
            except DatabaseError as error:
                self._task.end(str(error))

    def _await_more(self, number: int, tally: Tally) -> bool:
        """Wait for what is deferred, or for what others have reserved; False when waiting is no use."""
        with self._database.read() as transaction:
            mailing = mailings.find_mailing(transaction, self._week)
        if mailing is not None and mailing.trouble:
            self._told = True
            self._task.halt(mailing.trouble)
            return False
        if not (tally.remaining or tally.deferred):
            return False
        now = monotonic()
        if (
            not self._waiting_since or tally.accepted > self._accepted
        ):  # patience is for a relay that accepts nothing
            self._waiting_since, self._accepted = now, tally.accepted
        patience = self._waiting_since + self._task.patience.total_seconds() - now
        due = self._find_due(number)
        wait = max(0.0, (due - self._task.clock()).total_seconds()) if due else patience
        if tally.remaining:
            wait = min(wait, _OTHERS)  # other processes have reserved them, and may die
        if due and self._task.limits and self._task.closes:
            if due >= self._task.closes:
                self._task.say(
                    f"{tally.deferred:,} deferred until after the window, by the limits of [send.domains]."
                )
                return False
        elif patience <= 0 or wait > patience:
            return False
        if due and due != self._said and wait >= _WORTH_SAYING:
            self._said = due
            self._task.say(f"{tally.deferred:,} deferred; next attempt in {wait / 60:.0f} minutes.")
        # Another process may have reserved the one that is due.
        self._wait(max(_TICK, min(wait, _DEFERRED)))
        return not self._task.stop.is_set()

    def _find_due(self, number: int) -> datetime | None:
        with closing(self._open_ledger(number)) as ledger:
            ledger.hasten(self._task.greylist.find_due())
            return ledger.next_due()

    def _wait(self, seconds: float) -> None:
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0 and not self._task.stop.wait(min(_TICK, left)):
            self._look()

    def _count(self) -> Tally:
        with self._database.read() as transaction:
            return mailings.tally(transaction, self._week, first=self._task.first)

    def _open_ledger(self, number: int) -> Ledger:
        return Ledger(self._database, self._week, number, first=self._task.first)
