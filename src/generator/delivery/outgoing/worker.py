"""A thread that does what requests leave behind: looks at the list for each wish, and sends the notices that follow."""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from generator.errors import DatabaseError, TransportError, describe
from generator.subscribers.list.outbox import claim, finish, postpone
from generator.subscribers.list.pruning import prune
from generator.subscribers.list.wishes import settle_wishes

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from generator.delivery.outgoing.transports import Transport
    from generator.model.subscribers import Posting
    from generator.subscribers.store.database import Database

IDLE = 5.0
"""Seconds between two looks when nobody wakes us: another process may have put something down."""

GRACE = 3.0
"""Seconds that a mail on its way gets to arrive when we are asked to stop."""

STILL = timedelta(minutes=5)
"""After this long without a step the worker is taken to stand still; a mail to a slow relay takes less."""

TIDY = timedelta(hours=1)

AT_ONCE = 5
"""Wishes that are settled in one transaction: requests wait for it on SQLite, which has one writer."""

_LONGEST_REST = timedelta(minutes=1)

_LOG = logging.getLogger(__name__)


class Worker:
    """Settles wishes and empties the outbox. Nothing it meets ends it: it says so in one line, and goes on."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        render: Callable[[Posting], bytes],
        sender: str,
        clock: Callable[[], datetime],
    ) -> None:
        """`render` makes the whole message; `sender` is the envelope's, where the relay reports failures."""
        self._database, self._transport, self._render = database, transport, render
        self._sender, self._clock = sender, clock
        self._woken, self._stopping = Event(), Event()
        self._thread: Thread | None = None
        self._moved = self._tidied = self._resting = clock()
        self._tidied -= TIDY
        self._failures = 0
        self._trouble = ""

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._moved = self._clock()
        # A daemon: a program that ends for another reason does not wait for a relay.
        self._thread = Thread(target=self._run, name="mail", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to do. Any thread may say so, as often as it likes."""
        self._woken.set()

    def stop(self) -> None:
        """End; what is not sent stays in the outbox. Takes a few seconds at most, however slow the relay is."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(GRACE)
            if self._thread.is_alive():
                self._transport.close()  # hangs up
                self._thread.join(GRACE)
            self._thread = None
        self._transport.close()

    def healthy(self, now: datetime) -> bool:
        """Whether the thread lives and has moved in the last minutes."""
        return self._thread is not None and self._thread.is_alive() and now - self._moved < STILL

    def work(self) -> int:
        """One round: until nothing is waiting that may be done now. Gives the number of mails handed over."""
        sent = 0
        try:
            self._tidy()
            while not self._stopping.is_set():
                # A wish between any two mails: a slow relay delays mail, and nothing else.
                settled = self._settle()
                posting = self._claim()
                self._moved = self._clock()
                if posting is not None:
                    sent += self._deliver(posting)
                elif not settled:
                    break
            self._trouble = ""
        except DatabaseError as error:
            if (trouble := str(error)) != self._trouble:  # once, not every few seconds until somebody comes
                _LOG.error("the mail worker is waiting: %s", trouble)
            self._trouble = trouble
        finally:
            self._transport.close()
        return sent

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.work()
            except Exception as error:  # noqa: BLE001 (a bug in one round must not end all that come after)
                _LOG.error("the mail worker failed: %s", describe(error))
            rest = (self._resting - self._clock()).total_seconds()
            self._woken.wait(min(rest, IDLE) if rest > 0 else IDLE)
            self._woken.clear()

    def _tidy(self) -> None:
        """Now and then, throw away what has had its time."""
        now = self._clock()
        if now - self._tidied >= TIDY:
            with self._database.begin(later=True) as transaction:
                prune(transaction, now)
            self._tidied = now

    def _settle(self) -> int:
        with self._database.begin(later=True) as transaction:
            return settle_wishes(transaction, self._clock(), AT_ONCE)

    def _claim(self) -> Posting | None:
        """A posting that is ours for a while; none while we leave a relay alone that failed just now."""
        now = self._clock()
        if now < self._resting:
            return None
        with self._database.begin(later=True) as transaction:
            return claim(transaction, now)

    def _deliver(self, posting: Posting) -> bool:
        """Send a notice; True when it has left. It leaves the outbox after that: a crash in between sends it twice."""
        try:
            message = self._render(posting)
        except Exception as error:  # noqa: BLE001 (one notice that cannot be made must not keep back the others)
            _LOG.error("notice %d (%s) cannot be rendered: %s", posting.id, posting.notice, describe(error))
            return self._postpone(posting)
        try:
            self._transport.send(self._sender, posting.address, message)
        except TransportError as error:
            if error.refused:
                _LOG.warning("notice %d (%s) was abandoned: %s", posting.id, posting.notice, error)
                self._finish(posting)
                return False
            _LOG.warning("notice %d (%s) was deferred: %s", posting.id, posting.notice, error)
            self._rest()
            return self._postpone(posting)
        self._failures = 0
        self._finish(posting)
        _LOG.info("notice %d (%s) was sent to %s", posting.id, posting.notice, self._transport.name)
        return True

    def _rest(self) -> None:
        """Pause after a failure, longer each time (exponential backoff): other notices would fail as well."""
        self._failures += 1
        rest = timedelta(seconds=2 ** min(self._failures, 10) / 2)
        self._resting = self._clock() + min(rest, _LONGEST_REST)

    def _finish(self, posting: Posting) -> None:
        with self._database.begin(later=True) as transaction:
            finish(transaction, posting)

    def _postpone(self, posting: Posting) -> bool:
        with self._database.begin(later=True) as transaction:
            kept = postpone(transaction, posting, self._clock())
        if not kept:
            _LOG.warning("notice %d (%s) was abandoned: it is too old", posting.id, posting.notice)
        return False
