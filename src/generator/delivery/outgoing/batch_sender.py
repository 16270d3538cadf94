"""One connection to an engine that knows letters by their keys: claim a batch, send it, and record every reply."""

from __future__ import annotations

import re
from secrets import token_hex
from typing import TYPE_CHECKING

from generator.delivery.engines.batches import Parcel
from generator.delivery.outgoing.attempts import excuse
from generator.delivery.outgoing.sender import BaseSender
from generator.delivery.verdict import Verdict
from generator.errors import ConflictError, DoubtError, GeneratorError, MailingError, TransportError
from generator.model import Progress, Settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.delivery.engines.batches import BatchSession
    from generator.delivery.outgoing.copies import Copy
    from generator.delivery.outgoing.tasks import Task
    from generator.delivery.verdict import Reply
    from generator.model import Begun, Due
    from generator.subscribers.ledger.ledger import Ledger

_MESSAGE_ID = re.compile(rb"\r\nMessage-ID:\s*<([!-~]+)@", re.IGNORECASE)

_CONFLICTS = 3
"""So many times in a row an engine may say that it knows a letter we send again by another content; then we stop."""


class BatchSender(BaseSender):
    """Sends the rows of the ledger that it has reserved, many in one request.

    ::

        planned or deferred
          |     ^
          |     | give_back: nothing was sent
          v     |
        reserved --claim_batch--> sending --send: an answer--> accepted, refused or deferred
          |                        |   ^
          | not wanted             |   | adopt: the same letters, with the same keys
          v                        v   |
        skipped                   released, by us or by our death --> in doubt, once the engine forgets the keys

    For one thread. All rows of a request become `sending` in one commit before it, and leave that in one after it. A
    request to which no answer came is released, and made again by whoever comes first: this sender, another, or the
    next run.
    """

    def __init__(self, task: Task, ledger: Ledger, session: BatchSession, most: int) -> None:
        """As BaseSender says; `most` is also the number of letters in one request, at most."""
        super().__init__(task, ledger, session, most)
        self._engine = session
        self._conflicts = 0

    def _take(self) -> Due | None:
        """The first row of the next batch, after what was begun before."""
        while not self._task.stop.is_set():
            batch, begun = self._persist(lambda: self._ledger.adopt(self._engine.account, self._task.clock()))
            if not batch:
                return super()._take()
            self._send_again(batch, begun)
        return None

    def _send(self, due: Due) -> None:
        parcels: dict[int, Parcel] = {}
        dues: list[Due] = []
        most = min(self._most, self._engine.limit)
        if limit := self._task.pace.limit:
            most = max(1, min(most, int(limit)))  # what may leave in a second, so that it is no burst
        self._queue.appendleft(due)
        while self._queue and len(dues) < most:
            one = self._queue.popleft()
            if (parcel := self._pack(one)) is not None:
                dues.append(one)
                parcels[one.subscriber_id] = parcel
        for _ in dues:
            if not self._task.pace.wait(self._task.stop, self._record):
                self._queue.extendleft(reversed(dues))
                return
        self._record()
        dues.sort(key=lambda one: one.subscriber_id)
        batch = f"{self._engine.account}.{token_hex(12)}"
        now = self._task.clock()
        contents = {number: parcel.digest for number, parcel in parcels.items()}
        claimed = self._persist(
            lambda: self._ledger.claim_batch(batch, contents, now, now + self._engine.window)
        )
        for one in dues:
            if one.subscriber_id not in claimed:
                self._task.count(Progress.SKIPPED)
        if dues := [one for one in dues if one.subscriber_id in claimed]:
            self._hand_over(batch, dues, [parcels[one.subscriber_id] for one in dues], again=False)

    def _send_again(self, batch: str, begun: Sequence[Begun]) -> None:
        """Make a request again as it was made; what cannot be made again is in doubt."""
        dues: list[Due] = []
        parcels: list[Parcel] = []
        lost: list[int] = []
        for one in begun:
            parcel = self._make_again(one)
            if parcel is None or one.due is None:
                lost.append(one.subscriber_id)
            else:
                dues.append(one.due)
                parcels.append(parcel)
        if lost and self._engine.whole:
            lost += [due.subscriber_id for due in dues]
            dues.clear()
        if lost:
            for number in lost:
                self._settle(Settled(number, Progress.IN_DOUBT))
            self._task.say(
                f"{len(lost):,} of the letters that {self._engine.name} may have cannot be sent again."
            )
            self._record()
        if dues:
            self._hand_over(batch, dues, parcels, again=True)

    def _make_again(self, begun: Begun) -> Parcel | None:
        """The same as before; None when it would be something else, or is not wanted any more.

        The letters of a request with one key go together: who has left since may have been sent theirs before.
        """
        if begun.due is None or not (begun.wanted or self._engine.whole):
            return None
        try:
            copy = self._task.copies.make(begun.due)
        except GeneratorError:
            raise  # no copy at all can be made
        except Exception:  # noqa: BLE001 (a bug that one address meets: nobody knows any more what was sent)
            return None
        packed = self._engine.pack(copy.envelope, copy.message, _find_key(copy))
        return packed if isinstance(packed, Parcel) and packed.digest == begun.content else None

    def _hand_over(self, batch: str, dues: Sequence[Due], parcels: Sequence[Parcel], *, again: bool) -> None:
        """Make the request of rows that are `sending`. `again`: it was made before, and may have been taken."""
        try:
            replies = self._engine.send(batch, parcels)
        except ConflictError as error:
            self._release(batch)
            self._conflicts += 1
            if not again or self._conflicts >= _CONFLICTS:
                self._task.halt(str(error))
            else:
                self._back_off(error)
        except DoubtError as error:
            self._release(batch)
            self._back_off(error)
        except TransportError as error:
            if again:
                self._release(batch)
            else:
                for due in dues:
                    self._settle(excuse(due, "", self._task.clock()))
            self._back_off(error)
        else:
            self._handle_all(batch, dues, replies, again=again)

    def _handle_all(
        self, batch: str, dues: Sequence[Due], replies: Sequence[Reply | None], *, again: bool
    ) -> None:
        self._task.heard = True
        self._conflicts = 0
        slow: Reply | None = None
        left = False
        for due, reply in zip(dues, replies, strict=True):
            if again and (reply is None or reply.verdict in {Verdict.SLOW, Verdict.OURS, Verdict.STOP}):
                # This request was not about this letter, and the one before may have been taken.
                left = True
            elif reply is None:
                self._settle(excuse(due, "", self._task.clock()))
            elif reply.verdict is Verdict.SLOW:
                self._settle(excuse(due, reply.codes, self._task.clock()))
            else:
                self._handle(due, reply, begun=True)
                continue
            if reply is not None and reply.verdict is Verdict.SLOW:
                slow = reply
            elif reply is not None and (trouble := self._task.breaker.note(reply)):
                self._task.halt(trouble)
        self._record()
        if left:
            self._release(batch)
        if slow is not None:
            self._pause(slow, self._task.pace.slow(slow.wait))

    def _release(self, batch: str) -> None:
        self._record()
        self._persist(lambda: self._ledger.release(batch))

    def _pack(self, due: Due) -> Parcel | None:
        """The letter as the engine gets it; None when there is none, and its row is settled."""
        copy = self._prepare(due)
        self._made.pop(due.subscriber_id, None)
        if copy is None:
            return None
        packed = self._engine.pack(copy.envelope, copy.message, _find_key(copy))
        if isinstance(packed, Parcel):
            return packed
        self._handle(due, packed, begun=False)
        return None


def _find_key(copy: Copy) -> str:
    """The tag of a letter, which stands in its Message-ID: no other letter has it, and it is the same for ever."""
    head = copy.message.partition(b"\r\n\r\n")[0]
    found = _MESSAGE_ID.search(b"\r\n" + head)
    if found is None:
        raise MailingError("the letter has no Message-ID, of which its key is made")
    return found[1].decode()
