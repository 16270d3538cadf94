"""The replies of a relay: bytes that may be cut, slow, wrong or huge → a code, and lines of text."""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socket import socket

_LONGEST_LINE = 4096
"""Bytes of a line of a reply, with its end; RFC 5321 (4.5.3.1.5) allows 512."""

_MOST_LINES = 100
"""Lines of one reply."""

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])([^\n]*?))?\r?\n")


class EndedError(ConnectionError):
    """The relay ended the connection."""


class GarbledError(OSError):
    """What the relay said is no reply (RFC 5321, 4.2)."""


class Reader:
    """Reads replies from a socket within bounds of size and time; replaces the file of smtplib. For one thread."""

    def __init__(self, sock: socket) -> None:
        """Reads nothing yet. The socket is the caller's to close."""
        self._socket = sock
        self._buffer = bytearray()

    @property
    def ahead(self) -> bool:
        """Whether bytes have come after the last reply that was read."""
        return bool(self._buffer)

    def read(self, seconds: float) -> tuple[int, bytes]:
        """The next reply: its code, and its lines of text.

        Raises TimeoutError when it is not complete in so many seconds, GarbledError when it is no reply, EndedError at
        the end of the connection, or another OSError of the socket or TLS.
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
        """Do nothing: smtplib closes its file, and the socket is its own."""

    def _fill(self, seconds: float) -> None:
        if seconds <= 0:
            raise TimeoutError
        self._socket.settimeout(seconds)
        more = self._socket.recv(65536)
        if not more:
            raise EndedError("closed the connection")
        self._buffer += more
