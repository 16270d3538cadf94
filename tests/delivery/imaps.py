"""A server that speaks as much IMAP as we do, on a port of this machine, and does what a test tells it to."""

import re
import ssl
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

USER, PASSWORD = 'news "letter"', "p@ss\\ word"


@dataclass
class Imap:
    """A mailbox with one folder, and what happened to it."""

    port: int = 0
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    said: dict[str, bytes] = field(default_factory=dict)
    """To a command: this line instead of what belongs there; nothing hangs up."""
    silent: str = ""
    """Never answer to this command."""
    validity: int = 1
    """UIDVALIDITY; zero: it tells none, nor the next number."""
    tls: ssl.SSLContext | None = None
    capabilities: str = "IMAP4rev1"
    granted: str = ""
    """What came with AUTHENTICATE."""
    asked: list[str] = field(default_factory=list)
    encrypted: list[str] = field(default_factory=list)
    """The commands that came through TLS."""


class _Handler(StreamRequestHandler):
    imap: Imap
    timeout = 20
    disable_nagle_algorithm = True  # it says little at a time
    secure = False

    def handle(self) -> None:
        with suppress(OSError):
            if self.secure:
                self._encrypt()
            if "greeting" not in self.imap.said:
                self._say(f"* OK [CAPABILITY {self.imap.capabilities}] ready")
            elif not self.imap.said["greeting"]:
                return
            else:
                self._say(self.imap.said["greeting"])
            while line := self.rfile.readline():
                tag, command, *words = line.decode().strip().split(" ", 2)
                command = words[0].split(" ")[0].upper() if command == "UID" else command.upper()
                self.imap.asked.append(command)
                if self.secure:
                    self.imap.encrypted.append(command)
                if self.imap.silent == command:
                    self.rfile.read()
                if command in self.imap.said:
                    if not self.imap.said[command]:
                        return
                    self._say(self.imap.said[command].replace(b"TAG", tag.encode()))
                    continue
                self._answer(command, words[0] if words else "")
                self._say(f"{tag} OK done")
                if command == "STARTTLS":
                    self._encrypt()

    def _answer(self, command: str, words: str) -> None:
        imap = self.imap
        if command == "CAPABILITY":
            self._say(f"* CAPABILITY {imap.capabilities}")
        elif command in {"AUTHENTICATE", "LOGIN"}:
            self._log_in(command, words)
        elif command == "SELECT":
            self._say(f"* {len(imap.mails)} EXISTS")
            if imap.validity:
                self._say(f"* OK [UIDVALIDITY {imap.validity}] valid")
                self._say(f"* OK [UIDNEXT {max(imap.mails, default=0) + 1}] next")
        elif command == "SEARCH":
            found = {number for number in imap.mails if number not in imap.seen}
            if after := re.fullmatch(r"SEARCH UID (\d+):\*", words):
                newest = max(
                    imap.mails, default=0
                )  # it is found however small its number is (RFC 3501, 6.4.8)
                found = {number for number in imap.mails if number >= min(int(after[1]), newest)}
            self._say(f"* SEARCH{''.join(f' {number}' for number in sorted(found, reverse=True))}")
        elif command == "FETCH":
            number, most = map(int, re.findall(r"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", words)[0])
            if number in imap.mails:
                content = imap.mails[number][:most]
                self._say(b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%s)" % (number, len(content), content))
        elif command == "STORE":
            imap.seen.add(int(re.findall(r"STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)", words)[0]))

    def _log_in(self, command: str, words: str) -> None:
        if command == "LOGIN":
            assert words == r'"news \"letter\"" "p@ss\\ word"'
        else:
            assert words == "XOAUTH2"
            self._say("+ ")
            self.imap.granted = b64decode(self.rfile.readline()).decode()

    def _say(self, line: str | bytes) -> None:
        self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def _encrypt(self) -> None:
        assert self.imap.tls
        self.connection = self.request = self.imap.tls.wrap_socket(
            self.request, server_side=True, do_handshake_on_connect=False
        )
        self.connection.do_handshake()
        self.setup()
        self.secure = True

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.connection.close()


@contextmanager
def imap_server(imap: Imap, *, encrypted: bool = False) -> Iterator[Imap]:
    """Run it; `encrypted`: TLS from the first byte."""

    class Handler(_Handler):
        pass

    Handler.imap, Handler.secure = imap, encrypted

    class Server(ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is part of a test."""

    with Server(("127.0.0.1", 0), Handler) as server:
        imap.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield imap
        server.shutdown()
        thread.join()
