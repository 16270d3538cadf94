"""A mail that came in, as bytes that may hold anything: strangers write to our addresses too.

Only its headers go through Python's parser. A body can be nested deeper than that goes, and some of what it does with
headers takes quadratic time; so parts are cut here, one level deep, and everything has a length at which it is left.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import a2b_qp
from contextlib import suppress
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser, HeaderParser
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message

MOST = 262_144
"""The bytes of a mail that are looked at. What we ask for fits into a hundredth of it, and so does a report."""

_LONGEST = 2000
"""Characters of a header."""

_MANY = 50
"""As many headers of one name, parts, and groups of a report are looked at."""

GLOBAL = {"message/global", "message/global-headers"}
"""How a report brings back a letter with more than ASCII in its headers (RFC 6533)."""

_RECIPIENTS = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts that a mail is made of."""

    kind: str
    """Like `message/rfc822`, in lower case."""
    content: bytes
    """Without its transfer encoding."""


class Incoming:
    """The beginning of a mail, taken apart without trusting it."""

    def __init__(self, mail: bytes, recipient: str = "") -> None:
        """`recipient`: the address that it was brought to, when the mail server tells; it goes before all headers."""
        # A mailbox in a pipe may begin with the line that separates mails in a file.
        self.whole = re.sub(rb"\AFrom [^\n]*\n", b"", mail[:MOST])
        blank = re.search(rb"\r?\n\r?\n", self.whole)
        head, self.body = (
            (self.whole[: blank.start()], self.whole[blank.end() :]) if blank else (self.whole, b"")
        )
        self.head: Message = _read_head(head)
        self._recipient = recipient

    def header(self, name: str) -> str:
        """A header, unfolded and decoded as far as it can be; empty when it is not there."""
        value = self.head.get(name)
        if value is None:
            return ""
        text = _unfold(value)
        with suppress(Exception):  # whatever it is that cannot be decoded: then it is read as it stands
            text = str(make_header(decode_header(text)))
        return text

    def headers(self, name: str) -> list[str]:
        """All headers of a name, unfolded, as they stand."""
        return [_unfold(value) for value in self.head.get_all(name, [])[:_MANY]]

    @property
    def recipients(self) -> list[str]:
        """To whom it came: what the mail server told, then what headers say."""
        told = [self._recipient] if self._recipient else []
        return told + [value for name in _RECIPIENTS for value in self.headers(name)]

    @property
    def is_from_nobody(self) -> bool:
        """Whether nobody hears of it when it does not arrive: so reports travel (RFC 5321, 4.5.5)."""
        return self.header("Return-Path").replace(" ", "") == "<>"

    @cached_property
    def kind(self) -> str:
        """The whole Content-Type, in lower case."""
        return self.header("Content-Type").lower()

    @cached_property
    def texts(self) -> list[str]:
        """The body as it stands, as quoted-printable, whose lines programs break at any place, and out of base64."""
        text = self.body.decode("ascii", "replace")
        found = [text, re.sub(r"=3D", "=", re.sub(r"=[ \t]*\r?\n", "", text))]
        if "base64" in self.header("Content-Transfer-Encoding").lower():
            found.append(_decode(self.body, "base64").decode("ascii", "replace"))
        return found

    @cached_property
    def parts(self) -> list[Part]:
        """The parts of a multipart, not looked into further; none of another mail."""
        # Not by `header`, which would decode what is meant literally, nor in lower case.
        kind = self.headers("Content-Type")[:1]
        found = _BOUNDARY.search(kind[0]) if kind and kind[0].lower().startswith("multipart/") else None
        if found is None:
            return []
        boundary = re.escape((found[1] or found[2]).encode("ascii", "replace"))
        pieces = re.split(
            rb"(?:\A|(?<=\n))--" + boundary + rb"(?:--)?[ \t]*(?:\r?\n|\Z)", self.body, maxsplit=_MANY
        )
        return [_read_part(piece) for piece in pieces[1:]]


def _read_head(head: bytes) -> Message:
    """Headers in UTF-8 (RFC 6532), or in what Python makes of other bytes."""
    try:
        return HeaderParser().parsestr(head.decode())
    except UnicodeDecodeError:
        return BytesHeaderParser().parsebytes(head)


def read_groups(content: bytes) -> list[dict[str, str]]:
    """Groups of fields between blank lines, as reports hold them (RFC 3464, 5965): names in lower case → values."""
    groups = []
    for block in re.split(rb"\r?\n[ \t]*\r?\n", content.strip())[:_MANY]:
        fields: dict[str, str] = {}
        for line in re.sub(rb"\r?\n[ \t]+", b" ", block).splitlines()[:_MANY]:
            name, colon, value = line[:_LONGEST].decode("utf-8", "replace").partition(":")
            if colon:
                fields.setdefault(name.strip().lower(), value.strip())
        if fields:
            groups.append(fields)
    return groups


def _read_part(piece: bytes) -> Part:
    if piece.startswith((b"\n", b"\r\n")):  # no headers at all: text (RFC 2046, 5.1)
        return Part("text/plain", piece.lstrip(b"\r\n"))
    blank = re.search(rb"\r?\n\r?\n", piece)
    head, content = (piece[: blank.start()], piece[blank.end() :]) if blank else (piece, b"")
    fields = (read_groups(head) or [{}])[0]
    kind = fields.get("content-type", "text/plain").partition(";")[0].strip().lower()
    return Part(kind, _decode(content, fields.get("content-transfer-encoding", "").strip().lower()))


def _decode(content: bytes, encoding: str) -> bytes:
    with suppress(ValueError):
        if encoding == "base64":
            return b64decode(content)
        if encoding == "quoted-printable":
            return a2b_qp(content)
    return content


def _unfold(value: object) -> str:
    """On one line, and not longer than what we ask for: Python's decoders take quadratic time."""
    return re.sub(r"\s+", " ", str(value)[:_LONGEST]).strip()
