"""The parts of a mail → the bytes of a message that every mail program reads (RFC 5322, RFC 2045 to 2047).

Written out here, because Python's EmailMessage loses or doubles spaces in Dutch subjects, decodes `=?…?=` in a subject
and lets it add headers, and makes lines longer than the RFCs allow (cpython gh-92081, CVE-2024-6923).
"""

from __future__ import annotations

import re
from email import quoprimime
from email.header import Header
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.settings import Settings

_LINE = 76
"""Characters of a line, unless a word is longer. RFC 5322 advises 78; encoded words and bodies allow 76."""

_LOCAL_PART = 64
"""Octets before the @ (RFC 5321, 4.5.3.1.1)."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def write_message(headers: Iterable[str], name: str, text: str, html: str) -> bytes:
    """A multipart/alternative message of these headers, a text and HTML. `name` is part of its boundary.

    It is ASCII, but for the header To of a reader whose address is not (RFC 6532).
    """
    # Quoted-printable never contains “=_”, so no text contains this boundary (RFC 2045, 6.7).
    boundary = f"=_{name}"
    lines = (
        *headers,
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        "",
        f"--{boundary}",
        *_part("plain", text),
        f"--{boundary}",
        *_part("html", html),
        f"--{boundary}--",
        "",
    )
    return "\r\n".join(lines).encode()


def write_recipient(address: str) -> str:
    """The header To, with the address alone: a name would be what a stranger typed."""
    if not address.isprintable() or not re.fullmatch(r"[^\s<>]+", address):
        raise ValueError("the address is not allowed in the header To")
    if "=?" in address:
        # A valid local part that some programs would decode; the envelope decides where the mail goes.
        return "To: undisclosed-recipients:;"
    line = f"To: {address}"
    return line if len(line) <= _LINE else f"To:\r\n {address}"


def write_ways_out(settings: Settings, url: str, token: str, tag: str = "") -> tuple[str, ...]:
    """The headers with which a mail program unsubscribes: never folded or encoded, or Gmail ignores them.

    `tag`: of a letter. It also stands after the plus of the address, since some programs leave the subject empty: where
    returned letters show that the domain takes one, and where it fits (RFC 5321, 4.5.3.1.1).
    """
    local, _, domain = settings.unsubscribe.rpartition("@")
    tagged = f"{local}+{tag}"
    taken = settings.bounces != settings.unsubscribe and settings.bounces.rpartition("@")[2] == domain
    address = f"{tagged}@{domain}" if tag and taken and len(tagged) <= _LOCAL_PART else settings.unsubscribe
    mail = f"mailto:{address}?subject=unsubscribe%20{token}"
    if not url.startswith("https:"):
        return (f"List-Unsubscribe: <{mail}>",)  # RFC 8058 needs https, which a trial has not
    return (f"List-Unsubscribe: <{url}>, <{mail}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click")


def _part(subtype: str, content: str) -> tuple[str, ...]:
    return (
        f"Content-Type: text/{subtype}; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        write_quoted(content),
    )


def write_quoted(content: str) -> str:
    """A text in quoted-printable (RFC 2045, 6.7), with CRLF."""
    # Not binascii.b2a_qp: a space at the end of a full line makes it 77 long. This one takes bytes as characters.
    return quoprimime.body_encode(content.encode().decode("latin-1"), maxlinelen=_LINE, eol="\r\n")


def write_words(name: str, text: str) -> str:
    """A header of free text: plain when it is ASCII and fits on a line, else in encoded words (RFC 2047)."""
    _check(name, text)
    if text.isascii() and len(line := f"{name}: {text}") <= _LINE:
        return line
    return f"{name}: {_encode(name, text)}"


def write_mailbox(name: str, display: str, address: str) -> str:
    """A header with a display name and an address in angle brackets, folded when both do not fit on a line."""
    _check(name, display)
    _check(name, address)
    escaped = re.sub(r'(["\\])', r"\\\1", display)
    phrase = f'"{escaped}"' if re.search(r"[^\w !#$%&'*+/=?^`{|}~-]", display, re.ASCII) else display
    if not display.isascii() or len(f"{name}: {phrase}") > _LINE:
        phrase = _encode(name, display)
    last = f"{name}: {phrase}".rpartition("\r\n")[2]
    fold = " " if len(f"{last} <{address}>") <= _LINE else "\r\n "
    return f"{name}: {phrase}{fold}<{address}>"


def _encode(name: str, text: str) -> str:
    return Header(text, "utf-8", header_name=name, maxlinelen=_LINE).encode(linesep="\r\n")


def _check(name: str, text: str) -> None:
    """Raise ValueError for what could begin another header, at once or after decoding; `reading` refuses such texts."""
    if "=?" in text or _CONTROL.search(text):
        raise ValueError(f"{text!r} is not allowed in the header {name}")
