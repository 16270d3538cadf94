"""Relays that report by web hook: what each sends about a letter, in the shape that it documents, and signed."""

import base64
import hashlib
import hmac
import itertools
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from generator.delivery.incoming.hooks.relays import RELAYS, Relay

READER = "reader@example.org"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:letters"
AMAZON = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE = f"{AMAZON}/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
SECRETS = {
    "ses": TOPIC,
    "postmark": "a long secret of ours",
    "mailgun": "0123456789abcdef0123456789abcdef",
    "brevo": "another secret of ours",
    "resend": "whsec_" + base64.b64encode(b"a key of twenty-four byt").decode(),
    "lettermint": "whsec_of_lettermint",
}
BY_NAME: dict[str, Relay] = {relay.name: relay for relay in RELAYS}
NAMES = sorted(BY_NAME)
NUMBERS = itertools.count(1)

GONE = "550 5.1.1 <reader@example.org>: User unknown"
FULL = "552 5.2.2 Mailbox full"
BLOCKED = "550 5.7.1 Client host blocked using a block list"


def hooks(*names: str) -> dict[Relay, str]:
    """The relays with their secrets."""
    return {BY_NAME[name]: SECRETS[name] for name in names or NAMES}


_AUTHORITY = """
[ca]
default_ca = ours
[ours]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = names
[names]
commonName = supplied
"""


@dataclass
class Amazon:
    """Signs as SNS does, and gives its certificate to who asks for it."""

    folder: Path
    asked: list[str]

    @classmethod
    def make(cls, folder: Path, bits: int = 2048, until: int = 2060) -> "Amazon":
        (folder / "ca.cnf").write_text(_AUTHORITY, "utf-8")
        (folder / "index.txt").touch()
        run = partial(subprocess.run, cwd=folder, check=True, capture_output=True)
        request = ["-newkey", f"rsa:{bits}", "-nodes", "-subj", "/CN=sns.example", "-keyout", "amazon.key"]
        run(["openssl", "req", "-new", *request, "-out", "amazon.csr"])
        # Not from the day of the machine: the clock of a test is another one.
        days = ["-startdate", "20200101000000Z", "-enddate", f"{until}0101000000Z"]
        files = ["-config", "ca.cnf", "-keyfile", "amazon.key", "-in", "amazon.csr", "-out", "amazon.pem"]
        run(["openssl", "ca", "-batch", "-selfsign", "-notext", "-rand_serial", *days, *files])
        return cls(folder, [])

    def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        return (self.folder / "amazon.pem").read_bytes()

    def sign(self, text: str, version: str) -> str:
        algorithm = "-sha256" if version == "2" else "-sha1"
        command = ["openssl", "dgst", algorithm, "-sign", "amazon.key"]
        done = subprocess.run(command, cwd=self.folder, input=text.encode(), check=True, capture_output=True)
        return base64.b64encode(done.stdout).decode()


def bounce(relay: str, tag: str, said: str = GONE, kind: str = "hard", at: str = "") -> Any:
    """A bounce: `hard` and `soft` in the words of the relay, and what the other server said."""
    at = at or "2026-11-23T08:59:00.000Z"
    match relay:
        case "ses":
            about = {
                "bounceType": "Permanent" if kind == "hard" else "Transient",
                "bounceSubType": "General",
                "timestamp": at,
                "bouncedRecipients": [
                    {"emailAddress": READER, "action": "failed", "diagnosticCode": f"smtp; {said}"}
                ],
            }
            mail = {"source": f"bounce+{tag}@example.org", "messageId": "0102", "destination": [READER]}
            return {"notificationType": "Bounce", "bounce": about, "mail": mail}
        case "postmark":
            return {
                "RecordType": "Bounce",
                "ID": next(NUMBERS),
                "Type": "HardBounce" if kind == "hard" else "SoftBounce",
                "Email": READER,
                "Details": f"smtp;{said}",
                "BouncedAt": at,
                "Metadata": {"letter": tag},
            }
        case "mailgun":
            return {
                "event": "failed",
                "severity": "permanent",
                "timestamp": 1795424340.5,
                "recipient": READER,
                "reason": "bounce" if kind == "hard" else "generic",
                "delivery-status": {"code": int(said[:3]), "message": said},
                "message": {"headers": {"message-id": f"{tag}@letter.example.org", "to": READER}},
            }
        case "brevo":
            return {
                "event": f"{kind}_bounce",
                "email": READER,
                "id": 7,
                "ts_event": 1795424340,
                "message-id": f"<{next(NUMBERS)}@relay.example>",
                "X-Mailin-custom": tag,
                "reason": said,
            }
        case "resend":
            return {
                "type": "email.bounced",
                "created_at": at,
                "data": {
                    "email_id": "1234",
                    "to": [READER],
                    "headers": [{"name": "X-Letter", "value": tag}],
                    "bounce": {
                        "type": "Permanent" if kind == "hard" else "Transient",
                        "subType": "General",
                        "message": "The mail was returned.",
                        "diagnosticCode": [f"smtp; {said}"],
                    },
                },
            }
    return {
        "id": f"54d7e8c9-{next(NUMBERS)}",
        "event": f"message.{kind}_bounced",
        "timestamp": at,
        "data": {
            "recipient": READER,
            "response": {"status_code": int(said[:3]), "content": said},
            "metadata": {"letter": tag},
        },
    }


