"""An email address as somebody types it → the form in which it is kept, and the key by which it is compared.

The domain is kept as DNS knows it (lower case, A-labels: RFC 5891), so that a homograph shows what it is. The local
part is kept as typed; two addresses are the same when they differ only in the case of letters. Dots and +tags stay:
what they mean is for the receiver to say (RFC 5321, 2.4), and merging them would merge people.
"""

from __future__ import annotations

import re

from generator.errors import AddressError

LONGEST = 254
"""The longest address that SMTP can carry (RFC 5321, 4.5.3.1.3, less the angle brackets)."""


_LONGEST_LOCAL = 64
"""Characters before the @ (RFC 5321, 4.5.3.1.1)."""
_SIGNS = ".!#$%&'*+-/=?^_`{|}~"
"""Signs that may be before the @ (RFC 5322, 3.2.3)."""
_NOWHERE = {"arpa", "invalid", "local", "localhost", "onion", "test"}
"""Domains that are reserved for other things than mail (RFC 6761)."""


def parse_address(text: str) -> str:
    """The normal form of an address. Raises AddressError that says, as what follows “this address”, what to mend."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 (3 MB, and who sends needs none)

    text = text.strip()
    if len(text) > LONGEST:
        raise AddressError(f"is longer than {LONGEST} characters")
    try:
        # strict: at most 64 characters before the @ (RFC 5321, 4.5.3.1.1).
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise AddressError(_find_mistake(text)) from None
    if "=?" in found.local_part:
        # Valid, but mail programs, and Python's own writer of mail, decode it (RFC 2047): into line breaks, if need be.
        raise AddressError("has “=?” before the @ sign, which mail programs read as an encoded word")
    return f"{found.local_part}@{found.ascii_domain.lower()}"


def is_out_of_reach(text: str) -> bool:
    """Whether a text is an address all the same, to which we cannot write.

    It has letters beyond ASCII before the @, which take SMTPUTF8 (RFC 6531), or quotes (RFC 5321, 4.1.2).
    """
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 (as above)

    local = text.strip().rpartition("@")[0]
    if len(text) > LONGEST or (local.isascii() and not local.startswith('"')):
        return False
    try:
        validate_email(text.strip(), check_deliverability=False, allow_quoted_local=True, strict=True)
    except EmailNotValidError:
        return False
    return True


def _find_mistake(text: str) -> str:
    """What is wrong with a text that is no address; the validator knows it too, in words of its own."""
    local, at, domain = text.rpartition("@")
    if not text:
        return "is empty; an address looks like name@example.org"
    if not at:
        return "has no @; an address looks like name@example.org"
    if "<" in text or ">" in text:
        return "has more than the address; write only what is between < and >"
    if re.search(r"[,;]|@.*\s.*@", text, re.DOTALL):
        return "is more than one address; write one"
    if "@" in local:
        return "has an @ too many"
    if hidden := next((one for one in text if one.isspace() or not one.isprintable()), ""):
        return f"has {'a space' if hidden == ' ' else f'the hidden character U+{ord(hidden):04X}'} in it; delete it"
    if not local or not domain:
        return f"has nothing {'after' if local else 'before'} the @; an address looks like name@example.org"
    return _find_mistake_before(local) or _find_mistake_after(domain)


def _find_mistake_before(local: str) -> str:
    if len(local) > _LONGEST_LOCAL:
        return f"has more than {_LONGEST_LOCAL} characters before the @"
    if other := next((one for one in local if not one.isascii()), ""):
        return f"has “{other}” before the @, where only letters without accents, digits and signs like . + - _ may be"
    if other := next((one for one in local if not one.isalnum() and one not in _SIGNS), ""):
        return f"has “{other}” before the @, where it may not be"
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return "has a dot too many before the @"
    return ""


def _find_mistake_after(domain: str) -> str:
    if domain.startswith("["):
        return "has a number after the @; write the name of a domain, like example.org"
    if domain.startswith(".") or domain.endswith(".") or ".." in domain:
        return "has a dot too many after the @"
    if "." not in domain:
        return "has no dot after the @; a domain looks like example.org"
    if domain.rpartition(".")[2].lower() in _NOWHERE:
        return f"is of the domain {domain}, where no mail can arrive"
    return "has no valid domain after the @; look for a letter too many or too few"
