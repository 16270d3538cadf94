"""The DNS records of our domains: receivers accept mail from us (SPF, DKIM, DMARC, PTR), and replies reach us (MX)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from generator.doctor.answers import fail, warn, well
from generator.doctor.brands import look_at_apple, look_at_bimi
from generator.doctor.dkim import look_at_key
from generator.doctor.dmarc import Walk, look_at_policy
from generator.doctor.inbound import LOOKS
from generator.doctor.policies import MOST, MOST_VOID, read_spf
from generator.doctor.setup import domain_of
from generator.errors import NameServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.delivery.known_relays import KnownRelay
    from generator.delivery.outgoing.signing import Signer
    from generator.doctor.answers import Answer
    from generator.doctor.names import Names
    from generator.settings import Settings

_ASK = "Ask the relay for the record, and add it to your DNS."


def examine_domains(  # noqa: PLR0913 (what the examination needs)
    names: Names,
    settings: Settings,
    selector: str,
    signer: Signer | None,
    relay: str,
    *,
    known: KnownRelay | None = None,
) -> Iterator[Answer]:
    """SPF, DKIM, DMARC, MX and PTR, how safely mail reaches us, and whether a logo may be shown.

    A lookup that fails becomes an answer. `selector` names the key of the relay, and `relay` is its host name; each is
    empty when it is not known. `signer` has our own key. `known`: the relay, when it is one that many people rent.
    """
    envelope, sender = (
        domain_of(settings.bounces or settings.sender_address),
        domain_of(settings.sender_address),
    )
    owner, key = settings.dkim[1] or sender, settings.dkim[0] or selector
    walk = Walk(names)
    yield _ask("spf", partial(_look_at_spf, names, envelope, known))
    yield _ask("dkim", partial(look_at_key, names, owner, key, signer))
    if signer is not None and settings.dkim_ed25519:
        yield _ask("dkim", partial(look_at_key, names, owner, settings.dkim_ed25519, signer))
    yield _ask("dmarc", partial(look_at_policy, walk, sender, envelope, owner))
    addresses = {
        domain_of(address): address
        for address in (settings.sender_address, settings.reply_to, settings.unsubscribe, settings.bounces)
        if address
    }
    for domain, address in addresses.items():
        yield _ask("mx", partial(_look_at_mail, names, domain, address))
    if relay:
        yield _ask("ptr", partial(_look_at_pointer, names, relay))
    for domain in addresses:
        for subject, look in LOOKS.items():
            yield _ask(subject, partial(look, names, domain))
    yield _ask("bimi", partial(look_at_bimi, names, walk, sender))
    yield _ask("apple", partial(look_at_apple, names, walk, sender, signed=bool(key)))


def _ask(subject: str, look: Callable[[], Answer]) -> Answer:
    try:
        return look()
    except NameServerError as error:
        return fail(
            subject, str(error), "Try again later, or ask the operator of the name servers of that domain."
        )


def _look_at_spf(names: Names, domain: str, known: KnownRelay | None) -> Answer:
    spf = read_spf(names, domain)
    include = known.spf if known else ""
    if spf is None:
        remedy = f'Add {domain} TXT "v=spf1 include:{include} ~all" to your DNS.' if include else _ASK
        return fail("spf", f"{domain} has no SPF record", remedy)
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
    if len(spf.void) > MOST_VOID:
        return fail(
            "spf",
            f"{len(spf.void)} lookups of the SPF record of {domain} find nothing, and receivers allow {MOST_VOID}: "
            f"{', '.join(spf.void)}",
            "Remove these terms from the record.",
        )
    if known and include and include not in spf.included:
        return warn(
            "spf",
            f"the SPF record of {domain} does not include {include}, from which {known.name} sends",
            f"Put include:{include} into the record, before its end.",
        )
    found = f"{domain}: {spf.lookups} of {MOST} lookups, policy for all others: {spf.rest or 'none'}"
    if spf.rest == "+all":
        return warn("spf", found, "“+all” allows any server to send in your name; end the record with ~all.")
    if spf.has_ptr:
        return warn(
            "spf", f"{found}; it uses ptr, which many receivers leave out", "Write ip4: or a: in its place."
        )
    if include:
        return well("spf", f"{found}; {include} is included")
    return well("spf", f"{found}; to see whether it includes your relay, send a proof to yourself")


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
