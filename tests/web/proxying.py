"""What stands before the service on the internet, as small as it gets: it takes the encryption off."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def decrypt(port: int, tls: ssl.SSLContext) -> Iterator[int]:
    """A port of this machine that speaks TLS, and passes what it hears on to another one."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, port, tls), daemon=True).start()
        yield int(listening.getsockname()[1])


def _accept(listening: socket.socket, port: int, tls: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:  # closed: the test is over
            return
        threading.Thread(target=_pass_on, args=(connection, port, tls), daemon=True).start()


def _pass_on(connection: socket.socket, port: int, tls: ssl.SSLContext) -> None:
    # Browsers open connections that they do not use, and hang up where they like.
    with (
        contextlib.suppress(OSError),
        tls.wrap_socket(connection, server_side=True) as reader,
        socket.create_connection(("127.0.0.1", port)) as service,
    ):
        answers = threading.Thread(target=_copy, args=(service, reader), daemon=True)
        answers.start()
        _copy(reader, service)
        answers.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
