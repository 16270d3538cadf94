"""A letter in an inbox: sender, subject and preheader, cut where mail programs cut them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Edition, Lesson

# Programs cut by pixels, so these are averages. Our subjects and summaries, measured with the widths of Helvetica: a
# character takes 0.46 of the size of the type, 6.4 px at 14 px, and in bold 0.5. A wide W takes more, an i less.
GMAIL_DESK = 100
"""Subject, in bold, and preheader on one line of about 670 px: a window of 1,366 px less menu, sender and date."""
GMAIL_PHONE = 40
"""Subject, in bold, and preheader each on a line of about 280 px: a phone of 360 px less the picture and the star."""
APPLE_SUBJECT = 46
"""A line of about 335 px at 15 px, not bold: a phone of 390 px less its margins."""
APPLE_SUMMARY = 2 * APPLE_SUBJECT
"""Two such lines, as Mail is set when nobody changed it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A letter in the inbox of one program."""

    program: str
    kind: str
    """The layout of the inbox: `desk`, `phone` or `apple`."""
    subject: str
    summary: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """A letter in the inboxes of the most common programs."""

    sender: str
    time: str
    lines: tuple[Line, ...]
    counts: str
    """The lengths of subject and preheader, as a sentence."""


def render_inbox(newsletter: Newsletter, edition: Edition | Lesson, message: bytes) -> Inbox:
    """The inboxes of an email, read from the message itself."""
    headers = dict(decode_headers(message))
    sender, subject = parseaddr(headers["From"])[0], headers["Subject"]
    summary = edition.summary
    lines = cut_lines(subject, summary)
    time = edition.published.astimezone(newsletter.settings.timezone).strftime("%H:%M")
    return Inbox(sender, time, lines, f"Subject {len(subject)} characters, preheader {len(summary)}.")


def cut_lines(subject: str, summary: str) -> tuple[Line, ...]:
    """Subject and summary as the most common programs cut them."""
    return (
        Line("Gmail, desktop", "desk", cut(subject, GMAIL_DESK), cut(summary, GMAIL_DESK - len(subject) - 3)),
        Line("Gmail, phone", "phone", cut(subject, GMAIL_PHONE), cut(summary, GMAIL_PHONE)),
        Line("Apple Mail, phone", "apple", cut(subject, APPLE_SUBJECT), cut(summary, APPLE_SUMMARY)),
    )


def decode_headers(message: bytes) -> list[tuple[str, str]]:
    """The decoded headers of a message, in order; read by another parser than `mime`, which wrote them."""
    parsed = message_from_bytes(message)
    return [(name, str(make_header(decode_header(_unfold(str(value)))))) for name, value in parsed.items()]


def cut(text: str, room: int) -> str:
    """Text cut to `room` characters, with … at the end; empty without room."""
    if len(text) <= room:
        return text
    return text[: room - 1].rstrip() + "…" if room > 1 else ""


def _unfold(value: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", value)
