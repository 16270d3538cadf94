"""A mailbox on a server, read by IMAP (RFC 3501): the mails that came since it was read, seen by somebody or not."""

from __future__ import annotations

import re
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from imaplib import IMAP4, IMAP4_SSL
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from generator.delivery.incoming.message import MOST
from generator.errors import MailboxError, explain_network
from generator.subscribers.list.networks import is_here

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "NEWSLETTER_MAILBOX"

TOKEN_VARIABLE = "NEWSLETTER_MAILBOX_TOKEN"  # noqa: S105 - a name
"""A command that prints an access token (OAuth 2), as mbsync and msmtp have: for Microsoft 365 and Gmail."""

PATIENCE = 30.0
"""Seconds to wait for each answer."""

_QUOTED = 200
"""Characters of what a server said that are shown."""

_MISTRUST = (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError)
"""What imaplib does when a server does not speak as it trusts it to."""

_PORTS = {"imap": 143, "imaps": 993}


@dataclass(frozen=True, slots=True)
class Place:
    """How far a folder was read. People mark mails as seen and unseen; this is a memory of our own."""

    validity: int
    """UIDVALIDITY: as long as it is the same, numbers (UID) only grow (RFC 3501, 2.3.1.1)."""
    last: int
    again: tuple[int, ...] = ()
    """Mails up to `last` that could not be processed."""


class Mailbox:
    """A folder on a server. Not thread-safe. A password is sent only through TLS or to this machine."""

    def __init__(  # noqa: PLR0913 (one for each part of its address)
        self,
        host: str,
        port: int,
        user: str,
        password: str,
        folder: str = "INBOX",
        *,
        encrypted: bool = False,
        local: bool = False,
        oauth: bool = False,
        patience: float = PATIENCE,
    ) -> None:
        """`encrypted`: TLS from the first byte (RFC 8314); else before the password, unless it is `local`.

        `oauth`: the password is an access token, sent by XOAUTH2.
        """
        self._host, self._port = host, port
        self._user, self._password, self._folder = user, password, folder
        self._encrypted, self._local, self._patience = encrypted, local, patience
        self._oauth = oauth
        self._server: IMAP4 | None = None

    @property
    def name(self) -> str:
        """Host and folder, for messages; without user and password."""
        return f"{self._host}:{self._port}/{self._folder}"

    def find_new(self, place: Place | None) -> tuple[list[int], Place]:
        """The numbers (UID) of the mails after a place, oldest first, and the place after them. Connects.

        Without a place, or when the server has numbered its mails anew: those that nobody has seen. Raises
        MailboxError.
        """
        with self._explained():
            self._server = server = self._connect()
            if not self._encrypted and not self._local:
                if "STARTTLS" not in server.capabilities:
                    raise MailboxError("does not offer TLS; the password was not sent")
                server.starttls(_trust(local=self._local))
            self._log_in(server)
            _expect(server.select(_quote(self._folder)), "has no such folder")
            validity, following = (self._get_number(name) for name in ("UIDVALIDITY", "UIDNEXT"))
            if place is not None and 0 < validity == place.validity:
                found = [number for number in self._search(f"UID {place.last + 1}:*") if number > place.last]
                return sorted({*place.again, *found}), Place(validity, max(found, default=place.last))
            found = self._search("UNSEEN")
            return found, Place(validity, max(following - 1, *found, 0))

    def _log_in(self, server: IMAP4) -> None:
        try:
            if self._oauth:
                words = f"user={self._user}\1auth=Bearer {self._password}\1\1".encode()
                # A challenge holds why it was refused; the server says no after an empty answer.
                server.authenticate("XOAUTH2", lambda challenge: b"" if challenge else words)
            else:
                server.login(_quote(self._user), self._password)  # it quotes the second itself
        except IMAP4.abort:
            raise
        except IMAP4.error as error:
            said = self._quote_server(error)
            if self._oauth:
                raise MailboxError(f"rejects the user name or the access token{said}") from None
            raise MailboxError(f"rejects the user name or the password{said}") from None

    def _quote_server(self, error: Exception) -> str:
        """The server's own words, without those that the user or the password are made of."""
        said = error.args[0] if error.args else ""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        text = " ".join(re.sub(r"[^\x20-\x7e]", " ", text)[:_QUOTED].split())
        for word in sorted(re.findall(r"\w{3,}", f"{self._user} {self._password}"), key=len, reverse=True):
            text = re.sub(re.escape(word), "…", text, flags=re.IGNORECASE)
        return f": “{text}”" if text else ""

    def _get_number(self, name: str) -> int:
        """A number that the server told about the folder; zero when it did not."""
        told: list[Any] = self._server.response(name)[1] if self._server else []
        return int(told[0] or 0) if told else 0

    def _search(self, criteria: str) -> list[int]:
        if self._server is None:
            raise MailboxError("is closed")
        (found, *_) = _expect(self._server.uid("SEARCH", criteria), "cannot be searched")
        return sorted(int(number) for number in (found or b"").split())

    def read(self, number: int) -> bytes | None:
        """The beginning of a mail, which stays unseen; None when somebody took it away. Raises MailboxError."""
        with self._explained() as server:
            answer = _expect(
                server.uid("FETCH", str(number), f"(BODY.PEEK[]<0.{MOST}>)"), "does not return a message"
            )
            return next((bytes(item[1]) for item in answer if isinstance(item, tuple)), None)

    def mark(self, number: int) -> None:
        """Mark a mail as seen, because it was processed. Raises MailboxError."""
        with self._explained() as server:
            _expect(server.uid("STORE", str(number), "+FLAGS.SILENT", r"(\Seen)"), "does not store flags")

    def close(self) -> None:
        """Log out and close the connection, if it is open. Raises nothing."""
        if self._server is not None:
            with suppress(OSError, IMAP4.error, *_MISTRUST):
                self._server.logout()
        self._hang_up()

    def _connect(self) -> IMAP4:
        if self._encrypted:
            context = _trust(local=self._local)
            return IMAP4_SSL(self._host, self._port, ssl_context=context, timeout=self._patience)
        return IMAP4(self._host, self._port, timeout=self._patience)

    @contextmanager
    def _explained(self) -> Iterator[Any]:
        """The server, for commands that imaplib's types do not know well."""
        try:
            yield self._server
        except MailboxError as error:
            raise MailboxError(f"{self.name} {error}") from None
        except (OSError, IMAP4.error, *_MISTRUST) as error:
            self._hang_up()
            raise MailboxError(f"{self.name} {_describe(error)}") from None

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):
                server.shutdown()


