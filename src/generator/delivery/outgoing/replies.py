"""What a relay replies: bytes that may be cut, slow, wrong or huge → a code, and lines of text."""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socket import socket

_LONGEST_LINE = 4096
"""Octets, with its end; RFC 5321 (4.5.3.1.5) has 512."""

_MOST_LINES = 100

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])([^\n]*?))?\r?\n")


class EndedError(ConnectionError):
    """The relay ended the connection."""


class GarbledError(OSError):
    """What the relay said is no reply (RFC 5321, 4.2)."""


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
