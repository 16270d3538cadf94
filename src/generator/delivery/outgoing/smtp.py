"""An SMTP server that takes our mail (RFC 5321): how a connection to it is opened, and what its failures are called."""

from __future__ import annotations

import binascii
import re
import smtplib
import socket
import ssl
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, NoReturn

from generator.delivery.outgoing.replies import EndedError, GarbledError, Reader
from generator.errors import TransportError, explain_network

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 20.0
"""Seconds to wait for each reply."""


class Tls(StrEnum):
    """What a connection that begins in the clear does about TLS (STARTTLS, RFC 3207)."""

    REQUIRED = "required"
    """Nothing is sent to a server that does not offer it. An attacker on the way can remove the offer."""
    OPPORTUNISTIC = "opportunistic"
    """Used when it is offered."""
    NONE = "none"
    """Not used, offered or not."""


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
    tls: Tls | None = None
    """None: required, unless the server is on this machine."""
    hello: str = ""
    """The domain with which we greet; empty for the name of this machine, or its address when it has none."""
    patience: float = PATIENCE
    """Seconds to wait for each reply."""
    utf8: bool | None = field(default=None, init=False)
    """Whether it offered SMTPUTF8 when we last connected; None before."""

    @property
    def name(self) -> str:
        """Host and port as a URL, for messages; without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'smtps' if self.encrypted else 'smtp'}://{host}:{self.port}"

    def dial(self) -> smtplib.SMTP:
        """Connect, and read the greeting. Raises what `explained` translates."""
        name = self.hello or find_name()
        connection = (
            _Encrypted(
                self.host, self.port, name or "localhost", timeout=self.patience, context=self._trust()
            )
            if self.encrypted
            else _Replies(self.host, self.port, name or "localhost", timeout=self.patience)
        )
        if not name and connection.sock is not None:
            connection.local_hostname = write_literal(connection.sock.getsockname()[0])
        return connection

    def introduce(self, connection: smtplib.SMTP) -> None:
        """EHLO, STARTTLS as `tls` says, and AUTH where there is a user.

        Raises what `explained` translates, and TransportError rather than go on in the clear where TLS is required, or
        where a password would be seen.
        """
        tls = self.tls or (Tls.OPPORTUNISTIC if self.local else Tls.REQUIRED)
        try:
            _greet(connection)
            if not self.encrypted:
                if tls is not Tls.NONE and connection.has_extn("starttls"):
                    connection.starttls(context=self._trust())
                    _greet(connection)
                elif tls is Tls.REQUIRED or (self.user and not self.local):
                    self._refuse_clear()
            if self.user:
                connection.login(self.user, self.password)
            self.utf8 = offers_utf8(connection)
        except BaseException:
            connection.close()
            raise

    def _refuse_clear(self) -> NoReturn:
        if self.user:
            raise TransportError(f"{self.name} does not offer STARTTLS; the password was not sent")
        raise TransportError(f"{self.name} does not offer STARTTLS; nothing was sent")

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


_NOT_NAMES = {"arpa", "home", "internal", "invalid", "lan", "local", "localdomain", "localhost", "test"}
"""Last labels of names that mean nothing to another machine."""


@cache  # without an entry in /etc/hosts, it asks DNS
def find_name() -> str:
    """The fully qualified name of this machine; empty when it has none that others could know."""
    names = (one.rstrip(".").lower() for one in (socket.gethostname(), socket.getfqdn()))
    return next((one for one in names if is_name(one)), "")


def is_name(text: str) -> bool:
    """Whether a text is a domain with which a client may greet (RFC 5321, 4.1.2 and 4.1.4), in lower case."""
    label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    found = re.fullmatch(rf"({label}\.)+(?P<last>[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?)", text)
    return found is not None and found["last"] not in _NOT_NAMES


def write_literal(address: str) -> str:
    """An address as a client without a name greets with it (RFC 5321, 4.1.3): [192.0.2.1] or [IPv6:2001:db8::1]."""
    known = ip_address(address.partition("%")[0])
    if isinstance(known, IPv6Address):
        known = known.ipv4_mapped or known
    return f"[IPv6:{known}]" if isinstance(known, IPv6Address) else f"[{known}]"


def offers_utf8(connection: smtplib.SMTP) -> bool:
    """Whether a server takes addresses beyond ASCII; it must then take 8-bit letters too (RFC 6531, 3.1)."""
    return connection.has_extn("smtputf8") and connection.has_extn("8bitmime")


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
