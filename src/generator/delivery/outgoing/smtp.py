"""An SMTP server that takes our mail (RFC 5321): how a connection to it is opened, and what its failures are called."""

from __future__ import annotations

import binascii
import re
import smtplib
import ssl
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING

from generator.delivery.outgoing.replies import EndedError, GarbledError, Reader
from generator.errors import TransportError, explain_network

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 20.0
"""Seconds to wait for each reply."""


@dataclass(eq=False)
class Server:
    """Where a server is, and how we log in. Holds no connection, so that threads may share it."""

    host: str
    port: int
    _: KW_ONLY
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    encrypted: bool = False
    """TLS from the first byte (RFC 8314)."""
    local: bool = False
    """Whether it is on this machine. Then no authority needs to have signed its certificate."""
    patience: float = PATIENCE
    """Seconds to wait for each reply."""

    @property
    def name(self) -> str:
        """Host and port as a URL, for messages; without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'smtps' if self.encrypted else 'smtp'}://{host}:{self.port}"

    def dial(self, domain: str) -> smtplib.SMTP:
        """Connect, and read the greeting. We shall greet as `domain`. Raises what `explained` translates."""
        if self.encrypted:
            return _Encrypted(self.host, self.port, domain, timeout=self.patience, context=self._trust())
        return _Replies(self.host, self.port, domain, timeout=self.patience)

    def introduce(self, connection: smtplib.SMTP) -> None:
        """EHLO, STARTTLS where it is offered, and AUTH where there is a user.

        Raises what `explained` translates, and TransportError rather than send a password in the clear.
        """
        try:
            _greet(connection)
            if not self.encrypted:
                if connection.has_extn("starttls"):
                    connection.starttls(context=self._trust())
                    _greet(connection)
                else:
                    self._check_clear()
            if self.user:
                connection.login(self.user, self.password)
        except BaseException:
            connection.close()
            raise

    def _check_clear(self) -> None:
        """Raise TransportError when a password would be sent without encryption to another machine."""
        if self.user and not self.local:
            raise TransportError(f"{self.name} does not offer STARTTLS; the password was not sent")

    def _trust(self) -> ssl.SSLContext:
        """The TLS context: the relay needs a certificate for its name. SSL_CERT_FILE names more authorities."""
        context = ssl.create_default_context()
        if self.local:  # nothing leaves this machine, and a relay on it mostly made its certificate itself
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Translate what smtplib, TLS and the network raise into TransportError: one sentence that says what failed."""
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
    """smtplib, with replies read by `Reader`, which bounds their size and time."""

    def getreply(self) -> tuple[int, bytes]:
        """A code and its text. Raises what Reader.read raises, and closes the connection then."""
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


def _is_yes(code: int) -> bool:
    return 200 <= code < 300  # noqa: PLR2004 (RFC 5321, 4.2.1: the first digit says it all)


def _quote(code: int, text: bytes) -> str:
    """A reply on one line, with nothing in it that a terminal or a log obeys."""
    words = re.sub(r"[^\x20-\x7e]+", " ", text.decode("ascii", "replace"))
    return f"{code} {words[:200]}".strip()


def _as_bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
