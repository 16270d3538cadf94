"""An edition → its master: the letter as bytes, with gaps for what differs from copy to copy.

These places differ: the header To, the tag in the Message-ID, the token in List-Unsubscribe and in the link by which a
reader leaves, and the token in the link to their preferences; the two links stand at the end of both parts. There is no
greeting: we keep no names. The placeholder in each gap is as long as the value that replaces it, so that lines of
quoted-printable break where they would in a message rendered for that reader alone.
"""

from __future__ import annotations

import re
from collections import Counter
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from generator.errors import MailingError
from generator.model import Message, Personal
from generator.render.email.mime import (
    write_mailbox,
    write_message,
    write_recipient,
    write_ways_out,
    write_words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from generator.content import Newsletter
    from generator.model import Edition, Lesson
    from generator.settings import Settings

STAND_IN = Personal(
    tag="0000-w00.thetagofthiscopystandshere.0000000000000000",
    address="reader@copy.invalid",
    unsubscribe="the-token-of-this-reader.stands-here-in-each-copy-and-opens-nothing-",
    preferences="a-link-to-the-choices-of.one-reader-begins-here-and-opens-no-page-at",
)
"""The placeholder of a subscriber: no week has that tag, no key signed these tokens, RFC 2606 reserves that domain."""

_SOFT = b"=\r\n"
_ANY_BREAK = rb"(?:=\r\n)?"
_GAP = re.compile(
    rb"(?P<recipient>(?<=\r\n)To: %b(?=\r\n))|(?P<tag>%b)|(?P<token>%b)|(?P<preferences>%b)"
    % (
        re.escape(STAND_IN.address.encode()),
        re.escape(STAND_IN.tag.encode()),
        *(
            _ANY_BREAK.join(re.escape(bytes([sign])) for sign in token.encode())
            for token in (STAND_IN.unsubscribe, STAND_IN.preferences)
        ),
    )
)
_TRACES = (
    STAND_IN.tag[9:35].encode(),
    b"copy.invalid",
    *STAND_IN.unsubscribe.encode().split(b"."),
    *STAND_IN.preferences.encode().split(b"."),
)
_TAG = re.compile(r"[a-z0-9.-]+")
_TOKEN = re.compile(rf"[A-Za-z0-9._-]{{{len(STAND_IN.unsubscribe)}}}")
_ADDRESSES = 2
"""URLs in List-Unsubscribe: https, and mailto."""

_TAGS = 8
"""One in the Message-ID, one in the second of these URLs, and one for each relay that returns neither."""

_SHORTEST, _LONGEST = 5, 15
"""How many characters a SenderId in Feedback-ID has (support.google.com/mail/answer/6254652)."""


def render_master(
    newsletter: Newsletter,
    edition: Edition | Lesson,
    service_url: str,
    date: datetime,
    tagged: Sequence[str] = (),
) -> bytes:
    """The whole message (RFC 5322, CRLF, ASCII) with placeholders in its gaps; the same input gives the same bytes.

    `service_url` is where the links of a reader lead, and ends in a slash; `date` is the header Date. `tagged`:
    other headers that hold the tag, for relays that return it. Raises MailingError when no copy could be made from it.
    """
    written = f"{edition.title}\n{edition.subject}\n{edition.summary}\n{edition.markdown}".lower()
    if any(trace.decode() in written for trace in _TRACES):
        raise MailingError(
            Message(
                "the letter contains a placeholder that is reserved for each reader's copy; write it "
                "another way"
            )
        )
    content = render_copy(newsletter, edition, service_url, date, STAND_IN, tagged)
    Master(content)
    return content


def render_copy(  # noqa: PLR0913 (what a letter is made of)
    newsletter: Newsletter,
    edition: Edition | Lesson,
    service_url: str,
    date: datetime,
    personal: Personal,
    tagged: Sequence[str] = (),
) -> bytes:
    """The message for one reader, rendered for them alone: the bytes of `Master.copy`, a thousand times slower."""
    # A sender only copies what was rendered before, and does not load what renders.
    from generator.render.email.message import render_parts  # noqa: PLC0415 (15 MB)

    settings, service = (
        newsletter.settings,
        f"{service_url}{newsletter.settings.languages.prefix(edition.language)}",
    )
    url = f"{service}unsubscribe/{personal.unsubscribe}"
    manage = f"{service}preferences/{personal.preferences}"
    text, html = render_parts(newsletter, edition, url, manage, f"{service}useful/")
    headers = (
        write_mailbox("From", settings.sender_name, settings.sender_address),
        write_mailbox("Reply-To", settings.sender_name, settings.reply_to),
        write_recipient(personal.address),
        write_words("Subject", edition.subject),
        f"Date: {format_datetime(date.astimezone(settings.timezone))}",
        f"Message-ID: <{personal.tag}@{settings.list_id}>",
        write_mailbox("List-Id", settings.letter, settings.list_id),
        *write_ways_out(settings, url, personal.unsubscribe, personal.tag),
        f"List-Help: <{settings.page_url(edition.language, 'newsletter.md')}>",
        f"List-Archive: <{settings.page_url(edition.language, 'archive/index.md')}>",
        f"Feedback-ID: {edition.mailing}.{edition.language}:letter:{edition.certainty}:{name_sender(settings)}",
        "Precedence: bulk",
        "X-Auto-Response-Suppress: OOF",
        f"Content-Language: {edition.language}",
        *(f"{name}: {personal.tag}" for name in tagged),
    )
    return write_message(headers, f"{edition.mailing}.{edition.language}", text, html)


def name_sender(settings: Settings) -> str:
    """The SenderId of Feedback-ID: 5 to 15 letters and digits, which never change."""
    name = re.sub(r"[^a-z0-9]", "", settings.list_id.lower())[:_LONGEST]
    return name.ljust(_SHORTEST, "0")


class Master:
    """A master that was parsed, to make copies of it. Threads may share it."""

    def __init__(self, content: bytes) -> None:
        """Find the gaps, also where a soft line break splits a placeholder. Raises MailingError when one is missing."""
        self._parts: list[bytes] = []
        """The bytes that all copies share, with an empty entry for each gap."""
        self._gaps: list[tuple[int, str, tuple[int, ...]]] = []
        """For each gap its index in the parts, its name, and after which characters a soft line break comes."""
        end = 0
        for match in _GAP.finditer(content):
            self._gaps.append((len(self._parts) + 1, str(match.lastgroup), _find_breaks(match[0])))
            self._parts += content[end : match.start()], b""
            end = match.end()
        self._parts.append(content[end:])
        _check(content, self._parts)

    def copy(self, personal: Personal) -> bytes:
        """The message for one reader: the same bytes as if the letter had been rendered for them alone.

        Raises ValueError for what could end a header or a link and begin another, or a token of another length.
        """
        tag, tokens = personal.tag, (personal.unsubscribe, personal.preferences)
        if not _TAG.fullmatch(tag) or not all(_TOKEN.fullmatch(token) for token in tokens):
            raise ValueError("a tag or a token has an unexpected form")
        values = {
            "recipient": write_recipient(personal.address).encode(),
            "tag": tag.encode(),
            "token": personal.unsubscribe.encode(),
            "preferences": personal.preferences.encode(),
        }
        parts = self._parts.copy()
        for number, name, breaks in self._gaps:
            value = values[name]
            parts[number] = _break(value, breaks) if breaks else value
        return b"".join(parts)


def _check(content: bytes, parts: list[bytes]) -> None:
    """Raise MailingError unless every gap was found as often as it must be, and no part of a placeholder is left."""
    head, _, body = content.partition(b"\r\n\r\n")
    text, _, html = body.partition(b"\r\nContent-Type: text/html;")
    headers, *bodies = [
        Counter(match.lastgroup for match in _GAP.finditer(one)) for one in (head, text, html)
    ]
    wanted = (
        headers["recipient"] == 1 and 1 <= headers["tag"] <= _TAGS and 1 <= headers["token"] <= _ADDRESSES
    )
    # A letter that was frozen by an older version has no link to the preferences.
    parts_wanted = all({"token"} <= set(body) <= {"token", "preferences"} for body in bodies)
    if not wanted or headers["preferences"] or not parts_wanted:
        raise MailingError(
            Message(
                "the letter lacks a placeholder that copies need: one in To and Message-ID, and one "
                "or more in List-Unsubscribe, the text part and the HTML part; see templates/email"
            )
        )
    rest = b"".join(parts).replace(_SOFT, b"").lower()
    if any(trace in rest for trace in _TRACES):
        raise MailingError(
            Message("a placeholder for each reader's copy was changed in rendering; see templates/email")
        )


def _find_breaks(found: bytes) -> tuple[int, ...]:
    """After which characters a soft line break comes."""
    breaks: list[int] = []
    position = 0
    for piece in found.split(_SOFT)[:-1]:
        breaks.append(position := position + len(piece))
    return tuple(breaks)


def _break(value: bytes, breaks: tuple[int, ...]) -> bytes:
    edges = (0, *breaks, len(value))
    return _SOFT.join(value[start:end] for start, end in pairwise(edges))
