"""What is wrong with a web address that a person typed: one judgement for texts, settings, facts and pages.

It is stricter than a browser (RFC 3986; the host parser of the URL standard). A browser mends what a mail program, a
feed reader or our own sanitiser refuses, and then a link is dead for some readers only.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata

_START = re.compile(r"https?://", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::(.*))?", re.DOTALL)
_LARGEST_PORT = 65_535
_LONGEST = 253
"""Characters of a host (RFC 1035, 2.3.4)."""

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
"""A part of a host between two dots. The underscore is not in the RFC, but in some hosts."""

_UNSAFE = frozenset('"<>\\^`{|}')
"""ASCII that RFC 3986 allows nowhere in an address."""

_INCOMPLETE = "is not a complete address like https://example.org/"


def explain_url(url: str) -> str | None:
    """What is wrong with an http or https address, as the rest of a sentence that begins with it, or None."""
    if (start := _START.match(url)) is None:
        return _INCOMPLETE
    for character in url:
        if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs"}:
            return f"contains the invisible character U+{ord(character):04X}; delete it"
        if character.isspace():
            return "contains a space; delete it, or write %20"
    rest = url[start.end() :]
    if _START.match(rest):
        return f"begins twice with {start[0]}; delete one of the two"
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        return "has a name and an @ before its host, as in a fraud; delete them"
    return _explain_authority(authority) or _explain_rest(rest[len(authority) :])


def _explain_authority(authority: str) -> str | None:
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        return f"has the host “{authority}”, which is not a name"
    host, port = found[1], found[2]
    if not host:
        return _INCOMPLETE
    if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _LARGEST_PORT):
        return f"has the port “{port}”; expected a number from 1 to {_LARGEST_PORT}, or none"
    return _explain_host(host)


def _explain_host(host: str) -> str | None:
    if host.startswith("["):
        try:
            ipaddress.IPv6Address(host.strip("[]"))
        except ValueError:
            return f"has the host “{host}”, which is not an IPv6 address"
        return None
    for label in host.split("."):
        scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in label if letter.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}) > 1:
            return (
                f"has letters of {_join(scripts)} in “{label}”, one of which only looks right; type it anew"
            )
    try:
        name = host.encode("idna").decode("ascii")  # RFC 3490; it refuses empty and long parts too
    except UnicodeError:
        return f"has the host “{host}”, which is not a name"
    if len(name) > _LONGEST or not all(map(_LABEL.fullmatch, name.removesuffix(".").split("."))):
        return f"has the host “{host}”, which is not a name"
    return None


def _explain_rest(rest: str) -> str | None:
    """What is wrong with a path, a query and an anchor."""
    for character in rest:
        if character in _UNSAFE:
            return f"contains {character}; write %{ord(character):02X}"
    return None


def _join(scripts: set[str]) -> str:
    return " and ".join(f"the {script.title()} alphabet" for script in sorted(scripts))
