"""Limits on slow clients: the time for a request to arrive and for its answer to be read, and the size of headers.

Uvicorn has none of these: it waits for ever for the end of a request and for whoever never reads the answer, and keeps
every header until then. deploy/SET-UP.md only advises a proxy to close slow connections, so the service does it itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport

PATIENCE = 20
"""Seconds from the start of a connection or request to the end of its body, and again until its answer is read."""

LARGEST = 16_384
"""Bytes of the request line and all headers."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain\r\ncontent-length: 9\r\nconnection: close\r\n\r\ntoo large"
)


class BoundedConnection(HttpToolsProtocol):
    """Closes connections that are too slow, or whose headers are too large. For the thread of the event loop.

    It overrides methods of uvicorn that are not documented: tests/web/server/test_connections.py compares them.
    """

    _timer: TimerHandle | None = None
    _head = 0
    """Bytes received since a request began; 0 once its headers are complete."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Start the timer of a new connection."""
        super().connection_made(transport)
        self._restart_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass bytes to the parser; answer 431 and close when the headers are larger than LARGEST."""
        if self._head:
            self._head += len(data)
        super().data_received(data)
        if self._head > LARGEST and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Start the timer of a request, and count the bytes of its headers."""
        super().on_message_begin()
        self._head = 1
        self._restart_timer()

    def on_headers_complete(self) -> None:
        """Stop counting bytes: forms.LARGEST limits the body."""
        self._head = 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is here: start the timer of its answer."""
        self._restart_timer()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is written, though perhaps not read: start the timer of the next request."""
        self._restart_timer()
        super().on_response_complete()

    def _restart_timer(self) -> None:
        self._stop_timer()
        # Not close(): that waits for ever until the client has read what we wrote.
        self._timer = self.loop.call_later(PATIENCE, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
