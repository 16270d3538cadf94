"""SPF and DKIM records, read as receivers read them (RFC 7208, 6376); see dmarc for DMARC."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.doctor.names import Names

MOST = 10
"""DNS lookups that an SPF record may need; with more, receivers fail it (permerror: RFC 7208, 4.6.4)."""

MOST_VOID = 2
"""Lookups that may find nothing; with more, receivers fail it too."""

_MOST_SERVERS = 10
"""Mail servers of one `mx`."""

_MECHANISM = re.compile(r"[+?~-]?(include|a|mx|ptr|exists)(?::([^/]+))?(?:/.*)?")


@dataclass(slots=True)
class Spf:
    """The evaluation of an SPF record."""

    lookups: int = 0
    void: list[str] = field(default_factory=list)
    """The terms whose lookups found nothing."""
    included: list[str] = field(default_factory=list)
    """The domains whose records it includes, also through others."""
    troubles: list[str] = field(default_factory=list)
    """Why a receiver would treat the record as an error."""
    rest: str = ""
    """The policy for all other servers: `-all`, `~all`, `?all`, `+all`, or empty."""
    has_ptr: bool = False
    """Whether it asks for the name of the sender, which many receivers leave out (RFC 7208, 5.5)."""


def find_tagged(names: Names, name: str, version: str) -> list[str]:
    """The TXT records of a name that begin with a version, like `v=spf1`. Raises NameServerError."""
    pattern = re.compile(rf"{re.escape(version)}(?:[\s;]|$)", re.IGNORECASE)
    return [text for text in names.texts(name) if pattern.match(text)]


def read_spf(names: Names, domain: str) -> Spf | None:
    """Evaluate the SPF record of a domain, with all that it includes; None without one. Raises NameServerError."""
    records = find_tagged(names, domain, "v=spf1")
    if not records:
        return None
    spf = Spf()
    _follow(names, domain, spf, seen=(domain,))
    return spf


def _follow(names: Names, domain: str, spf: Spf, seen: tuple[str, ...], *, main: bool = True) -> None:
    """`main`: its `all` counts; that of an included record does not."""
    records = find_tagged(names, domain, "v=spf1")
    if len(records) != 1:
        spf.troubles.append(f"{domain} has {len(records)} SPF records; expected one")
        return
    terms = records[0].lower().split()[1:]
    ends = [term for term in terms if re.fullmatch(r"[+?~-]?all", term)]
    if main and ends:
        spf.rest = ends[0] if ends[0][0] in "+?~-" else f"+{ends[0]}"
    for term in terms:
        kind, name = _find_name(term, domain, ended=bool(ends))
        if not kind:
            continue
        spf.lookups += 1
        if spf.lookups > MOST:
            return  # receivers stop here too
        if kind not in {"include", "redirect"}:
            _look_up(names, kind, name, term, spf)
            continue
        if name in seen:
            spf.troubles.append(f"the SPF record of {domain} includes {name}, which includes itself again")
            return
        if name and "%" not in name:  # where a macro (%) leads depends on the mail
            spf.included.append(name)
            _follow(names, name, spf, (*seen, name), main=main and kind == "redirect")


def _look_up(names: Names, kind: str, name: str, term: str, spf: Spf) -> None:
    """Whether a term finds anything."""
    if kind == "ptr":
        spf.has_ptr = True
    if kind == "ptr" or "%" in name:
        return  # that depends on the mail
    found = names.mail_servers(name) if kind == "mx" else names.addresses(name)
    if not found:
        spf.void.append(f"{term} ({name})")
    if kind == "mx" and len(found) > _MOST_SERVERS:
        spf.troubles.append(f"{name} has {len(found)} mail servers, and {term} allows {_MOST_SERVERS}")


def _find_name(term: str, domain: str, *, ended: bool) -> tuple[str, str]:
    """What kind of lookup a term needs, and of which domain; empty for a term without one."""
    if term.startswith("redirect="):
        return (
            ("", "") if ended else ("redirect", term.partition("=")[2])
        )  # ignored beside “all” (RFC 7208, 6.1)
    if not (match := _MECHANISM.fullmatch(term)):
        return "", ""
    return match[1], match[2] or (domain if match[1] != "include" else "")


def read_tags(record: str) -> dict[str, str]:
    """A record like `k=rsa; p=…` as a mapping of tags to values."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): re.sub(r"\s", "", value) for name, equals, value in pairs if equals}


def count_bits(key: str) -> int:
    """Bits of an RSA key in base64, as SubjectPublicKeyInfo or as RSAPublicKey; 0 when it is no such key."""
    try:
        kind, outer, _ = _read_der(b64decode(key, validate=True))
        if kind != _SEQUENCE:
            return 0
        kind, first, rest = _read_der(outer)
        if kind == _SEQUENCE:  # an algorithm, then a bit string with the key
            _, bits, _ = _read_der(rest)
            kind, first, _ = _read_der(_read_der(bits[1:])[1])
    except (binascii.Error, ValueError, IndexError):
        return 0
    return int.from_bytes(first, "big").bit_length() if kind == _INTEGER else 0


_SEQUENCE, _INTEGER = 0x30, 0x02
_LONG = 0x80


def _read_der(content: bytes) -> tuple[int, bytes, bytes]:
    """The tag of the first DER value, its content, and the rest (X.690, 8.1). Raises ValueError or IndexError."""
    kind, length, begin = content[0], content[1], 2
    if length & _LONG:
        begin += length & ~_LONG
        length = int.from_bytes(content[2:begin], "big")
    if begin + length > len(content):
        raise ValueError("cut short")
    return kind, content[begin : begin + length], content[begin + length :]
