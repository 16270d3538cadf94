"""A transport over an engine that knows each letter by a key: notices one by one, letters in batches."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from time import sleep
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from generator.delivery.engines.batches import BatchSession, Parcel, name_account
from generator.delivery.engines.fields import read_fields
from generator.delivery.engines.http import Line
from generator.delivery.engines.notices import HttpTransport
from generator.delivery.verdict import Reply, Stage, Verdict, judge
from generator.errors import ConflictError, DoubtError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from generator.delivery.engines.fields import Fields
    from generator.delivery.engines.http import Answer
    from generator.delivery.sessions import Envelope

TRIES = 3
"""How often a notice is sent with the same key before it is in doubt."""

PAUSE = 1.0
"""Seconds between two of them."""

ACCEPTED = "250 2.0.0"
UNKNOWN = judge(Stage.GREETING, 535, b"5.7.8")
BARRED = judge(Stage.MAIL, 554, b"5.7.1")
LIMITED = judge(Stage.MAIL, 454, b"4.7.0")
OURS = judge(Stage.LETTER, 554, b"5.6.0")
NO_ADDRESS = judge(Stage.RCPT, 553, b"")
GIVEN_UP = judge(Stage.RCPT, 550, b"5.0.0")
"""What a server that speaks SMTP would reply. The judge of replies then says what it means, and the ledger keeps it."""

_KEY = 255
"""Characters of a key, at most."""

_BAD, _FORBIDDEN, _TIMED_OUT, _CONFLICT, _TOO_LARGE, _SLOW, _YES = 400, {401, 403}, 408, 409, 413, 429, 200


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain from which an engine may send."""

    verified: bool
    tracks: bool | None
    """Whether it counts opens or clicks, and rewrites links; None: it does not say."""
    region: str = ""
    """Where its letters leave from; empty when it does not say."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an engine says of us."""

    known: bool
    """Whether it takes our token."""
    domains: Mapping[str, Domain] | None = None
    """By their names; None when our token may not ask."""


class Engine(Protocol):
    """What one engine does in its own way; without a connection, and shared by all threads."""

    title: str
    """Its name."""
    url: str
    """Of its API."""
    limit: int
    window: timedelta
    whole: bool
    """These three as in BatchSession."""
    path: str
    """Where batches go."""
    untracked: bool
    """Whether each letter tells it not to track."""

    def write_headers(self, token: str) -> dict[str, str]:
        """The headers of every request."""

    def name_request(self, batch: str) -> dict[str, str]:
        """The headers of the request of a batch."""

    def write_item(self, envelope: Envelope, fields: Fields, key: str) -> dict[str, Any]:
        """One letter of a batch, as JSON. Raises MailingError for what it cannot carry."""

    def read_replies(self, status: int, said: Any, number: int) -> list[Reply | None] | None:
        """The replies in an answer about so many letters; None when it says nothing about single letters."""

    def ask_standing(self, line: Line) -> Standing:
        """What it says of us now. Raises TransportError."""

    def is_conflict(self, said: Any) -> bool:
        """Whether an answer of 409 says that another content was sent with a key; False: the same is under way."""


@dataclass(eq=False)
class KeyedEngine(HttpTransport["KeyedSession"]):
    """A transport that hands mail to an engine. Any thread may call it: each session has its own connection."""

    engine: Engine
    token: str = field(repr=False)
    url: str = ""
    """Of the API; empty for that of the engine itself."""

    @property
    def name(self) -> str:
        """For logs and messages."""
        return self.engine.title

    def open_session(self) -> KeyedSession:
        """A session for letters, with a connection of its own; nothing is connected yet."""
        return KeyedSession(self)

    def hand_over(self, session: KeyedSession, envelope: Envelope, message: bytes) -> Reply:
        """Send one notice, with a key of its content.

        When no answer comes, it is sent again with the same key, TRIES times in all. Raises TransportError and
        DoubtError.
        """
        parts = (envelope.sender.encode(), envelope.recipient.encode(), message)
        key = sha256(b"\0".join(parts)).hexdigest()[:32]
        parcel = session.pack(envelope, message, f"mail.{key}")
        return session.send_one(parcel) if isinstance(parcel, Parcel) else parcel

    def ask_standing(self) -> Standing:
        """What the engine says of us. Raises TransportError."""
        with closing(self.open_line()) as line:
            return self.engine.ask_standing(line)

    def open_line(self) -> Line:
        """A connection to the API."""
        url = self.url or self.engine.url
        return Line(
            url, self.name, {"Content-Type": "application/json", **self.engine.write_headers(self.token)}
        )


