"""One open SMTP connection (RFC 5321) after its greeting: envelopes and letters in as few writes as there can be.

A letter, its dot and the envelope of the next one leave together when the relay allows it (RFC 2920). What the system
took of a write is counted, so that it is known whether the dot can have left when a connection ends.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from generator.delivery.outgoing.replies import EndedError, GarbledError
from generator.delivery.verdict import Stage, Verdict, judge

if TYPE_CHECKING:
    import smtplib
    from collections.abc import Callable

    from generator.delivery.outgoing.sessions import Envelope
    from generator.delivery.verdict import Reply

FINAL = 600.0
"""Seconds to wait for the reply to the dot: who hangs up sooner makes doubles (RFC 5321, 4.5.3.2.6; RFC 1047)."""

BLOCK = 180.0
"""Seconds for a letter to leave (RFC 5321, 4.5.3.2.5)."""

GOODBYE = 1.0
"""Seconds to wait for the reply to QUIT, and for why a relay hung up in the middle of a letter."""

_TLS_RECORD = 16384
"""What TLS encrypts as one. Of more, a part could leave in a write that fails."""

_TCP_QUICKACK = getattr(socket, "TCP_QUICKACK", 0)
"""Only Linux has it."""

_RESET = b"RSET\r\n"
_GOODBYE, _CLOSING, _GO_AHEAD = 221, 421, 354


class Connection:
    """A connection that a relay has greeted. Its methods raise OSError; then it is of no use any more."""

    def __init__(self, smtp: smtplib.SMTP, patience: float, final: float | None = None) -> None:
        """Take over what smtplib opened. Seconds to wait: `patience` for each reply, `final` for that to the dot."""
        if smtp.sock is None or smtp.file is None:
            raise EndedError("closed the connection")
        self._smtp, self._patience, self._final = smtp, patience, final or FINAL
        self._socket, self._reader = smtp.sock, smtp.file
        self._pipelining, self._size = smtp.has_extn("pipelining"), smtp.has_extn("size")
        self._encrypted = isinstance(self._socket, ssl.SSLSocket)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._used = False
        self._open = False  # an offer got YES
        self._stale = False  # the relay may hold an envelope that is not wanted any more
        self._ahead: Envelope | None = None  # has left, and its replies were not read yet
        self._sent = 0  # bytes of the last write that the system took
        self._dot = 0  # where in it the dot of a letter ends
        self.letters = 0
        """Sent, whatever the reply."""
        self.closing = False
        """The relay has ended the conversation, with 421 or without a word."""

    def offer(self, envelope: Envelope) -> Reply:
        """MAIL and RCPT. Raises EndedError also for a relay that says 421 to MAIL when it has taken others before."""
        used, self._used = self._used, True
        ahead = envelope == self._ahead
        if not ahead:
            self.withdraw()
            self._skip()
        commands = self._commands(envelope)
        stale, self._stale, self._ahead = self._stale, True, None
        if self._pipelining and not ahead:
            self._write(_RESET * stale + b"".join(commands), self._patience)
        if stale:
            self._reset()
        for stage, command in zip((Stage.MAIL, Stage.RCPT), commands, strict=True):
            if not self._pipelining:
                self._write(command, self._patience)
            elif ahead or stage is Stage.RCPT:
                self._acknowledge()
            reply = self._read(stage, self._patience)
            if self.closing and used and stage is Stage.MAIL:
                raise EndedError("closed the connection")
            if reply.verdict is not Verdict.YES:
                if stage is Stage.MAIL and self._pipelining and not self.closing:
                    self._reader.read(self._patience)  # to RCPT, which had left as well
                return reply
        self._open = True
        return reply

    def withdraw(self) -> None:
        """An offer that got YES is not wanted: RSET goes before the next one."""
        self._open = False

    def announce(self) -> Reply | None:
        """DATA; None when the relay waits for the letter."""
        if not self._open:
            raise RuntimeError("nothing was offered")
        self._open, self._dot = False, 0
        self._write(b"DATA\r\n", self._patience)
        code, text = self._reader.read(self._patience)
        if code == _GO_AHEAD:
            if self._reader.ahead:
                raise GarbledError("a reply before the letter was sent")
            return None
        reply = self._judge(Stage.LETTER, code, text)
        if reply.verdict is Verdict.YES:
            raise GarbledError("a reply to another command")
        return reply

    def deliver(
        self, content: bytes, following: Envelope | None, meanwhile: Callable[[], None] | None = None
    ) -> Reply:
        """A letter as it is sent, with its dot; and the next envelope, when the relay takes commands together.

        `meanwhile` is called before we wait for the reply.
        """
        self._dot, self.letters = len(content), self.letters + 1
        ahead = following is not None and self._pipelining
        try:
            self._write(
                content + b"".join(self._commands(following)) if following and ahead else content, BLOCK
            )
        except OSError:
            if (reply := self._last_words()) is None:
                raise
            return reply
        if meanwhile is not None:
            meanwhile()
        reply = self._read(Stage.LETTER, self._final)
        self._stale, self._ahead = False, following if ahead else None
        return reply

    @property
    def ahead(self) -> bool:
        """Whether an envelope has left whose replies were not read yet."""
        return self._ahead is not None

    @property
    def dotted(self) -> bool:
        """Whether the dot of a letter may have left, when its delivery has failed."""
        return 0 < self._dot <= self._sent

    def close(self) -> None:
        """Say goodbye, and hang up."""
        with suppress(OSError):
            if not self.closing:
                self._write(b"QUIT\r\n", GOODBYE)
                for _ in range(4 if self._ahead else 1):
                    if self._reader.read(GOODBYE)[0] in {_CLOSING, _GOODBYE}:
                        break
        self.drop()

    def drop(self) -> None:
        """Hang up."""
        self._smtp.close()

    def _commands(self, envelope: Envelope) -> tuple[bytes, bytes]:
        size = f" SIZE={envelope.size}" if self._size else ""  # too large is then said at once (RFC 1870)
        return (
            f"MAIL FROM:<{envelope.sender}>{size}\r\n".encode("ascii"),
            f"RCPT TO:<{envelope.recipient}>\r\n".encode("ascii"),
        )

    def _skip(self) -> None:
        """Read what the relay says to an envelope that was sent ahead and is not wanted."""
        if self._ahead is not None:
            self._ahead, self._stale = None, True
            for _ in range(2):
                self._read(Stage.MAIL, self._patience)
                if self.closing:
                    raise EndedError("closed the connection")

    def _acknowledge(self) -> None:
        """Confirm at once what came: a relay's system may hold its next reply until then, and ours waits for 40 ms."""
        if _TCP_QUICKACK and not self._reader.ahead:
            self._socket.setsockopt(socket.IPPROTO_TCP, _TCP_QUICKACK, 1)

    def _reset(self) -> None:
        if not self._pipelining:
            self._write(_RESET, self._patience)
        if self._read(Stage.MAIL, self._patience).verdict is not Verdict.YES:
            raise EndedError("closed the connection")

    def _read(self, stage: Stage, seconds: float) -> Reply:
        return self._judge(stage, *self._reader.read(seconds))

    def _judge(self, stage: Stage, code: int, text: bytes) -> Reply:
        if code // 100 == 3:  # noqa: PLR2004 (RFC 5321, 4.2.1: it wants more, and not to say yes or no)
            raise GarbledError("a reply to another command")
        self.closing |= code == _CLOSING
        return judge(stage, code, text)

    def _last_words(self) -> Reply | None:
        """Why a relay has stopped listening in the middle of a letter, when it has said so."""
        self.closing = True
        with suppress(OSError):
            reply = self._read(Stage.LETTER, GOODBYE)
            if self.dotted or reply.verdict is not Verdict.YES:
                return reply
        return None

    def _write(self, content: bytes, seconds: float) -> None:
        """Have the system send it all, and count what it took."""
        self._sent, rest = 0, memoryview(content)
        deadline = monotonic() + seconds
        while rest:
            if (left := deadline - monotonic()) <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            taken = self._socket.send(rest[:_TLS_RECORD] if self._encrypted else rest)
            self._sent, rest = self._sent + taken, rest[taken:]
