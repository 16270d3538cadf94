"""Messages of Amazon SNS, through which SES reports: their signature, its certificate, and their confirmation.

Nothing is fetched except over HTTPS from `sns.<region>.amazonaws.com`, in the region of our own topic, and no redirect
is followed. TLS proves that the certificate is Amazon's. dkimpy has the arithmetic of RSA.
"""

from __future__ import annotations

import hashlib
import re
import ssl
import urllib.request
from base64 import b64decode
from binascii import Error
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from generator.delivery.incoming.hooks.signatures import check_age, load_json
from generator.errors import GeneratorError, SignatureError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TOPIC = re.compile(r"arn:aws(-cn)?:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?")

AGE = timedelta(hours=2)
"""SNS tries for an hour at most, with the signature of the first time."""

CONFIRM = "SubscriptionConfirmation"

_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRM: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_SIGNED["UnsubscribeConfirmation"] = _SIGNED[CONFIRM]

_HASHES = {"1": hashlib.sha1, "2": hashlib.sha256}

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
        self._keys: dict[str, dict[str, int]] = {}
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
        if not _verify(algorithm(signed.encode()), signature, self._find_key(address, now)):
            raise SignatureError("the signature does not match")
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

    def _find_key(self, address: str, now: datetime) -> dict[str, int]:
        if key := self._keys.get(address):
            return key
        with self._lock:
            if key := self._keys.get(address):
                return key
            if now < self._rests:
                raise GeneratorError("the certificate of Amazon SNS could not be had a moment ago")
            self._rests = now + _REST
            key = _read_key(self._get(address), now)
            self._rests = now
            if len(self._keys) >= _KEPT:
                self._keys.pop(next(iter(self._keys)))
            self._keys[address] = key
            return key

    def _get(self, address: str) -> bytes:
        try:
            return self._fetch(address)
        except (OSError, HTTPException) as error:
            raise GeneratorError(f"Amazon SNS cannot be asked: {type(error).__name__}") from None


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Nowhere."""


def _fetch(address: str) -> bytes:
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=ssl.create_default_context()), _Stay()
    )
    with opener.open(address, timeout=_PATIENCE) as answer:
        content: bytes = answer.read(_LARGEST)
    return content


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


def _verify(digest: Any, signature: bytes, key: dict[str, int]) -> bool:
    from dkim.crypto import RSASSA_PKCS1_v1_5_verify  # noqa: PLC0415 (it imports a DNS resolver)

    if int.from_bytes(signature) >= key["modulus"]:
        return False
    return bool(RSASSA_PKCS1_v1_5_verify(digest, signature, key))


def _read_key(certificate: bytes, now: datetime) -> dict[str, int]:
    """The public key in a certificate that is valid now. Raises GeneratorError."""
    from dkim.crypto import parse_public_key  # noqa: PLC0415 (see above)

    try:
        encoded = ssl.PEM_cert_to_DER_cert(certificate.decode("ascii").strip() + "\n")
        whole = _read_parts(_read_parts(encoded)[0][1])
        parts = [part for part in _read_parts(whole[0][1]) if part[0] != _VERSION]
        begins, ends = (_read_moment(*part) for part in _read_parts(parts[3][1]))
        key: dict[str, int] = parse_public_key(parts[5][2])
    except Exception:  # noqa: BLE001 (parsers raise anything for what is no certificate)
        raise GeneratorError("what Amazon SNS names as its certificate is none") from None
    if not begins <= now <= ends or key["modulus"].bit_length() < _SHORTEST:
        raise GeneratorError("the certificate of Amazon SNS has expired, or its key is too short")
    return key


_VERSION = 0xA0
"""The only part of a certificate that may be missing (RFC 5280, 4.1)."""


def _read_parts(encoded: bytes) -> list[tuple[int, bytes, bytes]]:
    """The parts of a sequence (DER): tag, content, and the whole of each."""
    parts, place = [], 0
    while place < len(encoded):
        tag, length, start = encoded[place], encoded[place + 1], place + 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(encoded[place + 2 : start])
        end = start + length
        if end > len(encoded):
            raise ValueError("cut off")
        parts.append((tag, encoded[start:end], encoded[place:end]))
        place = end
    return parts


def _read_moment(tag: int, content: bytes, _: bytes) -> datetime:
    form = "%y%m%d%H%M%SZ" if tag == 0x17 else "%Y%m%d%H%M%SZ"  # noqa: PLR2004 (UTCTime)
    return datetime.strptime(content.decode("ascii"), form).replace(tzinfo=UTC)
