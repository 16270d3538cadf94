"""A relay that takes mail by SMTP (RFC 5321), over one connection that is kept while there is more to send."""

from __future__ import annotations

import binascii
import re
import smtplib
import ssl
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR
from threading import Lock
from typing import TYPE_CHECKING

from generator.delivery.outgoing.conversations import Conversation
from generator.delivery.outgoing.replies import EndedError, GarbledError, Reader
from generator.errors import TransportError, explain_network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.delivery.outgoing.sessions import Session

PATIENCE = 20.0
"""Seconds to wait for each reply."""

FILTERING = 60.0
"""Seconds to wait for the reply to a whole mail: filters look at it before the relay says yes."""

GOODBYE = 1.0
"""Seconds to wait for the reply to QUIT."""

_ABOUT_US = ("5.3", "5.4", "5.5", "5.7")
"""Enhanced codes (RFC 3463) that blame the relay, the way or our permission: another address would hear the same."""

_NOT_ALLOWED = {530, 534, 535, 538}
"""Codes that want a password first, or a better one (RFC 4954)."""


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
        self._connection: smtplib.SMTP | None = None
        self._sending = Lock()
        self._hung_up = False

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
            self._hung_up = False
            try:
                with self.explained():
                    connection = self._begin(sender, len(message))
                    # Replies from here on may repeat the address: only their codes are told.
                    self._expect(connection.rcpt(recipient), "the recipient")
                    self._set_patience(connection, max(FILTERING, self.patience))
                    self._expect(connection.data(message), "the mail")
                    self._set_patience(connection, self.patience)
            except BaseException:
                self._drop()
                raise

    def open_session(self) -> Session:
        """A session of its own."""
        return Conversation(self)

    def close(self) -> None:
        """Say goodbye; or hang up, when another thread is sending."""
        if self._sending.acquire(blocking=False):
            try:
                if self._connection is not None:
                    with suppress(OSError):
                        self._set_patience(self._connection, GOODBYE)
                        self._connection.quit()
                self._drop()
            finally:
                self._sending.release()
            return
        self._hung_up = True
        if (connection := self._connection) is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(SHUT_RDWR)

    def _begin(self, sender: str, size: int) -> smtplib.SMTP:
        """A connection that has taken MAIL."""
        if self._connection is not None:
            try:
                return self._announce(self._connection, sender, size)
            except (
                OSError,
                TransportError,
            ):  # a relay ends a connection when it likes: after a minute, after 100 mails
                if self._hung_up:
                    raise
                self._drop()
        # We greet with the domain of the sender: asking DNS for a name of this machine can take long, and find nothing.
        self._connection = connection = self.dial(sender.rpartition("@")[2])  # from here on, close() hangs up
        self.introduce(connection)
        return self._announce(connection, sender, size)

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
        """Whom we believe to be the relay: who has a certificate of that name. SSL_CERT_FILE names more authorities."""
        context = ssl.create_default_context()
        if self._local:  # nothing leaves this machine, and a relay on it mostly made its certificate itself
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _announce(self, connection: smtplib.SMTP, sender: str, size: int) -> smtplib.SMTP:
        options = (
            [f"SIZE={size}"] if connection.has_extn("size") else []
        )  # too large is then said at once (RFC 1870)
        code, text = connection.mail(sender, options)
        if not _is_yes(code):
            raise TransportError(f"{self.name} does not accept mail from {sender}: {_quote(code, text)}")
        return connection

    def _expect(self, reply: tuple[int, bytes], what: str) -> None:
        """Raise TransportError unless the reply says yes."""
        code, text = reply
        if not _is_yes(code):
            enhanced = _enhanced(text)
            never = code >= _NEVER and code not in _NOT_ALLOWED and not enhanced.startswith(_ABOUT_US)
            raise TransportError(f"{self.name} refuses {what}: {code} {enhanced}".rstrip(), refused=never)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Say in one sentence what went wrong on the way."""
        try:
            yield
        except smtplib.SMTPDataError as error:  # DATA was refused before the mail was sent
            self._expect((error.smtp_code, _as_bytes(error.smtp_error)), "the mail")
        except smtplib.SMTPAuthenticationError as error:
            said = _quote(error.smtp_code, _as_bytes(error.smtp_error))
            raise TransportError(f"{self.name} rejects the user name or the password: {said}") from None
        except smtplib.SMTPResponseException as error:
            said = _quote(error.smtp_code, _as_bytes(error.smtp_error))
            raise TransportError(f"{self.name} refuses the connection: {said}") from None
        except smtplib.SMTPServerDisconnected:
            raise TransportError(f"{self.name} closed the connection") from None
        except smtplib.SMTPException as error:
            raise TransportError(f"{self.name}: {error}") from None
        except (OSError, binascii.Error) as error:  # smtplib decodes what AUTH asks
            raise TransportError(f"{self.name} {_describe(error)}") from None

    def _set_patience(self, connection: smtplib.SMTP, seconds: float) -> None:
        connection.timeout = seconds
        if connection.sock is not None:
            connection.sock.settimeout(seconds)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


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
_NEVER = 500


def _is_yes(code: int) -> bool:
    return 200 <= code < 300  # noqa: PLR2004 (RFC 5321, 4.2.1: the first digit says it all)


def _quote(code: int, text: bytes) -> str:
    """A reply on one line, with nothing in it that a terminal or a log obeys."""
    words = re.sub(r"[^\x20-\x7e]+", " ", text.decode("ascii", "replace"))
    return f"{code} {words[:200]}".strip()


def _enhanced(text: bytes) -> str:
    """The enhanced code that a reply begins with, like 5.1.1 (RFC 3463); empty when it has none."""
    found = re.match(rb"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)", text)
    return found[0].decode() if found else ""


def _as_bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
