"""Forms: what a browser sends with one, within bounds; one to show again; and when one was shown."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect

from generator.subscribers.store.keys import MOMENT
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from starlette.requests import Request

    from generator.model import Language, Origin
    from generator.subscribers.store.keys import Keys

LARGEST = 4096
"""Bytes. An address, seven boxes and a tick take 500."""

DRAINED = 65_536
"""Bytes of a body that is too large which are still read, and dropped. Whoever answers and hangs up while the rest is
on its way resets the connection, and a proxy then says 502 instead of passing on the answer (RFC 9112, 9.6)."""

PATIENCE = 10
"""Seconds in which a body must have come."""

SHORTEST = timedelta(seconds=1)
"""In which a person may have read a button. Scanners of mail open links, and some press the buttons that they find, all
within a blink; whoever is that fast is asked once more."""

_FIELDS = 40
_ENCODED, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Form:
    """Fields with their values, in the order in which they came."""

    fields: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return tuple(value for field, value in self.fields if field == name)

    def one(self, name: str) -> str:
        """The value of a field, empty when there is none. Raises Refusal when there are several."""
        found = self.all(name)
        if len(found) > 1:
            raise Refusal(HTTPStatus.BAD_REQUEST, "odd")
        return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as somebody filled it in, to show it again when something is wrong with it."""

    email: str = ""
    language: Language | None = None
    certainties: tuple[str, ...] = ()
    mistake: str = ""
    """What is wrong with the address; empty when nothing is."""
    meant: str = ""
    """The address that was probably meant, when its domain looks like a slip; empty when it does not."""
    course: bool = False
    """Whether the course is wanted, too."""
    origin: Origin | None = None
    """What the form told about the way to it."""

    def differs(self, language: Language) -> bool:
        """Whether somebody chose what most leave as it is on a page in this language."""
        return self.language not in {None, language} or bool(self.certainties)


async def read_form(request: Request, *, multipart: bool = False) -> Form:
    """The form in the body of a request. Raises Refusal for one that is too large, too slow, or no form.

    `multipart`: also read what RFC 8058 says that mail providers SHOULD send.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {_ENCODED, ""} and not (multipart and kind == _MULTIPART):
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "odd", close=True)
    try:
        body = await read_body(request)
        if kind == _MULTIPART:
            return Form(_parse_parts(request.headers["content-type"], body))
        return Form(
            tuple(
                parse_qsl(
                    body.decode("ascii"), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict"
                )
            )
        )
    except (ValueError, LookupError):  # not ASCII, not UTF-8, too many fields, an unknown encoding of a part
        raise Refusal(HTTPStatus.BAD_REQUEST, "odd") from None


def sign_moment(keys: Keys, now: datetime) -> str:
    """What a form says of when it was shown."""
    return keys.sign(MOMENT, str(round(now.timestamp() * 1000)))


def was_read(keys: Keys, moment: str, now: datetime) -> bool:
    """Whether a form was on the screen long enough to be read."""
    shown = keys.read(MOMENT, moment)
    return shown is not None and now - datetime.fromtimestamp(int(shown) / 1000, UTC) >= SHORTEST


async def read_body(request: Request, most: int = LARGEST) -> bytes:
    """The body of a request. Raises Refusal when it has more bytes than `most`, or takes too long."""
    length = request.headers.get("content-length", "0")
    large = not length.isdecimal() or int(length[:10]) > most
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for piece in request.stream():
                size += len(piece)
                large = large or size > most  # it said less, or nothing (chunked)
                if size > max(DRAINED, most):
                    break
                if not large:
                    body += piece
    except TimeoutError:
        raise Refusal(HTTPStatus.REQUEST_TIMEOUT, "slow", close=True) from None
    except ClientDisconnect:  # nobody reads the answer
        raise Refusal(HTTPStatus.BAD_REQUEST, "odd", close=True) from None
    if large:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "large", close=True)
    return bytes(body)


def _parse_parts(content_type: str, body: bytes) -> tuple[tuple[str, str], ...]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    return tuple(
        (name, part.get_content().strip())
        for part in message.iter_parts()
        if part.get_content_maintype() == "text"
        and isinstance(name := part.get_param("name", header="content-disposition"), str)
    )
