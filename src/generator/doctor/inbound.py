"""How safely mail reaches us: DNSSEC, DANE, MTA-STS and TLS-RPT, which Dutch checklists such as internet.nl ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.doctor.answers import advise, warn, well
from generator.doctor.policies import find_tagged, read_tags

if TYPE_CHECKING:
    from generator.doctor.answers import Answer
    from generator.doctor.names import Names

_USAGES, _SELECTORS = {"2", "3"}, {"0", "1"}


def look_at_signature(names: Names, domain: str) -> Answer:
    """DNSSEC: nobody on the way can change what the DNS says of a domain."""
    if names.is_validated(domain):
        return well("dnssec", f"{domain} is signed, and our name server has checked it")
    zone = _find_zone(names, domain)
    if not zone:
        remedy = "Switch DNSSEC on where your DNS is kept; most Dutch registrars do it with one button."
        return advise("dnssec", f"{domain} is not signed", remedy)
    if not names.has_delegation(zone):
        remedy = f"Give the registrar of {zone} its DNSKEY: without a DS record above it, the signature does not count."
        return warn("dnssec", f"{zone} is signed, but the zone above it does not say so", remedy)
    return well("dnssec", f"{zone} is signed; our name server does not check signatures")


def _find_zone(names: Names, host: str) -> str:
    """The signed zone that holds a name; empty when there is none."""
    labels = host.split(".")
    zones = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((one for one in zones if names.has_keys(one)), "")


def look_at_certificates(names: Names, domain: str) -> Answer:
    """DANE (RFC 7672): a server that sends us mail knows by TLSA records which certificate our mail servers have."""
    servers = [one for one in names.mail_servers(domain) if one]
    if not servers:
        return well("dane", f"{domain} has no mail server to protect")
    without: list[str] = []
    for server in servers:
        name = f"_25._tcp.{server}"
        records = names.certificates(name)
        if not records:
            without.append(server)
            continue
        if not any(_is_usable(record) for record in records):
            remedy = "Publish one as “3 1 1” and the SHA-256 of the public key (RFC 7672, 3.1)."
            return warn("dane", f"no TLSA record at {name} can be used for mail: {records[0][:40]}", remedy)
        if not names.is_validated(server) and not _find_zone(names, server):
            remedy = f"Sign the zone of {server} with DNSSEC, or remove its TLSA records."
            return warn(
                "dane", f"the TLSA records of {server} do not count, because its zone is not signed", remedy
            )
    if len(without) == len(servers):
        remedy = (
            f"If you run {servers[0]} yourself, add _25._tcp.{servers[0]} TLSA “3 1 1 …” with the SHA-256 of its "
            "public key, and renew it before the key changes. Otherwise ask who runs it."
        )
        return advise("dane", f"the mail servers of {domain} have no TLSA records", remedy)
    if without:
        remedy = "Give each mail server TLSA records: an attacker chooses the one without."
        return warn("dane", f"no TLSA records for {', '.join(without)}", remedy)
    return well("dane", f"all mail servers of {domain} have TLSA records")


def _is_usable(record: str) -> bool:
    """Whether it is of a kind that mail servers take (RFC 7672, 3.1): they do not take those of browsers."""
    usage, selector, *_ = record.split()
    return usage in _USAGES and selector in _SELECTORS


def look_at_transport(names: Names, domain: str) -> Answer:
    """MTA-STS (RFC 8461): servers that do not know DANE learn from a file that mail to us is encrypted."""
    records = find_tagged(names, f"_mta-sts.{domain}", "v=STSv1")
    host = f"mta-sts.{domain}"
    if not records:
        remedy = (
            f'Publish the policy at https://{host}/.well-known/mta-sts.txt, and add _mta-sts.{domain} TXT "v=STSv1; '
            'id=1". Begin with “mode: testing”.'
        )
        return advise("mta-sts", f"{domain} has no MTA-STS policy", remedy)
    if len(records) > 1:
        return warn(
            "mta-sts",
            f"_mta-sts.{domain} has {len(records)} records; senders ignore all of them",
            "Delete all but one.",
        )
    identity = read_tags(records[0]).get("id", "")
    if not re.fullmatch(r"[A-Za-z0-9]{1,32}", identity):
        remedy = "Write id= and up to 32 letters and digits; change it with every change of the policy."
        return warn("mta-sts", f"the record at _mta-sts.{domain} has id={identity or '…'}", remedy)
    if not names.addresses(host):
        return warn(
            "mta-sts", f"{host} has no address, so nobody can read the policy", f"Add an A record for {host}."
        )
    return well("mta-sts", f"announced for {domain} (id={identity}); the file at {host} was not read")


def look_at_reports(names: Names, domain: str) -> Answer:
    """TLS-RPT (RFC 8460): others tell us each day when they could not send us mail over TLS."""
    name = f"_smtp._tls.{domain}"
    records = find_tagged(names, name, "v=TLSRPTv1")
    example = f'{name} TXT "v=TLSRPTv1; rua=mailto:tls@{domain}"'
    if not records:
        return advise("tls-rpt", f"{domain} asks for no reports about TLS", f"Add {example}.")
    wishes = read_tags(records[0]).get("rua", "").split(",")
    if len(records) > 1 or not all(re.match(r"(mailto:[^@]+@.+|https://.+)", wish) for wish in wishes):
        found = (
            f"{name} has {len(records)} records"
            if len(records) > 1
            else f"the record at {name} names no address"
        )
        return warn("tls-rpt", f"{found}, so no reports are sent", f"Have one record, like {example}.")
    return well("tls-rpt", f"reports go to {', '.join(wishes)}")


LOOKS = {
    "dnssec": look_at_signature,
    "dane": look_at_certificates,
    "mta-sts": look_at_transport,
    "tls-rpt": look_at_reports,
}
"""What is asked of each domain that receives mail, by subject."""
