"""The HTTP server of pages for this machine only, and how another run finds one that is there already."""

from __future__ import annotations

import json
import sys
from http.client import HTTPConnection, HTTPException
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from generator.cache import digest
from generator.preview.guard import HOST, WRITING, guard

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any
    from wsgiref.types import WSGIApplication


class Server(ThreadingMixIn, WSGIServer):
    """Serves one application on this machine only, each request in a thread."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of browsers that hang up, or open a connection and never ask: both do so all the time."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def server_bind(self) -> None:
        """Bind without looking up the name of the machine, which may take seconds and is not used."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]
        self.setup_environ()


class _Handler(WSGIRequestHandler):
    timeout = 30
    """Seconds."""

    def log_message(self, *_: object) -> None:
        """Log nothing: a page sends a request every second."""


def open_server(application: WSGIApplication, port: int, writes: str = "") -> Server:
    """A server on a port, or on a free one when it is 0. Raises OSError when the port is taken.

    `writes` is the beginning of the paths that a script of its pages may POST to; see `guard`.
    """
    server = Server((HOST, port), _Handler)
    server.set_app(guard(application, server.server_port, writes=writes))
    return server


def is_written(root: Path, port: int) -> bool:
    """Whether an editor of the project in `root` answers on a port of this machine. Waits 2 seconds; raises nothing."""
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", f"{WRITING}about")
        found = json.loads(connection.getresponse().read(1000))
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return isinstance(found, dict) and found.get("project") == fingerprint(root.resolve())


def fingerprint(root: Path) -> str:
    """A digest of the path of a project, which identifies it without revealing the path."""
    return digest(str(root)).hex()
