"""A relay as a transport, and its sessions: each over as many connections as it takes, one after the other."""

from __future__ import annotations

import logging
import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from socket import SHUT_RDWR
from threading import Lock
from typing import TYPE_CHECKING

from generator.delivery.engines.batches import MARGIN, BatchSession, Parcel, name_account
from generator.delivery.outgoing.connections import Connection
from generator.delivery.outgoing.failover import FailoverSession, Outage
from generator.delivery.outgoing.smtp import Server
from generator.delivery.sessions import Envelope
from generator.delivery.verdict import Reply, Stage, Verdict, judge
from generator.errors import DoubtError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.delivery.sessions import Session

MOST = 1000
"""Letters over one connection; then a new one is opened."""

FILTERING = 60.0
"""Seconds to wait for the reply to a whole notice: filters scan it before the relay says yes."""

_NO = 400
"""Replies from here on are refusals: 4xx for now, 5xx for good (RFC 5321, 4.2.1)."""

# What a relay would reply (RFC 3463) to what we do not send it.
_NO_ADDRESS = Reply(Verdict.NEVER, "553 5.1.3")
_NO_LETTER = Reply(Verdict.OURS, "554 5.6.0")

_LOG = logging.getLogger(__name__)

_PASSWORD = {"534", "535", "538"}
"""Replies about a user name or a password (RFC 4954, 6)."""


@dataclass(eq=False)
class Relay(Server):
    """A transport that hands mail to a relay.

    Any thread may call it: `send` does one notice at a time over a connection that it keeps, and each session has a
    connection of its own.
    """

    second: Relay | None = None
    """Takes the mail while this one is down."""
    tell: Callable[[str], None] = _LOG.warning
    """Hears when mail takes the other way, and when it comes back; from any thread."""
    _notices: RelaySession | FailoverSession | None = field(default=None, init=False)
    _sending: Lock = field(default_factory=Lock, init=False)

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand one message over; waits while another thread sends one.

        Raises TransportError, whose message shows no recipient; DoubtError when the mail may have left all the same.
        """
        if not _is_address(recipient):
            raise TransportError(
                "an address with characters that SMTP does not allow", refused=True, single=True
            )
        with self._sending:
            self._notices = session = self._notices or self._open(FILTERING)
            reply = session.offer(Envelope(sender, recipient, len(message)))
            if reply.verdict is Verdict.YES:
                reply = session.hand_over(message)
            if reply.verdict is not Verdict.YES:
                raise TransportError(
                    f"{session.name} {_explain(reply, sender)}",
                    refused=reply.refused or reply.verdict is Verdict.UNABLE,
                    single=reply.verdict in {Verdict.LATER, Verdict.NEVER, Verdict.GONE, Verdict.UNABLE},
                )

    def open_session(self) -> Session | BatchSession:
        """A session for letters, with a connection of its own; nothing is connected yet."""
        return self._open()

    def _open(self, final: float | None = None) -> RelaySession | FailoverSession:
        session = RelaySession(self, final)
        if self.second is None:
            return session
        return FailoverSession(session, RelaySession(self.second, final), self._outage)

    @cached_property
    def _outage(self) -> Outage:
        return Outage(self.name, self.second.name if self.second else "", self.tell)

    def takes(self, address: str) -> bool:
        """Whether mail can go to an address, as far as the last connection told."""
        return address.isascii() or self.utf8 is not False

    def greet(self) -> None:
        """Connect once, to know what the relay takes. Raises nothing: when it fails, that stays unknown."""
        with suppress(TransportError, OSError), self.explained():
            connection = self.dial()
            try:
                self.introduce(connection)
                connection.quit()
            finally:
                connection.close()

    def close(self) -> None:
        """End the connection of `send`: with QUIT, or at once when another thread is sending. Its `send` then fails."""
        if (session := self._notices) is None:
            return
        if self._sending.acquire(blocking=False):
            try:
                self._notices = None
                session.close()
            finally:
                self._sending.release()
        else:
            session.hang_up()


class KeyedRelay(Relay):
    """Resend by SMTP: a header gives each letter a key, so that one without a reply can be sent again."""

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand one message over, with a key of its content; once more when no reply comes. Raises as Relay does."""
        keyed = _add_key(message, f"mail.{sha256(recipient.encode() + message).hexdigest()[:32]}")
        try:
            super().send(sender, recipient, keyed)
        except DoubtError:
            super().send(sender, recipient, keyed)

    def open_session(self) -> BatchSession:
        """A session for letters, with a connection of its own; nothing is connected yet."""
        return KeyedRelaySession(self)


class KeyedRelaySession(BatchSession):
    """A session with Resend by SMTP (see BatchSession): one letter in each batch."""

    limit = 1
    window = timedelta(hours=24) - MARGIN

    def __init__(self, server: Server) -> None:
        """Nothing is connected yet."""
        self._session = RelaySession(server)
        self.name = server.name
        self.account = name_account("smtp", server.host, server.password)

    def pack(self, envelope: Envelope, message: bytes, key: str) -> Parcel | Reply:
        """The message with its key."""
        return Parcel(envelope, key, _add_key(message, key))

    def send(self, batch: str, parcels: Sequence[Parcel]) -> list[Reply | None]:  # noqa: ARG002 (each has its key)
        """Send one letter. Raises TransportError and DoubtError."""
        [parcel] = parcels
        reply = self._session.offer(replace(parcel.envelope, size=len(parcel.content)))
        return [self._session.hand_over(parcel.content) if reply.verdict is Verdict.YES else reply]

    def close(self) -> None:
        """Send QUIT, and close the connection."""
        self._session.close()

    def hang_up(self) -> None:
        """Shut the socket down at once."""
        self._session.hang_up()