def open_mailbox(url: str, token: str = "") -> Mailbox:
    """The mailbox that an address names; nothing is connected yet. With an access token it needs no password.

    `imaps://user:password@host[:port][/FOLDER]`, or `imap://…`, which turns to TLS unless it is this machine; the
    folder is INBOX when none is named. Raises MailboxError, which never shows a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MailboxError(_wanted("something that is not a URL")) from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise MailboxError(_wanted("no mailbox"))
    if parts.query or parts.fragment:
        raise MailboxError(_wanted("more than a folder; in a password, write #, / and ? as %23, %2F and %3F"))
    user, password = unquote(parts.username or ""), token or unquote(parts.password or "")
    if not user or not password:
        raise MailboxError(_wanted("no user with a password"))
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if not re.fullmatch(r"[\x20-\x7e]+", user + password + folder):
        raise MailboxError(_wanted("a user, a password or a folder with characters that IMAP does not allow"))
    return Mailbox(
        parts.hostname,
        port or _PORTS[parts.scheme],
        user,
        password,
        folder,
        encrypted=parts.scheme == "imaps",
        local=is_here(parts.hostname),
        oauth=bool(token),
    )


def _trust(*, local: bool) -> ssl.SSLContext:
    """The TLS context: the server needs a certificate for its name, unless it is on this machine."""
    context = ssl.create_default_context()
    if local:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _expect(answer: tuple[str, list[Any]], trouble: str) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise MailboxError(trouble)
    return data


def _describe(error: Exception) -> str:
    """What went wrong, never in the words of a server, which may hold the user."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"has an invalid certificate: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "does not answer"
    if isinstance(error, IMAP4.abort):
        return "closed the connection, or does not speak IMAP"
    if isinstance(error, OSError):
        return f"cannot be reached: {explain_network(error) if error.strerror else type(error).__name__}"
    return "does not speak IMAP"


def _quote(text: str) -> str:
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


def _wanted(found: str) -> str:
    return f"{VARIABLE} names {found}; expected imaps://user:password@host/INBOX"
