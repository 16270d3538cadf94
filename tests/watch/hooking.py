"""A web server that is really there, and keeps what it was asked."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Hooking:
    """The server, and what it is told to do."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    status: int = 200
    location: str = ""
    silent: threading.Event = field(default_factory=threading.Event)
    """When cleared, it drips its answer, and never ends."""

    @property
    def paths(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.asked]


@contextmanager
def hooking(tls: ssl.SSLContext | None = None) -> Iterator[Hooking]:
    """A server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            hook.asked.append(Asked(self.command, self.path, headers, body))
            if not hook.silent.is_set():
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while not hook.silent.wait(0.05):  # a byte now and then, so that no read times out
                    self.wfile.write(b"X")
                    self.wfile.flush()
                return
            self.send_response(hook.status)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"OK")

        do_GET = do_POST = _answer  # noqa: N815 (http.server finds them by these names)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def handle(self) -> None:
            with suppress(OSError):  # the client has hung up
                super().handle()

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Who hangs up is no error."""

    server = Server(("127.0.0.1", 0), Handler)
    host = "127.0.0.1"
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        host = "localhost"
    hook = Hooking(f"http{'s' if tls else ''}://{host}:{server.server_address[1]}")
    hook.silent.set()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        hook.silent.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
