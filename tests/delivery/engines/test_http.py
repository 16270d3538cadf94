"""What a failed request says: certainly not taken, or perhaps."""

import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from generator.delivery.engines.http import Line
from generator.errors import DoubtError, TransportError

TOKEN = "lm_secret"  # noqa: S105 (nobody's)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + b'{"ok": true}\n'


class Server:
    """Answers each request with the next of its answers; None ends the connection, "" says nothing."""

    def __init__(self) -> None:
        self.answers: list[bytes | None] = []
        self.asked: list[bytes] = []
        self.connections = 0
        self._lines: list[Line] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            while asked := _read(connection):
                self.asked.append(asked)
                answer = self.answers.pop(0)
                if answer is None:
                    return
                connection.sendall(answer)

    def line(self, final: float = 5.0) -> Line:
        self._lines.append(Line(self.url, "the engine", {"X-Token": TOKEN}, final))
        return self._lines[-1]

    def close(self) -> None:
        for line in self._lines:
            line.close()
        with suppress(OSError):  # a thread that waits in accept() keeps it open otherwise
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _read(connection: socket.socket) -> bytes:
    """One whole request."""
    asked = b""
    while more := connection.recv(1 << 16):
        asked += more
        head, _, body = asked.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        if b"\r\n\r\n" in asked and len(body) >= (int(length[1]) if length else 0):
            break
    return asked


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def test_an_answer_is_read_and_the_connection_kept(server: Server) -> None:
    server.answers = [OK, b"HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n"]
    one = server.line()
    answer = one.ask("POST", "/send", b"{}", {"Idempotency-Key": "a"})
    assert (answer.status, answer.wait, answer.read()) == (200, 0.0, {"ok": True})
    again = one.ask("GET", "/ping")
    assert (again.status, again.read()) == (422, None)
    assert server.connections == 1
    assert b"POST /v1/send " in server.asked[0]
    assert b"Idempotency-Key: a" in server.asked[0]
    assert b"X-Token: lm_secret" in server.asked[0]
    one.close()


@pytest.mark.parametrize(
    "said, seconds",
    [("7", 7.0), ("0.5", 0.5), ("soon", 0.0), ("nan", 0.0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0)],
)
def test_the_seconds_of_retry_after_are_read(server: Server, said: str, seconds: float) -> None:
    server.answers = [f"HTTP/1.1 429 Slow\r\nRetry-After: {said}\r\nContent-Length: 0\r\n\r\n".encode()]
    answer = server.line().ask("POST", "/send", b"{}")
    assert (answer.status, answer.wait) == (429, seconds)


def test_who_cannot_be_reached_has_certainly_taken_nothing(server: Server) -> None:
    server.close()
    with pytest.raises(TransportError, match=r"^the engine: no connection can be made$") as caught:
        server.line().ask("POST", "/send", b"{}")
    assert not isinstance(caught.value, DoubtError)


@pytest.mark.parametrize(
    "answer, said",
    [
        (None, "the connection ended without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "no answer in time"),
        (b"", "no answer in time"),
        (b"SMTP 220 Hello\r\n\r\n", "the connection ended without an answer"),
        (b"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", "the engine answers 502"),
    ],
)
def test_who_gives_no_whole_answer_may_have_taken_it(server: Server, answer: bytes | None, said: str) -> None:
    server.answers = [answer, OK]
    one = server.line(final=0.3)
    with pytest.raises(DoubtError, match=said) as caught:
        one.ask("POST", "/send", b"{}")
    assert TOKEN not in str(caught.value)
    assert one.ask("POST", "/send", b"{}").status == 200  # over a new connection, if need be


def test_a_redirect_is_not_followed_and_takes_no_token_along(server: Server) -> None:
    server.answers = [
        f"HTTP/1.1 307 Go\r\nLocation: {server.url}/other\r\nContent-Length: 0\r\n\r\n".encode()
    ]
    assert server.line().ask("POST", "/send", b"{}").status == 307
    assert len(server.asked) == 1


def test_a_request_ends_when_another_thread_hangs_up(server: Server) -> None:
    server.answers = [b""]
    one = server.line(final=60.0)
    failed: list[Exception] = []

    def ask() -> None:
        try:
            one.ask("POST", "/send", b"{}")
        except TransportError as error:
            failed.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    while not server.asked:
        time.sleep(0.01)
    one.hang_up()
    thread.join(10)
    assert isinstance(failed[0], DoubtError)
    with pytest.raises(TransportError, match="ended here"):
        one.ask("GET", "/ping")


def test_a_request_that_was_cut_half_way_is_certainly_not_taken() -> None:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listening.bind(("127.0.0.1", 0))
    listening.listen()

    def take_a_part() -> None:
        connection, _ = listening.accept()
        connection.recv(4096)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    threading.Thread(target=take_a_part, daemon=True).start()
    one = Line(f"http://127.0.0.1:{listening.getsockname()[1]}", "the engine", {})
    with pytest.raises(TransportError) as caught:
        one.ask("POST", "/send", b"x" * (32 << 20))
    assert not isinstance(caught.value, DoubtError)
    listening.close()
