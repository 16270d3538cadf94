"""One open SMTP connection (RFC 5321) after its greeting: envelopes and letters in as few writes as possible.

A letter, its final dot and the envelope of the next one are one write when the relay allows it (PIPELINING, RFC 2920).
The bytes that the operating system accepted of a write are counted, so that we know whether the dot can have left when
a connection ends.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from enum import Enum, auto
from time import monotonic
from typing import TYPE_CHECKING

from generator.delivery.outgoing.replies import EndedError, GarbledError
from generator.delivery.outgoing.smtp import offers_utf8
from generator.delivery.verdict import Reply, Stage, Verdict, judge

if TYPE_CHECKING:
    import smtplib
    from collections.abc import Callable

    from generator.delivery.sessions import Envelope

FINAL = 600.0
"""Seconds to wait for the reply to the dot. Hanging up sooner makes duplicates (RFC 5321, 4.5.3.2.6; RFC 1047)."""

BLOCK = 180.0
"""Seconds to write a letter (RFC 5321, 4.5.3.2.5)."""

GOODBYE = 1.0
"""Seconds to wait for the reply to QUIT, and for the reason when a relay hangs up in the middle of a letter."""

_TLS_RECORD = 16384
"""Bytes in a record of TLS. Of a longer write that fails, a part could have left uncounted."""

_TCP_QUICKACK = getattr(socket, "TCP_QUICKACK", 0)
"""Only Linux has it."""

_RESET = b"RSET\r\n"
_GOODBYE, _CLOSING, _GO_AHEAD = 221, 421, 354


class _State(Enum):
    """Where the mail transaction is (RFC 5321, 3.3)."""

    READY = auto()
    """No transaction is open."""
    ACCEPTED = auto()
    """The relay said yes to MAIL and RCPT; DATA may follow."""
    DATA = auto()
    """The relay said 354 and waits for the letter."""
    STALE = auto()
    """A transaction that nobody wants may be open; RSET goes before the next MAIL."""
    PIPELINED = auto()
    """MAIL and RCPT of the next letter were sent behind the last one; their replies are unread."""


class Connection:
    """A connection that a relay has greeted.

    ::

        READY --offer--> ACCEPTED --announce--> DATA --deliver--> READY
          |                 |                     |
          | no              | withdraw, or        | deliver, with the
          |                 | announce: no        | next envelope
          v                 v                     v
        STALE <-------------+                 PIPELINED --offer of it--> ACCEPTED, or on a no STALE
          |                                       |
          | offer: RSET first,                    | offer of another: its replies are read,
          v then as from READY                    v then as from STALE

    Each method may be called by one thread at a time. Each, except `withdraw`, `close` and `drop`, raises OSError:
    TimeoutError, EndedError, GarbledError, or one of the socket or TLS. After that, only `drop` is of use. A letter is
    in flight during `deliver` alone; when that raises, `dot_sent` says whether the relay may have it.
    """

    def __init__(self, smtp: smtplib.SMTP, patience: float, final: float | None = None) -> None:
        """Take over what smtplib opened, after EHLO. Raises EndedError when it is closed already.

        Seconds to wait: `patience` for each reply, `final` (FINAL when None) for the one to the dot.
        """
        if smtp.sock is None or smtp.file is None:
            raise EndedError("closed the connection")
        self._smtp, self._patience, self._final = smtp, patience, final or FINAL
        self._socket, self._reader = smtp.sock, smtp.file
        self._pipelining, self._size = smtp.has_extn("pipelining"), smtp.has_extn("size")
        self._utf8 = offers_utf8(smtp)
        self._encrypted = isinstance(self._socket, ssl.SSLSocket)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._state = _State.READY
        self._pipelined: Envelope | None = None  # in the state of that name
        self._used = False  # an envelope was offered before
        self._sent = 0  # bytes of the last write that the system accepted
        self._dot = 0  # where in that write the dot of a letter ends; 0 when it has none
        self.letters = 0
        """Letters that were written, whatever the reply."""
        self.utf8 = False
        """Whether the letter that was offered last may have more than ASCII in its headers."""
        self.closing = False
        """The relay ends the connection: it said 421, or stopped reading a letter. Its last reply counts."""

    def offer(self, envelope: Envelope) -> Reply:
        """MAIL and RCPT; only their replies are read when this envelope was pipelined.

        Sends nothing when the relay does not offer what it needs. Raises EndedError also for 421 to MAIL on a
        connection that was used before: the relay ended it in between, and has said nothing about this envelope.
        """
        if not self.takes(envelope):
            self.withdraw()
            return Reply(Verdict.UNABLE, "")
        self.utf8 = envelope.utf8
        return self._offer(envelope)

    def _offer(self, envelope: Envelope) -> Reply:
        used, self._used = self._used, True
        pipelined = envelope == self._pipelined
        if not pipelined:
            self._discard_pipelined()
        reset = self._state in {_State.ACCEPTED, _State.STALE}
        self._state, self._pipelined = _State.STALE, None
        commands = self._commands(envelope)
        if self._pipelining and not pipelined:
            self._write(_RESET * reset + b"".join(commands), self._patience)
        if reset:
            self._reset()
        for stage, command in zip((Stage.MAIL, Stage.RCPT), commands, strict=True):
            if not self._pipelining:
                self._write(command, self._patience)
            elif pipelined or stage is Stage.RCPT:
                self._acknowledge()
            reply = self._read(stage, self._patience)
            if self.closing and used and stage is Stage.MAIL:
                raise EndedError("closed the connection")
            if reply.verdict is not Verdict.YES:
                if stage is Stage.MAIL and self._pipelining and not self.closing:
                    self._reader.read(self._patience)  # to RCPT, which had left as well
                return reply
        self._state = _State.ACCEPTED
        return reply

    def takes(self, envelope: Envelope) -> bool:
        """Whether the relay offers what an envelope needs."""
        return self._utf8 or not envelope.utf8

    def withdraw(self) -> None:
        """Take back an accepted offer. Sends nothing now, and raises nothing."""
        if self._state is _State.ACCEPTED:
            self._state = _State.STALE

    def announce(self) -> Reply | None:
        """DATA; None when the relay waits for the letter. Raises RuntimeError when no offer was accepted."""
        if self._state is not _State.ACCEPTED:
            raise RuntimeError("nothing was offered")
        self._state, self._dot = _State.STALE, 0
        self._write(b"DATA\r\n", self._patience)
        code, text = self._reader.read(self._patience)
        if code == _GO_AHEAD:
            if self._reader.ahead:
                raise GarbledError("a reply before the letter was sent")
            self._state = _State.DATA
            return None
        reply = self._judge(Stage.LETTER, code, text)
        if reply.verdict is Verdict.YES:
            raise GarbledError("a reply to another command")
        return reply

    def deliver(
        self, content: bytes, following: Envelope | None, meanwhile: Callable[[], None] | None = None
    ) -> Reply:
        """Write an encoded letter with its dot, and read the reply. Raises RuntimeError when DATA was not accepted.

        `following` is pipelined when the relay allows it. `meanwhile` is called before we wait for the reply.
        """
        if self._state is not _State.DATA:
            raise RuntimeError("nothing was announced")
        self._dot, self.letters = len(content), self.letters + 1
        pipelined = following if self._pipelining else None
        try:
            self._write(content + b"".join(self._commands(pipelined)) if pipelined else content, BLOCK)
        except OSError:
            if (reply := self._read_reason()) is None:
                raise
            return reply
        if meanwhile is not None:
            meanwhile()
        reply = self._read(Stage.LETTER, self._final)
        self._state, self._pipelined = _State.PIPELINED if pipelined else _State.READY, pipelined
        return reply

    @property
    def pipelined(self) -> bool:
        """Whether an envelope was sent whose replies are unread."""
        return self._state is _State.PIPELINED

    @property
    def dot_sent(self) -> bool:
        """Whether the final dot may have left, after `announce` or `deliver` has failed."""
        return 0 < self._dot <= self._sent

    def close(self) -> None:
        """QUIT, and close the connection. Raises nothing, and takes GOODBYE seconds for each reply at most."""
        with suppress(OSError):
            if not self.closing:
                self._write(b"QUIT\r\n", GOODBYE)
                for _ in range(4 if self.pipelined else 1):
                    if self._reader.read(GOODBYE)[0] in {_CLOSING, _GOODBYE}:
                        break
        self.drop()

    def drop(self) -> None:
        """Close the connection without a word. Raises nothing."""
        self._smtp.close()

    def _commands(self, envelope: Envelope) -> tuple[bytes, bytes]:
        size = f" SIZE={envelope.size}" if self._size else ""  # a letter too large is refused here (RFC 1870)
        utf8 = " BODY=8BITMIME SMTPUTF8" if envelope.utf8 else ""
        return (
            f"MAIL FROM:<{envelope.sender}>{size}{utf8}\r\n".encode("ascii"),
            f"RCPT TO:<{envelope.recipient}>\r\n".encode(),
        )

    def _discard_pipelined(self) -> None:
        """Read the replies to a pipelined envelope that nobody wants."""
        if self.pipelined:
            self._state = _State.STALE
            for _ in range(2):
                self._read(Stage.MAIL, self._patience)
                if self.closing:
                    raise EndedError("closed the connection")

    def _acknowledge(self) -> None:
        """Send the TCP acknowledgement now, not after 40 ms: the relay's system may hold its next reply until then."""
        if _TCP_QUICKACK and not self._reader.ahead:
            self._socket.setsockopt(socket.IPPROTO_TCP, _TCP_QUICKACK, 1)

    def _reset(self) -> None:
        """RSET, which has left already with pipelining. Raises EndedError unless the relay says yes."""
        if not self._pipelining:
            self._write(_RESET, self._patience)
        if self._read(Stage.MAIL, self._patience).verdict is not Verdict.YES:
            raise EndedError("closed the connection")

    def _read(self, stage: Stage, seconds: float) -> Reply:
        return self._judge(stage, *self._reader.read(seconds))

    def _judge(self, stage: Stage, code: int, text: bytes) -> Reply:
        if code // 100 == 3:  # noqa: PLR2004 (RFC 5321, 4.2.1: neither yes nor no)
            raise GarbledError("a reply to another command")
        self.closing |= code == _CLOSING
        return judge(stage, code, text, utf8=self.utf8)

    def _read_reason(self) -> Reply | None:
        """The reply of a relay that stopped reading in the middle of a letter; None when there is none in time."""
        self.closing = True
        with suppress(OSError):
            reply = self._read(Stage.LETTER, GOODBYE)
            if self.dot_sent or reply.verdict is not Verdict.YES:
                return reply
        return None

    def _write(self, content: bytes, seconds: float) -> None:
        """Write it all within so many seconds, and count what the system accepted. Raises TimeoutError or OSError."""
        self._sent, rest = 0, memoryview(content)
        deadline = monotonic() + seconds
        while rest:
            if (left := deadline - monotonic()) <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            taken = self._socket.send(rest[:_TLS_RECORD] if self._encrypted else rest)
            self._sent, rest = self._sent + taken, rest[taken:]
