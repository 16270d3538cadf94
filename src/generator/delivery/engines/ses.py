"""Amazon SES: one letter a request, as the bytes that it is, over HTTPS (SendEmail of its API of version 2).

SES knows no key by which it would recognise a letter that it has, so a letter whose answer is missing is in doubt, as
after a connection by SMTP that ends behind the dot. SES signs the letter, and replaces its Message-ID and Date.
"""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from generator.delivery.engines.amazon import Service, find_account, find_kind, read_settings
from generator.delivery.engines.notices import HttpTransport
from generator.delivery.verdict import Reply, Stage, Verdict, judge
from generator.errors import DoubtError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from urllib.parse import SplitResult

    from generator.delivery.engines.amazon import Account
    from generator.delivery.engines.http import Answer
    from generator.delivery.sessions import Envelope

SCHEME = "ses"

_SEND = "/v2/email/outbound-emails"
ACCOUNT = "/v2/email/account"

_YES, _SLOW = 200, 429
_FORBIDDEN = {401, 403}

STRANGER = {
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
"""Refusals of our credentials, whatever was asked."""

_UNKNOWN = (Stage.GREETING, 535, "5.7.8")
_BARRED = (Stage.MAIL, 554, "5.7.1")
_LIMITED = (Stage.MAIL, 454, "4.7.0")
_GIVEN_UP = (Stage.RCPT, 550, "5.0.0")
_NO_ADDRESS = (Stage.RCPT, 553, "5.1.3")
_OURS = (Stage.LETTER, 554, "5.6.0")
"""What a server that speaks SMTP would reply, and to which command: the judge of replies then says what it means."""

_REPLIES = {
    "AccountSuspendedException": _BARRED,
    "SendingPausedException": _BARRED,
    "MailFromDomainNotVerifiedException": _BARRED,
    "NotFoundException": _BARRED,  # there is no such configuration set
    "TooManyRequestsException": _LIMITED,
    "LimitExceededException": _LIMITED,
    "Throttling": _LIMITED,
    "ThrottlingException": _LIMITED,
    **dict.fromkeys(STRANGER, _UNKNOWN),
}
"""What SES calls a refusal. All others are about the sender or the letter, until their words name the reader."""

_TRACKED = {"OPEN", "CLICK"}
"""Events for which SES puts a picture into a letter, and rewrites its links."""

_SUPPRESSED = re.compile(r"suppress|black ?list|block ?list", re.IGNORECASE)
_ADDRESS = re.compile(
    r"missing final '?@|illegal address|local address|invalid domain name|domain (contains|starts|ends)",
    re.IGNORECASE,
)
"""Words about the address of the reader: SES gives it no letters, or it is not one."""


@dataclass(eq=False)
class Ses(HttpTransport["SesSession"]):
    """A transport that hands mail to Amazon SES. Any thread may call it: each session has its own connection."""

    account: Account
    configuration: str = ""
    """The configuration set that letters are sent with; empty for that of the domain, if it has one."""

    @property
    def name(self) -> str:
        """For logs and messages."""
        return f"Amazon SES ({self.account.region})"

    def open_session(self) -> SesSession:
        """A session for letters, with a connection of its own; nothing is connected yet."""
        return SesSession(self)

    def hand_over(self, session: SesSession, envelope: Envelope, message: bytes) -> Reply:
        """Send one notice. Raises TransportError and DoubtError."""
        reply = session.offer(envelope)
        return session.hand_over(message) if reply.verdict is Verdict.YES else reply

    def open_service(self) -> Service:
        """A connection to the API."""
        return Service(self.account, "ses", "email", self.name, {"content-type": "application/json"})


def open_ses(parts: SplitResult, secrets: Mapping[str, str]) -> Ses:
    """What `ses://REGION[?set=NAME]` names; `secrets` holds the credentials, by the name of their variable.

    Raises ValueError, whose message continues “NEWSLETTER_MAIL names”, and shows no secret.
    """
    if parts.netloc.lower() != (parts.hostname or "") or parts.path.strip("/") or parts.fragment:
        raise ValueError("more than a region of Amazon")
    given = read_settings(parts, "set")
    return Ses(find_account(parts.hostname or "", secrets, given.get("host", "")), given.get("set", ""))


class SesSession:
    """A session with SES (see sessions.Session). For one thread, except `hang_up`."""

    def __init__(self, ses: Ses) -> None:
        """Nothing is connected yet."""
        self._ses, self._service = ses, ses.open_service()
        self._offered: Envelope | None = None
        self._greeted = False

    def offer(self, envelope: Envelope) -> Reply:
        """Yes, once SES has answered on this connection and knows us; the envelope itself is only sent with its letter.

        So an outage, or a wrong password, costs no letter. Raises TransportError: no letter is in flight.
        """
        self._offered = None
        if not self._ses.takes(envelope.recipient):
            return Reply(Verdict.UNABLE, "")
        if not self._greeted:
            reply = self._greet()
            if reply.verdict is not Verdict.YES:
                return reply
            self._greeted = True
        self._offered = envelope
        return Reply(Verdict.YES, "250")

    def hand_over(
        self,
        message: bytes,
        following: Envelope | None = None,  # noqa: ARG002 (a request is one letter)
        meanwhile: Callable[[], None] | None = None,  # noqa: ARG002 (the request is waited for here)
    ) -> Reply:
        """Send the letter. Raises TransportError, DoubtError and RuntimeError as Session says."""
        envelope, self._offered = self._offered, None
        if envelope is None:
            raise RuntimeError("nothing was offered")
        order: dict[str, Any] = {
            "Destination": {"ToAddresses": [envelope.recipient]},
            "Content": {"Raw": {"Data": b64encode(message).decode()}},
            "FeedbackForwardingEmailAddress": envelope.sender,
        }
        if self._ses.configuration:
            order["ConfigurationSetName"] = self._ses.configuration
        try:
            answer = self._service.ask("POST", _SEND, json.dumps(order).encode())
        except TransportError:
            self._greeted = False
            raise
        return _read_reply(self._ses.name, answer)

    def prepare(self, message: bytes) -> None:
        """Do nothing: encoding takes little time."""

    def withdraw(self) -> None:
        """Forget what was offered: SES has not heard of it."""
        self._offered = None

    def close(self) -> None:
        """End the connection, if there is one."""
        self._service.close()
        self._greeted = False

    def hang_up(self) -> None:
        """End the connection at once. Any thread may call it."""
        self._service.hang_up()

    def _greet(self) -> Reply:
        """Ask whether this account may send. Who may not ask that may still send."""
        try:
            answer = self._service.ask("GET", ACCOUNT)
        except DoubtError as error:  # nothing was sent that could arrive
            raise TransportError(str(error)) from None
        if find_kind(answer) in STRANGER:
            return _judge(_UNKNOWN)
        if (known := read_account(answer)) and not known.enabled:
            return _judge(_BARRED)
        return Reply(Verdict.YES, "250")


@dataclass(frozen=True, slots=True)
class Standing:
    """What SES says of an account."""

    enabled: bool
    """Whether it may send."""
    production: bool
    """Whether it may write to everybody; otherwise (in the sandbox) to verified addresses only."""
    rate: float
    """Letters a second, at most; 0 when it does not say."""
    day: float
    """Letters within 24 hours, at most; 0 when it does not say."""
    tracks: bool
    """Whether it counts opens and clicks of all letters, for which it rewrites their links."""


def read_account(answer: Answer) -> Standing | None:
    """What an answer to GetAccount says; None when it does not say."""
    body = answer.read()
    if answer.status != _YES or not isinstance(body, dict) or "SendingEnabled" not in body:
        return None
    quota = _table(body, "SendQuota")
    return Standing(
        body.get("SendingEnabled") is True,
        body.get("ProductionAccessEnabled") is True,
        _number(quota.get("MaxSendRate")),
        _number(quota.get("Max24HourSend")),
        _table(_table(body, "VdmAttributes"), "DashboardAttributes").get("EngagementMetrics") == "ENABLED",
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """What SES says of a domain, or of an address."""

    verified: bool
    signs: bool
    """Whether it signs mail from there (DKIM)."""
    aligned: bool
    """Whether bounces go to a domain below it (a custom MAIL FROM domain), so that SPF speaks for it."""
    configuration: str
    """The configuration set of its letters, where none is named; empty without one."""


def read_identity(answer: Answer) -> Identity | None:
    """What an answer to GetEmailIdentity says; None when it does not say."""
    body = answer.read()
    if answer.status != _YES or not isinstance(body, dict):
        return None
    dkim, origin = _table(body, "DkimAttributes"), _table(body, "MailFromAttributes")
    return Identity(
        body.get("VerifiedForSendingStatus") is True,
        dkim.get("SigningEnabled") is True and dkim.get("Status") == "SUCCESS",
        origin.get("MailFromDomainStatus") == "SUCCESS",
        str(body.get("ConfigurationSetName") or ""),
    )


def read_trackers(answer: Answer) -> list[str] | None:
    """The names of the event destinations of a configuration set for which SES counts opens or clicks; None when it
    does not say.
    """
    body = answer.read()
    found = body.get("EventDestinations") if isinstance(body, dict) else None
    if answer.status != _YES or not isinstance(found, list):
        return None
    return [
        str(one.get("Name"))
        for one in found
        if isinstance(one, dict)
        and one.get("Enabled") is True
        and _TRACKED & set(map(str, one.get("MatchingEventTypes") or ()))
    ]


def _read_reply(name: str, answer: Answer) -> Reply:
    """What an answer to SendEmail means. Raises DoubtError when nobody knows."""
    body = answer.read()
    if answer.status == _YES:
        if isinstance(body, dict) and isinstance(body.get("MessageId"), str):
            return Reply(Verdict.YES, "250", handed=body["MessageId"])
        raise DoubtError(f"{name} answers 200 without a message id")
    words = str(body.get("message") or body.get("Message") or "") if isinstance(body, dict) else ""
    if answer.status == _SLOW:
        reply = _LIMITED
    elif found := _REPLIES.get(find_kind(answer)):
        reply = found
    elif answer.status in _FORBIDDEN:
        reply = _BARRED
    elif _SUPPRESSED.search(words):
        reply = _GIVEN_UP
    elif _ADDRESS.search(words):
        reply = _NO_ADDRESS
    else:
        reply = _OURS
    # Its words have been heard here; what they quote is not to be heard again.
    return replace(_judge(reply), wait=answer.wait)


def _judge(reply: tuple[Stage, int, str]) -> Reply:
    stage, code, enhanced = reply
    return judge(stage, code, enhanced.encode())


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0
