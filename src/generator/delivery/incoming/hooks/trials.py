"""A report that we send to ourselves, signed as the relay signs: whether a hook is open, and keeps what comes."""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from generator.delivery.incoming.hooks.events import GONE, KEY
from generator.delivery.incoming.hooks.signatures import read_svix_secret

if TYPE_CHECKING:
    from datetime import datetime


def make_trial(relay: str, secret: str, tag: str, now: datetime) -> tuple[bytes, dict[str, str]] | None:
    """Body and headers of a bounce with this tag; None for Amazon, whose key only Amazon has."""
    name, seconds = f"trial-{secrets.token_hex(16)}", str(int(now.timestamp()))
    match relay:
        case "postmark":
            body = _write(
                {
                    "RecordType": "Bounce",
                    "ID": name,
                    "Type": "HardBounce",
                    "Details": GONE,
                    "Metadata": {KEY: tag},
                }
            )
            return body, {"Authorization": f"Basic {b64encode(f'trial:{secret}'.encode()).decode()}"}
        case "brevo":
            body = _write(
                {"event": "hard_bounce", "X-Mailin-custom": tag, "reason": GONE, "message-id": name}
            )
            return body, {"Authorization": f"Bearer {secret}"}
        case "mailgun":
            message = {"headers": {"message-id": f"{tag}@trial.invalid"}}
            event = {"event": "failed", "severity": "permanent", "message": message}
            signature = {
                "timestamp": seconds,
                "token": name,
                "signature": _prove(secret.encode(), f"{seconds}{name}".encode()).hex(),
            }
            return _write({"signature": signature, "event-data": event}), {}
        case "resend":
            data = {"headers": [{"name": "X-Letter", "value": tag}], "bounce": {"type": "Permanent"}}
            body = _write({"type": "email.bounced", "data": data})
            proof = b64encode(_prove(read_svix_secret(secret), f"{name}.{seconds}.".encode() + body)).decode()
            return body, {"svix-id": name, "svix-timestamp": seconds, "svix-signature": f"v1,{proof}"}
        case "lettermint":
            body = _write({"id": name, "event": "message.hard_bounced", "data": {"metadata": {KEY: tag}}})
            proof = _prove(secret.encode(), f"{seconds}.".encode() + body).hex()
            return body, {"X-Lettermint-Signature": f"t={seconds},v1={proof}"}
    return None


def _write(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


def _prove(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, sha256).digest()
