"""One sending connection: offer the envelope, record `sending`, hand the letter over, and record the outcome.

What a sender of batches needs as well is BaseSender.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, TypeVar

from generator.delivery.outgoing.attempts import NO_REPLY, defer, excuse, settle
from generator.delivery.timing.limits import HELD
from generator.delivery.verdict import Verdict
from generator.errors import DatabaseError, DoubtError, GeneratorError, TransportError, describe
from generator.model import Progress, Settled

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from generator.delivery.engines.batches import BatchSession
    from generator.delivery.outgoing.copies import Copy
    from generator.delivery.outgoing.tasks import Task
    from generator.delivery.sessions import Session
    from generator.delivery.verdict import Reply
    from generator.model import Due
    from generator.subscribers.ledger.ledger import Ledger

MOST = 200
"""Rows of the ledger that a sender reserves at once."""

TRIES = 4
"""Connection attempts to a relay that has not answered in this run; then its address may be wrong, and we stop."""

_AHEAD = 3
"""Rows that a sender has reserved at least: one to send, one to pipeline, one to render."""

_LONGEST_REST = 60.0
"""Seconds before another connection attempt, at most."""
_SLICE = 0.5
"""Seconds between two attempts to write to the ledger."""
_GRACE = 10.0
"""Seconds for which a write is retried after a stop was requested."""

T = TypeVar("T")


class BaseSender(ABC):
    """What senders of single letters and of batches have in common: rows, copies, replies, pauses and records.

    For one thread. Whatever happens to a letter is recorded, or its row stays `sending`.
    """

    def __init__(self, task: Task, ledger: Ledger, session: Session | BatchSession, most: int = MOST) -> None:
        """Reserve `most` rows at once. `work` closes the ledger and the session; other threads share the task."""
        self._task, self._ledger, self._open, self._most = task, ledger, session, most
        self._queue: deque[Due] = deque()
        self._settled: list[Settled] = []
        self._made: dict[int, Copy] = {}
        self._failures = self._doubts = 0

    def work(self) -> None:
        """Send until no row is left that is due, or the task stops.

        Before it returns, the letter in flight is finished and its outcome recorded, and reserved rows are given back.
        Raises DatabaseError when the ledger cannot be written for too long: the letter that was being sent is then in
        doubt, as after a crash. Raises MailingError when no copy can be made.
        """
        try:
            try:
                while (due := self._take()) is not None:
                    self._send(due)
            except DatabaseError:
                # Nothing can be recorded any more: the letter that was being sent is in doubt, as after a crash.
                self._settled.clear()
                self._queue.clear()
                raise
            finally:
                self._record()
                self._give_back()
        finally:
            with suppress(TransportError):
                self._open.close()
            self._ledger.close()

    @abstractmethod
    def _send(self, due: Due) -> None:
        """Send the letter of a row that is reserved; a sender of batches takes more from the queue."""

    def _take(self) -> Due | None:
        """The next row; None when there is none, or the task stops. Keeps _AHEAD rows reserved."""
        if self._task.stop.is_set():
            return None
        if len(self._queue) < _AHEAD:
            self._record()  # where nobody is accepted, no claim records the others
            while found := self._persist(lambda: self._ledger.reserve(self._task.clock(), self._most)):
                self._queue.extend(due for due in found if self._admit(due))
                if self._queue:
                    break
        return self._queue.popleft() if self._queue else None

    def _admit(self, due: Due) -> bool:
        """Whether a letter may leave now; if not, a limit of its domain defers it."""
        limits, now = self._task.limits, self._task.clock()
        later = limits.ask(due.subscriber_id, due.address, now) if limits else None
        if later is not None:
            self._settle(Settled(due.subscriber_id, Progress.DEFERRED, HELD, later, counted=False))
        return later is None

    def _handle(self, due: Due, reply: Reply, *, begun: bool) -> None:
        """Act on a reply; `begun` when the row is `sending`."""
        trouble = self._task.breaker.note(reply)
        if reply.verdict is Verdict.YES:
            self._failures, self._doubts, self._task.well = 0, 0, monotonic()
            self._task.greylist.accept(due.subscriber_id, self._task.clock())
        if (again := self._find_greylisted(due, reply)) is not None:
            self._task.excused.add(
                due.subscriber_id
            )  # once more, and greylisting does not explain it, counts
            self._settle(Settled(due.subscriber_id, Progress.DEFERRED, reply.codes, again, counted=False))
        elif reply.verdict is Verdict.SLOW:
            self._slow_down(due, reply)
        elif reply.verdict is not Verdict.STOP:
            self._settle(settle(due, reply, self._task.mailing, self._task.clock()))
        elif begun:
            self._settle(excuse(due, reply.codes, self._task.clock()))
        else:
            self._queue.appendleft(due)
        if trouble:
            self._task.halt(trouble)

    def _find_greylisted(self, due: Due, reply: Reply) -> datetime | None:
        """When to ask again, where the relay greylists; None where it does not."""
        greylist = self._task.greylist
        sure = greylist.sure
        again = greylist.refuse(due.subscriber_id, reply, self._task.clock())
        if greylist.sure and not sure:
            self._task.say(
                f"The relay greylists ({reply.codes}); readers are asked again until it accepts them."
            )
        return again

    def _slow_down(self, due: Due, reply: Reply) -> None:
        """The relay throttles us: pause, then go on more slowly over a new connection, first to those it refused."""
        seconds = self._task.pace.slow(reply.wait)
        self._settle(self._excuse(due, reply, seconds))
        self._pause(reply, seconds)

    def _pause(self, reply: Reply, seconds: float) -> None:
        """Say that the relay limits the rate, and wait."""
        with suppress(TransportError):
            self._open.close()
        self._record()
        if self._task.lost_patience():
            self._task.end(
                f"the relay accepted nothing for {_format_time(self._task.patience.total_seconds())}"
            )
            return
        self._task.say(f"The relay limits the rate ({reply.codes}); pausing for {_format_time(seconds)}.")
        self._task.stop.wait(seconds)
        self._give_back()

    def _back_off(self, error: TransportError) -> None:
        """After a connection failed: wait before the next one, longer each time (exponential backoff), or give up."""
        self._record()
        self._failures += 1
        again = self._failures > 1  # a first failure means little: connect again at once
        unheard = not self._task.heard and self._failures >= TRIES
        if error.refused or unheard or (again and self._task.lost_patience()):
            self._task.end(str(error))
            return
        if again and not self._task.stop.is_set():
            seconds = min(self._task.rest * 2 ** min(self._failures - 2, 10), _LONGEST_REST)
            self._task.say(f"{error}; retrying in {_format_time(seconds)}.")
            self._task.stop.wait(seconds)

    # --- Copies ---

    def _prepare(self, due: Due) -> Copy | None:
        """The copy of a subscriber; None when it cannot be made because of a bug, and the row is then deferred."""
        if (made := self._made.get(due.subscriber_id)) is not None:
            return made
        try:
            copy = self._task.copies.make(due)
        except GeneratorError:
            raise  # no copy at all can be made
        except Exception as error:  # noqa: BLE001 (a bug that one address meets must not stop the others)
            self._settle(defer(due, NO_REPLY, self._task.mailing, self._task.clock()))
            self._task.say(f"The copy of subscriber {due.subscriber_id} cannot be made: {describe(error)}")
            if trouble := self._task.breaker.note_failure():
                self._task.halt(trouble)
            return None
        self._made[due.subscriber_id] = copy
        return copy

    # --- Ledger ---

    def _settle(self, settled: Settled) -> None:
        self._settled.append(settled)
        self._task.count(settled.progress)

    def _excuse(self, due: Due, reply: Reply, pause: float = 0.0) -> Settled:
        """Defer a letter for a reason that is not about its subscriber. The second time, the attempt counts."""
        now = self._task.clock()
        if due.subscriber_id in self._task.excused:
            return defer(due, reply, self._task.mailing, now)
        self._task.excused.add(due.subscriber_id)
        return excuse(due, reply.codes, now, pause)

    def _record(self) -> None:
        """Record the outcomes so far."""
        if self._settled:
            self._persist(lambda: self._ledger.advance(self._settled, None, self._task.clock()))
            self._settled.clear()

    def _give_back(self) -> None:
        """Free what is reserved and not begun."""
        if self._queue:
            self._persist(lambda: self._ledger.give_back(self._queue))
            self._queue.clear()

    def _persist(self, write: Callable[[], T]) -> T:
        """Retry a write to the ledger, as after a full disk or a restart of the database. Nothing is sent meanwhile.

        Raises DatabaseError when it still fails after `task.persistence`, or _GRACE seconds after a stop.
        """
        began, said = monotonic(), False
        while True:
            try:
                return write()
            except DatabaseError as error:
                waited = monotonic() - began
                stopping = self._task.stop.is_set() and waited > _GRACE
                if stopping or waited > self._task.persistence.total_seconds():
                    self._task.end(str(error))
                    raise
                if not said:
                    self._task.say(f"{error}; sending continues when the ledger can be written.")
                said = True
                sleep(_SLICE)


class Sender(BaseSender):
    """Sends the rows of the ledger that it has reserved, one by one; at most one row is `sending` at any time.

    ::

        planned or deferred
          |     ^
          |     | give_back: nothing was sent
          v     |
        reserved --offer: yes, advance--> sending --hand_over--> accepted, refused or deferred
          |     |                            |
          |     | advance: not wanted        | DoubtError, or a crash
          |     v                            v
          |    skipped                    in doubt
          v offer: no
        refused or deferred; skipped when the relay does not carry the address

    For one thread. A letter is in flight only while its row is `sending`, so that a crash leaves at most one in doubt.
    A row becomes `sending` in the same commit that records the outcome of the one before.
    """

    def __init__(self, task: Task, ledger: Ledger, session: Session, most: int = MOST) -> None:
        """As BaseSender says."""
        super().__init__(task, ledger, session, most)
        self._session = session

    def _send(self, due: Due) -> None:
        copy = self._prepare(due)
        if copy is None:
            return
        del self._made[due.subscriber_id]
        try:
            reply = self._session.offer(copy.envelope)
        except TransportError as error:
            self._queue.appendleft(due)  # its row is still `reserved`
            self._back_off(error)
            return
        self._task.heard = True
        if reply.verdict is not Verdict.YES:
            self._handle(due, reply, begun=False)
            return
        following = self._prepare_next()
        # Record what was accepted before a pause: a kill during the pause then leaves nothing in doubt.
        if not self._task.pace.wait(self._task.stop, self._record):
            self._queue.appendleft(due)
            return
        if not self._claim(due):
            self._task.count(Progress.SKIPPED)
            with suppress(TransportError):
                self._session.withdraw()
            return
        self._hand_over(due, copy, following)

    def _hand_over(self, due: Due, copy: Copy, following: Copy | None) -> None:
        """Send the letter, whose row is `sending`: record every outcome, or leave it in doubt."""
        try:
            envelope = following.envelope if following else None
            reply = self._session.hand_over(copy.message, envelope, self._prepare_more)
        except DoubtError as error:
            self._settle(Settled(due.subscriber_id, Progress.IN_DOUBT))
            self._record()
            self._doubts += 1
            if trouble := self._task.breaker.note_doubt(self._doubts):
                self._task.halt(trouble)
            self._back_off(error)
        except TransportError as error:  # the dot has not left
            self._settle(self._excuse(due, NO_REPLY))
            self._back_off(error)
        else:
            self._handle(due, reply, begun=True)

    def _prepare_more(self) -> None:
        """Called while the relay examines a letter: encode the next copy, and make the one after it.

        What fails here fails again when its turn comes, and is reported then.
        """
        with suppress(Exception):
            if self._queue and (copy := self._made.get(self._queue[0].subscriber_id)) is not None:
                self._session.prepare(copy.message)
            if len(self._queue) > 1:
                due = self._queue[1]
                self._made[due.subscriber_id] = self._task.copies.make(due)

    def _prepare_next(self) -> Copy | None:
        """The copy to pipeline behind this letter; None when the queue is empty."""
        while self._queue:
            if (copy := self._prepare(self._queue[0])) is not None:
                return copy
            self._queue.popleft()
        return None

    def _claim(self, due: Due) -> bool:
        """Record the outcomes so far, and that this letter is being sent, in one commit.

        False when it must not be sent: the subscriber unsubscribed, paused or was erased, or another sender has it.
        """
        claimed = self._persist(lambda: self._ledger.advance(self._settled, due, self._task.clock()))
        self._settled.clear()
        return claimed


def _format_time(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"  # noqa: PLR2004 (two minutes)
