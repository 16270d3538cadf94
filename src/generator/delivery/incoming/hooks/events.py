"""What relays report → what it says about a letter: one function for each relay, and its words as tables.

A status stands for what the relay makes of a failure, as if it had written a report itself (RFC 3464): 5.1.1 for a
mailbox that does not exist, 4.4.7 for one that took no letter, 5.0.0 for one that the relay has given up before, 5.7.1
for a letter that was refused. None: it says nothing yet, or nothing about us. The judge weighs it with what the
server of the mailbox said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from generator.delivery.incoming.hooks.signatures import load_json
from generator.model import Incident, Report
from generator.subscribers.ledger.tags import find_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.subscribers.store.keys import Keys

GONE, LATE, GIVEN_UP, REFUSED = "5.1.1", "4.4.7", "5.0.0", "5.7.1"

KEY = "letter"
"""The name of our tag among what a relay lets a sender attach to a mail."""

_SES = {
    ("Permanent", "Suppressed"): GIVEN_UP,
    ("Permanent", "OnAccountSuppressionList"): GIVEN_UP,
    ("Permanent", "UnsubscribedRecipient"): GIVEN_UP,
    ("Permanent", ""): GONE,
    ("Transient", "MailboxFull"): "5.2.2",
    ("Transient", "MessageTooLarge"): "5.2.3",
    ("Transient", "ContentRejected"): REFUSED,
    ("Transient", "AttachmentRejected"): REFUSED,
    ("Transient", ""): LATE,
    ("Undetermined", ""): LATE,
}
_UNCLEAR = {"Transient", "Undetermined"}
"""Amazon counts replies of who is away among these; without a code of a server they say nothing."""

_GREETING, _SUBSCRIBED = "Successfully validated SNS topic", "AmazonSnsSubscriptionSucceeded"
"""What SES says to a topic when it is set up."""

_POSTMARK = {
    "HardBounce": GONE,
    "BadEmailAddress": "5.1.3",
    "SoftBounce": LATE,
    "DnsError": LATE,
    "Unknown": LATE,
    "ManuallyDeactivated": GIVEN_UP,
    "SpamNotification": REFUSED,
    "Blocked": REFUSED,
    "VirusNotification": REFUSED,
    "DMARCPolicy": "5.7.26",
    "SpamComplaint": Incident.COMPLAINT,
    "Unsubscribe": Incident.UNSUBSCRIBE,
}
_LEFT = {"SuppressSending": True, "SuppressionReason": "ManualSuppression", "Origin": "Recipient"}
"""What Postmark says of who used its own link."""

_BREVO = {
    "hard_bounce": GONE,
    "invalid_email": "5.1.3",
    "soft_bounce": LATE,
    "blocked": GIVEN_UP,
    "spam": Incident.COMPLAINT,
    "complaint": Incident.COMPLAINT,
    "unsubscribed": Incident.UNSUBSCRIBE,
    "unsubscribe": Incident.UNSUBSCRIBE,
}
_LETTERMINT = {
    "message.hard_bounced": GONE,
    "message.soft_bounced": LATE,
    "message.suppressed": GIVEN_UP,
    "message.policy_rejected": REFUSED,
    "message.spam_complaint": Incident.COMPLAINT,
    "message.unsubscribed": Incident.UNSUBSCRIBE,
}
_COMPLAINTS = {"", "abuse", "fraud", "opt-out", "opt-out-list"}
"""As in delivery.incoming.complaints; many providers name no type."""

_LONGEST = 1000
"""Characters of what a server said."""
_MANY = 100
"""Headers that are looked at."""
_EVENTS = 1000
"""Events in one request."""


@dataclass(frozen=True, slots=True)
class Found:
    """One event that concerns us, when it carries our tag."""

    key: str
    """What the relay calls it."""
    says: str | Incident
    """A status, for a bounce."""
    marks: tuple[str, ...]
    """Where our tag would stand: only in what we sent along ourselves."""
    at: object
    """When it happened: in seconds since 1970, or in ISO 8601."""
    words: str = ""


def read_ses(message: Any, _: Mapping[str, str]) -> Iterable[Found]:
    """Amazon SES in a notification of SNS. The tag stands in the return path and in the original headers."""
    try:
        event = load_json(_text(message, "Message").encode())
    except ValueError:
        return  # a greeting of SNS
    mail, key = _table(event, "mail"), _text(message, "MessageId")
    marks = (
        _text(mail, "source"),
        _text(_table(mail, "commonHeaders"), "messageId"),
        *_find_headers(mail, "message-id"),
    )
    kind = _text(event, "notificationType") or _text(event, "eventType")
    about = _table(event, kind.lower())
    at = _text(about, "timestamp") or _text(message, "Timestamp")
    if kind == "Bounce":
        hurt = next((one for one in _list(about, "bouncedRecipients") if isinstance(one, dict)), {})
        said = f"{_text(hurt, 'diagnosticCode')} status: {_text(hurt, 'status')}"
        yield from _bounce(key, about, "bounceType", "bounceSubType", said, marks, at)
    elif kind == "Complaint" and _text(about, "complaintFeedbackType") in _COMPLAINTS:
        yield Found(key, Incident.COMPLAINT, marks, at)
    elif kind == "Subscription" and _table(about, "newTopicPreferences").get("unsubscribeAll") is True:
        yield Found(key, Incident.UNSUBSCRIBE, marks, at)


def read_queued(name: str, body: str) -> list[Found] | None:
    """What SES reports in a message of a queue: a notification of SNS, or (raw message delivery) the report alone.

    `name` is that of the message. None: it is no report of SES.
    """
    try:
        message = load_json(body.encode("utf-8", "replace"))
        said = _text(message, "Message")
        if said.startswith(_GREETING):
            return []
        report = load_json(said.encode()) if _text(message, "TopicArn") else message
    except ValueError:
        return None
    kind = _text(report, "notificationType") or _text(report, "eventType")
    if kind == _SUBSCRIBED:
        return []
    if not kind or not _table(report, "mail"):
        return None
    if report is message:
        message = {"MessageId": name, "Message": body}
    return list(read_ses(message, {}))


def read_resend(event: Any, headers: Mapping[str, str]) -> Iterable[Found]:
    """Resend, which sends through SES and has its words. The tag stands in the headers that we sent."""
    data, key, at = _table(event, "data"), headers.get("svix-id", ""), _text(event, "created_at")
    marks = (*_find_headers(data, "x-letter", "message-id"), _text(data, "message_id"))
    if (kind := _text(event, "type")) == "email.bounced":
        about = _table(data, "bounce")
        codes = [one for one in _list(about, "diagnosticCode") if isinstance(one, str)]
        said = " ".join([*codes, _text(about, "message")])
        yield from _bounce(key, about, "type", "subType", said, marks, at)
    elif kind == "email.complained":
        yield Found(key, Incident.COMPLAINT, marks, at)
    elif kind == "email.suppressed":
        yield Found(key, GIVEN_UP, marks, at)


def _bounce(  # noqa: PLR0913 (what SES and Resend tell)
    key: str, about: dict[str, Any], kind: str, subkind: str, said: str, marks: tuple[str, ...], at: str
) -> Iterable[Found]:
    kind, subkind = _text(about, kind), _text(about, subkind)
    status = _SES.get((kind, subkind)) or _SES.get((kind, ""))
    unclear = kind in _UNCLEAR and status == LATE and not any(sign.isdigit() for sign in said)
    if status and not unclear:
        yield Found(key, status, marks, at, "" if status == GIVEN_UP else said)


def read_postmark(event: Any, _: Mapping[str, str]) -> Iterable[Found]:
    """Postmark. The tag is its metadata."""
    kind, mark = _text(event, "RecordType"), (_text(_table(event, "Metadata"), KEY),)
    at = _text(event, "BouncedAt") or _text(event, "ChangedAt")
    key = f"{kind} {event.get('ID')}" if isinstance(event, dict) and event.get("ID") else digest(event)
    if kind == "SpamComplaint":
        yield Found(key, Incident.COMPLAINT, mark, at)
    elif kind == "Bounce" and (says := _POSTMARK.get(_text(event, "Type"))):
        yield Found(key, says, mark, at, _text(event, "Details"))
    # What it suppresses after a bounce or a complaint, the other two tell.
    elif kind == "SubscriptionChange" and [event.get(name) for name in _LEFT] == list(_LEFT.values()):
        yield Found(key, Incident.UNSUBSCRIBE, mark, at)


def read_mailgun(body: Any, _: Mapping[str, str]) -> Iterable[Found]:
    """Mailgun. The tag stands in the Message-ID, and in the return path."""
    event, key = _table(body, "event-data"), _text(_table(body, "signature"), "token")
    headers = _table(_table(event, "message"), "headers")
    marks = (_text(headers, "message-id"), _text(_table(event, "envelope"), "sender"))
    kind, at = _text(event, "event"), event.get("timestamp")
    if kind == "complained":
        yield Found(key, Incident.COMPLAINT, marks, at)
    elif kind == "unsubscribed":
        yield Found(key, Incident.UNSUBSCRIBE, marks, at)
    elif kind == "failed" and _text(event, "severity") == "permanent":
        status = _table(event, "delivery-status")
        said = (
            status.get("code"),
            status.get("enhanced-code"),
            status.get("message"),
            status.get("description"),
        )
        # Whatever is permanent here, the code must say why: Mailgun counts refusals of the letter too.
        given_up = _text(event, "reason").startswith("suppress")
        yield Found(key, GIVEN_UP, marks, at, "" if given_up else " ".join(str(one) for one in said if one))


def read_brevo(body: Any, _: Mapping[str, str]) -> Iterable[Found]:
    """Brevo, one event or a batch. The tag is the header X-Mailin-custom."""
    for event in body[:_EVENTS] if isinstance(body, list) else [body]:
        if says := _BREVO.get(_text(event, "event")):
            marks = (_text(event, "X-Mailin-custom"), _text(event, "message-id"))
            at = event.get("ts_event") or event.get("ts_epoch")
            yield Found(digest(event), says, marks, at, _text(event, "reason"))


def read_lettermint(event: Any, _: Mapping[str, str]) -> Iterable[Found]:
    """Lettermint. The tag is its metadata."""
    data = _table(event, "data")
    if says := _LETTERMINT.get(_text(event, "event")):
        marks = (_text(_table(data, "metadata"), KEY), *_find_headers(data, "message-id"))
        answer = _table(data, "response")
        said = (answer.get("status_code"), answer.get("enhanced_status_code"), answer.get("content"))
        words = " ".join(str(one) for one in (*said, data.get("reason")) if one)
        key = _text(event, "id") or digest(event)
        yield Found(key, says, marks, _text(event, "timestamp"), "" if says == GIVEN_UP else words)


def believe(keys: Keys, relay: str, found: Iterable[Found], now: datetime) -> list[Report]:
    """The events that carry a tag of ours."""
    reports = []
    for event in found:
        if (whose := find_tag(keys, event.marks)) is None:
            continue
        incident = event.says if isinstance(event.says, Incident) else Incident.BOUNCE
        status = "" if isinstance(event.says, Incident) else event.says
        words = event.words[:_LONGEST].replace("\0", "").encode("utf-8", "replace").decode()
        key = sha256(event.key.encode("utf-8", "replace")).hexdigest()
        at = min(_read_moment(event.at) or now, now)
        reports.append(Report(relay, key, incident, *whose, at, status, words if status else ""))
    return reports


def digest(event: Any) -> str:
    """A name for an event without one: the same for the same content."""
    return json.dumps(event, sort_keys=True)


def _read_moment(text: object) -> datetime | None:
    try:
        if isinstance(text, int | float) and not isinstance(text, bool):
            return datetime.fromtimestamp(text / 1000 if text > 1e11 else text, UTC)  # noqa: PLR2004 (milliseconds)
        moment = datetime.fromisoformat(str(text))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _table(table: Any, name: str) -> dict[str, Any]:
    found = table.get(name) if isinstance(table, dict) else None
    return found if isinstance(found, dict) else {}


def _list(table: dict[str, Any], name: str) -> list[Any]:
    found = table.get(name)
    return found[:_MANY] if isinstance(found, list) else []


def _text(table: Any, name: str) -> str:
    found = table.get(name) if isinstance(table, dict) else None
    return found if isinstance(found, str) else ""


def _find_headers(table: dict[str, Any], *names: str) -> list[str]:
    """The values of some headers in a list of {name, value}."""
    return [_text(one, "value") for one in _list(table, "headers") if _text(one, "name").lower() in names]
