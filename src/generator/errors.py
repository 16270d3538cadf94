"""What can go wrong, seen from the person at the keyboard.

GeneratorError          the base: a person can mend it; the command line prints it and exits with 1
├── RequestError        what was asked for cannot be done, and something else can; the command line exits with 2
├── RefusalError        a letter may not go out as it is: every reason is listed, nothing was recorded or sent
├── ContentError        what was read has problems: every one is listed, nothing was written
├── AssembleError       there is nothing to make an issue from
├── TemplateError       a template cannot be rendered
├── PublishError        the result could not be written; what was there before is whole
├── DatabaseError       the list of subscribers cannot be opened, read or written; what was kept is whole
├── AddressError        what somebody typed is no email address that we can write to
├── SecretError         NEWSLETTER_KEYS holds no keys
├── TableError          a file with subscribers cannot be read at all
├── ServiceError        the service cannot start as it is set up
├── NameServerError     the DNS does not answer, or not in a way that anybody can use
├── MailingError        a letter cannot be sent as things stand; nothing was sent
├── MailboxError        the mailbox that mail comes back to cannot be opened or read
└── TransportError      a mail could not be handed over
    ├── DoubtError      … or it was: the connection ended before the relay could say so (RFC 1047)
    └── ConflictError   the engine knows the key of a mail, and another mail by it; nothing was taken

A bug is none of these: it stays a traceback.
"""

from __future__ import annotations

import errno
import socket
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.model import Problem


class GeneratorError(Exception):
    """Something is not as the generator needs it, and a person can mend it."""


class ContentError(GeneratorError):
    """What was read has problems; nothing was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep all problems, ordered by file and line."""
        self.problems = tuple(sorted(problems, key=lambda problem: (str(problem.path), problem.line or 0)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RequestError(GeneratorError):
    """What was asked for cannot be done, whatever the files hold: a week, a name or a file that there is not."""


class RefusalError(GeneratorError):
    """A letter may not go out as it is; nothing was recorded or sent."""

    def __init__(self, what: str, reasons: Sequence[str] = (), problems: Sequence[Problem] = ()) -> None:
        """`what` cannot be done, as a clause; the reasons, a clause each; the problems that a check has found."""
        self.what, self.reasons, self.problems = what, tuple(reasons), tuple(problems)
        super().__init__(f"{what}: {'; '.join(reasons)}" if reasons else what)


class AssembleError(GeneratorError):
    """There is nothing to make an issue from."""


class TemplateError(GeneratorError):
    """A template cannot be rendered."""


class PublishError(GeneratorError):
    """The result could not be written; what was there before is whole."""


class DatabaseError(GeneratorError):
    """The list of subscribers cannot be opened, read or written; what was kept before is whole."""


class AddressError(GeneratorError):
    """What somebody typed is no email address that we can write to."""


class SecretError(GeneratorError):
    """NEWSLETTER_KEYS holds no keys that we can use."""


class TableError(GeneratorError):
    """A file with subscribers cannot be read at all; nothing was taken from it."""


class ServiceError(GeneratorError):
    """The service cannot start as it is set up."""


class SignatureError(GeneratorError):
    """What came to a web hook does not come from the relay, or too late; nothing was believed."""


class NameServerError(GeneratorError):
    """The DNS does not answer, or not in a way that anybody can use."""


class MailingError(GeneratorError):
    """A letter cannot be sent as things stand; nothing was sent."""


class MailboxError(GeneratorError):
    """The mailbox that mail comes back to cannot be opened or read; what was read before is done."""


class TransportError(GeneratorError):
    """A mail could not be handed over."""

    def __init__(self, message: str, *, refused: bool = False, single: bool = False) -> None:
        """`refused`: this address will never take it (a reply of 5xx to RCPT or DATA); otherwise try again later.

        `single`: it is about this mail or its address; the relay answers, and takes others.
        """
        self.refused, self.single = refused, single
        super().__init__(message)


class DoubtError(TransportError):
    """The final dot may have left, and no reply came: the mail may have arrived or not (RFC 1047)."""


class ConflictError(TransportError):
    """The engine knows the key of a mail already, and another mail by it: it took none of the request."""


def explain_network(error: Exception) -> str:
    """Why an address or a port cannot be used: in plain words where we have some, and behind them what the system says.

    The system says “Address already in use” of a port, and “Name or service not known” of a host.
    """
    said = getattr(error, "strerror", None) or str(error)
    if isinstance(error, socket.gaierror):
        plain = (
            "the DNS does not answer"
            if error.errno == socket.EAI_AGAIN
            else "the DNS does not know this name"
        )
    else:
        plain = _PLAIN.get(getattr(error, "errno", None) or 0, "")
    return f"{plain} ({said})" if plain else said


_PLAIN = {
    errno.EADDRINUSE: "another program uses it",
    errno.EADDRNOTAVAIL: "this machine has no such address",
    errno.EACCES: "this account may not use it",
}


def describe(error: Exception) -> str:
    """What went wrong, for a log: our own sentence, or kind and place of a bug, whose message can hold an address."""
    if isinstance(error, GeneratorError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
