"""An email address as somebody types it → the form in which it is kept, and the key by which it is compared.

The domain is kept as DNS knows it (lower case, A-labels: RFC 5891), so that a homograph shows what it is. The local
part is kept as typed; two addresses are the same when they differ only in the case of letters. Dots and +tags stay:
what they mean is for the receiver to say (RFC 5321, 2.4), and merging them would merge people.
"""

from __future__ import annotations

from generator.errors import AddressError

LONGEST = 254
"""The longest address that SMTP can carry (RFC 5321, 4.5.3.1.3, less the angle brackets)."""


def parse_address(text: str) -> str:
    """The normal form of an address. Raises AddressError with a reason that a person can act on."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 (3 MB, and who sends needs none)

    text = text.strip()
    if len(text) > LONGEST:
        raise AddressError(f"is longer than {LONGEST} characters")
    try:
        # strict: at most 64 characters before the @ (RFC 5321, 4.5.3.1.1).
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise AddressError(str(error).rstrip(".")) from None
    if "=?" in found.local_part:
        # Valid, but mail programs, and Python's own writer of mail, decode it (RFC 2047): into line breaks, if need be.
        raise AddressError("has “=?” before the @-sign, which mail programs take for a code")
    return f"{found.local_part}@{found.ascii_domain.lower()}"


def key_of(address: str) -> str:
    """What makes two normal forms the same address."""
    return address.lower()
