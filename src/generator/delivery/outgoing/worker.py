"""The background worker of the service: a thread that processes wishes and reports of relays, and sends notices."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from generator.delivery.incoming.hooks.judging import judge
from generator.errors import DatabaseError, TransportError, describe
from generator.model import Outcome
from generator.subscribers.ledger.reports import is_waiting, settle_reports
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
"""Seconds between two rounds when nobody wakes us: another process may have added a wish or a notice."""

GRACE = 3.0
"""Seconds for the mail in flight to be handed over when we are asked to stop; then the connection is ended."""

STILL = timedelta(minutes=5)
"""Without a step for so long, the worker counts as stuck; a mail to a slow relay takes less."""

TIDY = timedelta(hours=1)
"""Between two prunings of expired rows."""

AT_ONCE = 5
"""Wishes, or reports, that one transaction processes: requests wait for it on SQLite, which has one writer."""

CALM = 0.25
"""Seconds without a request, after which reports are judged; in a flood they are judged more slowly."""

_LONGEST_REST = timedelta(minutes=1)
"""Pause after a relay failed, at most."""

_LOG = logging.getLogger(__name__)


class Worker:
    """Processes wishes and empties the outbox. No error ends it: each is a line in the log, and it goes on.

    A notice is sent at least once: it leaves the outbox after the relay took it, so that a crash in between, or a mail
    that is in doubt, sends it twice. One thread calls `start` and `stop`; any thread may call `wake` and `healthy`.
    """

    def __init__(  # noqa: PLR0913 (what it works with)
        self,
        database: Database,
        transport: Transport,
        render: Callable[[Posting], bytes],
        sender: str,
        clock: Callable[[], datetime],
        hear: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`render` makes the whole message of a notice; `sender` is its return path. `clock` gives UTC.

        `hear` is told after each mail what the relay has against all our mail, and "" when it has nothing.
        """
        self._database, self._transport, self._render = database, transport, render
        self._sender, self._clock, self._hear = sender, clock, hear
        self._woken, self._stopping = Event(), Event()
        self._thread: Thread | None = None
        self._moved = self._tidied = self._resting = clock()
        self._tidied -= TIDY
        self._failures = self._judged = 0
        self._trouble = ""

    def start(self) -> None:
        """Start the thread."""
        self._moved = self._clock()
        # A daemon: a program that ends for another reason does not wait for a relay.
        self._thread = Thread(target=self._run, name="mail", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Begin a round now. Any thread may call it, at any time; it never blocks."""
        self._woken.set()

    def stop(self) -> None:
        """End the thread within 2 × GRACE seconds; what was not sent stays in the outbox. Raises nothing.

        A mail in flight is handed over if the relay takes it within GRACE seconds; if not, it is sent again later.
        """
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
        """Whether the thread runs, and has made a step in the last minutes (STILL). Any thread may call it."""
        return self._thread is not None and self._thread.is_alive() and now - self._moved < STILL

    def work(self) -> int:
        """One round: until nothing is left that is due. Returns the number of mails handed over.

        For the worker's thread, or a test without one. A failing database is logged; a bug is raised.
        """
        sent = 0
        try:
            self._tidy()
            while not self._stopping.is_set():
                # Wishes between any two mails, so that a slow relay delays nothing but mail.
                settled = self._settle() + self._judge()
                posting = self._claim()
                self._moved = self._clock()
                if posting is not None:
                    sent += self._deliver(posting)
                elif not settled:
                    break
            self._trouble = ""
        except DatabaseError as error:
            if (trouble := str(error)) != self._trouble:  # log it once, not in every round
                _LOG.error("the mail worker is waiting: %s", trouble)
            self._trouble = trouble
        finally:
            self._transport.close()
        return sent

    def _run(self) -> None:
        self._transport.greet()
        while not self._stopping.is_set():
            try:
                self.work()
            except Exception as error:  # noqa: BLE001 (a bug in one round must not end the thread)
                _LOG.error("the mail worker failed: %s", describe(error))
            rest = (self._resting - self._clock()).total_seconds()
            self._woken.wait(min(rest, IDLE) if rest > 0 else IDLE)
            self._woken.clear()

    def _tidy(self) -> None:
        """Delete expired rows, once every TIDY."""
        now = self._clock()
        if now - self._tidied >= TIDY:
            with self._database.begin(later=True) as transaction:
                prune(transaction, now)
            self._tidied = now

    def _settle(self) -> int:
        with self._database.begin(later=True) as transaction:
            return settle_wishes(transaction, self._clock(), AT_ONCE)

    def _judge(self) -> int:
        """Judge the next reports; how many there were. One that we have a bug with waits for the next round."""
        with self._database.read() as transaction:
            if not is_waiting(transaction):
                return 0
        # A relay that reports much at once is answered first: to judge takes longer than to keep.
        with self._database.begin(later=True, quiet=CALM) as transaction:
            self._judged, outcomes = settle_reports(transaction, judge, self._clock(), self._judged, AT_ONCE)
        if outcomes:
            said = ", ".join(f"{number} {outcome}" for outcome, number in Counter(outcomes).items())
            level = logging.WARNING if Outcome.HELD in outcomes else logging.INFO
            _LOG.log(level, "reports of relays: %s", said)
        return self._judged

    def _claim(self) -> Posting | None:
        """The next notice, leased to us; None when there is none, or while we pause after a failure of the relay."""
        now = self._clock()
        if now < self._resting:
            return None
        with self._database.begin(later=True) as transaction:
            return claim(transaction, now)

    def _deliver(self, posting: Posting) -> bool:
        """Send a notice, then take it out of the outbox; True when the relay took it."""
        try:
            message = self._render(posting)
        except Exception as error:  # noqa: BLE001 (a bug that one notice meets must not stop the others)
            _LOG.error("notice %d (%s) cannot be rendered: %s", posting.id, posting.notice, describe(error))
            return self._postpone(posting)
        try:
            self._transport.send(self._sender, posting.address, message)
        except TransportError as error:
            self._hear("" if error.single else str(error))
            if error.refused:
                _LOG.warning("notice %d (%s) was abandoned: %s", posting.id, posting.notice, error)
                self._finish(posting)
                return False
            _LOG.warning("notice %d (%s) was deferred: %s", posting.id, posting.notice, error)
            self._rest()
            return self._postpone(posting)
        self._failures = 0
        self._hear("")
        self._finish(posting)
        _LOG.info("notice %d (%s) was sent to %s", posting.id, posting.notice, self._transport.name)
        return True

    def _rest(self) -> None:
        """Pause after a failure, longer each time (exponential backoff): other notices would fail too."""
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
