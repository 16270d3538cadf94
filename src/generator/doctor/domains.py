"""The DNS records of our domains: receivers accept mail from us (SPF, DKIM, DMARC, PTR), and replies reach us (MX)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from generator.doctor.answers import fail, warn, well
from generator.doctor.policies import (
    MOST,
    count_bits,
    find_policy,
    read_spf,
    read_tags,
)
from generator.doctor.setup import domain_of
from generator.errors import NameServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.delivery.outgoing.signing import Signer
    from generator.doctor.answers import Answer
    from generator.doctor.names import Names
    from generator.settings import Settings

ENOUGH, LEAST = 2048, 1024
"""Bits of an RSA key: recommended, and required by the large mail providers."""

_ASK = "Ask the relay for the record, and add it to your DNS."


def examine_domains(
    names: Names, settings: Settings, selector: str, signer: Signer | None, relay: str
) -> Iterator[Answer]:
    """SPF, DKIM, DMARC, MX and PTR. A lookup that fails becomes an answer.

    `selector` names the key of the relay, and `relay` is its host name; each is empty when it is not known. `signer`
    has our own key.
    """
    envelope, sender = (
        domain_of(settings.bounces or settings.sender_address),
        domain_of(settings.sender_address),
    )
    owner, key = settings.dkim[1] or sender, settings.dkim[0] or selector
    yield _ask("spf", partial(_look_at_spf, names, envelope))
    yield _ask("dkim", partial(_look_at_key, names, owner, key, signer))
    yield _ask("dmarc", partial(_look_at_policy, names, sender, envelope, owner))
    addresses = {
        domain_of(address): address
        for address in (settings.sender_address, settings.reply_to, settings.unsubscribe, settings.bounces)
        if address
    }
    for domain, address in addresses.items():
        yield _ask("mx", partial(_look_at_mail, names, domain, address))
    if relay:
        yield _ask("ptr", partial(_look_at_pointer, names, relay))


def _ask(subject: str, look: Callable[[], Answer]) -> Answer:
    try:
        return look()
    except NameServerError as error:
        return fail(
            subject, str(error), "Try again later, or ask the operator of the name servers of that domain."
        )


def _look_at_spf(names: Names, domain: str) -> Answer:
    spf = read_spf(names, domain)
    if spf is None:
        return fail("spf", f"{domain} has no SPF record", _ASK)
    if spf.troubles:
        return fail(
            "spf",
            "; ".join(spf.troubles),
            "Correct the record: receivers treat it as an error and ignore it.",
        )
    if spf.lookups > MOST:
        return fail(
            "spf",
            f"the SPF record of {domain} needs more than {MOST} DNS lookups, which receivers treat as an error",
            "Remove senders that you no longer use from the record.",
        )
    found = f"{domain}: {spf.lookups} of {MOST} lookups, policy for all others: {spf.rest or 'none'}"
    if spf.rest == "+all":
        return warn("spf", found, "“+all” allows any server to send in your name; end the record with ~all.")
    return well("spf", f"{found}; to see whether it includes your relay, send a proof to yourself")


def _look_at_key(names: Names, domain: str, selector: str, signer: Signer | None) -> Answer:
    if not selector:
        return warn(
            "dkim",
            "the DKIM selector is not known",
            "Look up s= in the DKIM-Signature header of a mail that your relay signed, and give it with --selector.",
        )
    name = f"{selector}._domainkey.{domain}"
    records = [record for record in names.texts(name) if "p=" in record]
    if len(records) != 1:
        return fail("dkim", f"{name} has {len(records)} DKIM records; expected one", _ASK)
    tags = read_tags(records[0])
    kind, key = tags.get("k", "rsa"), tags.get("p", "")
    if not key:
        return fail("dkim", f"the key at {name} is revoked", "Sign with another key.")
    if signer is not None and not signer.fits(records[0]):
        return fail(
            "dkim", f"the key at {name} does not match the private key", f"Publish the public key at {name}."
        )
    if kind != "rsa":
        return warn(
            "dkim",
            f"the key at {name} is of type {kind}",
            "Not all receivers support it; sign with RSA too.",
        )
    bits = count_bits(key)
    if bits < LEAST:
        return fail(
            "dkim",
            f"the key at {name} has {bits} bits; receivers require {LEAST}",
            "Make a key of 2048 bits.",
        )
    if bits < ENOUGH:
        return warn("dkim", f"the key at {name} has {bits} bits", f"{ENOUGH} bits are recommended.")
    return well("dkim", f"{name} holds a key of {bits} bits")


def _look_at_policy(names: Names, sender: str, envelope: str, owner: str) -> Answer:
    policy = find_policy(names, sender)
    if policy is None:
        remedy = f'Add _dmarc.{sender} TXT "v=DMARC1; p=none; rua=mailto:…" to your DNS.'
        return fail("dmarc", f"{sender} has no DMARC policy; Gmail, Yahoo and Outlook require one", remedy)
    place, tags = policy
    wish = tags.get("p", "")
    if wish not in {"none", "quarantine", "reject"}:
        return fail(
            "dmarc",
            f"the policy at _dmarc.{place} has p={wish or '…'}",
            "Set p to none, quarantine or reject.",
        )
    ways = [
        way
        for way, domain, mode in (("SPF", envelope, tags.get("aspf")), ("DKIM", owner, tags.get("adkim")))
        if _is_aligned(domain, sender, place, strict=mode == "s")
    ]
    found = (
        f"p={wish} at _dmarc.{place}; {sender} is aligned with {' and '.join(ways) or 'neither SPF nor DKIM'}"
    )
    if not ways:
        return fail(
            "dmarc", found, "Use the domain of sender.address for sender.bounces or for the signature."
        )
    if "DKIM" not in ways:
        return warn(
            "dmarc", found, "When mail is forwarded, only the signature survives; sign with that domain too."
        )
    if not tags.get("rua"):
        return well("dmarc", f"{found}; no address receives its reports (rua)")
    return well("dmarc", found)


def _is_aligned(domain: str, sender: str, place: str, *, strict: bool) -> bool:
    """Whether two domains are aligned (RFC 7489, 3.1): equal, or, unless strict, both below that of the policy."""
    if domain == sender:
        return True
    return not strict and all(f".{one}".endswith(f".{place}") for one in (domain, sender))


def _look_at_mail(names: Names, domain: str, address: str) -> Answer:
    servers = names.mail_servers(domain)
    if "" in servers:
        return fail(
            "mx",
            f"{domain} does not accept mail (null MX)",
            f"Change its MX record; mail to {address} cannot be delivered.",
        )
    if servers:
        return well("mx", f"mail to {address} goes to {', '.join(servers)}")
    if names.addresses(domain):
        return warn(
            "mx", f"{domain} has no MX record; mail goes to the host with that name", "Add an MX record."
        )
    return fail(
        "mx",
        f"{domain} cannot receive mail: it has no MX record and no address",
        f"Add an MX record; mail to {address} cannot be delivered.",
    )


def _look_at_pointer(names: Names, relay: str) -> Answer:
    addresses = names.addresses(relay)
    if not addresses:
        return warn(
            "ptr",
            f"the relay identifies itself as {relay}, a name without an address",
            "Report this to the operator of the relay.",
        )
    astray = [
        one for one in addresses if not any(one in names.addresses(name) for name in names.pointers(one))
    ]
    if astray:
        remedy = "Many servers refuse mail from such an address; report this to the operator of the relay."
        return warn("ptr", f"{', '.join(astray)} of {relay} has no matching PTR record", remedy)
    return well(
        "ptr", f"the PTR record of {relay} matches; a hosted relay may also send from other addresses"
    )
