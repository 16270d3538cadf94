"""A maildir: a folder of mails, one file each, that mail programs read too (cr.yp.to/proto/maildir.html)."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from generator.delivery.sessions import Reply, Verdict
from generator.errors import DoubtError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.delivery.sessions import Envelope, Session


class Maildir:
    """A transport that keeps mail on this machine. A mail is in `new/` whole, or not at all."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when the first mail comes."""
        self.folder = folder

    @property
    def name(self) -> str:
        """The folder."""
        return f"maildir:{self.folder}"

    def send(self, sender: str, recipient: str, message: bytes) -> None:  # noqa: ARG002 (every transport is told)
        """Keep the mail, readable for its owner only. Raises TransportError."""
        # Names sort by time. Desktops open what ends in .eml with a mail program, and mail programs do not mind.
        name = f"{time.time_ns() // 1000}.{secrets.token_hex(4)}.eml"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in ("cur", "new", "tmp"):
                (self.folder / part).mkdir(mode=0o700, exist_ok=True)
            _write(self.folder / "tmp" / name, message.replace(b"\r\n", b"\n"))
            (self.folder / "tmp" / name).replace(self.folder / "new" / name)
        except OSError as error:
            with suppress(OSError):
                (self.folder / "tmp" / name).unlink()
            raise TransportError(f"{self.name} cannot be written: {error.strerror or error}") from None
        try:
            _keep_names(self.folder / "new")
        except OSError as error:
            raise DoubtError(f"{self.name} cannot be kept: {error.strerror or error}") from None

    def open_session(self) -> Session:
        """Every letter becomes a file, whoever it is for."""
        return _Trial(self)

    def close(self) -> None:
        """Nothing stays open."""


class _Trial:
    """A session that says yes to everything."""

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
        """There is nothing to do ahead."""

    def withdraw(self) -> None:
        self._envelope = None

    def close(self) -> None:
        """Nothing stays open."""


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _keep_names(folder: Path) -> None:
    """Have the names in a folder on the disk as well: without this a mail could be lost with the power."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
