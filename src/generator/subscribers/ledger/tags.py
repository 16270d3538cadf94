"""A name for one copy of one letter, in its Message-ID and return path: what comes back tells whose it was.

Letters and digits in lower case, since mail servers on the way may change case: `2026-w48.<handle>.<proof>`, 52
characters. The proof is 64 bits of an HMAC, so that nobody makes others bounce (RFC 5321, 4.5.3.1.1: a local part has
64 octets).
"""

from __future__ import annotations

import hmac
import re
from base64 import b32decode, b32encode
from binascii import Error
from hashlib import sha256
from typing import TYPE_CHECKING

from generator.model import parse_mailing_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.model import MailingId
    from generator.subscribers.store.keys import Keys

TAG = r"(?:[12]\d{3}-w\d{2}|course-[1-9])\.[a-z2-7]{4,40}\.[0-9a-f]{16}"
"""What one looks like, for a regular expression that ignores case."""

_FOUND = re.compile(rf"(?<![A-Za-z0-9]){TAG}(?![A-Za-z0-9])", re.IGNORECASE)

_TRIED = 50
"""As many things that look like a tag are tried."""


def make_tag(keys: Keys, week: MailingId, handle: str) -> str:
    """The tag of the copy that a subscriber gets, proved with the newest of these keys."""
    name = f"{str(week).lower()}.{_encode(handle)}"
    return f"{name}.{_prove(keys.secrets[0], name)}"


def read_tag(keys: Keys, tag: str) -> tuple[MailingId, str] | None:
    """Week and handle of a tag that we made, with any of the keys; None for every other text."""
    tag = tag.lower()
    if not re.fullmatch(TAG, tag, re.ASCII):
        return None
    name, _, proof = tag.rpartition(".")
    if not any(hmac.compare_digest(_prove(secret, name), proof) for secret in keys.secrets):
        return None
    week, _, handle = name.partition(".")
    try:
        return parse_mailing_id(week.replace("-w", "-W")), _decode(handle)
    except (ValueError, Error):
        return None


def find_tag(keys: Keys, texts: Iterable[str]) -> tuple[MailingId, str] | None:
    """Week and handle of the first tag that we made."""
    seen: set[str] = set()
    for text in texts:
        for match in _FOUND.finditer(text):
            if match[0] not in seen and (found := read_tag(keys, match[0])) is not None:
                return found
            seen.add(match[0])
            if len(seen) >= _TRIED:
                return None
    return None


def _prove(secret: str, name: str) -> str:
    return hmac.new(secret.encode(), f"tag:{name}".encode(), sha256).hexdigest()[:16]


def _encode(handle: str) -> str:
    return b32encode(handle.encode()).decode().rstrip("=").lower()


def _decode(text: str) -> str:
    return b32decode(text.upper() + "=" * (-len(text) % 8)).decode()
