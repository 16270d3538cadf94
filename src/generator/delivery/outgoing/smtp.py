"""A relay that takes mail by SMTP (RFC 5321), over one connection that is kept while there is more to send."""

from __future__ import annotations

import binascii
import re
import smtplib
import ssl
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from generator.delivery.outgoing.conversations import Conversation
from generator.delivery.outgoing.replies import EndedError, GarbledError, Reader
from generator.delivery.outgoing.sessions import Envelope
from generator.delivery.verdict import Verdict
from generator.errors import TransportError, explain_network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.delivery.outgoing.sessions import Session
    from generator.delivery.verdict import Reply

PATIENCE = 20.0
"""Seconds to wait for each reply."""

FILTERING = 60.0
"""Seconds to wait for the reply to a whole mail: filters look at it before the relay says yes."""

GOODBYE = 1.0
"""Seconds to wait for the reply to QUIT."""


class Relay:
    """A transport that hands mail to a relay."""

    def __init__(  # noqa: PLR0913 (one for each part of its address)
        self,
        host: str,
        port: int,
        *,
        user: str = "",
        password: str = "",
        encrypted: bool = False,
        local: bool = False,
        patience: float = PATIENCE,
    ) -> None:
        """`encrypted`: TLS from the first byte (RFC 8314). `local`: this machine, whose certificate nobody signs."""
        self._host, self._port, self._user, self._password = host, port, user, password
        self._encrypted, self._local, self.patience = encrypted, local, patience
        self._notices: Conversation | None = None
        self._sending = Lock()

    @property
    def name(self) -> str:
        """Host and port."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'smtps' if self._encrypted else 'smtp'}://{host}:{self._port}"

    @property
    def local(self) -> bool:
        """Whether it is on this machine."""
        return self._local

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand one message over. Raises TransportError, whose message shows no recipient."""
        if not re.fullmatch(r"[\x21-\x7e]+", recipient):
            raise TransportError("an address with characters that SMTP does not allow", refused=True)
        with self._sending:
            self._notices = session = self._notices or Conversation(self, FILTERING)
            reply = session.offer(Envelope(sender, recipient, len(message)))
            if reply.verdict is Verdict.YES:
                reply = session.hand_over(message)
            if reply.verdict is not Verdict.YES:
                raise TransportError(f"{self.name} {_explain(reply, sender)}", refused=reply.refused)

    def open_session(self) -> Session:
        """A session of its own."""
        return Conversation(self)

    def close(self) -> None:
        """Say goodbye; or hang up, when another thread is sending."""
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

    def dial(self, domain: str) -> smtplib.SMTP:
        """Connect, and read the greeting. Raises what `explained` explains."""
        if self._encrypted:
            return _Encrypted(self._host, self._port, domain, timeout=self.patience, context=self._trust())
        return _Replies(self._host, self._port, domain, timeout=self.patience)

    def introduce(self, connection: smtplib.SMTP) -> None:
        """Say who we are, and talk in secret from then on when the relay can. Raises what `explained` explains."""
        try:
            _greet(connection)
            if not self._encrypted:
                if connection.has_extn("starttls"):
                    connection.starttls(context=self._trust())
                    _greet(connection)
                else:
                    self._keep_password()
            if self._user:
                connection.login(self._user, self._password)
        except BaseException:
            connection.close()
            raise

    def _keep_password(self) -> None:
        """Raise TransportError when there is a password that others on the way could read."""
        if self._user and not self._local:
            raise TransportError(f"{self.name} does not offer STARTTLS; the password was not sent")

    def _trust(self) -> ssl.SSLContext:
        """The TLS context: the relay needs a certificate for its name. SSL_CERT_FILE names more authorities."""
        context = ssl.create_default_context()
        if self._local:  # nothing leaves this machine, and a relay on it mostly made its certificate itself
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Say in one sentence what went wrong on the way."""
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            said = _quote(error.smtp_code, _as_bytes(error.smtp_error))
            raise TransportError(f"{self.name} rejects the user name or the password: {said}") from None
        except smtplib.SMTPResponseException as error:
            said = _quote(error.smtp_code, _as_bytes(error.smtp_error))
            raise TransportError(f"{self.name} refuses the connection: {said}") from None
        except smtplib.SMTPServerDisconnected:
            raise TransportError(f"{self.name} closed the connection") from None
        except smtplib.SMTPException:  # AUTH is not offered, or with no mechanism that smtplib has
            raise TransportError(
                f"{self.name} offers no way to log in that is known here (CRAM-MD5, PLAIN or LOGIN)"
            ) from None
        except (OSError, binascii.Error) as error:  # smtplib decodes what AUTH asks
            raise TransportError(f"{self.name} {_describe(error)}") from None


class _Replies(smtplib.SMTP):
    """smtplib as it is, but replies are read within bounds."""

    def getreply(self) -> tuple[int, bytes]:
        """A reply; the connection is closed when none comes, or something else."""
        if self.sock is None:
            raise EndedError("closed the connection")
        if self.file is None:
            self.file = Reader(self.sock)
        try:
            reply: tuple[int, bytes] = self.file.read(self.timeout)
        except OSError:
            self.close()
            raise
        self.sock.settimeout(self.timeout)
        return reply


class _Encrypted(_Replies, smtplib.SMTP_SSL):
    """With TLS from the first byte."""


def _explain(reply: Reply, sender: str) -> str:
    """What a relay does instead of taking a mail."""
    if reply.verdict is not Verdict.STOP:
        return f"refuses the mail: {reply.codes}"
    if reply.codes[:3] in _PASSWORD:
        return f"rejects the user name or the password: {reply.codes}"
    return f"does not accept mail from {sender}: {reply.codes}"


_PASSWORD = {"534", "535", "538"}
"""RFC 4954."""


def _greet(connection: smtplib.SMTP) -> None:
    """EHLO, or HELO to a relay of old."""
    code, text = connection.ehlo()
    if not _is_yes(code) and code != _CLOSING:
        code, text = connection.helo()
    if not _is_yes(code):
        raise smtplib.SMTPHeloError(code, text)


def _describe(error: Exception) -> str:
    """What a relay does, when it does not take mail."""
    match error:
        case GarbledError() | binascii.Error():
            return "does not speak SMTP"
        case (
            EndedError()
            | ConnectionResetError()
            | ConnectionAbortedError()
            | BrokenPipeError()
            | ssl.SSLEOFError()
        ):
            return "closed the connection"
        case ssl.SSLCertVerificationError():
            return f"has an invalid certificate: {error.verify_message}"
        case TimeoutError():
            return "does not answer in time"
        case _:
            return f"cannot be reached: {explain_network(error)}"


_CLOSING = 421


def _is_yes(code: int) -> bool:
    return 200 <= code < 300  # noqa: PLR2004 (RFC 5321, 4.2.1: the first digit says it all)


def _quote(code: int, text: bytes) -> str:
    """A reply on one line, with nothing in it that a terminal or a log obeys."""
    words = re.sub(r"[^\x20-\x7e]+", " ", text.decode("ascii", "replace"))
    return f"{code} {words[:200]}".strip()


def _as_bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
