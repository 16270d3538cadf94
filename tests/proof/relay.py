"""A relay that counts: who got which bytes, how often. It fails where it is told to, and is never killed itself."""

import re
import socket
import struct
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import NoReturn

PATIENCE = 60
"""Seconds in which every conversation ends."""


Talk = Callable[["Relay", "Door", socket.socket], "Conversation"]
"""What is spoken at a door: makes the conversation over a connection."""


class Moment(Enum):
    """Where a conversation stands. A fault is asked at each of them, before the relay goes on."""

    CONNECT = "before the greeting"
    MAIL = "before the reply to MAIL"
    RCPT = "before the reply to RCPT"
    DATA = "before 354"
    BODY = "with a part of the letter read"
    DOT = "after the dot, before the relay has taken it"
    TAKEN = "after the dot, taken, before the reply"
    REPLIED = "after the reply"


DROP, RESET, SILENCE = "drop", "reset", "silence"
"""What a fault may give: end the connection, end it rudely, say nothing any more. Else a reply; or nothing: go on."""

Fault = Callable[[Moment, str], str]
"""Told the moment and the recipient (empty where there is none yet)."""


@dataclass(frozen=True)
class Arrival:
    """One copy that the relay has taken."""

    digest: str
    message_id: str
    language: str

    @property
    def mailing(self) -> str:
        """The letter or the lesson, as the tag in its Message-ID names it: 2026-W46, course-3."""
        return self.message_id.removeprefix("<").partition(".")[0].replace("-w", "-W")


@dataclass
class Door:
    """A port of the relay. Each sender has its own, so that the relay knows whom to kill."""

    port: int
    fault: Fault | None = None
    pipelining: bool = True
    utf8: bool = False
    """Whether it takes addresses beyond ASCII (RFC 6531), for letters that say so."""
    taken: int = 0
    """Letters that came in here."""
    talk: "Talk | None" = None
    """What is spoken here; None: SMTP."""


class Relay:
    """Takes mail on as many ports as are asked for."""

    def __init__(self) -> None:
        self.arrivals: dict[str, list[Arrival]] = defaultdict(list)
        self.kept: dict[str, list[bytes]] = {}
        """Mails as they came, to addresses that are named here: they are no readers."""
        self._lock = threading.Lock()
        self._listening: list[socket.socket] = []
        self._conversations: list[threading.Thread] = []

    def open_door(
        self,
        *,
        small: bool = False,
        talk: "Talk | None" = None,
    ) -> Door:
        """Listen on one more port. `small`: read in small bites, so that a sender has to wait half-way."""
        listening = socket.socket()
        if small:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        door = Door(listening.getsockname()[1], talk=talk)
        self._listening.append(listening)
        threading.Thread(target=self._accept, args=(listening, door), daemon=True).start()
        return door

    def _accept(self, listening: socket.socket, door: Door) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                talk = door.talk or Conversation
                thread = threading.Thread(target=talk(self, door, connection).hold, daemon=True)
                with self._lock:
                    self._conversations = [one for one in self._conversations if one.is_alive()]
                    thread.start()
                    self._conversations.append(thread)

    def take(self, recipient: str, message: bytes, door: Door) -> None:
        """From here on the relay answers for it."""
        if recipient in self.kept:
            self.kept[recipient].append(message)
            return
        head = message.split(b"\r\n\r\n", 1)[0].decode()
        digest = sha256(message).hexdigest()
        arrival = Arrival(digest, _header(head, "Message-ID"), _header(head, "Content-Language"))
        with self._lock:
            self.arrivals[recipient].append(arrival)
            door.taken += 1

    def wait(self) -> None:
        """Until all that dead senders left in their sockets was read."""
        for thread in list(self._conversations):
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a connection was not closed"

    def close(self) -> None:
        """Listen no more."""
        for listening in self._listening:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()


@contextmanager
def open_relay() -> Iterator[Relay]:
    """A relay that has taken nothing yet."""
    relay = Relay()
    try:
        yield relay
    finally:
        relay.close()


def _header(head: str, name: str) -> str:
    found = re.findall(rf"(?im)^{name}:[ \t]*(.*)$", head)
    assert len(found) == 1, f"{len(found)} headers {name}"
    return str(found[0]).strip()


class EndError(Exception):
    """This conversation is over."""


