"""A finished message → the fields of an API: sender, subject, text, HTML, and the headers that are left."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.errors import MailingError

if TYPE_CHECKING:
    from email.message import Message

_WRITTEN = {"date", "mime-version", "content-type", "content-transfer-encoding"}
"""Headers that the engine writes for what it sends."""

_FIELDS = {"from", "to", "reply-to", "subject"}

_FOLD = re.compile(r"\r?\n(?=[ \t])")


@dataclass(frozen=True, slots=True)
class Fields:
    """What an engine needs to write the message again."""

    sender: str
    reply_to: str
    """Empty without one."""
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    """Empty without one."""
    headers: dict[str, str] = field(repr=False)
    """All others, by their names as they were written."""


def read_fields(message: bytes) -> Fields:
    """The fields of a message of ours. Raises MailingError for anything that has no place in them: nothing is lost."""
    mail = message_from_bytes(message)
    text, html = _read_parts(mail)
    found: dict[str, str] = {}
    headers: dict[str, str] = {}
    for name, value in mail.raw_items():
        key = name.lower()
        if key in _WRITTEN:
            continue
        if key == "dkim-signature":
            raise MailingError(
                "the letter has a signature of ours (DKIM), which an engine that writes the message again would break; "
                "remove the table [dkim] from newsletter/settings.toml, because the engine signs"
            )
        if key in found or key in {one.lower() for one in headers}:
            raise MailingError(f"the letter has two headers {name}, which this engine cannot carry")
        if key in _FIELDS:
            found[key] = _read_mailbox(str(value)) if key in {"from", "reply-to"} else _read_words(str(value))
        else:
            headers[name] = _read_words(str(value))
    if not found.get("from") or "subject" not in found:
        raise MailingError("the letter has no sender or no subject, which this engine needs")
    return Fields(found["from"], found.get("reply-to", ""), found["subject"], text, html, headers)


def _read_parts(mail: Message) -> tuple[str, str]:
    nested = mail.is_multipart() and mail.get_content_type() != "multipart/alternative"
    read: dict[str, str] = {}
    for part in [] if nested else [one for one in mail.walk() if not one.is_multipart() or one is not mail]:
        kind, content = part.get_content_type(), part.get_payload(decode=True)
        known = kind in {"text/plain", "text/html"} and kind not in read and not part.get_filename()
        if not known or not isinstance(content, bytes):
            read = {}
            break
        try:
            read[kind] = content.decode(part.get_content_charset("ascii")).replace("\r\n", "\n")
        except (LookupError, UnicodeDecodeError):
            read = {}
            break
    if not read:
        raise MailingError(
            "the letter is not made of a text and HTML alone, which is all that this engine carries"
        )
    return read.get("text/plain", ""), read.get("text/html", "")


@lru_cache(1024)
def _read_words(value: str) -> str:
    """A header as it is read: unfolded, and decoded (RFC 2047)."""
    value = _FOLD.sub("", value)
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, UnicodeDecodeError, ValueError):
        raise MailingError("a header of the letter cannot be decoded") from None


@lru_cache(64)
def _read_mailbox(value: str) -> str:
    """A display name in quotes, and the address."""
    name, address = parseaddr(_FOLD.sub("", value))
    if not address:
        raise MailingError("the letter has a sender whose address cannot be read")
    name = re.sub(r'(["\\])', r"\\\1", _read_words(name))
    return f'"{name}" <{address}>' if name else address
