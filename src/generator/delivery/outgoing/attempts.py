"""The outcome of an attempt to send a letter, and when the replies of a relay have to stop a run."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING

from generator.delivery.verdict import Reply, Verdict
from generator.model import NO_UTF8, Progress, Settled

if TYPE_CHECKING:
    from datetime import datetime

    from generator.model import Due, Mailing

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
"""Before a letter that was deferred is tried again: the first time, and at most (exponential backoff)."""

STALE = timedelta(hours=24)
"""How long a letter is tried: it is news. A relay would try for days (RFC 5321, 4.5.4.1)."""

WINDOW = 200
MOST = 0.05
FEWEST = 10
"""A circuit breaker: stop when more than MOST of the last WINDOW letters, and at least FEWEST, were refused."""

IN_A_ROW = 3
"""So many replies about us, or connections that end after the dot, are no accident: stop."""

NO_REPLY = Reply(Verdict.LATER, "")
"""The relay said nothing about this subscriber."""


def settle(due: Due, reply: Reply, mailing: Mailing, now: datetime) -> Settled:
    """The outcome of a letter after a reply about its subscriber: accepted, skipped, deferred or refused."""
    if reply.verdict is Verdict.YES:
        return Settled(due.subscriber_id, Progress.ACCEPTED, reply.codes, handed=reply.handed)
    if reply.verdict is Verdict.UNABLE:
        said = bool(reply.codes)
        return Settled(due.subscriber_id, Progress.SKIPPED, reply.codes, counted=said, why=NO_UTF8)
    if reply.refused:
        return Settled(due.subscriber_id, Progress.REFUSED, reply.codes, kind=reply.kind)
    return defer(due, reply, mailing, now)


def defer(due: Due, reply: Reply, mailing: Mailing, now: datetime) -> Settled:
    """Try again after 1, 2, 4 … 60 minutes, with jitter; or refused, when that would be later than STALE."""
    pause = min(FIRST_PAUSE * 2 ** min(due.attempts, 10), LONGEST_PAUSE)
    # The jitter is the same in every run. Letters that were deferred together are not retried together.
    share = sha256(f"{mailing.week} {due.subscriber_id} {due.attempts}".encode()).digest()[0] / 255
    not_before = now + pause * (0.75 + share / 2)
    if not_before - (due.joined or mailing.frozen) >= STALE:
        return Settled(due.subscriber_id, Progress.REFUSED, reply.codes, kind=reply.kind)
    return Settled(due.subscriber_id, Progress.DEFERRED, reply.codes, not_before)


def excuse(due: Due, codes: str, now: datetime, pause: float = 0.0) -> Settled:
    """Try again after `pause` seconds, without counting the attempt: the reply was not about the subscriber."""
    return Settled(due.subscriber_id, Progress.DEFERRED, codes, now + timedelta(seconds=pause), counted=False)


class Breaker:
    """A circuit breaker that stops a run. The threads of a run share it; each method returns why to stop, or ""."""

    def __init__(self, *, tolerant: bool = False) -> None:
        """`tolerant`: do not stop for many refusals, because letters that were refused are sent again."""
        self._tolerant = tolerant
        self._last: deque[bool] = deque(maxlen=WINDOW)
        self._ours = 0
        self._lock = Lock()

    def note(self, reply: Reply) -> str:
        """Count a reply about a letter, or about us."""
        with self._lock:
            if reply.verdict is Verdict.STOP:
                return f"the relay accepts no mail from this sender ({reply.codes})"
            if reply.verdict is Verdict.OURS:
                self._ours += 1
                if self._ours >= IN_A_ROW:
                    return (
                        f"the relay refused {IN_A_ROW} letters in a row because of the sender ({reply.codes})"
                    )
            elif reply.verdict is Verdict.YES:
                self._ours = 0
            if reply.verdict is Verdict.YES or reply.refused:
                return self._count(bad=reply.refused)
            return ""

    def note_doubt(self, in_a_row: int) -> str:
        """Count a connection that ended after the dot; `in_a_row`: so many letters in a row of this one sender.

        Not of all senders: a relay that restarts ends all connections at once, and that is no reason to stop.
        """
        if in_a_row >= IN_A_ROW:
            return f"{IN_A_ROW} times in a row the relay closed the connection without confirming the letter"
        with self._lock:
            return self._count(bad=True)

    def note_failure(self) -> str:
        """Count a copy that could not be made."""
        with self._lock:
            return self._count(bad=True)

    def _count(self, *, bad: bool) -> str:
        self._last.append(bad)
        refused = sum(self._last) if bad else 0
        if self._tolerant or refused < FEWEST or refused <= MOST * len(self._last):
            return ""
        return f"{refused} of the last {len(self._last)} letters were refused or left in doubt"
