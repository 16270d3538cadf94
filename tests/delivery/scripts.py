"""Relays that do, byte by byte, what a test says: wrong, cut, late or never. aiosmtpd is too polite for that."""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

HOST = "127.0.0.1"


class Deed(Enum):
    """What a relay does instead of answering, or after it."""

    HANG_UP = "close the connection"
    RESET = "close it, and forget what is on its way"
    SILENCE = "do nothing until the client has gone"
    DEAF = "not even read"
    HEAR = "go on when more comes"


Answer = str | bytes | Deed | tuple[str | bytes | Deed, ...]
"""A reply, bytes as they are, a deed; or several of them."""

USUAL: dict[str, Answer] = {
    "hello": "220 relay.example.org ESMTP",
    "STARTTLS": "220 2.0.0 go on",
    "MAIL": "250 2.1.0 OK",
    "RCPT": "250 2.1.5 OK",
    "DATA": "354 go on",
    ".": "250 2.0.0 queued",
    "RSET": "250 2.0.0 OK",
    "QUIT": ("221 2.0.0 bye", Deed.HANG_UP),
}


@dataclass
class Script:
    """A relay, and what it is told to do."""

    port: int = 0
    offers: tuple[str, ...] = ("PIPELINING", "SIZE 10240000", "ENHANCEDSTATUSCODES")
    tls: ssl.SSLContext | None = None
    offers_in_secret: tuple[str, ...] | None = None
    """After STARTTLS; None for the same."""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    """To a command, to `hello` or to `.`: these, one after the other, and then the usual."""
    together: bool = False
    """Answer to the dot when the next envelope is there, not sooner."""
    forgetful: bool = False
    """Forget what stands behind a letter, as some proxies do."""

    commands: list[str] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)
    """As they came over the wire, with their dots."""
    early: list[str] = field(default_factory=list)
    """Commands that the client did not wait for."""
    connections: int = 0

    @property
    def talk(self) -> list[str]:
        """What was said about letters, without addresses."""
        words = [command.split(" ")[0] for command in self.commands]
        return [word for word in words if word not in {"EHLO", "STARTTLS", "QUIT"}]

    def serve(self, line: "Line") -> None:
        """Talk to a client until somebody hangs up."""
        self.connections += 1
        self._answer(line, "hello")
        while command := line.read(b"\r\n"):
            word, space, rest = command.decode("latin-1").removesuffix("\r\n").partition(" ")
            word = word.upper()  # smtplib shouts some of them, and whispers others
            self.commands.append(word + space + rest)
            if line.has_more():
                self.early.append(word)
            if word == "EHLO":
                self._answer(line, word, self._introduce(secret=line.secret))
            else:
                answer = self._answer(line, word)
                if word == "STARTTLS":
                    line.encrypt(self.tls)
                if word == "DATA" and isinstance(answer, str) and answer.startswith("354"):
                    self.letters.append(line.read(b"\r\n.\r\n"))
                    while self.together and b"RCPT" not in line.buffer and line.more():
                        pass
                    if self.forgetful:
                        line.buffer = b""
                    self._answer(line, ".")

    def _introduce(self, *, secret: bool) -> str:
        offers = self.offers if not secret or self.offers_in_secret is None else self.offers_in_secret
        lines = ["relay.example.org", *offers]
        if self.tls and not secret:
            lines.append("STARTTLS")
        return "\r\n".join([*(f"250-{one}" for one in lines[:-1]), f"250 {lines[-1]}"])

    def _answer(self, line: "Line", word: str, usual: Answer = "502 5.5.1 what?") -> Answer:
        waiting = self.answers.get(word)
        answer = waiting.pop(0) if waiting else USUAL.get(word, usual)
        for part in answer if isinstance(answer, tuple) else (answer,):
            line.do(part)
        return answer


class Line:
    """What comes from a client, and goes to it."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection, self.buffer, self.secret = connection, b"", False
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # each reply at once
        self.over = threading.Event()

    def do(self, part: str | bytes | Deed) -> None:
        """Write, or do something else. A relay that says 421 ends the connection as well (RFC 5321, 3.8)."""
        if part is Deed.HEAR:
            self.more()
            return
        if isinstance(part, Deed):
            if part is Deed.SILENCE:
                while self.more():
                    pass
            if part is Deed.DEAF:
                self.over.wait(10)
            if part is Deed.RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise ConnectionAbortedError
        self.connection.sendall(part if isinstance(part, bytes) else f"{part}\r\n".encode())
        if isinstance(part, str) and part.startswith("421"):
            raise ConnectionAbortedError

    def read(self, end: bytes) -> bytes:
        """Until this; nothing when the client has gone."""
        while end not in self.buffer:
            if not self.more():
                return b""
        taken, _, self.buffer = self.buffer.partition(end)
        return taken + end

    def more(self) -> bool:
        content = self.connection.recv(65536)
        self.buffer += content
        return bool(content)

    def has_more(self) -> bool:
        """Whether the client went on without waiting."""
        self.connection.settimeout(0)
        with suppress(OSError):
            self.more()
        self.connection.settimeout(None)
        return bool(self.buffer)

    def encrypt(self, context: ssl.SSLContext | None) -> None:
        assert context is not None
        self.connection, self.secret = context.wrap_socket(self.connection, server_side=True), True


@contextmanager
def following(script: Script, receives: int = 0) -> Iterator[Script]:
    """A relay that follows a script, on a free port. `receives`: bytes that its system takes before it reads them."""
    threads: list[threading.Thread] = []
    lines: list[Line] = []

    def talk(line: Line) -> None:
        with suppress(OSError):
            script.serve(line)
        line.connection.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                lines.append(Line(server.accept()[0]))
                threads.append(threading.Thread(target=talk, args=lines[-1:], daemon=True))
                threads[-1].start()

    with socket.socket() as server:
        if receives:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        server.bind((HOST, 0))
        server.listen()
        script.port = server.getsockname()[1]
        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield script
        finally:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            accepting.join(10)
            for line in lines:
                line.over.set()
                with suppress(OSError):
                    line.connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(10)
