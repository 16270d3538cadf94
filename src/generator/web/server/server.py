"""Runs the service on a port, beside the worker that sends its mail."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING, Protocol

from uvicorn import Config, Server

from generator.errors import ServiceError, explain_network
from generator.web.application import create_application
from generator.web.server.connections import BoundedConnection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from generator.web.server.service import Service

CONNECTIONS = 1000
"""At the same time; who comes then is told to come back (503)."""

BACKLOG = 1024
"""Connections that the system keeps for us until we take them."""

IDLE = 15
"""Seconds that a connection may stay open between two requests: longer than our proxies keep theirs (deploy/). If we
hung up first, the request that a proxy sends at that moment would be lost."""

GRACE = 10
"""Seconds in which what is being answered may end, after a request to stop."""


class Works(Protocol):
    """What runs beside the service: delivery.worker.Worker."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


def open_port(host: str, port: int) -> socket.socket:
    """Listen on a port, or on a free one when it is 0. Raises ServiceError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP by name: without it asyncio leaves Nagle's algorithm on, and each answer waits 40 ms for an acknowledgement.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise ServiceError(
            f"cannot listen on {host}, port {port}: {explain_network(error)}; choose others with --host and --port"
        ) from None
    return listening


def serve(service: Service, worker: Works, listening: socket.socket, proxies: Sequence[str]) -> None:
    """Answer until SIGTERM or Ctrl-C; then finish what was begun, stop the worker, and raise KeyboardInterrupt.

    `proxies` are addresses and networks whose X-Forwarded-For is believed.
    """
    config = Config(
        create_application(service),
        http=BoundedConnection,
        ws="none",
        lifespan="off",
        loop="asyncio",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        proxy_headers=True,
        forwarded_allow_ips=list(proxies),
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=GRACE,
    )
    before = signal.signal(
        signal.SIGTERM, _stop
    )  # uvicorn ends for it in good order, and then raises it again
    worker.start()
    try:
        Server(config).run(sockets=[listening])
    finally:
        worker.stop()
        signal.signal(signal.SIGTERM, before)


def _stop(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
