"""The HTTP server of the service, and the worker that runs beside it."""

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

    from generator.web.service import Service

CONNECTIONS = 1000
"""Connections at the same time; any more get 503."""

BACKLOG = 1024
"""Connections that the system queues until we accept them."""

IDLE = 15
"""Seconds that a connection may be idle between two requests. Our proxies close theirs sooner (deploy/): if we closed
first, a request that a proxy sends at that moment would be lost."""

GRACE = 10
"""Seconds for requests in progress to end, after a signal to stop."""


class Background(Protocol):
    """What runs beside the service: delivery.outgoing.worker.Worker, and watch.watcher.Watcher."""

    def start(self) -> None:
        """Start its thread."""

    def stop(self) -> None:
        """End its thread, and wait for it."""


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


def serve(
    service: Service, beside: Sequence[Background], listening: socket.socket, proxies: Sequence[str]
) -> None:
    """Answer requests until SIGTERM or Ctrl-C. Then finish those in progress, stop what runs beside the service, and
    raise KeyboardInterrupt.

    For the main thread, because it handles signals. `proxies` are addresses and networks whose X-Forwarded-For is
    trusted. Raises TemplateError when a template is missing.
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
    # Uvicorn shuts down in good order at the signal, and then raises it again.
    before = signal.signal(signal.SIGTERM, _stop)
    for one in beside:
        one.start()
    try:
        Server(config).run(sockets=[listening])
    finally:
        for one in reversed(beside):
            one.stop()
        signal.signal(signal.SIGTERM, before)


def _stop(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
