"""Whether mail programs may show our logo: BIMI, and Branded Mail of Apple. The DNS tells the half of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.doctor.answers import advise, warn, well
from generator.doctor.policies import find_tagged, read_tags

if TYPE_CHECKING:
    from generator.doctor.answers import Answer
    from generator.doctor.dmarc import Walk
    from generator.doctor.names import Names


def look_at_bimi(names: Names, walk: Walk, domain: str) -> Answer:
    """BIMI: Gmail, Yahoo and others show the logo of a record, if the policy of the domain is enforced."""
    found, place = [], domain
    for place in dict.fromkeys((domain, walk.find_organisation(domain))):
        if found := find_tagged(names, f"default._bimi.{place}", "v=BIMI1"):
            break
    name = f"default._bimi.{place}"
    example = f'{name} TXT "v=BIMI1; l=https://{place}/logo.svg; a=https://{place}/logo.pem"'
    if not found:
        if weak := _find_weakness(walk, domain):
            return advise("bimi", f"no logo, and none would be shown: {weak}", _strengthen(walk, domain))
        remedy = f"Add {example}: a square SVG Tiny PS, and the mark certificate that Gmail asks for."
        return advise("bimi", f"{domain} has no logo; its policy allows one", remedy)
    if len(found) > 1:
        return warn("bimi", f"{name} has {len(found)} records, so no logo is shown", "Delete all but one.")
    tags = read_tags(found[0])
    logo, mark = tags.get("l", ""), tags.get("a", "")
    if not logo and not mark:
        return well("bimi", f"{name} says that there is no logo")
    if not (logo.startswith("https://") or (not logo and mark.startswith("https://"))):
        return warn(
            "bimi", f"the logo at {name} is {logo}; expected an address with https://", f"Write {example}."
        )
    if weak := _find_weakness(walk, domain):
        return warn("bimi", f"the logo at {name} is not shown: {weak}", _strengthen(walk, domain))
    if not mark:
        remedy = f"Buy a mark certificate (VMC or CMC), and write {example}."
        return advise("bimi", f"{name} has no mark certificate, so Gmail does not show the logo", remedy)
    return well("bimi", f"{name} has a logo and a mark certificate; neither was read")


def look_at_apple(names: Names, walk: Walk, domain: str, *, signed: bool) -> Answer:
    """Branded Mail: Apple shows the logo of a business that registered its domain there.

    `signed`: whether the signature of our mail belongs to this domain.
    """
    missing = [weak] if (weak := _find_weakness(walk, domain)) else []
    if not signed:
        missing.append("no key of this domain signs our mail, as far as we know")
    if not names.mail_servers(domain) and not names.addresses(domain):
        missing.append(f"{domain} has neither an MX record nor an address")
    if missing:
        return advise("apple", f"not ready for Branded Mail: {'; '.join(missing)}", _strengthen(walk, domain))
    return well(
        "apple",
        f"{domain} is ready for Branded Mail; the DNS does not tell whether Apple knows it",
    )


def _find_weakness(walk: Walk, domain: str) -> str:
    """Why the DMARC policy does not protect the name, as a clause; empty when it does."""
    policy = walk.find_policy(domain)
    if policy is None:
        return "there is no DMARC policy"
    if policy.is_enforced:
        return ""
    return f"the policy at _dmarc.{policy.place} is not enforced for all mail"


def _strengthen(walk: Walk, domain: str) -> str:
    policy = walk.find_policy(domain)
    place = policy.place if policy else domain
    if policy is not None and policy.is_enforced:
        return "Sign with a key of that domain, and give it an MX record."
    return (
        f"When the reports show that all your mail passes, write at _dmarc.{place} p=quarantine or p=reject, "
        "without sp=none, t=y and pct."
    )