class KeyedSession(BatchSession):
    """A session with an engine (see batches.BatchSession)."""

    def __init__(self, transport: KeyedEngine) -> None:
        """Nothing is connected yet."""
        self._engine, self._line = transport.engine, transport.open_line()
        self.name = transport.name
        self.limit, self.window, self.whole = self._engine.limit, self._engine.window, self._engine.whole
        host = urlsplit(transport.url or self._engine.url).hostname
        self.account = name_account(self.name, str(host), transport.token)

    def pack(self, envelope: Envelope, message: bytes, key: str) -> Parcel | Reply:
        """A message as the JSON of the engine; UNABLE for an address beyond ASCII. Raises MailingError."""
        if not envelope.recipient.isascii():
            return Reply(Verdict.UNABLE, "")
        if not 0 < len(key) <= _KEY or not key.isascii() or not key.isprintable():
            raise ValueError("a key has an unexpected form")
        item = self._engine.write_item(envelope, read_fields(message), key)
        return Parcel(envelope, key, json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode())

    def send(self, batch: str, parcels: Sequence[Parcel]) -> list[Reply | None]:
        """Make one request. Raises as BatchSession says."""
        content = b"[" + b",".join(parcel.content for parcel in parcels) + b"]"
        answer = self._line.ask("POST", self._engine.path, content, self._engine.name_request(batch))
        return self._read(answer, len(parcels))

    def send_one(self, parcel: Parcel) -> Reply:
        """Send one letter by itself, and again when no answer comes. Raises TransportError and DoubtError."""
        tries = 0
        while True:
            tries += 1
            try:
                [reply] = self.send(parcel.key, [parcel])
            except DoubtError:
                if tries == TRIES:
                    raise
                sleep(PAUSE)
            else:
                return reply or OURS

    def close(self) -> None:
        """End the connection. Raises nothing."""
        self._line.close()

    def hang_up(self) -> None:
        """End the connection at once, for good."""
        self._line.hang_up()

    def _read(self, answer: Answer, number: int) -> list[Reply | None]:
        said, status = answer.read(), answer.status
        if status == _CONFLICT:
            if self._engine.is_conflict(said):
                raise ConflictError(
                    f"{self.name} knows the key of a letter by another content, so it took nothing"
                )
            raise DoubtError(f"{self.name} is still busy with the same letters")
        if status == _TIMED_OUT:
            raise DoubtError(f"{self.name} answers {status}")
        if status in _FORBIDDEN:
            return [UNKNOWN if status == min(_FORBIDDEN) else BARRED] * number
        found = self._engine.read_replies(status, said, number)
        if found is not None:
            if status == _SLOW:
                found = [reply or _slow(answer) for reply in found]
            return found
        if _YES <= status < _YES + 100:
            raise DoubtError(f"{self.name} gives an answer that nobody can read")
        if status == _SLOW:
            return [_slow(answer)] * number
        if status == _TOO_LARGE and number > 1:
            self.limit = max(1, number // 2)
            return [None] * number
        return [OURS] * number


def _slow(answer: Answer) -> Reply:
    return Reply(Verdict.SLOW, LIMITED.codes, stage=Stage.MAIL, wait=answer.wait)


def find(table: Any, *names: str) -> Any:
    """What stands in tables of JSON under these names; None when something is missing, or is no table."""
    for name in names:
        table = table.get(name) if isinstance(table, dict) else None
    return table


def find_all(table: Any, *names: str) -> list[Mapping[str, Any]]:
    """The tables of a list there."""
    found = find(table, *names)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
