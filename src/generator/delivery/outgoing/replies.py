"""What a relay replies: bytes that may be cut, slow, wrong or huge → a code, and what it means for a sender."""

from __future__ import annotations

import re
from enum import Enum
from time import monotonic
from typing import TYPE_CHECKING

from generator.delivery.outgoing.sessions import Reply, Verdict

if TYPE_CHECKING:
    from socket import socket

_LONGEST_LINE = 4096
"""Octets, with its end; RFC 5321 (4.5.3.1.5) has 512."""

_MOST_LINES = 100

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])([^\n]*?))?\r?\n")
_ENHANCED = re.compile(rb"([245])(\.\d{1,3}\.\d{1,3})(?=\s|$)")

# Codes and enhanced codes (RFC 5321, 3463, 4954, 7504), as delivery.md 3.2 sorts them.
_PERMISSION = {521, 530, 534, 535, 538}
"""No mail from us at all, or a password first."""

_GONE = {".1.1", ".1.2", ".1.6", ".1.10", ".2.1"}
_NO_MAIL = 556
"""The domain takes no mail (RFC 7505)."""

_BUSY = {421, 454}
_FULL_SYSTEM, _FULL_MAILBOX = 452, ".2.2"
_PACE, _MAILBOX = 450, ".2."


class EndedError(ConnectionError):
    """The relay ended the connection."""


class GarbledError(OSError):
    """What the relay said is no reply (RFC 5321, 4.2)."""


class Stage(Enum):
    """What a reply answers."""

    GREETING = "greeting"
    """The connection, EHLO, STARTTLS and AUTH."""
    MAIL = "MAIL"
    READER = "RCPT, DATA and the letter"


class Reader:
    """Reads replies from a socket; stands where smtplib has a file, but takes nothing longer than a reply may be."""

    def __init__(self, sock: socket) -> None:
        """Nothing is read yet."""
        self._socket = sock
        self._buffer = bytearray()

    @property
    def ahead(self) -> bool:
        """Whether the relay has said more than it was asked."""
        return bool(self._buffer)

    def read(self, seconds: float) -> tuple[int, bytes]:
        """The next reply: its code, and its lines of text.

        Raises GarbledError, EndedError, TimeoutError when it is not there in so many seconds, or another OSError.
        """
        deadline, start = 0.0, 0
        code, lines = b"", []
        while True:
            end = self._buffer.find(b"\n", start) + 1
            if (end or len(self._buffer)) - start > _LONGEST_LINE:
                raise GarbledError("a reply line that is too long")
            if not end:
                deadline = deadline or monotonic() + seconds
                self._fill(deadline - monotonic())
                continue
            found = _LINE.fullmatch(self._buffer, start, end)
            if found is None or (code and found[1] != code):
                raise GarbledError("not an SMTP reply")
            code, start = bytes(found[1]), end
            lines.append(bytes(found[3] or b""))
            if found[2] != b"-":
                del self._buffer[:end]
                return int(code), b"\n".join(lines)
            if len(lines) == _MOST_LINES:
                raise GarbledError("too many reply lines")

    def close(self) -> None:
        """Nothing is open here: the socket is somebody else's."""

    def _fill(self, seconds: float) -> None:
        if seconds <= 0:
            raise TimeoutError
        self._socket.settimeout(seconds)
        more = self._socket.recv(65536)
        if not more:
            raise EndedError("closed the connection")
        self._buffer += more


def judge(stage: Stage, code: int, text: bytes) -> Reply:
    """What a reply of 2xx, 4xx or 5xx means; its words are not kept, because they may hold an address."""
    found = _ENHANCED.match(text)
    # An enhanced code of another class contradicts its reply (RFC 2034): the reply counts.
    enhanced = found[2].decode() if found and int(found[1]) == code // 100 else ""
    codes = f"{code} {code // 100}{enhanced}" if enhanced else str(code)
    return Reply(_judge(stage, code, enhanced), codes)


def _judge(stage: Stage, code: int, enhanced: str) -> Verdict:
    match code // 100:
        case 2:
            return Verdict.YES
        case 4:
            return Verdict.SLOW if stage is not Stage.READER or _is_busy(code, enhanced) else Verdict.LATER
        case _ if stage is not Stage.READER or code in _PERMISSION:
            return Verdict.STOP
        case _ if enhanced in _GONE or (code == _NO_MAIL and not enhanced):
            return Verdict.GONE
        case _:
            return Verdict.OURS if _is_about_us(enhanced) else Verdict.NEVER


def _is_busy(code: int, enhanced: str) -> bool:
    """Whether any other reader would hear the same now. Only a full mailbox is the reader's own."""
    if code in _BUSY or enhanced.startswith((".3.", ".7.")):
        return True
    if code == _FULL_SYSTEM:
        return not enhanced
    return code == _PACE and enhanced.startswith(_MAILBOX) and enhanced != _FULL_MAILBOX


def _is_about_us(enhanced: str) -> bool:
    """Our sender, the relay itself, our SMTP, what we wrote, or our permission."""
    return enhanced in {".1.7", ".1.8"} or enhanced.startswith((".3.", ".5.", ".6.", ".7."))
