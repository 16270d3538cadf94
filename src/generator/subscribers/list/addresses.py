"""An email address as somebody types it → the form in which it is kept, and the key by which it is compared.

The domain is kept as DNS knows it (lower case, A-labels: RFC 5891), so that a homograph shows what it is. The local
part is kept as typed; two addresses are the same when they differ only in the case of letters. Dots and +tags stay:
what they mean is for the receiver to say (RFC 5321, 2.4), and merging them would merge people.

A local part with letters beyond ASCII (RFC 6532) is kept in lower case and composed (NFC), because few servers and no
database compare those letters in any other way. Its letters are those that look like one thing only: no form that
stands for a plain letter, nothing hidden, and one alphabet in each word.
"""

from __future__ import annotations

import re
from unicodedata import category, decomposition, name, normalize

from generator.errors import AddressError

LONGEST = 254
"""Octets of the longest address that SMTP can carry (RFC 5321, 4.5.3.1.3, less the angle brackets)."""


_TOO_LONG = f"takes more than {LONGEST} bytes"
_LONGEST_LOCAL = 64
"""Octets before the @ (RFC 5321, 4.5.3.1.1)."""
_SIGNS = ".!#$%&'*+-/=?^_`{|}~"
"""Signs that may be before the @ (RFC 5322, 3.2.3)."""
_HIDDEN = re.compile(
    "[\u034f\u0640\u07fa\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters and marks that show nothing, or only make a word longer (Unicode: Default_Ignorable_Code_Point, tatweel)."""
_WRITTEN_AS_TWO = "\u0e33\u0eb3"
"""Sara am, of Thai and Lao: the only usual letters that Unicode calls a form of others."""
_TOGETHER = {
    "CJK",
    "IDEOGRAPHIC",
    "HIRAGANA",
    "KATAKANA",
    "KATAKANA-HIRAGANA",
    "BOPOMOFO",
    "HANGUL",
    "MODIFIER",
}
"""How the names of letters begin that stand in one word with each other, and with those of one alphabet."""
_NOWHERE = {"arpa", "invalid", "local", "localhost", "onion", "test"}
"""Domains that are reserved for other things than mail (RFC 6761)."""


def parse_address(text: str) -> str:
    """The normal form of an address. Raises AddressError that says, as what follows “this address”, what to mend.

    It is ASCII, or its local part takes SMTPUTF8 (RFC 6531).
    """
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 (3 MB, and who sends needs none)

    text = text.strip()
    if len(text) > LONGEST:
        raise AddressError(f"is longer than {LONGEST} characters")
    try:
        # strict: at most 64 characters before the @ (RFC 5321, 4.5.3.1.1).
        found = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        raise AddressError(_find_mistake(text)) from None
    local, domain = found.local_part, found.ascii_domain.lower()
    if not local.isascii():
        local = normalize("NFC", local.lower())
        if mistake := _find_mistake_before(local):
            raise AddressError(mistake)
        if len(f"{local}@{domain}".encode()) > LONGEST:  # a letter may be longer in lower case
            raise AddressError(_TOO_LONG)
    if "=?" in local:
        # Valid, but mail programs, and Python's own writer of mail, decode it (RFC 2047): into line breaks, if need be.
        raise AddressError("has “=?” before the @ sign, which mail programs read as an encoded word")
    return f"{local}@{domain}"


def is_out_of_reach(text: str) -> bool:
    """Whether a text that `parse_address` refuses is an address all the same.

    It has more than letters beyond ASCII before the @ (RFC 6531 allows all of Unicode), or quotes (RFC 5321, 4.1.2).
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
    if len(text.encode("utf-8", "replace")) > LONGEST:
        return _TOO_LONG
    return _find_mistake_before(local) or _find_mistake_after(domain)


def _find_mistake_before(local: str) -> str:
    if len(local.encode("utf-8", "replace")) > _LONGEST_LOCAL:
        return f"has more than {_LONGEST_LOCAL} {'characters' if local.isascii() else 'bytes'} before the @"
    if hidden := _HIDDEN.search(local):
        return f"has the hidden character U+{ord(hidden[0]):04X} in it; delete it"
    before = " "
    for one in local:
        if not (one.isalnum() or one in _SIGNS if one.isascii() else _is_letter(one, before)):
            return f"has “{one}” before the @, where it may not be"
        before = one
    for word in re.split(f"[{re.escape(_SIGNS)}]+", local):
        alphabets = {name(one, "").partition(" ")[0] for one in word if one.isalpha()} - _TOGETHER
        if len(alphabets) > 1:
            first, second = sorted(alphabets)[:2]
            return (
                f"has {first.title()} and {second.title()} letters in one word before the @, which look alike"
            )
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return "has a dot too many before the @"
    return ""


def _is_letter(one: str, before: str) -> bool:
    """Whether a character beyond ASCII is a letter, a digit or a mark on a letter, and no form of another one."""
    kind = category(one)
    if kind[0] == "M":
        return before.isalpha() or category(before)[0] == "M"
    return (kind[0] == "L" or kind == "Nd") and (one in _WRITTEN_AS_TWO or "<" not in decomposition(one))


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
