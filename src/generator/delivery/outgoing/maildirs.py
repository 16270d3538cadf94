"""A maildir: a folder with a file for each mail, which mail programs read too (cr.yp.to/proto/maildir.html).

People read the files with any editor, so their text is not encoded and each link is on one line.
"""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from email.generator import BytesGenerator
from email.parser import BytesParser
from io import BytesIO
from typing import TYPE_CHECKING

from generator.clock import read_clock
from generator.delivery.verdict import Reply, Verdict
from generator.errors import DoubtError, TransportError
from generator.files import keep_names, write_new

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message
    from pathlib import Path

    from generator.delivery.sessions import Envelope, Session


class Maildir:
    """A transport that writes mail to files. A mail is in `new/` whole, or not at all. Any thread may call it."""

    def __init__(self, folder: Path) -> None:
        """The folder is made for the first mail."""
        self.folder = folder

    @property
    def name(self) -> str:
        """The folder."""
        return f"maildir:{self.folder}"

    def send(self, sender: str, recipient: str, message: bytes) -> None:  # noqa: ARG002 (every transport is told)
        """Write the mail to a file that only its owner can read.

        Raises TransportError when it cannot be written, DoubtError when it may be lost in a crash of the machine.
        """
        # Names sort by time. Desktops open what ends in .eml with a mail program, and mail programs do not mind.
        name = f"{read_clock().timestamp() * 1e6:.0f}.{secrets.token_hex(4)}.eml"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in ("cur", "new", "tmp"):
                (self.folder / part).mkdir(mode=0o700, exist_ok=True)
            write_new(self.folder / "tmp" / name, make_readable(message.replace(b"\r\n", b"\n")))
            (self.folder / "tmp" / name).replace(self.folder / "new" / name)
        except OSError as error:
            with suppress(OSError):
                (self.folder / "tmp" / name).unlink()
            raise TransportError(f"{self.name} cannot be written: {error.strerror or error}") from None
        try:
            keep_names(self.folder / "new")
        except OSError as error:
            raise DoubtError(f"{self.name} cannot be written to disk: {error.strerror or error}") from None

    def open_session(self) -> Session:
        """A session that writes each letter to a file and accepts it."""
        return _MaildirSession(self)

    def takes(self, address: str) -> bool:  # noqa: ARG002 (every transport is asked)
        """Always: a file holds any address."""
        return True

    def greet(self) -> None:
        """Do nothing: nobody is there."""

    def close(self) -> None:
        """Do nothing: no connection is open."""


class _MaildirSession:
    """A session that accepts everything; see sessions.Session."""

    def __init__(self, maildir: Maildir) -> None:
        self._maildir = maildir
        self._envelope: Envelope | None = None

    def offer(self, envelope: Envelope) -> Reply:
        self._envelope = envelope
        return Reply(Verdict.YES, "250")

    def hand_over(
        self,
        message: bytes,
        following: Envelope | None = None,  # noqa: ARG002 (costs no time here)
        meanwhile: Callable[[], None] | None = None,  # noqa: ARG002 (nobody is waited for)
    ) -> Reply:
        if self._envelope is None:
            raise RuntimeError("nothing was offered")
        envelope, self._envelope = self._envelope, None
        self._maildir.send(envelope.sender, envelope.recipient, message)
        return Reply(Verdict.YES, "250")

    def prepare(self, message: bytes) -> None:
        """Do nothing: no encoding is needed."""

    def withdraw(self) -> None:
        self._envelope = None

    def close(self) -> None:
        """Do nothing: no connection is open."""

    def hang_up(self) -> None:
        """Do nothing: no connection is open."""


_LONGEST = 998
"""Bytes of a line, without its end (RFC 5322, 2.1.1)."""
_ENCODING = re.compile(rb"^Content-Transfer-Encoding:.*\n", re.IGNORECASE | re.MULTILINE)


def make_readable(message: bytes) -> bytes:
    """A mail with its texts in 8bit instead of quoted-printable, which breaks lines, and links with them.

    Its lines end with "\\n". A mail is left as it is when it is signed, when its lines are too long for 8bit, or when
    its headers would change.
    """
    mail = BytesParser().parsebytes(message)
    if "DKIM-Signature" in mail:
        return message
    parts = list(mail.walk())
    boundaries = [f"--{found}".encode() for part in parts if (found := part.get_boundary())]
    for part in parts:
        if part.get_content_maintype() == "text":
            _decode(part, boundaries)
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, maxheaderlen=0).flatten(mail)
    readable = written.getvalue()
    return readable if _find_headers(readable) == _find_headers(message) else message


def _decode(part: Message, boundaries: list[bytes]) -> None:
    """Turn a part into 8bit, unless a line is too long or could be taken for the end of the part."""
    content = part.get_payload(decode=True)
    if part.get("Content-Transfer-Encoding", "").strip().lower() != "quoted-printable":
        return
    if not isinstance(content, bytes) or b"\0" in content or b"\r" in content:
        return
    if any(len(line) > _LONGEST or line.startswith(tuple(boundaries)) for line in content.split(b"\n")):
        return
    part.replace_header("Content-Transfer-Encoding", "8bit")
    part.set_payload(content.decode("ascii", "surrogateescape"))


def _find_headers(message: bytes) -> bytes:
    """The headers of a mail, without the one that may change."""
    return _ENCODING.sub(b"", message.partition(b"\n\n")[0] + b"\n")