class Conversation:
    """One connection (RFC 5321, 2920)."""

    def __init__(self, relay: Relay, door: Door, connection: socket.socket) -> None:
        self._relay, self._door, self._connection = relay, door, connection
        self._read, self._said = bytearray(), bytearray()
        self._recipient = ""
        self._sender = self._utf8 = False

    def hold(self) -> None:
        """Until one of the two ends it."""
        self._connection.settimeout(PATIENCE)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._connection, suppress(OSError, EndError):
            if not self._fails(Moment.CONNECT):
                self._say("220 relay.example.org ESMTP")
            while True:
                self._obey(self._line())

    def _obey(self, line: str) -> None:
        verb = line[:4].upper()
        if verb in {"EHLO", "HELO"}:
            pipelining, utf8 = (
                ["PIPELINING"] * self._door.pipelining,
                ["8BITMIME", "SMTPUTF8"] * self._door.utf8,
            )
            for offer in ("relay.example.org", *pipelining, *utf8, "SIZE 10485760"):
                self._say(f"250-{offer}")
            self._say("250 ENHANCEDSTATUSCODES")
        elif verb == "MAIL":
            self._recipient = ""
            self._utf8 = "SMTPUTF8" in line
            assert self._door.utf8 or not self._utf8, "what was not offered"
            self._sender = not self._fails(Moment.MAIL)
            if self._sender:
                self._say("250 2.1.0 Ok")
        elif verb == "RCPT":
            self._invite(re.sub(r"(?i)^RCPT TO:<(.*)>.*$", r"\1", line))
        elif verb == "DATA":
            self._receive()
        elif verb == "RSET":
            self._sender, self._recipient = False, ""
            self._say("250 2.0.0 Ok")
        elif verb == "NOOP":
            self._say("250 2.0.0 Ok")
        elif verb == "QUIT":
            self._say("221 2.0.0 Bye")
            self._flush()
            raise EndError
        else:
            self._say("500 5.5.2 What?")

    def _invite(self, recipient: str) -> None:
        assert self._utf8 is not recipient.isascii(), "SMTPUTF8 for those who need it, and for nobody else"
        if not self._sender:
            self._say("503 5.5.1 MAIL first")
        elif not self._fails(Moment.RCPT, recipient):
            self._recipient = recipient
            self._say("250 2.1.5 Ok")

    def _receive(self) -> None:
        recipient = self._recipient
        if not recipient:
            self._say("554 5.5.1 No valid recipients")
            return
        if self._fails(Moment.DATA, recipient):
            self._sender, self._recipient = False, ""
            return
        self._say("354 Go ahead")
        message = self._body(recipient)
        self._sender, self._recipient = False, ""
        if self._fails(Moment.DOT, recipient):
            return
        self._relay.take(recipient, message, self._door)
        if self._fails(Moment.TAKEN, recipient):
            return
        self._say("250 2.0.0 Ok: taken")
        if self._door.fault:
            self._flush()
            self._fails(Moment.REPLIED, recipient)

    def _body(self, recipient: str) -> bytes:
        asked = False
        end, start = -1, 0
        while end < 0:
            if len(self._read) > 2000 and not asked:
                asked = True
                self._fails(Moment.BODY, recipient)
            self._fill()
            end = self._read.find(b"\r\n.\r\n", start)
            start = max(0, len(self._read) - 4)
        message = bytes(self._read[: end + 2])
        del self._read[: end + 5]
        assert b"\n" not in message.replace(b"\r\n", b""), "a bare line feed"
        return re.sub(rb"(?m)^\.", b"", message)

    def _fails(self, moment: Moment, recipient: str = "") -> bool:
        """Whether something else was said than what is usual."""
        fault = self._door.fault(moment, recipient) if self._door.fault else ""
        if not fault:
            return False
        if fault in {DROP, RESET, SILENCE}:
            self._end(fault)
        self._say(fault)
        if fault.startswith("421"):
            self._flush()
            raise EndError
        return True

    def _end(self, fault: str) -> NoReturn:
        """DROP, RESET or SILENCE."""
        self._flush()
        if fault == RESET:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        while fault == SILENCE and self._connection.recv(65536):
            pass
        raise EndError

    def _say(self, reply: str) -> None:
        self._said += f"{reply}\r\n".encode()

    def _line(self) -> str:
        while (end := self._read.find(b"\r\n")) < 0:
            self._fill()
        line = self._read[:end].decode()
        del self._read[: end + 2]
        return line

    def _fill(self) -> None:
        self._flush()  # what was said to commands in one breath leaves in one breath, once there is nothing to read
        more = self._connection.recv(65536)
        if not more:
            raise EndError
        self._read += more

    def _flush(self) -> None:
        said, self._said = bytes(self._said), bytearray()
        if said:
            self._connection.sendall(said)
