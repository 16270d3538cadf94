"""The secrets of the service: they sign links and hash addresses. They stand in NEWSLETTER_KEYS, newest first."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from itsdangerous import BadData, Serializer, URLSafeSerializer, base64_encode

from generator.errors import SecretError
from generator.model import key_of

VARIABLE = "NEWSLETTER_KEYS"
"""Keys of 43 characters (256 bits), between commas. The first one signs; all of them are believed."""

UNSUBSCRIBE, PREFERENCES, MOMENT = "unsubscribe", "preferences", "moment"
"""Purposes of signatures: the link by which a subscriber leaves, the one that opens their preferences, and the time
when a form was shown. The links of old letters depend on the first two, so they never change."""

_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys, newest first."""

    secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Keys:
        """Read NEWSLETTER_KEYS. Raises SecretError; its message never shows a key."""
        found = tuple(part.strip() for part in text.split(","))
        for number, part in enumerate(found, start=1):
            if not _KEY.fullmatch(part):
                raise SecretError(
                    f"{VARIABLE}: key {number} of {len(found)} is not valid; expected 43 letters, digits, “-” or “_”, "
                    "as `newsletter init` makes them"
                )
        if len(set(found)) != len(found):
            raise SecretError(f"{VARIABLE}: the same key occurs twice")
        return cls(found)

    @classmethod
    def make(cls) -> Keys:
        """One new key."""
        return cls((secrets.token_urlsafe(32),))

    def rotate(self) -> Keys:
        """A new key before the others, which stay: links in old mail work for ever."""
        return Keys((*Keys.make().secrets, *self.secrets))

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that tell the newest key from others, and nothing about it."""
        return _fingerprint(self.secrets[0])

    def led_by(self, fingerprint: str) -> Keys:
        """The same keys, but this one signs: a letter that is sent again has the same links. Raises SecretError."""
        first = [secret for secret in self.secrets if _fingerprint(secret) == fingerprint]
        if not first:
            raise SecretError(
                f"{VARIABLE}: the key with which this letter was started is missing; restore it"
            )
        return Keys((*first, *(secret for secret in self.secrets if secret not in first)))

    def knows(self, fingerprint: str) -> bool:
        """Whether one of them has this fingerprint."""
        return any(_fingerprint(secret) == fingerprint for secret in self.secrets)

    def __str__(self) -> str:
        """As NEWSLETTER_KEYS holds them."""
        return ",".join(self.secrets)

    def hash_address(self, address: str) -> tuple[str, ...]:
        """An address as 64 hexadecimal digits, with each key, newest first: write the first, look for all."""
        text = f"address:{key_of(address)}".encode()
        return tuple(hmac.new(secret.encode(), text, sha256).hexdigest() for secret in self.secrets)

    def sign(self, purpose: str, value: str) -> str:
        """A token that holds a value and proves that we made it. It never ends: see `tokens` for those that do."""
        return str(self._serializer(purpose).dumps(value))

    def read(self, purpose: str, token: str) -> str | None:
        """The value in a token of ours, made with any of the keys; None for every other token."""
        try:
            value = self._serializer(purpose).loads(token)
        except (BadData, UnicodeEncodeError):
            return None  # the second error: a stranger's token may hold what UTF-8 cannot write
        return value if isinstance(value, str) else None

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        return _make_serializer(self.secrets, purpose)


class _Serializer(URLSafeSerializer):
    """One that does not try to compress: what we sign is too short for that, and to try takes longer than all else."""

    def dump_payload(self, obj: Any) -> bytes:
        return base64_encode(Serializer.dump_payload(self, obj))


@lru_cache(maxsize=16)  # a sender signs a link a thousand times a second
def _make_serializer(keys: tuple[str, ...], purpose: str) -> URLSafeSerializer:
    oldest_first = list(reversed(keys))
    return _Serializer(oldest_first, salt=f"newsletter {purpose}", signer_kwargs={"digest_method": sha256})


def _fingerprint(secret: str) -> str:
    return sha256(f"fingerprint:{secret}".encode()).hexdigest()[:16]
