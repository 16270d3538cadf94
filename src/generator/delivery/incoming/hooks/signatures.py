"""Whether a request comes from the relay: its signature or its secret, and how old it is, as each relay documents.

Every check takes the secret, the headers in lower case, the body and the time; it raises SignatureError. Secrets are
compared in constant time.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import b64decode, b64encode
from binascii import Error
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from generator.errors import SignatureError

if TYPE_CHECKING:
    from collections.abc import Mapping

SKEW = timedelta(minutes=5)
"""How old a signature may be where every attempt is signed anew (Svix, Lettermint), and how far ahead any clock."""

MAILGUN_AGE = timedelta(hours=9)
"""Mailgun tries for eight hours, and does not say that it signs again."""


def check_secret(secret: str, headers: Mapping[str, str], *_: object) -> None:
    """Postmark and Brevo sign nothing: the secret is the password of the URL, or a bearer token."""
    kind, given = headers.get("authorization", "").partition(" ")[::2]
    if kind.lower() == "basic":
        try:
            given = b64decode(given, validate=True).decode("utf-8").partition(":")[2]
        except (Error, ValueError):
            given = ""
    elif kind.lower() != "bearer":
        given = ""
    if not hmac.compare_digest(given.strip().encode(), secret.encode()):
        raise SignatureError("the password of the URL, or the bearer token, is wrong or missing")


def check_mailgun(secret: str, _: Mapping[str, str], body: bytes, now: datetime) -> None:
    """HMAC-SHA256 of timestamp and token, in the body. It does not cover the event, so a token counts once."""
    event = load_json(body)
    signature = event.get("signature") if isinstance(event, dict) else None
    found = signature if isinstance(signature, dict) else {}
    timestamp, token, proof = (str(found.get(name, "")) for name in ("timestamp", "token", "signature"))
    if not re.fullmatch(r"\S{16,100}", token):
        raise SignatureError("it has no signature with a token")
    _compare(hmac.new(secret.encode(), f"{timestamp}{token}".encode(), sha256).hexdigest(), proof)
    check_age(read_seconds(timestamp), now, MAILGUN_AGE)


def check_svix(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Svix (Resend): base64 of HMAC-SHA256 of id, timestamp and body; several signatures while a secret is renewed."""
    name, timestamp = headers.get("svix-id", ""), headers.get("svix-timestamp", "")
    signed = f"{name}.{timestamp}.".encode() + body
    proof = b64encode(hmac.new(read_svix_secret(secret), signed, sha256).digest()).decode()
    given = headers.get("svix-signature", "").split()[:10]
    if not name or not any(hmac.compare_digest(f"v1,{proof}".encode(), one.encode()) for one in given):
        raise SignatureError("the signature does not match")
    check_age(read_seconds(timestamp), now, SKEW)


def read_svix_secret(secret: str) -> bytes:
    """The key in `whsec_…`. Raises SignatureError."""
    try:
        return b64decode(secret.removeprefix("whsec_"), validate=True)
    except Error:
        raise SignatureError("the secret is not what Resend shows as “signing secret”") from None


def check_lettermint(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """`t=…,v1=…`: HMAC-SHA256 of timestamp and body, in hexadecimal."""
    parts = dict(
        part.strip().partition("=")[::2] for part in headers.get("x-lettermint-signature", "").split(",")
    )
    timestamp = parts.get("t", "")
    _compare(
        hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest(), parts.get("v1", "")
    )
    check_age(read_seconds(timestamp), now, SKEW)


def check_age(signed: datetime, now: datetime, most: timedelta) -> None:
    """Raise SignatureError when it was signed too long ago, or in the future."""
    if not now - most <= signed <= now + SKEW:
        raise SignatureError("it was signed too long ago, or a clock is wrong")


def read_seconds(text: str) -> datetime:
    """A moment from seconds since 1970. Raises SignatureError."""
    if not re.fullmatch(r"[0-9]{9,11}", text):
        raise SignatureError("it has no timestamp")
    return datetime.fromtimestamp(int(text), UTC)


def load_json(body: bytes) -> Any:
    """What a body holds. Raises ValueError."""
    try:
        return json.loads(body, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _compare(proof: str, given: str) -> None:
    if not hmac.compare_digest(proof.encode(), given.strip().lower().encode()):
        raise SignatureError("the signature does not match")
