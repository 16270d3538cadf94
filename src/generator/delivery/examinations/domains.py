"""What the DNS says of the domains of our addresses: may this mail come from us, and can answers reach us?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from generator.delivery.examinations.answers import fail, warn, well
from generator.delivery.examinations.policies import (
    MOST,
    count_bits,
    find_policy,
    read_spf,
    read_tags,
)
from generator.delivery.examinations.setup import domain_of
from generator.errors import NameServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.delivery.examinations.answers import Answer
    from generator.delivery.examinations.names import Names
    from generator.delivery.signing import Signer
    from generator.settings import Settings

ENOUGH, LEAST = 2048, 1024
"""Bits of an RSA key that are advised, and those that the large providers ask for."""

_ASK = "Ask the relay for the record, and add it to your DNS."


def examine_domains(
    names: Names, settings: Settings, selector: str, signer: Signer | None, relay: str
) -> Iterator[Answer]:
    """SPF, DKIM, DMARC, MX and PTR.

    `selector` names the relay's key, empty when nobody said; `signer` has our own; `relay` is the relay's name.
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
        return fail(subject, str(error), "Ask again; then ask who runs the name servers of that domain.")


def _look_at_spf(names: Names, domain: str) -> Answer:
    spf = read_spf(names, domain)
    if spf is None:
        return fail("spf", f"{domain} does not say which servers send for it", _ASK)
    if spf.troubles:
        return fail(
            "spf", "; ".join(spf.troubles), "Mend the record: receivers read it as an error, and so as none."
        )
    if spf.lookups > MOST:
        return fail(
            "spf",
            f"{domain} asks for more than {MOST} lookups; receivers stop there, and take it for an error",
            "Take out of the record who sends nothing for you any more.",
        )
    found = f"{domain}: {spf.lookups} of {MOST} lookups, all others {spf.rest or 'not mentioned'}"
    if spf.rest == "+all":
        return warn("spf", found, "“+all” lets everybody write in your name: end the record with ~all.")
    return well("spf", f"{found}; whether your relay is among them is told by the first letter to yourself")


def _look_at_key(names: Names, domain: str, selector: str, signer: Signer | None) -> Answer:
    if not selector:
        return warn(
            "dkim",
            "nobody said which key signs",
            "Look for s= in DKIM-Signature of a mail that your relay has signed, and name it with --selector.",
        )
    name = f"{selector}._domainkey.{domain}"
    records = [record for record in names.texts(name) if "p=" in record]
    if len(records) != 1:
        return fail("dkim", f"{name} has {len(records)} records with a key, not one", _ASK)
    tags = read_tags(records[0])
    kind, key = tags.get("k", "rsa"), tags.get("p", "")
    if not key:
        return fail("dkim", f"the key at {name} was taken back", "Sign with another one.")
    if signer is not None and not signer.fits(records[0]):
        return fail(
            "dkim", f"the key at {name} does not belong to ours", f"Write its public half into {name}."
        )
    if kind != "rsa":
        return warn(
            "dkim",
            f"the key at {name} is of the kind {kind}",
            "Not everybody reads it: have RSA sign as well.",
        )
    bits = count_bits(key)
    if bits < LEAST:
        return fail(
            "dkim", f"the key at {name} has {bits} bits; receivers ask for {LEAST}", "Make one of 2048."
        )
    if bits < ENOUGH:
        return warn("dkim", f"the key at {name} has {bits} bits", f"{ENOUGH} are advised.")
    return well("dkim", f"{name} holds a key of {bits} bits")


def _look_at_policy(names: Names, sender: str, envelope: str, owner: str) -> Answer:
    policy = find_policy(names, sender)
    if policy is None:
        remedy = f'Add _dmarc.{sender} TXT "v=DMARC1; p=none; rua=mailto:…" to your DNS.'
        return fail("dmarc", f"{sender} has no policy; Gmail, Yahoo and Outlook ask for one", remedy)
    place, tags = policy
    wish = tags.get("p", "")
    if wish not in {"none", "quarantine", "reject"}:
        return fail(
            "dmarc",
            f"the policy at _dmarc.{place} has p={wish or '…'}",
            "Write p=none, quarantine or reject.",
        )
    ways = [
        way
        for way, domain, mode in (("SPF", envelope, tags.get("aspf")), ("DKIM", owner, tags.get("adkim")))
        if _is_aligned(domain, sender, place, strict=mode == "s")
    ]
    found = f"p={wish} at _dmarc.{place}; by its domain, {sender} can be proved with {' and '.join(ways) or 'nothing'}"
    if not ways:
        return fail("dmarc", found, "Have sender.bounces or the signature in the domain of sender.address.")
    if "DKIM" not in ways:
        return warn(
            "dmarc", found, "A mail that is forwarded keeps only its signature: sign in that domain too."
        )
    if not tags.get("rua"):
        return well("dmarc", f"{found}; nobody gets its reports (rua)")
    return well("dmarc", found)


def _is_aligned(domain: str, sender: str, place: str, *, strict: bool) -> bool:
    """Whether a receiver takes two domains for one owner's; relaxed, below where the policy stands (RFC 7489, 3.1)."""
    if domain == sender:
        return True
    return not strict and all(f".{one}".endswith(f".{place}") for one in (domain, sender))


def _look_at_mail(names: Names, domain: str, address: str) -> Answer:
    servers = names.mail_servers(domain)
    if "" in servers:
        return fail(
            "mx",
            f"{domain} says that it takes no mail",
            f"Change its MX record: nothing can come to {address}.",
        )
    if servers:
        return well("mx", f"mail to {address} goes to {', '.join(servers)}")
    if names.addresses(domain):
        return warn(
            "mx", f"{domain} has no MX record; mail goes to the host of that name", "Add an MX record."
        )
    return fail(
        "mx",
        f"{domain} takes no mail: no MX record, no address",
        f"Add an MX record: nothing can come to {address}.",
    )


def _look_at_pointer(names: Names, relay: str) -> Answer:
    addresses = names.addresses(relay)
    if not addresses:
        return warn("ptr", f"the relay calls itself {relay}, a name that leads nowhere", "Tell who runs it.")
    astray = [
        one for one in addresses if not any(one in names.addresses(name) for name in names.pointers(one))
    ]
    if astray:
        remedy = "Many servers refuse mail from such an address: tell who runs the relay."
        return warn("ptr", f"{', '.join(astray)} of {relay} has no name that leads back to it", remedy)
    return well("ptr", f"{relay} has a name that leads back to it; a rented relay may send from others")
