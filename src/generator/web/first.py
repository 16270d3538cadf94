"""First letters: the service sends to who has just confirmed, whatever the window of the week says.

The same sender, ledger, limits and rate as on a Friday; it reserves first letters only, so that it never goes on with a
Friday's letter that somebody has stopped.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from generator.delivery.outgoing.attempts import Breaker
from generator.delivery.outgoing.copies import Copies
from generator.delivery.outgoing.runs import Run
from generator.delivery.outgoing.tasks import Task
from generator.delivery.timing.limits import Limits
from generator.delivery.timing.pacing import Pace
from generator.errors import GeneratorError, describe
from generator.subscribers.ledger import firsts, mailings
from generator.subscribers.store.stamp import find_mark

if TYPE_CHECKING:
    from generator.clock import Clock
    from generator.delivery.outgoing.signing import Signer
    from generator.delivery.outgoing.transports import Transport
    from generator.model import Tally, Week, Welcome
    from generator.settings import Settings
    from generator.subscribers.store.database import Database

IDLE = 3.0
"""Seconds between two looks."""

REST = 30.0
"""Seconds after a run that could not go on: the relay is away, or the list."""

_PATIENCE = timedelta(minutes=1)
_GRACE = 10.0
"""Seconds for the letter in flight to end, when the service stops."""

_LOG = logging.getLogger(__name__)


class FirstLetters:
    """A thread of the service. No error ends it: each is a line in the log. One thread calls `start` and `stop`."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        transport: Transport,
        signer: Signer | None,
        clock: Clock,
    ) -> None:
        """`transport` is for this thread alone; `signer` adds our own DKIM signatures."""
        self._settings, self._database, self._clock = settings, database, clock
        self._transport, self._signer = transport, signer
        self._stopping = Event()
        self._thread: Thread | None = None
        self._said = ""

    def start(self) -> None:
        """Start the thread; it looks at once, because the service may have died before."""
        self._thread = Thread(target=self._run, name="first letters", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the letter in flight, and begin no other."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_GRACE)

    def work(self) -> bool:
        """Send the first letters that are due; whether all is well. Raises GeneratorError."""
        with self._database.read() as transaction:
            weeks = firsts.list_waiting(transaction, self._clock())
            if not weeks or find_mark(transaction.connection):
                return True
        well = True
        for week in weeks:
            if not self._stopping.is_set():
                well &= self._send(week)
        return well

    def _send(self, week: Week) -> bool:
        now = self._clock()
        limits = Limits(self._settings)
        with self._database.read() as transaction:
            mailing = mailings.find_mailing(transaction, week)
            if mailing is None:  # withdrawn in this moment
                return True
            masters = mailings.find_masters(transaction, week)
            if limits:
                limits.load(mailings.list_sent(transaction, now - timedelta(days=1)))
        task = Task(
            mailing,
            Copies(mailing, masters, self._database.keys, self._settings, self._signer, self._find_welcome),
            Pace(self._settings.rate),
            Breaker(),
            self._clock,
            say=self._say,
            patience=_PATIENCE,
            limits=limits,
            first=True,
        )

        def look() -> None:
            if self._stopping.is_set():
                task.stop.set()

        tally = Run(self._database, task, self._transport.open_session, look=look).work()
        self._tell(week, tally)
        trouble = task.trouble or task.failure
        if trouble:
            self._say(f"first letters of {week}: {trouble}")
        else:
            self._said = ""
        return not trouble

    def _find_welcome(self, digest: str) -> Welcome | None:
        with self._database.read() as transaction:
            return firsts.find_welcome(transaction, digest)

    def _tell(self, week: Week, tally: Tally) -> None:
        left = tally.remaining + tally.deferred
        _LOG.info("first letters of %s: %d accepted until now, %d to be sent", week, tally.accepted, left)

    def _say(self, what: str) -> None:
        if what != self._said:  # once, not in every round
            _LOG.warning("%s", what)
        self._said = what

    def _run(self) -> None:
        while not self._stopping.is_set():
            well = False
            try:
                well = self.work()
            except GeneratorError as error:
                self._say(f"first letters wait: {error}")
            except Exception as error:  # noqa: BLE001 (a bug in one round must not end the thread)
                self._say(f"first letters failed: {describe(error)}")
            self._stopping.wait(IDLE if well else REST)