def complaint(relay: str, tag: str) -> Any:
    """Somebody pressed “this is spam”."""
    event = bounce(relay, tag)
    match relay:
        case "ses":
            event |= {"notificationType": "Complaint", "complaint": {"complaintFeedbackType": "abuse"}}
        case "postmark":
            event |= {"RecordType": "SpamComplaint", "Type": "SpamComplaint"}
        case "mailgun":
            event["event"] = "complained"
        case "brevo":
            event["event"] = "spam"
        case "resend":
            event["type"] = "email.complained"
        case _:
            event["event"] = "message.spam_complaint"
    return event


def leave(relay: str, tag: str, at: str = "2026-11-23T08:59:00Z") -> Any:
    """Somebody used the link of the relay."""
    event = bounce(relay, tag, at=at)
    match relay:
        case "ses":
            event |= {
                "notificationType": None,
                "eventType": "Subscription",
                "subscription": {"timestamp": at, "newTopicPreferences": {"unsubscribeAll": True}},
            }
        case "postmark":
            event |= {
                "RecordType": "SubscriptionChange",
                "SuppressSending": True,
                "SuppressionReason": "ManualSuppression",
                "Origin": "Recipient",
                "ChangedAt": at,
            }
            del event["BouncedAt"]
        case "mailgun":
            event |= {"event": "unsubscribed", "timestamp": datetime.fromisoformat(at).timestamp()}
        case "brevo":
            event |= {"event": "unsubscribed", "ts_event": datetime.fromisoformat(at).timestamp()}
        case _:
            event["event"] = "message.unsubscribed"
    return event


def delivered(relay: str, tag: str) -> Any:
    """A letter that arrived: nothing to us."""
    event = bounce(relay, tag)
    match relay:
        case "ses":
            event |= {"notificationType": "Delivery", "delivery": {"smtpResponse": "250 ok"}}
        case "postmark":
            event |= {"RecordType": "Delivery"}
        case "resend":
            event["type"] = "email.delivered"
        case "lettermint":
            event["event"] = "message.delivered"
        case _:
            event["event"] = "delivered"
    return event


Request = tuple[bytes, dict[str, str]]


def sign(  # noqa: PLR0913 (what may be wrong with it)
    relay: str,
    event: Any,
    now: datetime,
    amazon: Amazon | None = None,
    *,
    name: str = "",
    age: timedelta = timedelta(),
    secret: str = "",
    version: str = "1",
    **changes: Any,
) -> Request:
    """The body and the headers that a relay sends. `name`: what it calls the event; `age`: since it signed."""
    secret, name, at = secret or SECRETS[relay], name or f"name-of-an-event-{next(NUMBERS)}", now - age
    seconds = str(int(at.timestamp()))
    match relay:
        case "ses":
            message = {
                "Type": "Notification",
                "MessageId": name,
                "TopicArn": secret,
                "Message": event if isinstance(event, str) else json.dumps(event),
                "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                "SignatureVersion": version,
                "SigningCertURL": CERTIFICATE,
                **changes,
            }
            fields = (
                "Message",
                "MessageId",
                "Subject",
                "SubscribeURL",
                "Timestamp",
                "Token",
                "TopicArn",
                "Type",
            )
            signed = "".join(f"{field}\n{message[field]}\n" for field in fields if field in message)
            assert amazon
            message["Signature"] = amazon.sign(signed, version)
            return json.dumps(message).encode(), {"x-amz-sns-message-type": message["Type"]}
        case "mailgun":
            proof = _hmac(secret.encode(), f"{seconds}{name}".encode()).hex()
            signature = {"timestamp": seconds, "token": name, "signature": proof}
            return json.dumps({"signature": signature, "event-data": event}).encode(), {}
        case "resend":
            body = json.dumps(event).encode()
            key = base64.b64decode(secret.removeprefix("whsec_"))
            proof = base64.b64encode(_hmac(key, f"{name}.{seconds}.".encode() + body)).decode()
            return body, {
                "svix-id": name,
                "svix-timestamp": seconds,
                "svix-signature": f"v1,bm90IHRoaXM= v1,{proof}",
            }
        case "lettermint":
            body = json.dumps(event).encode()
            proof = _hmac(secret.encode(), f"{seconds}.".encode() + body).hex()
            return body, {"x-lettermint-signature": f"t={seconds},v1={proof}"}
        case "brevo":
            return json.dumps(event).encode(), {"authorization": f"Bearer {secret}"}
    user = base64.b64encode(f"hook:{secret}".encode()).decode()
    return json.dumps(event).encode(), {"authorization": f"Basic {user}"}


def as_list(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    return [("content-type", "application/json"), *headers.items()]


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()
