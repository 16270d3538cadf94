"""Messages of Amazon SNS, through which SES reports: their signature, its certificate, and their confirmation.

Nothing is fetched except over HTTPS from `sns.<region>.amazonaws.com`, in the region of our own topic, and no redirect
is followed. TLS proves that the certificate is Amazon's.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from generator.delivery.incoming.hooks.signatures import check_age, load_json
from generator.errors import GeneratorError, SignatureError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

TOPIC = re.compile(r"arn:aws(-cn)?:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?")

AGE = timedelta(hours=2)
"""SNS tries for an hour at most, with the signature of the first time."""

CONFIRM = "SubscriptionConfirmation"

_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRM: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_SIGNED["UnsubscribeConfirmation"] = _SIGNED[CONFIRM]

_HASHES = {"1": "SHA1", "2": "SHA256"}

_PATIENCE = 5
"""Seconds for an answer of Amazon."""
_LARGEST = 16_384
"""Bytes of it."""
_REST = timedelta(seconds=10)
"""After a certificate that could not be had, no other is asked for: anybody can name one that does not exist."""
_KEPT = 8
"""Certificates that are kept; Amazon renews its own once a year."""
_SHORTEST = 2048
"""Bits of a key."""


class Notifications:
    """Checks messages of SNS. Keeps certificates. Any thread may call it; it waits for Amazon once for each."""

    def __init__(self, fetch: Callable[[str], bytes] | None = None) -> None:
        """`fetch` gets an address of Amazon; it raises OSError."""
        self._fetch = fetch or _fetch
        self._keys: dict[str, RSAPublicKey] = {}
        self._lock = Lock()
        self._rests = datetime.min.replace(tzinfo=UTC)

    def check(self, topic: str, _: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise SignatureError unless Amazon signed this message, lately, for this topic; GeneratorError when its
        certificate cannot be had now.
        """
        message = load_json(body)
        fields = message if isinstance(message, dict) else {}
        kind = fields.get("Type")
        if fields.get("TopicArn") != topic or not isinstance(kind, str) or kind not in _SIGNED:
            raise SignatureError("it is no message of the topic in NEWSLETTER_HOOK_SES")
        algorithm = _HASHES.get(str(fields.get("SignatureVersion")))
        address = fields.get("SigningCertURL")
        if algorithm is None or not isinstance(address, str) or not _is_certificate(topic, address):
            raise SignatureError("its certificate or the version of its signature is not one of Amazon SNS")
        signed = "".join(
            f"{name}\n{fields[name]}\n" for name in _SIGNED[kind] if fields.get(name) is not None
        )
        try:
            signature = b64decode(str(fields.get("Signature")), validate=True)
            signed_at = datetime.fromisoformat(str(fields.get("Timestamp")))
        except (Error, ValueError):
            raise SignatureError("it has no signature with a timestamp") from None
        _verify(self._find_key(address, now), signature, signed.encode(), algorithm)
        check_age(signed_at if signed_at.tzinfo else signed_at.replace(tzinfo=UTC), now, AGE)

    def confirm(self, topic: str, message: dict[str, Any]) -> None:
        """Confirm a subscription that `check` has believed. Raises SignatureError and GeneratorError."""
        address = str(message.get("SubscribeURL"))
        query = parse_qs(urlsplit(address).query)
        asked = {name: query.get(name) for name in ("Action", "TopicArn")}
        if not _is_amazon(topic, address) or asked != {
            "Action": ["ConfirmSubscription"],
            "TopicArn": [topic],
        }:
            raise SignatureError("its address is not one with which Amazon SNS confirms")
        self._get(address)

    def _find_key(self, address: str, now: datetime) -> RSAPublicKey:
        if key := self._keys.get(address):
            return key
        with self._lock:
            if key := self._keys.get(address):
                return key
            if now < self._rests:
                raise GeneratorError("the certificate of Amazon SNS could not be had a moment ago")
            self._rests = now + _REST
            key = _read_certificate(self._get(address), now)
            self._rests = now
            if len(self._keys) >= _KEPT:
                self._keys.pop(next(iter(self._keys)))
            self._keys[address] = key
            return key

    def _get(self, address: str) -> bytes:
        try:
            return self._fetch(address)
        except OSError as error:
            raise GeneratorError(f"Amazon SNS cannot be asked: {type(error).__name__}") from None


def _fetch(address: str) -> bytes:
    """What is at an address of Amazon; a redirect is an error. Raises OSError."""
    import httpx  # noqa: PLC0415 (for those who use SES)

    try:
        with httpx.stream("GET", address, timeout=_PATIENCE, follow_redirects=False) as answer:
            if not answer.is_success:
                raise OSError(f"the answer is {answer.status_code}")
            return next(answer.iter_bytes(_LARGEST), b"")
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        ImportError,
        ValueError,
    ) as error:  # or a proxy it does not know
        raise OSError(type(error).__name__) from None


def _is_amazon(topic: str, address: str) -> bool:
    """Whether an address is of SNS itself, in the region of this topic."""
    arn = TOPIC.fullmatch(topic)
    if arn is None or not re.fullmatch(r"[\x21-\x7e]+", address):
        return False
    return address.startswith(f"https://sns.{arn[2]}.amazonaws.com{'.cn' if arn[1] else ''}/")


def _is_certificate(topic: str, address: str) -> bool:
    return _is_amazon(topic, address) and bool(
        re.fullmatch(r"/SimpleNotificationService-[0-9a-f]{8,64}\.pem", urlsplit(address).path)
        and not urlsplit(address).query
    )


# cryptography is loaded for those who use SES.


def _verify(key: RSAPublicKey, signature: bytes, signed: bytes, algorithm: str) -> None:
    """Raise SignatureError unless the owner of the key signed these bytes (RSASSA-PKCS1-v1_5)."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415

    try:
        key.verify(signature, signed, PKCS1v15(), getattr(hashes, algorithm)())
    except InvalidSignature:
        raise SignatureError("the signature does not match") from None


def _read_certificate(content: bytes, now: datetime) -> RSAPublicKey:
    """The public key in a certificate that is valid now. Raises GeneratorError."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415

    try:
        certificate = load_pem_x509_certificate(content)
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise GeneratorError("what Amazon SNS names as its certificate is none") from None
    valid = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    if not isinstance(key, RSAPublicKey) or not valid or key.key_size < _SHORTEST:
        raise GeneratorError("the certificate of Amazon SNS has expired, or its key is too short")
    return key
