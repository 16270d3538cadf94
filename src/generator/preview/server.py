"""The server behind `generate preview`, and how another run of it finds out that it is there."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from generator.preview.application import name_project
from generator.preview.guard import FOLDER, HOST, guard

if TYPE_CHECKING:
    from pathlib import Path
    from wsgiref.types import WSGIApplication


class Server(ThreadingMixIn, WSGIServer):
    """Serves one application on this machine only."""

    daemon_threads = True

    def server_bind(self) -> None:
        """Bind without asking for the name of the machine, which may take seconds and is not used."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]
        self.setup_environ()


class _Handler(WSGIRequestHandler):
    timeout = 30

    def log_message(self, *_: object) -> None:
        """Say nothing: the page asks every second."""


def open_server(preview: WSGIApplication, port: int) -> Server:
    """A server on a port, or on a free one when it is 0. Raises OSError when the port is taken."""
    server = Server((HOST, port), _Handler)
    server.set_app(guard(preview, server.server_port))
    return server


def is_previewed(root: Path, port: int) -> bool:
    """Whether what answers on a port of this machine is a preview of the project in `root`."""
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", f"{FOLDER}about")
        found = json.loads(connection.getresponse().read(1000))
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return isinstance(found, dict) and found.get("preview") == name_project(root.resolve())
