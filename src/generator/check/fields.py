"""The headers of a message as they stand in it, and the form that each of them has (RFC 5322, 2369, 2919, 8058)."""

from __future__ import annotations

from dataclasses import dataclass

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+"
_MAILBOX = rf'(?:"(?:[^"\\\r\n]|\\.)*"|[^<>"\r\n]*)\s*<({_ATOM}@{_ATOM})>'
_BOTH = {
    "From": _MAILBOX,
    "To": _MAILBOX,
    "Reply-To": _MAILBOX,
    "Subject": r"(\S.*)",
    "Date": r"((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4})",
    "Message-ID": rf"<({_ATOM}@{_ATOM})>",
    "List-Id": r"[^<>]*<([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)>",
    "List-Unsubscribe": r"(.*)",
    "MIME-Version": r"(1\.0)",
    "Content-Type": r'(multipart/alternative); boundary="[^"]{1,70}"',
    "Content-Language": r"([a-z]{2})",
}
DRAFT = {**_BOTH, "X-Unsent": r"(1)"}
"""The headers that a draft has once, and how each is written; what is between the brackets is compared."""
COPY = {
    **_BOTH,
    "To": rf"({_ATOM}@{_ATOM})",
    "List-Help": r"<(https?://[^<>\s]+)>",
    "List-Archive": r"<(https?://[^<>\s]+)>",
    "Feedback-ID": r"([A-Za-z0-9._-]+(?::[A-Za-z0-9._-]+){0,2}:[a-z0-9]{5,15})",
    "Precedence": r"(bulk)",
    "X-Auto-Response-Suppress": r"(OOF)",
}
"""Those of a copy, which goes to one reader."""
STRANGE = ("Cc", "Bcc", "Sender", "Return-Path", "X-Unsent", "Auto-Submitted")
"""Those that no copy has: they show a reader to others, a draft to a reader, or a letter as the answer of a program."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header as it stands in the message."""

    name: str
    lines: tuple[str, ...]

    @property
    def value(self) -> str:
        """What it says, unfolded (RFC 5322, 2.2.3)."""
        return "".join(self.lines).partition(":")[2].strip()


def read_headers(message: bytes) -> list[Header]:
    """The headers of a message, in order; a line that begins with a space belongs to that before it."""
    found: list[list[str]] = []
    for line in message.partition(b"\r\n\r\n")[0].decode("ascii", "replace").split("\r\n"):
        if line[:1] in {" ", "\t"} and found:
            found[-1].append(line)
        else:
            found.append([line])
    return [Header(lines[0].partition(":")[0], tuple(lines)) for lines in found]


def find_values(headers: list[Header], name: str) -> list[str]:
    """What the headers of a name say."""
    return [header.value for header in headers if header.name.lower() == name.lower()]
