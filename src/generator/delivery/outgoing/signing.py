"""Our own DKIM signatures (RFC 6376, 8463), for relays that do not sign. Most relays do, so it is a setting.

A signature takes a quarter of a millisecond, and nearly all of that is RSA. What comes before it is kept small: the
body of a letter is brought into its canonical form once for all copies (see copies), and hashed once for both keys.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from generator.errors import SecretError

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

    from generator.settings import Settings

VARIABLE = "NEWSLETTER_DKIM_KEY"
"""The file with the private RSA key (PEM)."""

SECOND = "NEWSLETTER_DKIM_KEY_ED25519"
"""The file with a private Ed25519 key (PEM), for a second signature."""

_SIGNED = frozenset(
    {
        *("from", "reply-to", "to", "subject", "date", "message-id", "mime-version", "content-type"),
        *("content-language", "list-id", "list-unsubscribe", "list-unsubscribe-post", "list-help"),
        *("list-archive", "feedback-id", "precedence", "auto-submitted"),
    }
)
"""Every header of ours that means something to a mail program; RFC 8058 (4) requires its two."""

_ONLY = (
    *("from", "reply-to", "to", "subject", "date", "message-id", "mime-version", "content-type"),
    *("list-unsubscribe", "list-unsubscribe-post"),
)
"""Signed once more than they occur, so that adding another one breaks the signature (RFC 6376, 8.15)."""

_SHORTEST = 1024
"""Bits: receivers ignore a shorter key (RFC 8301)."""

_PEM = "private key in PEM format without a password"

_ON_A_LINE = 3
"""Names of headers; the longest three take 62 characters."""
_WIDTH = 72
"""Characters of a signature on a line."""

_FIELD = re.compile(rb"\r\n(?![ \t])")
_SPACE = re.compile(rb"[ \t]+")
_SPACES = re.compile(rb"[ \t]{2,}|\t")
_TRAILING = re.compile(rb"[ \t]+(?=\r\n|\Z)")
_EMPTY_LINES = re.compile(rb"(?:\r\n)+\Z")


@dataclass(frozen=True, slots=True)
class _Key:
    kind: str
    """As in the tag k= of a record: rsa or ed25519."""
    sign: Callable[[bytes], bytes]
    """The signature of what a DKIM-Signature covers."""
    published: tuple[bytes, ...]
    """The forms in which a record may hold the public key, the usual one first."""


class Signer:
    """Signs messages. Threads may share it."""

    def __init__(
        self,
        settings: Settings,
        key: Path,
        replaced: AbstractSet[str] = frozenset(),
        second: Path | None = None,
    ) -> None:
        """`replaced`: headers, in lower case, that the relay overwrites; a signature over them would not hold.

        `key` is a file with an RSA key, and `second` one with an Ed25519 key. Raises SecretError when one holds none.
        """
        selector, self._domain = settings.dkim
        # By selector. RSA is the first signature in a message: not all receivers know the other one.
        self._keys = {selector: _read_rsa(key)}
        if second is not None:
            self._keys[settings.dkim_ed25519] = _read_ed25519(second)
        self._signed = frozenset(name.encode() for name in _SIGNED - replaced)
        self._only = [name.encode() for name in _ONLY if name not in replaced]

    def sign(self, message: bytes, relaxed: bytes | None = None) -> bytes:
        """The message (RFC 5322, CRLF) with a DKIM-Signature of each key before it.

        They cover List-Unsubscribe and -Post (RFC 8058, 4), and have no time, so that the same message always gets the
        same ones. `relaxed` is what `relax` makes of the message, where that is known.
        """
        head = message.partition(b"\r\n\r\n")[0]
        body = (relax(message) if relaxed is None else relaxed).partition(b"\r\n\r\n")[2]
        # The last header of a name is the first that is signed (RFC 6376, 5.4.2).
        fields = [field.partition(b":") for field in reversed(_FIELD.split(head))]
        signed = [
            (name, value) for field, _, value in fields if (name := field.rstrip().lower()) in self._signed
        ]
        covered = b"".join(b"%b:%b\r\n" % (name, _relax_value(value)) for name, value in signed)
        names = [name for name, _ in signed] + self._only
        lines = (b":".join(names[at : at + _ON_A_LINE]) for at in range(0, len(names), _ON_A_LINE))
        digest = b" h=%b;\r\n bh=%b;\r\n b=" % (b":\r\n ".join(lines), b64encode(sha256(body).digest()))
        return b"".join((*(self._write(selector, digest, covered) for selector in self._keys), message))

    def _write(self, selector: str, digest: bytes, covered: bytes) -> bytes:
        """The header DKIM-Signature of a key. `digest` is its second half, and `covered` the canonical headers."""
        key = self._keys[selector]
        tags = (
            f"v=1; a={key.kind}-sha256; c=relaxed/relaxed; d={self._domain};\r\n s={selector};\r\n".encode()
        )
        unsigned = tags + digest
        # Each line of it begins with one space, so that it is canonical as soon as it is one line.
        signature = b64encode(key.sign(covered + b"dkim-signature:" + unsigned.replace(b"\r\n", b"")))
        folded = b"\r\n ".join(signature[at : at + _WIDTH] for at in range(0, len(signature), _WIDTH))
        return b"DKIM-Signature: %b%b\r\n" % (unsigned, folded)

    def fits(self, selector: str, published: str) -> bool:
        """Whether the tag p= of the DKIM record of a selector, without white space, is our public key."""
        return published.encode() in self._keys[selector].published

    def write_record(self, selector: str) -> str:
        """The DKIM record for the DNS."""
        key = self._keys[selector]
        return f"v=DKIM1; k={key.kind}; p={key.published[0].decode()}"


def open_signer(
    settings: Settings, key: str, root: Path, replaced: AbstractSet[str] = frozenset(), second: str = ""
) -> Signer | None:
    """The signer that the settings ask for; None when they ask for none.

    `key` and `second` are the values of NEWSLETTER_DKIM_KEY and NEWSLETTER_DKIM_KEY_ED25519: paths below `root`, or
    empty. `replaced`: headers that the relay overwrites.

    Raises SecretError when only one of a setting and its variable is there, or a file holds no key.
    """
    if settings.dkim == ("", ""):
        if variable := VARIABLE if key else SECOND if second else "":
            raise SecretError(f"{variable} is set, but newsletter/settings.toml has no table [dkim]")
        return None
    if not key:
        raise SecretError(
            f"newsletter/settings.toml has a table [dkim]; {VARIABLE} must name the file with the private key"
        )
    if second and not settings.dkim_ed25519:
        raise SecretError(
            f"{SECOND} is set, but the table [dkim] of newsletter/settings.toml has no key “ed25519”"
        )
    if settings.dkim_ed25519 and not second:
        raise SecretError(
            f"newsletter/settings.toml has dkim.ed25519; {SECOND} must name the file with the private key"
        )
    return Signer(settings, root / key, replaced, root / second if second else None)


def relax(message: bytes) -> bytes:
    """A message with its body in the canonical form “relaxed” (RFC 6376, 3.4.4).

    What stands in a line without white space stays as it is: so the copies of a relaxed master are relaxed too.
    """
    head, end, body = message.partition(b"\r\n\r\n")
    body = _EMPTY_LINES.sub(b"", _SPACES.sub(b" ", _TRAILING.sub(b"", body)))
    return head + end + (body + b"\r\n" if body else b"")


def _relax_value(value: bytes) -> bytes:
    """The value of a header, which may be folded, in the canonical form “relaxed” (RFC 6376, 3.4.2)."""
    return _SPACE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


# cryptography is imported where a key is read: it takes 6 MB, and most relays sign themselves.


def _read_rsa(path: Path) -> _Key:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 (see above)
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415 (see above)
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 (see above)
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415 (see above)

    key = _read_key(path)
    if not isinstance(key, RSAPrivateKey):
        raise SecretError(f"{path} is not an RSA {_PEM}")
    if key.key_size < _SHORTEST:
        raise SecretError(
            f"{path} has a key of {key.key_size} bits; receivers require at least {_SHORTEST}, and 2048 are recommended"
        )
    public, padding, algorithm = key.public_key(), PKCS1v15(), SHA256()
    return _Key(
        "rsa",
        lambda content: key.sign(content, padding, algorithm),
        tuple(
            b64encode(public.public_bytes(Encoding.DER, form))
            for form in (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1)
        ),
    )


def _read_ed25519(path: Path) -> _Key:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 (see above)

    key = _read_key(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise SecretError(f"{path} is not an Ed25519 {_PEM}")
    return _Key(
        "ed25519",
        lambda content: key.sign(sha256(content).digest()),  # the hash is what is signed (RFC 8463, 3)
        (b64encode(key.public_key().public_bytes_raw()),),
    )


def _read_key(path: Path) -> PrivateKeyTypes | None:
    """The private key in a file: PEM, as PKCS #8 or PKCS #1. None when there is none. Raises SecretError."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 (see above)
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 (see above)

    try:
        return load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise SecretError(f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it has a password
        return None
