"""One sending connection: offer the envelope, record `sending`, hand the letter over, and record the outcome."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, TypeVar

from generator.delivery.outgoing.attempts import NO_REPLY, defer, excuse, settle
from generator.delivery.verdict import Verdict
from generator.errors import DatabaseError, DoubtError, GeneratorError, TransportError, describe
from generator.model import Progress, Settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.delivery.outgoing.copies import Copy
    from generator.delivery.outgoing.sessions import Session
    from generator.delivery.outgoing.tasks import Task
    from generator.delivery.verdict import Reply
    from generator.model import Due
    from generator.subscribers.ledger.ledger import Ledger

MOST = 200
"""Rows that are reserved at once."""

TRIES = 4
"""Connection attempts to a relay that has never answered; its address may be wrong."""

_AHEAD = 3
"""Rows that are reserved at least: one being sent, one pipelined, one being rendered."""

_LONGEST_REST = 60.0
_SLICE = 0.5
"""Seconds between two attempts to write to the ledger."""
_GRACE = 10.0
"""Seconds of retrying a write after a stop was requested."""

T = TypeVar("T")


class Sender:
    """Takes rows of the ledger one by one. At every moment at most one of them is `sending`."""

    def __init__(self, task: Task, ledger: Ledger, session: Session, most: int = MOST) -> None:
        """Ledger and session are its own, and closed with it; the task is shared."""
        self._task, self._ledger, self._session, self._most = task, ledger, session, most
        self._queue: deque[Due] = deque()
        self._settled: list[Settled] = []
        self._made: dict[int, Copy] = {}
        self._failures = self._doubts = 0

    def work(self) -> None:
        """Send until there is nothing more to be had, or the task stops. Raises DatabaseError: the ledger is lost.

        What is in flight is finished and written down, and what was only reserved is given back.
        """
        try:
            try:
                while (due := self._take()) is not None:
                    self._send(due)
            except DatabaseError:
                # Nothing can be written any more: what was being sent is in doubt, as after a crash.
                self._settled.clear()
                self._queue.clear()
                raise
            finally:
                self._record()
                if self._queue:
                    self._persist(lambda: self._ledger.give_back(self._queue))
        finally:
            with suppress(TransportError):
                self._session.close()
            self._ledger.close()

    def _take(self) -> Due | None:
        """The next row. More are kept reserved, to pipeline one envelope and to render another copy meanwhile."""
        if self._task.stop.is_set():
            return None
        if len(self._queue) < _AHEAD:
            self._queue.extend(self._persist(lambda: self._ledger.reserve(self._task.clock(), self._most)))
        return self._queue.popleft() if self._queue else None

    def _send(self, due: Due) -> None:
        copy = self._prepare(due)
        if copy is None:
            return
        del self._made[due.subscriber_id]
        try:
            reply = self._session.offer(copy.envelope)
        except TransportError as error:
            self._queue.appendleft(due)  # it is still no more than reserved
            self._rest_after(error)
            return
        self._task.heard = True
        if reply.verdict is not Verdict.YES:
            self._hear(due, reply, begun=False)
            return
        following = self._look_ahead()
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
        """From here on the row says `sending`: whatever happens is written down, or leaves it in doubt."""
        try:
            envelope = following.envelope if following else None
            reply = self._session.hand_over(copy.message, envelope, self._make_ahead)
        except DoubtError as error:
            self._settle(Settled(due.subscriber_id, Progress.IN_DOUBT))
            self._record()
            self._doubts += 1
            if trouble := self._task.breaker.note_doubt(self._doubts):
                self._task.halt(trouble)
            self._rest_after(error)
        except TransportError as error:  # the dot has not left
            self._settle(self._excuse(due, NO_REPLY))
            self._rest_after(error)
        else:
            self._hear(due, reply, begun=True)

    def _hear(self, due: Due, reply: Reply, *, begun: bool) -> None:
        """Act on a reply."""
        trouble = self._task.breaker.note(reply)
        if reply.verdict is Verdict.YES:
            self._failures, self._doubts, self._task.well = 0, 0, monotonic()
        if reply.verdict is Verdict.SLOW:
            self._slow_down(due, reply)
        elif reply.verdict is not Verdict.STOP:
            self._settle(settle(due, reply, self._task.mailing, self._task.clock()))
        elif begun:
            self._settle(excuse(due, reply.codes, self._task.clock()))
        else:
            self._queue.appendleft(due)
        if trouble:
            self._task.halt(trouble)

    def _slow_down(self, due: Due, reply: Reply) -> None:
        """The relay limits the rate for everybody: pause, and go on more slowly over a new connection."""
        seconds = self._task.pace.slow()
        self._settle(self._excuse(due, reply, seconds))
        with suppress(TransportError):
            self._session.close()
        self._record()
        if self._task.lost_patience():
            self._task.end(f"the relay accepted nothing for {_say(self._task.patience.total_seconds())}")
            return
        self._task.say(f"The relay limits the rate ({reply.codes}); pausing for {_say(seconds)}.")
        self._task.stop.wait(seconds)

    def _rest_after(self, error: TransportError) -> None:
        """Leave the relay alone before we connect again, longer each time; or give up."""
        self._record()
        self._failures += 1
        again = (
            self._failures > 1
        )  # a connection may break for any reason: the first time we come back at once
        unheard = not self._task.heard and self._failures >= TRIES
        if error.refused or unheard or (again and self._task.lost_patience()):
            self._task.end(str(error))
            return
        if again and not self._task.stop.is_set():
            seconds = min(self._task.rest * 2 ** min(self._failures - 2, 10), _LONGEST_REST)
            self._task.say(f"{error}; retrying in {_say(seconds)}.")
            self._task.stop.wait(seconds)

    # --- Copies ---

    def _prepare(self, due: Due) -> Copy | None:
        """The copy of a reader; None when it cannot be made, for which there is no reason but a bug."""
        if (made := self._made.get(due.subscriber_id)) is not None:
            return made
        try:
            copy = self._task.copies.make(due)
        except GeneratorError:
            raise  # nobody's copy can be made
        except Exception as error:  # noqa: BLE001 (what is odd about one address must not keep the letter from others)
            self._settle(defer(due, NO_REPLY, self._task.mailing, self._task.clock()))
            self._task.say(f"The copy of subscriber {due.subscriber_id} cannot be made: {describe(error)}")
            if trouble := self._task.breaker.note_failure():
                self._task.halt(trouble)
            return None
        self._made[due.subscriber_id] = copy
        return copy

    def _make_ahead(self) -> None:
        """Time to get ready what is wanted next. What fails now, fails again in its turn, and is told then."""
        with suppress(Exception):
            if self._queue and (copy := self._made.get(self._queue[0].subscriber_id)) is not None:
                self._session.prepare(copy.message)
            if len(self._queue) > 1:
                due = self._queue[1]
                self._made[due.subscriber_id] = self._task.copies.make(due)

    def _look_ahead(self) -> Copy | None:
        """The copy of the one after this."""
        while self._queue:
            if (copy := self._prepare(self._queue[0])) is not None:
                return copy
            self._queue.popleft()
        return None

    # --- Ledger ---

    def _settle(self, settled: Settled) -> None:
        self._settled.append(settled)
        self._task.count(settled.progress)

    def _excuse(self, due: Due, reply: Reply, pause: float = 0.0) -> Settled:
        """Not about this reader; but if they meet it twice, it may well be."""
        now = self._task.clock()
        if due.subscriber_id in self._task.excused:
            return defer(due, reply, self._task.mailing, now)
        self._task.excused.add(due.subscriber_id)
        return excuse(due, reply.codes, now, pause)

    def _claim(self, due: Due) -> bool:
        """Write down what came of those before, and that this one is being sent. False: it may not be, any more."""
        claimed = self._persist(lambda: self._ledger.advance(self._settled, due, self._task.clock()))
        self._settled.clear()
        return claimed

    def _record(self) -> None:
        """Write down what came of those before."""
        if self._settled:
            self._persist(lambda: self._ledger.advance(self._settled, None, self._task.clock()))
            self._settled.clear()

    def _persist(self, write: Callable[[], T]) -> T:
        """Retry a write to the ledger until it works, as after a full disk or a restart. Nothing is sent meanwhile.

        Raises DatabaseError when it does not work in time.
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


def _say(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"  # noqa: PLR2004 (two minutes)
