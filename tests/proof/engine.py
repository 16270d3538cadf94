"""An engine that counts, as the relay does: it knows letters by their keys, for a day, and fails where it is told to.

It speaks as Lettermint (a key for each letter, taken one after the other) and as Resend (one key for a request, taken
together). What it takes stands in the arrivals of a Relay.
"""

import json
import socket
import threading
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from generator.clock import Clock, read_clock
from tests.proof.relay import (
    DROP,
    PATIENCE,
    RESET,
    SILENCE,
    Conversation,
    Door,
    EndError,
    Moment,
    Relay,
    Talk,
)

MEMORY = timedelta(hours=24)

TOKEN = "lm_proof"  # noqa: S105 (nobody's)


@dataclass(frozen=True)
class Request:
    """What was asked for."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class _Known:
    digest: str
    answer: Any
    at: datetime


class EngineError(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, said: object, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.said, self.headers = status, said, headers or {}


class Engine:
    """Takes mail by HTTP on as many ports as are asked for. Threads may share it."""

    def __init__(self, relay: Relay, clock: Clock = read_clock) -> None:
        """`clock` tells for how long keys are known."""
        self.relay, self.clock = relay, clock
        self.forgets = False
        """Whether it knows no key, whatever it promises."""
        self.requests: list[Request] = []
        self.taken: list[int] = []
        """Of each request that was answered with a success: how many letters were new."""
        self.refused: set[str] = set()
        """Addresses that are not valid."""
        self.answers: dict[str, tuple[int, Any]] = {}
        """Of other paths: a status, and what is said."""
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def open_door(self, *, smtp: bool = False) -> Door:
        """Listen on one more port, for HTTP or SMTP."""
        return self.relay.open_door(talk=partial(KeyedConversation, self) if smtp else self.talk)

    @property
    def talk(self) -> Talk:
        """What is spoken at its doors."""
        return partial(EngineConversation, self)

    # --- Taking ---

    def serve(self, request: Request, door: Door) -> Any:
        """What is answered; raises EngineError for all that is no success."""
        if request.headers.get("x-lettermint-token", TOKEN) != TOKEN:
            raise EngineError(401, {"message": "Unauthenticated."})
        if request.headers.get("authorization", f"Bearer {TOKEN}") != f"Bearer {TOKEN}":
            raise EngineError(401, {"name": "invalid_api_key", "message": "API key is invalid"})
        if request.path.endswith("/send/batch"):
            return self._send_each(json.loads(request.body), door)
        if request.path.endswith("/emails/batch"):
            return self._send_together(json.loads(request.body), request.headers["idempotency-key"], door)
        if (found := self.answers.get(f"{request.method} {request.path}")) is not None:
            if found[0] >= 400:
                raise EngineError(*found)
            return found[1]
        raise EngineError(404, {"message": "Not found."})

    def _send_each(self, items: list[dict[str, Any]], door: Door) -> Any:
        if len(items) > 500:
            raise EngineError(422, {"message": "Too many.", "errors": {"": ["too many"]}})
        with self._lock:
            known = [self._find(item["idempotency_key"], item) for item in items]
            results: list[Any] = []
            new = 0
            for index, (item, answer) in enumerate(zip(items, known, strict=True)):
                recipient = item["to"][0]
                if answer is None:
                    said = door.fault(Moment.RCPT, recipient) if door.fault else ""
                    if said or recipient in self.refused:
                        accepted = [
                            {"index": at, "message_id": one["message_id"]} for at, one in enumerate(results)
                        ]
                        details = {"accepted": accepted}
                        errors = {f"{index}.to.0": ["not valid"]} if recipient in self.refused else {}
                        error = {"code": "VALIDATION_ERROR", "message": "No.", "details": details}
                        raise EngineError(int(said or 422), {"error": error, "errors": errors})
                    result = {"message_id": f"lm-{len(self._known)}", "status": "pending"}
                    self._keep(item["idempotency_key"], item, result)
                    self._take(item, item["metadata"]["letter"], door)
                    new += 1
                results.append(answer or result)
            self.taken.append(new)
            return results

    def _send_together(self, items: list[dict[str, Any]], key: str, door: Door) -> Any:
        if len(items) > 100:
            raise EngineError(422, {"name": "validation_error", "message": "Too many"})
        with self._lock:
            if (answer := self._find(key, items)) is None:
                fine = [item for item in items if item["to"][0] not in self.refused]
                errors = [
                    {"index": index, "message": "Invalid `to` field."}
                    for index, item in enumerate(items)
                    if item not in fine
                ]
                answer = {
                    "data": [
                        {"id": f"re-{sha256(key.encode()).hexdigest()[:8]}-{at}"} for at in range(len(fine))
                    ]
                }
                if errors:
                    answer["errors"] = errors
                self._keep(key, items, answer)
                for item in fine:
                    self._take(item, item["headers"]["X-Letter"], door)
                self.taken.append(len(fine))
            else:
                self.taken.append(0)
            return answer

    def take_keyed(self, key: str, recipient: str, message: bytes, door: Door) -> None:
        """A letter by SMTP, once for each key."""
        with self._lock:
            content = [recipient, message.decode("latin-1")]
            if self._find(key, content) is None:
                self._keep(key, content, "250")
                self.relay.take(recipient, message, door)

    def _find(self, key: str, content: object) -> Any:
        """What was answered to this key; raises EngineError when it belongs to something else."""
        known = self._known.get(key)
        if known is None or self.forgets or self.clock() - known.at > MEMORY:
            return None
        if known.digest != _digest(content):
            raise EngineError(
                409,
                {
                    "name": "invalid_idempotent_request",
                    "error": {"code": "IDEMPOTENCY_CONFLICT", "message": "Key reused."},
                },
            )
        return known.answer

    def _keep(self, key: str, content: object, answer: object) -> None:
        self._known[key] = _Known(_digest(content), answer, self.clock())

    def _take(self, item: dict[str, Any], tag: str, door: Door) -> None:
        headers = {
            "Message-ID": f"<{tag}@letter>",
            "Content-Language": item["headers"].get("Content-Language", ""),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.relay.take(item["to"][0], f"{head}\r\n{json.dumps(item, sort_keys=True)}".encode(), door)


class EngineConversation(Conversation):
    """One connection by HTTP (RFC 9112). A fault may be a status, with a Retry-After: 429 5."""

    def __init__(self, engine: Engine, relay: Relay, door: Door, connection: socket.socket) -> None:
        super().__init__(relay, door, connection)
        self._engine = engine

    def hold(self) -> None:
        self._connection.settimeout(PATIENCE)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._connection, suppress(OSError, EndError):
            self._meet(Moment.CONNECT)
            while True:
                self._obey(self._line())

    def _obey(self, line: str) -> None:
        method, path, _ = line.split(" ")
        headers = {}
        while head := self._line():
            name, _, value = head.partition(":")
            headers[name.lower()] = value.strip()
        if method == "POST":
            for moment in (Moment.MAIL, Moment.DATA):
                self._meet(moment)
        length = int(headers.get("content-length", 0))
        while len(self._read) < length:
            self._fill()
        request = Request(method, path, headers, bytes(self._read[:length]))
        del self._read[:length]
        self._engine.requests.append(request)
        if self._meet(Moment.DOT):
            return
        status, more = 200, {}
        try:
            said = self._engine.serve(request, self._door)
        except EngineError as error:
            status, said, more = error.status, error.said, error.headers
        if not self._meet(Moment.TAKEN):
            self._answer(status, said, more)
            self._meet(Moment.REPLIED)

    def _meet(self, moment: Moment) -> bool:
        """Whether a fault has answered."""
        fault = self._door.fault(moment, "") if self._door.fault else ""
        if fault in {DROP, RESET, SILENCE}:
            self._end(fault)
        if fault:
            status, _, wait = fault.partition(" ")
            self._answer(int(status), {"message": "No."}, {"Retry-After": wait} if wait else {})
        return bool(fault)

    def _answer(self, status: int, said: object, headers: dict[str, str]) -> None:
        content = json.dumps(said).encode()
        self._say(f"HTTP/1.1 {status} Said")
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self._say(f"{name}: {value}")
        self._say("")
        self._said += content
        self._flush()


class _Keeper(Relay):
    """Takes each letter once for each key, and passes it on to the relay."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, recipient: str, message: bytes, door: Door) -> None:
        header, _, message = message.partition(b"\r\n")
        assert header.startswith(b"Resend-Idempotency-Key: "), header
        self._engine.take_keyed(header.decode(), recipient, message, door)


class KeyedConversation(Conversation):
    """One connection by SMTP to an engine that knows a letter by a header."""

    def __init__(self, engine: Engine, relay: Relay, door: Door, connection: socket.socket) -> None:
        super().__init__(_Keeper(engine), door, connection)

    def _obey(self, line: str) -> None:
        verb = line[:4].upper()
        if verb == "EHLO":
            for offer in ("250-relay.example.org", "250-AUTH PLAIN", "250 ENHANCEDSTATUSCODES"):
                self._say(offer)
        elif verb == "AUTH":
            assert b64decode(line.rsplit(maxsplit=1)[-1]) == f"\0resend\0{TOKEN}".encode()
            self._say("235 2.7.0 Ok")
        else:
            super()._obey(line)


def _digest(content: object) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
