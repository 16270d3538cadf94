"""The public key in the DNS with which receivers check our signatures (RFC 6376, 8301, 8463)."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING

from generator.doctor.answers import fail, warn, well
from generator.doctor.policies import count_bits, read_tags

if TYPE_CHECKING:
    from generator.delivery.outgoing.signing import Signer
    from generator.doctor.answers import Answer
    from generator.doctor.names import Names

ENOUGH, LEAST, LARGEST = 2048, 1024, 4096
"""Bits of an RSA key: recommended, required by the large mail providers, and what a receiver must be able to check."""

_ED25519 = 32
"""Bytes of such a key (RFC 8463)."""


def look_at_key(names: Names, domain: str, selector: str, signer: Signer | None) -> Answer:
    """The record of a selector: there is one, receivers take it, and it fits our key. Raises NameServerError."""
    if not selector:
        return warn(
            "dkim",
            "the DKIM selector is not known",
            "Look up s= in the DKIM-Signature header of a mail that your relay signed, and give it with --selector.",
        )
    name = f"{selector}._domainkey.{domain}"
    records = [record for record in names.texts(name) if "p=" in record]
    if len(records) != 1:
        record = signer.write_record(selector) if signer else "v=DKIM1; k=rsa; p=…"
        remedy = f"Ask the relay for the record, or publish your own: {name} TXT “{record}”."
        return fail("dkim", f"{name} has {len(records)} DKIM records; expected one", remedy)
    tags = read_tags(records[0])
    if not tags.get("p"):
        return fail("dkim", f"the key at {name} is revoked", "Sign with another key.")
    if odd := _find_odd_tag(tags):
        return fail("dkim", f"the key at {name} has {odd}", "Remove that tag from the record.")
    if signer is not None and not signer.fits(selector, tags["p"]):
        remedy = f"Publish the public key at {name}: “{signer.write_record(selector)}”."
        return fail("dkim", f"the key at {name} does not match the private key", remedy)
    return _look_at_strength(name, tags, beside=signer is not None)


def _look_at_strength(name: str, tags: dict[str, str], *, beside: bool) -> Answer:
    """Whether receivers take the key, and for how long they will. `beside`: our mail has an RSA signature too."""
    kind, key = tags.get("k", "rsa"), tags["p"]
    if kind == "ed25519":
        if _count_bytes(key) != _ED25519:
            remedy = f"Publish the public key again: an Ed25519 key has {_ED25519} bytes, in base64."
            return fail("dkim", f"the key at {name} is no Ed25519 key", remedy)
        if beside:
            return well("dkim", f"{name} holds an Ed25519 key, beside the RSA key")
        return warn(
            "dkim",
            f"the key at {name} is of type ed25519",
            "Not all receivers support it; sign with RSA too.",
        )
    if kind != "rsa":
        return fail("dkim", f"the key at {name} is of an unknown type: {kind}", "Sign with RSA.")
    bits = count_bits(key)
    found = f"the key at {name} has {bits} bits"
    if bits < LEAST:
        return fail("dkim", f"{found}; receivers require {LEAST}", f"Make a key of {ENOUGH} bits.")
    if bits < ENOUGH:
        return warn("dkim", found, f"{ENOUGH} bits are recommended.")
    if bits > LARGEST:
        return warn(
            "dkim", found, f"{ENOUGH} bits are recommended; not all receivers check more than {LARGEST}."
        )
    if "y" in tags.get("t", "").split(":"):
        remedy = "Remove t=y from the record: receivers treat such mail as if it were not signed."
        return warn("dkim", f"the key at {name} is marked as a test", remedy)
    return well("dkim", f"{name} holds a key of {bits} bits")


def _find_odd_tag(tags: dict[str, str]) -> str:
    """A tag that keeps the key from being used for our mail (RFC 6376, 3.6.1); empty without one."""
    if "h" in tags and "sha256" not in tags["h"].split(":"):
        return f"h={tags['h']}, and we sign with sha256"
    if not {"*", "email"} & set(tags.get("s", "*").split(":")):
        return f"s={tags['s']}, so it is not for mail"
    return "" if tags.get("v", "DKIM1") == "DKIM1" else f"v={tags['v']}"


def _count_bytes(key: str) -> int:
    try:
        return len(b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        return 0
