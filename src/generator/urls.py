"""What is wrong with a web address that a person typed: one judgement for texts, settings, facts and pages.

It is stricter than a browser (RFC 3986; the host parser of the URL standard). A browser mends what a mail program, a
feed reader or our own sanitiser refuses, and then a link is dead for some readers only.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata

from generator.model import Message, join_and

_START = re.compile(r"https?://", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::(.*))?", re.DOTALL)
_LARGEST_PORT = 65_535
_LONGEST = 253
"""Characters of a host (RFC 1035, 2.3.4)."""

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
"""A part of a host between two dots. The underscore is not in the RFC, but in some hosts."""

_UNSAFE = frozenset('"<>\\^`{|}')
"""ASCII that RFC 3986 allows nowhere in an address."""

_INCOMPLETE = Message("is not a complete address like https://example.org/")


def explain_url(url: str) -> Message | None:
    """What is wrong with an http or https address, as the rest of a sentence that begins with it, or None."""
    if (start := _START.match(url)) is None:
        return _INCOMPLETE
    for character in url:
        if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs"}:
            return Message("contains the invisible character U+{:04X}; delete it", ord(character))
        if character.isspace():
            return Message("contains a space; delete it, or write %20")
    rest = url[start.end() :]
    if _START.match(rest):
        return Message("begins twice with {}; delete one of the two", start[0])
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        return Message("has a name and an @ before its host, as in a fraud; delete them")
    return _explain_authority(authority) or _explain_rest(rest[len(authority) :])


def _explain_authority(authority: str) -> Message | None:
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        return Message("has the host “{}”, which is not a name", authority)
    host, port = found[1], found[2]
    if not host:
        return _INCOMPLETE
    if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _LARGEST_PORT):
        return Message("has the port “{}”; expected a number from 1 to {}, or none", port, _LARGEST_PORT)
    return _explain_host(host)


def _explain_host(host: str) -> Message | None:
    if host.startswith("["):
        try:
            ipaddress.IPv6Address(host.strip("[]"))
        except ValueError:
            return Message("has the host “{}”, which is not an IPv6 address", host)
        return None
    for label in host.split("."):
        scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in label if letter.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}) > 1:
            return Message(
                "has letters of {} in “{}”, one of which only looks right; type it anew",
                _join(scripts),
                label,
            )
    try:
        name = host.encode("idna").decode("ascii")  # RFC 3490; it refuses empty and long parts too
    except UnicodeError:
        return Message("has the host “{}”, which is not a name", host)
    if len(name) > _LONGEST or not all(map(_LABEL.fullmatch, name.removesuffix(".").split("."))):
        return Message("has the host “{}”, which is not a name", host)
    return None


def _explain_rest(rest: str) -> Message | None:
    """What is wrong with a path, a query and an anchor."""
    for character in rest:
        if character in _UNSAFE:
            return Message("contains {}; write %{:02X}", character, ord(character))
    return None


def _join(scripts: set[str]) -> Message:
    return join_and(Message("the {} alphabet", script.title()) for script in sorted(scripts))
