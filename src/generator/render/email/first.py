"""A master and words of welcome → the master of a first letter; and the Date of its copies.

Nothing of the master changes. In each part the words stand on lines of their own: quoted-printable is decoded line by
line, so no line before or after them is broken in another place. In the HTML that is a row above the masthead, in
classes that the style sheets of any letter know; in the text they come first.
"""

from __future__ import annotations

import re
from email.utils import format_datetime
from typing import TYPE_CHECKING

from generator.errors import MailingError
from generator.model import Welcome

if TYPE_CHECKING:
    from datetime import datetime, tzinfo
    from pathlib import Path

_BREAK = b"=\r\n"

_TEXT = re.compile(
    rb"\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
)
_ROW = re.compile(
    r"(?:=\r\n)?".join(
        "=3D" if sign == "=" else re.escape(sign) for sign in '<tr><td class="masthead"'
    ).encode()
)
"""The row of the masthead, where a soft line break may stand between any two signs."""
_DATE = re.compile(rb"(?<=\r\n)Date: [^\r\n]*(?=\r\n)")


def write_welcome(root: Path, words: str) -> Welcome:
    """The words of welcome, a text without any markup, as they stand in each part of a message."""
    # A sender only copies what was rendered before, and does not load what renders.
    from generator.render.email.lines import wrap  # noqa: PLC0415
    from generator.render.email.mime import write_quoted  # noqa: PLC0415
    from generator.render.templating import render_template  # noqa: PLC0415

    html = render_template(root, "email/welcome.html", words=words)
    return Welcome(write_quoted(f"{wrap(words)}\n\n\n").encode(), write_quoted(html).encode())


def add_welcome(master: bytes, welcome: Welcome) -> bytes:
    """The master of a first letter. Raises MailingError for a master that no version has made."""
    text, row = _TEXT.search(master), _ROW.search(master)
    if text is None or row is None or text.end() > row.start():
        raise MailingError(
            "the letter has no place for the words of welcome: a text part, and a cell with the class masthead; see "
            "templates/email"
        )
    start, below = text.end(), row.start()
    within = b"" if master[:below].endswith(b"\r\n") else _BREAK
    return b"".join((master[:start], welcome.text, master[start:below], within, welcome.html, master[below:]))


def set_date(message: bytes, moment: datetime, zone: tzinfo) -> bytes:
    """A copy with another Date: of when its reader confirmed, because a letter of days ago looks like junk."""
    head, end, body = message.partition(b"\r\n\r\n")
    date = f"Date: {format_datetime(moment.astimezone(zone))}".encode()
    return _DATE.sub(lambda _: date, head + b"\r\n", count=1)[:-2] + end + body
