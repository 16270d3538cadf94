"""A door of the relay that speaks as Amazon SES does, by HTTP: it counts what it takes, and fails where it is told."""

import json
import random
import re
import socket
from base64 import b64decode
from contextlib import suppress
from typing import ClassVar

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.proof.accounts import Account, settle_account
from tests.proof.faults import HURRY, Sometimes, expect, go_on, meet
from tests.proof.kills import run_kills
from tests.proof.relay import DROP, PATIENCE, RESET, SILENCE, Conversation, EndError, Moment
from tests.proof.world import World

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SECRETS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
MAIL = "ses://eu-west-1?host=127.0.0.1:{port}"

RATE, REST = 429, 1
"""The status of an answer that asks for a pause, and its seconds."""

_REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 429: "Too Many Requests", 500: "Oops"}


class SesConversation(Conversation):
    """One connection by HTTP (RFC 9112). A fault is a status with the name of an error, and its words."""

    ANSWERS: ClassVar[dict[str, dict[str, object]]] = {
        "/v2/email/account": {
            "SendingEnabled": True,
            "ProductionAccessEnabled": True,
            "SendQuota": {"MaxSendRate": 14.0, "Max24HourSend": 50000.0},
        }
    }
    """What it answers when it is only asked."""

    def hold(self) -> None:
        self._connection.settimeout(PATIENCE)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._connection, suppress(OSError, EndError):
            if fault := self._ask(Moment.CONNECT):
                self._fail(fault)
            while True:
                self._obey(self._line())

    def _obey(self, line: str) -> None:
        method, path, _ = line.split(" ")
        headers = {}
        while head := self._line():
            name, _, value = head.partition(":")
            headers[name.lower()] = value.strip()
        asked = (Moment.MAIL,) if method == "GET" else (Moment.RCPT, Moment.DATA)
        fault = next(filter(None, map(self._ask, asked)), "")  # nobody is named yet
        if fault in {DROP, RESET, SILENCE}:
            self._fail(fault)
        body = self._read_exactly(int(headers.get("content-length", 0)))
        _check_signature(method, path, headers, body)
        if fault:
            self._fail(fault)
        elif method == "POST":
            self._take(body)
        elif path in self.ANSWERS:
            self._answer(200, self.ANSWERS[path])
        else:
            self._fail("404 NotFoundException")

    def _take(self, body: bytes) -> None:
        recipient = _name(body)
        order = json.loads(body)
        assert order["Destination"] == {"ToAddresses": [recipient]}
        message = b64decode(order["Content"]["Raw"]["Data"], validate=True)
        tag = order["FeedbackForwardingEmailAddress"]
        assert re.fullmatch(r"[^@ ]+@[^@ ]+", tag), tag
        if fault := self._ask(Moment.DOT, recipient):
            self._fail(fault)
            return
        self._relay.take(recipient, message, self._door)
        if fault := self._ask(Moment.TAKEN, recipient):
            self._fail(fault)
            return
        self._answer(200, {"MessageId": f"0102-{self._door.taken}"})
        self._ask(Moment.REPLIED, recipient)

    def _ask(self, moment: Moment, recipient: str = "") -> str:
        return self._door.fault(moment, recipient) if self._door.fault else ""

    def _fail(self, fault: str) -> None:
        if fault in {DROP, RESET, SILENCE}:
            self._end(fault)
        status, _, said = fault.partition(" ")
        kind, _, words = said.partition(" ")
        self._answer(int(status), {"message": words}, kind)

    def _answer(self, status: int, body: object, kind: str = "") -> None:
        content = json.dumps(body)
        self._say(f"HTTP/1.1 {status} {_REASONS.get(status, 'No')}")
        self._say("Content-Type: application/json")
        if status == RATE:
            self._say(f"Retry-After: {REST}")
        if kind:
            self._say(f"x-amzn-ErrorType: {kind}:http://internal.amazon.com/coral/")
        self._say(f"Content-Length: {len(content)}\r\n")
        self._said += content.encode()
        self._flush()

    def _read_exactly(self, length: int) -> bytes:
        asked = False
        while len(self._read) < length:
            if len(self._read) > 2000 and not asked:
                asked = True
                if fault := self._ask(Moment.BODY, _name(self._read)):
                    self._fail(fault)
            self._fill()
        body = bytes(self._read[:length])
        del self._read[:length]
        return body


def _name(body: bytes) -> str:
    """The recipient in the beginning of an order."""
    found = re.search(rb'"ToAddresses": ?\["([^"]*)"\]', body)
    return found[1].decode() if found else ""


def _check_signature(method: str, path: str, headers: dict[str, str], body: bytes) -> None:
    """As Amazon does: with its own library, over what was signed."""
    given = headers["authorization"]
    signed = re.search(r"SignedHeaders=([a-z0-9;-]+)", given)
    assert signed, given
    names = signed[1].split(";")
    assert {"host", "x-amz-date"} <= set(names), names
    request = AWSRequest(method, f"http://{headers['host']}{path}", data=body)
    for name in names:
        request.headers[name] = headers[name]
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials(KEY, SECRET), "ses", "eu-west-1")
    text = signer.string_to_sign(request, signer.canonical_request(request))
    assert given.endswith(f"Signature={signer.signature(text, request)}"), given


def rent_ses(world: World) -> World:
    """Have all commands of this world send through SES."""
    world.mail, world.talk = MAIL, SesConversation
    world.more |= SECRETS
    return world


HASTE = HURRY | {"generator.delivery.engines.http:Line.__init__.final": 0.5}


def run_ses(world: World, name: str, seed: random.Random, kills: int, connections: int) -> Account:
    """The kill matrix, with SES for a relay."""
    return run_kills(rent_ses(world), name, seed, kills, connections=connections)


def cut_short(world: World) -> Account:
    """The line is cut, or nothing is said: with half a request it is sent again, behind a whole one it is in doubt."""
    account = Account("Amazon SES: cut half-way, before and after it takes a letter, and silent")
    fault = Sometimes(
        max(8, len(world.people) // 40),
        (Moment.BODY, DROP),
        (Moment.DOT, DROP),
        (Moment.TAKEN, RESET),
        (Moment.BODY, RESET),
        (Moment.TAKEN, SILENCE),
        (Moment.REPLIED, DROP),
    )
    order = {"buffer": 2304, "small": True}
    expect(account, rent_ses(world).send("--patience", "1", fault=fault, hurry=HASTE, **order), 0, 1)
    go_on(world, account)
    account.allowed = fault.doubts
    account = settle_account(world, account)
    if len(account.doubtful) != account.allowed or account.arrived != fault.met[Moment.TAKEN]:
        account.faults.append(
            f"{account.arrived} of {len(account.doubtful)} in doubt arrived; met {fault.met}"
        )
    return account


def refused(world: World) -> Account:
    """SES limits the rate, and gives up some readers; nothing is in doubt."""
    account = Account("Amazon SES: limits the rate, rejects letters and suppresses readers")
    slow, suppressed = "429 TooManyRequestsException Maximum sending rate exceeded.", "Address is suppressed"
    fault = Sometimes(
        max(8, len(world.people) // 20),
        (Moment.DOT, slow),
        (Moment.DOT, f"400 MessageRejected {suppressed}"),
        (Moment.DOT, "400 BadRequestException Missing final '@domain'"),
    )
    account = meet(rent_ses(world), account, fault)
    if not 0 < account.refused < fault.met.total():
        account.faults.append(f"{account.refused} refused; met {fault.met}")
    return account
