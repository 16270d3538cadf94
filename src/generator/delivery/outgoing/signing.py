"""Our own DKIM signature (RFC 6376), for relays that do not sign. Most relays do, so it is a setting.

dkimpy signs a letter in a few milliseconds, which limits a sender to about a hundred letters a second. For more, the
relay must sign.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from generator.errors import SecretError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from generator.settings import Settings

VARIABLE = "NEWSLETTER_DKIM_KEY"
"""The file with the private key (PEM)."""

_SIGNED = (
    *(
        "from",
        "reply-to",
        "to",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "content-type",
        "content-language",
    ),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "list-help", "list-archive", "feedback-id"),
    *("precedence", "auto-submitted"),
)
"""Every header of ours that means something to a mail program; RFC 8058 (4) requires its two."""

_ONLY = (
    *("from", "reply-to", "to", "subject", "date", "message-id", "mime-version", "content-type"),
    *("list-unsubscribe", "list-unsubscribe-post"),
)
"""Signed once more than they occur, so that adding another one breaks the signature (RFC 6376, 8.15)."""

_SHORTEST = 1024
"""Bits: receivers ignore a shorter key (RFC 8301)."""


class Signer:
    """Signs messages. Threads may share it."""

    def __init__(self, settings: Settings, key: Path, replaced: AbstractSet[str] = frozenset()) -> None:
        """`replaced`: headers, in lower case, that the relay overwrites; a signature over them would not hold.

        Raises SecretError when the file holds no key.
        """
        self._replaced = replaced
        self._selector, self._domain = (name.encode("ascii") for name in settings.dkim)
        self._key = _read_key(key)

    def sign(self, message: bytes) -> bytes:
        """The message with a DKIM-Signature before it, which covers List-Unsubscribe and -Post (RFC 8058, 4).

        The signature has no time, so the same message always gets the same one.
        """
        signing = _signing()(message)
        there = [name.lower().decode("ascii") for name, _ in signing.headers]
        names = [name for name in there if name in _SIGNED] + list(_ONLY)
        signature: bytes = signing.sign(
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name for name in names if name not in self._replaced],
        )
        return signature + message

    def fits(self, record: str) -> bool:
        """Whether a DKIM record (`v=DKIM1; p=…`) holds the public key of this private key."""
        from dkim import verify  # noqa: PLC0415 (see _signing)

        message = self.sign(b"From: letter@" + self._domain + b"\r\nSubject: x\r\n\r\nx\r\n")
        return bool(verify(message, dnsfunc=lambda *_, **__: record.encode()))


def open_signer(
    settings: Settings, key: str, root: Path, replaced: AbstractSet[str] = frozenset()
) -> Signer | None:
    """The signer that the settings ask for; None when they ask for none. `key` is the value of NEWSLETTER_DKIM_KEY.

    `replaced`: headers that the relay overwrites.

    Raises SecretError when there is only one of the two, or the file (below `root`) holds no key.
    """
    if settings.dkim == ("", ""):
        if key:
            raise SecretError(f"{VARIABLE} is set, but newsletter/settings.toml has no table [dkim]")
        return None
    if not key:
        raise SecretError(
            f"newsletter/settings.toml has a table [dkim]; {VARIABLE} must name the file with the private key"
        )
    return Signer(settings, root / key, replaced)


@cache
def _signing() -> Any:
    """The class of dkimpy, without the time of signing: a message that is sent again has the same bytes."""
    from dkim import DKIM  # noqa: PLC0415 (it imports a DNS resolver, which takes 0.1 s, and most do not sign)

    class Signing(DKIM):  # type: ignore[misc]  # it has no types
        def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: Any, **options: Any) -> bytes:
            header: bytes = super().gen_header(
                [field for field in fields if field[0] != b"t"], *rest, **options
            )
            return header

    return Signing


def _read_key(path: Path) -> bytes:
    """The RSA private key in a file, in the PEM that dkimpy accepts. Raises SecretError."""
    from dkim.crypto import parse_pem_private_key  # noqa: PLC0415 (see above)

    wanted = f"{path} is not an RSA private key in PEM format without a password"
    try:
        text = path.read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        raise SecretError(f"{path} cannot be read: {error.strerror or error}") from None
    block = re.search(
        rb"-----BEGIN (?:RSA )?PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+?-----END (?:RSA )?PRIVATE KEY-----\n?",
        text,
    )
    if block is None:
        raise SecretError(wanted)
    try:
        bits = parse_pem_private_key(block[0])["modulus"].bit_length()
    except Exception:  # noqa: BLE001 (its parser raises anything for what is no key)
        raise SecretError(wanted) from None
    if bits < _SHORTEST:
        raise SecretError(
            f"{path} has a key of {bits} bits; receivers require at least {_SHORTEST}, and 2048 are recommended"
        )
    return block[0]
