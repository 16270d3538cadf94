"""How long a request may take to arrive, and its answer to be read; and how large its headers may be.

Uvicorn waits for ever for the end of a request, keeps every header that comes until then, and waits for ever for
whoever never reads the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport

PATIENCE = 20
"""Seconds from the start of a connection or request to the end of its body, and as many until its answer is read."""

LARGEST = 16_384
"""Bytes of the request line and all headers."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain\r\ncontent-length: 9\r\nconnection: close\r\n\r\ntoo large"
)


class BoundedConnection(HttpToolsProtocol):
    """Closes connections that are too slow or say too much."""

    _deadline: TimerHandle | None = None
    _head = 0
    """Bytes of headers that have come so far; 0 outside of them."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait."""
        super().connection_made(transport)
        self._await_end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless its headers have no end."""
        if self._head:
            self._head += len(data)
        super().data_received(data)
        if self._head > LARGEST and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head = 1
        self._await_end()

    def on_headers_complete(self) -> None:
        """What is asked is known."""
        self._head = 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it has come; wait for the answer to go."""
        self._await_end()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is written, though perhaps not read: wait for the next request, or for the end."""
        self._await_end()
        super().on_response_complete()

    def _await_end(self) -> None:
        self._stop_waiting()
        # Not close(): that waits, without end, until the other side has read what we wrote.
        self._deadline = self.loop.call_later(PATIENCE, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
