"""A session with a relay, over as many connections as it takes, one after the other."""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from socket import SHUT_RDWR
from typing import TYPE_CHECKING

from generator.delivery.outgoing.connections import Connection
from generator.delivery.verdict import Reply, Stage, Verdict, judge
from generator.errors import DoubtError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.delivery.outgoing.sessions import Envelope
    from generator.delivery.outgoing.smtp import Relay

MOST = 1000
"""Letters over one connection."""

_NO = 400
"""From here on, codes say later or never."""

# What a relay would say (RFC 3463) to what we do not send it.
_NO_ADDRESS = Reply(Verdict.NEVER, "553 5.1.3")
_NO_LETTER = Reply(Verdict.OURS, "554 5.6.0")


class Conversation:
    """A session with a relay. Not shared between threads."""

    def __init__(self, relay: Relay, final: float | None = None) -> None:
        """Nothing is connected yet. `final`: seconds to wait for the reply to the dot; FINAL otherwise."""
        self._relay, self._final = relay, final
        self._connection: Connection | None = None
        self._smtp: smtplib.SMTP | None = None
        self._hung_up = False
        # Whether the relay announces pipelining, but drops commands that follow a letter in the same write.
        self._loses_ahead = False
        self._ready: tuple[bytes | None, bytes | None] = None, None  # a message, and what is sent of it

    def offer(self, envelope: Envelope) -> Reply:
        """MAIL and RCPT; over a new connection when the relay has ended the last one between two letters."""
        if not _is_address(envelope.recipient):
            self.withdraw()
            return _NO_ADDRESS
        if self._connection is not None and self._connection.letters >= MOST:
            self.close()
        try:
            with self._relay.explained():
                reply = self._offer(envelope)
        except BaseException:
            self._drop()
            raise
        self._drop_if_closing()
        return reply

    def hand_over(
        self, message: bytes, following: Envelope | None = None, meanwhile: Callable[[], None] | None = None
    ) -> Reply:
        """DATA, the message and the dot; see sessions.Session."""
        connection = self._connection
        if connection is None:
            raise RuntimeError("nothing was offered")
        self.prepare(message)
        if (content := self._ready[1]) is None:
            self.withdraw()
            return _NO_LETTER
        if following and (
            self._loses_ahead or connection.letters + 1 >= MOST or not _is_address(following.recipient)
        ):
            following = None
        try:
            with self._relay.explained():
                reply = connection.announce() or connection.deliver(content, following, meanwhile)
        except TransportError as error:
            self._drop()
            if connection.dotted:
                raise DoubtError(f"{error} after the letter was sent") from None
            raise
        except BaseException:
            self._drop()
            raise
        self._drop_if_closing()
        return reply

    def prepare(self, message: bytes) -> None:
        """Do now, while there is time, what `hand_over` of the same message would do."""
        if self._ready[0] is not message:
            self._ready = message, _prepare(message)

    def withdraw(self) -> None:
        """Take back what was offered; the relay hears it with the next offer."""
        if self._connection is not None:
            self._connection.withdraw()

    def close(self) -> None:
        """Say goodbye."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def hang_up(self) -> None:
        """End the connection at once, whatever another thread is waiting for."""
        self._hung_up = True
        if self._smtp is not None and (sock := self._smtp.sock) is not None:
            with suppress(OSError):
                sock.shutdown(SHUT_RDWR)

    def _offer(self, envelope: Envelope) -> Reply:
        if (connection := self._connection) is not None:
            waiting = connection.ahead
            try:
                return connection.offer(envelope)
            except TimeoutError:
                if not waiting:
                    raise
                self._loses_ahead = True
            except OSError:  # ended: after a minute, after a hundred letters, as relays like
                if self._hung_up:
                    raise
            self._drop()
        try:
            # We greet with the sender's domain: asking DNS for a name of this machine can take long, and find nothing.
            self._smtp = smtp = self._relay.dial(envelope.sender.rpartition("@")[2])
            self._relay.introduce(smtp)
        except smtplib.SMTPResponseException as error:  # the greeting, EHLO, STARTTLS or AUTH
            if error.smtp_code < _NO:
                raise
            text = error.smtp_error
            self._smtp = None
            return judge(Stage.GREETING, error.smtp_code, text if isinstance(text, bytes) else text.encode())
        self._connection = Connection(smtp, self._relay.patience, self._final)
        return self._connection.offer(envelope)

    def _drop_if_closing(self) -> None:
        if self._connection is not None and self._connection.closing:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.drop()
            self._connection = None


def _is_address(address: str) -> bool:
    return re.fullmatch(r"[!-;=?-~]+", address) is not None  # ASCII, visible, without < and >


def _prepare(message: bytes) -> bytes | None:
    """A message as it is sent, with doubled dots and the last one (RFC 5321, 4.5.2); None when SMTP cannot carry it.

    A bare CR or LF ends a line, and so a message, for some relays and not for others (CVE-2023-51764).
    """
    ends = message.count(b"\r\n")
    if not message.isascii() or not ends == message.count(b"\r") == message.count(b"\n") or b"\0" in message:
        return None
    if message.startswith(b"."):
        message = b"." + message
    if b"\r\n." in message:  # to look is faster than to replace nothing
        message = message.replace(b"\r\n.", b"\r\n..")
    return message + (b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")