def _add_key(message: bytes, key: str) -> bytes:
    """`key` in the header by which Resend knows it (resend.com/docs/dashboard/emails/idempotency-keys)."""
    return b"Resend-Idempotency-Key: %b\r\n%b" % (key.encode(), message)


class RelaySession:
    """A session with a relay (see sessions.Session). For one thread, except `hang_up`.

    After any error the connection is dropped, and the next `offer` opens another one.
    """

    def __init__(self, server: Server, final: float | None = None) -> None:
        """Nothing is connected yet. `final`: seconds to wait for the reply to the dot; connections.FINAL otherwise."""
        self._server, self._final = server, final
        self._connection: Connection | None = None
        self._smtp: smtplib.SMTP | None = None
        self._hung_up = False
        # The relay announces PIPELINING, but drops commands that follow the dot in the same write.
        self._drops_pipelined = False
        self._encoded: tuple[bytes | None, bytes | None] = None, None  # a message, and its bytes on the wire
        self.name = server.name

    def offer(self, envelope: Envelope) -> Reply:
        """MAIL and RCPT; over a new connection when the relay has ended the last one between two letters.

        Raises TransportError: no letter is in flight.
        """
        if not _is_address(envelope.recipient):
            self.withdraw()
            return _NO_ADDRESS
        if self._connection is not None and self._connection.letters >= MOST:
            self.close()
        try:
            with self._server.explained():
                reply = self._offer(envelope)
        except BaseException:
            self._drop()
            raise
        self._drop_if_closing()
        return reply

    def hand_over(
        self, message: bytes, following: Envelope | None = None, meanwhile: Callable[[], None] | None = None
    ) -> Reply:
        """DATA, the message and the dot.

        Raises TransportError: the dot has not left, so the letter can be sent again. Raises DoubtError: it may have
        left, so nobody knows. Raises RuntimeError without an offer that got YES.
        """
        connection = self._connection
        if connection is None:
            raise RuntimeError("nothing was offered")
        self.prepare(message)
        if (content := self._encoded[1]) is None or not (connection.utf8 or message.isascii()):
            self.withdraw()
            return _NO_LETTER
        if following and (
            self._drops_pipelined
            or connection.letters + 1 >= MOST
            or not (_is_address(following.recipient) and connection.takes(following))
        ):
            following = None
        try:
            with self._server.explained():
                reply = connection.announce() or connection.deliver(content, following, meanwhile)
        except TransportError as error:
            self._drop()
            if connection.dot_sent:
                raise DoubtError(f"{error} after the letter was sent") from None
            raise
        except BaseException:
            self._drop()
            raise
        self._drop_if_closing()
        return reply

    def prepare(self, message: bytes) -> None:
        """Encode a message ahead (dot-stuffing), while the relay looks at another; `hand_over` then need not."""
        if self._encoded[0] is not message:
            self._encoded = message, _encode(message)

    def withdraw(self) -> None:
        """Take back what was offered: RSET goes before the next MAIL. Sends nothing now."""
        if self._connection is not None:
            self._connection.withdraw()

    def close(self) -> None:
        """Send QUIT, and close the connection. Raises nothing."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def hang_up(self) -> None:
        """Shut the socket down at once. Any thread may call it; the thread that waits gets TransportError."""
        self._hung_up = True
        if self._smtp is not None and (sock := self._smtp.sock) is not None:
            with suppress(OSError):
                sock.shutdown(SHUT_RDWR)

    def _offer(self, envelope: Envelope) -> Reply:
        if (connection := self._connection) is not None:
            pipelined = connection.pipelined
            try:
                return connection.offer(envelope)
            except TimeoutError:
                if not pipelined:
                    raise
                self._drops_pipelined = True
            except OSError:  # many relays end a connection after a minute, or after a hundred letters
                if self._hung_up:
                    raise
            self._drop()
        try:
            self._smtp = smtp = self._server.dial()
            self._server.introduce(smtp)
        except smtplib.SMTPResponseException as error:  # the greeting, EHLO, STARTTLS or AUTH
            if error.smtp_code < _NO:
                raise
            text = error.smtp_error
            self._smtp = None
            return judge(Stage.GREETING, error.smtp_code, text if isinstance(text, bytes) else text.encode())
        self._connection = Connection(smtp, self._server.patience, self._final)
        return self._connection.offer(envelope)

    def _drop_if_closing(self) -> None:
        if self._connection is not None and self._connection.closing:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.drop()
            self._connection = None


def _explain(reply: Reply, sender: str) -> str:
    """What a relay does instead of taking a mail."""
    if reply.verdict is Verdict.UNABLE:
        return f"takes no addresses beyond ASCII (SMTPUTF8){f': {reply.codes}' if reply.codes else ''}"
    if reply.verdict is not Verdict.STOP:
        return f"refuses the mail: {reply.codes}"
    if reply.codes[:3] in _PASSWORD:
        return f"rejects the user name or the password: {reply.codes}"
    return f"does not accept mail from {sender}: {reply.codes}"


def _is_address(address: str) -> bool:
    return address.isprintable() and re.fullmatch(r"[^ <>]+", address) is not None


def _encode(message: bytes) -> bytes | None:
    """A message with doubled dots and the final one (RFC 5321, 4.5.2); None when SMTP cannot carry it.

    A bare CR or LF ends a line, and so a message, for some relays and not for others (CVE-2023-51764).
    """
    ends = message.count(b"\r\n")
    if not ends == message.count(b"\r") == message.count(b"\n") or b"\0" in message:
        return None
    if message.startswith(b"."):
        message = b"." + message
    if b"\r\n." in message:  # to look is faster than to replace nothing
        message = message.replace(b"\r\n.", b"\r\n..")
    return message + (b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")
