"""DMARC as receivers apply it (RFC 9989, which replaces RFC 7489): where the policy is, and what it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.doctor.answers import fail, warn, well
from generator.doctor.policies import read_tags

if TYPE_CHECKING:
    from generator.doctor.answers import Answer
    from generator.doctor.names import Names

_MOST = 8
"""Names that a receiver looks at for one domain (RFC 9989, 4.10)."""

_WISHES = ("none", "quarantine", "reject")
_VERSION = re.compile(r"v\s*=\s*DMARC1\s*(;|$)")
"""The first tag, in capitals: receivers ignore any other record."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy for mail from a domain."""

    place: str
    """The domain whose record it is: that of the sender, or one above it."""
    tags: dict[str, str]
    tag: str
    """Which tag of the record counts for the sender: p, sp or np."""

    @property
    def wish(self) -> str:
        """What receivers are asked to do with mail that fails: none, quarantine or reject."""
        return _choose(self.tags, self.tag)

    @property
    def is_enforced(self) -> bool:
        """Whether all mail that fails is set apart or refused; programs that show logos ask for it."""
        tested = self.tags.get("t", "n") == "y" or self.tags.get("pct", "100") != "100"
        return self.wish != "none" and _choose(self.tags, "sp") != "none" and not tested


def _choose(tags: dict[str, str], tag: str) -> str:
    """np falls back to sp, and sp to p; a record without a valid p asks for nothing."""
    chain = {"p": ("p",), "sp": ("sp", "p"), "np": ("np", "sp", "p")}[tag]
    found = next((tags[one].lower() for one in chain if one in tags), "none")
    return found if found in _WISHES else "none"


class Walk:
    """Looks up DMARC records at a domain and above it; asks for each name once."""

    def __init__(self, names: Names) -> None:
        """`names`: how the DNS is asked."""
        self.names = names
        self._known: dict[str, list[str]] = {}

    def records(self, domain: str) -> list[str]:
        """All TXT records at _dmarc.<domain>. Raises NameServerError."""
        if domain not in self._known:
            self._known[domain] = self.names.texts(f"_dmarc.{domain}")
        return self._known[domain]

    def tags(self, domain: str) -> dict[str, str] | None:
        """The tags of its DMARC record; None without one, or with several, which receivers ignore."""
        found = [record for record in self.records(domain) if _VERSION.match(record)]
        return read_tags(found[0]) if len(found) == 1 else None

    def find_organisation(self, domain: str) -> str:
        """The organisational domain: domains that have the same one are aligned (RFC 9989, 4.10.2)."""
        found = domain
        for place in _climb(domain):
            tags = self.tags(place)
            if tags is None:
                continue
            if tags.get("psd") == "n":
                return place
            if tags.get("psd") == "y" and place != domain:
                return ".".join(domain.split(".")[-len(place.split(".")) - 1 :])
            found = place
        return found

    def find_policy(self, domain: str) -> Policy | None:
        """The policy for mail from a domain: its own, its organisation's, or that of the registry above it."""
        if (tags := self.tags(domain)) is not None:
            return Policy(domain, tags, "p")
        place = self.find_organisation(domain)
        registry = place.partition(".")[2]
        for one in (place, registry):
            if one and (tags := self.tags(one)) is not None and (one == place or tags.get("psd") == "y"):
                return Policy(one, tags, "sp" if self._exists(domain) else "np")
        return None

    def _exists(self, domain: str) -> bool:
        asked = (self.names.addresses, self.names.mail_servers, self.names.texts)
        return any(ask(domain) for ask in asked)


def _climb(domain: str) -> list[str]:
    """The names that a receiver looks at, the longest first (RFC 9989, 4.10)."""
    labels = domain.split(".")
    first = 1 if len(labels) < _MOST else len(labels) - _MOST + 1
    return [domain, *(".".join(labels[start:]) for start in range(first, len(labels)))]


def look_at_policy(walk: Walk, sender: str, envelope: str, owner: str) -> Answer:
    """The policy for our mail. `envelope`: the domain that SPF looks at; `owner`: that of the signature."""
    policy = walk.find_policy(sender)
    if policy is None:
        return _explain_none(walk, sender)
    place, tags = policy.place, policy.tags
    name = f"_dmarc.{place}"
    odd = [
        f"{tag}={tags[tag]}" for tag in ("p", "sp", "np") if tag in tags and tags[tag].lower() not in _WISHES
    ]
    if odd:
        effect = "receivers act as if it said p=none" if tags.get("rua") else "receivers ignore the record"
        remedy = "Set each of p, sp and np to none, quarantine or reject."
        return fail("dmarc", f"the policy at {name} has {', '.join(odd)}; {effect}", remedy)
    ways = [
        way
        for way, domain, mode in (("SPF", envelope, tags.get("aspf")), ("DKIM", owner, tags.get("adkim")))
        if domain == sender
        or (mode != "s" and walk.find_organisation(domain) == walk.find_organisation(sender))
    ]
    aligned = " and ".join(ways) or "neither SPF nor DKIM"
    found = f"{policy.tag}={policy.wish} at {name}; {sender} is aligned with {aligned}"
    if not ways:
        remedy = "Use the domain of sender.address for sender.bounces or for the signature."
        return fail("dmarc", found, remedy)
    if "DKIM" not in ways:
        remedy = "When mail is forwarded, only the signature survives; sign with that domain too."
        return warn("dmarc", found, remedy)
    return _look_at_tags(walk, policy, found)


def _explain_none(walk: Walk, sender: str) -> Answer:
    """There is no policy, or none that receivers take."""
    record = f'_dmarc.{sender} TXT "v=DMARC1; p=none; rua=mailto:…"'
    for place in _climb(sender):
        found = walk.records(place)
        ours = [text for text in found if _VERSION.match(text)]
        if len(ours) > 1:
            found_here = f"_dmarc.{place} has {len(ours)} records, so receivers ignore all of them"
            return fail("dmarc", found_here, "Delete all but one.")
        if not ours and (odd := [text for text in found if "dmarc1" in text.lower()]):
            said = f"the record at _dmarc.{place} begins with “{odd[0][:20]}”, so receivers ignore it"
            return fail("dmarc", said, "Let it begin with v=DMARC1; in this spelling.")
    remedy = f"Add to your DNS: {record}"
    return fail("dmarc", f"{sender} has no DMARC policy; Gmail, Yahoo and Outlook require one", remedy)


def _look_at_tags(walk: Walk, policy: Policy, found: str) -> Answer:
    """What is worth a change in a policy that counts."""
    place, tags = policy.place, policy.tags
    name = f"_dmarc.{place}"
    if policy.tag == "np":
        remedy = (
            "Give the domain of sender.address an MX record: receivers refuse mail from a domain without one."
        )
        return warn("dmarc", f"{found}; that domain does not exist in the DNS, so np counts", remedy)
    if "p" not in tags:
        said = f"{found}; the record has no p, which counts as none, and older receivers ignore it"
        return warn("dmarc", said, f'Write at {name} TXT "v=DMARC1; p=none; …", with the rest of it.')
    if tags.get("pct", "100") != "100":
        said = f"{found}; pct={tags['pct']} no longer counts (RFC 9989), so all mail is treated alike"
        return warn("dmarc", said, f"Delete pct from {name}; t=y asks receivers to test a policy.")
    if tags.get("t") == "y" and policy.wish != "none":
        said = f"{found}; t=y asks receivers not to apply it yet"
        return warn("dmarc", said, f"Delete t=y from {name} when the reports show that all your mail passes.")
    if not tags.get("rua"):
        return well("dmarc", f"{found}; no address receives its reports (rua)")
    if stranger := _find_stranger(walk, place, tags["rua"]):
        record = f'{place}._report._dmarc.{stranger} TXT "v=DMARC1;"'
        said = f"{found}; its reports are not sent, because {stranger} does not say that it accepts them"
        return warn(
            "dmarc", said, f"Add to the DNS of {stranger}: {record}, or use an address of your own domain."
        )
    ignored = [tag for tag in ("pct", "rf", "ri") if tag in tags]
    more = (
        f"; {', '.join(ignored)} may go, because RFC 9989 has dropped {'them' if ignored[1:] else 'it'}"
        if ignored
        else ""
    )
    return well("dmarc", found + more)


def _find_stranger(walk: Walk, place: str, rua: str) -> str:
    """The domain of another organisation that is to get reports, and does not agree to it (RFC 9990, 4)."""
    for address in re.findall(r"mailto:[^@,!]+@([^,!?]+)", rua, re.IGNORECASE):
        host = str(address).lower()
        if walk.find_organisation(host) == walk.find_organisation(place):
            continue
        if not any(_VERSION.match(text) for text in walk.names.texts(f"{place}._report._dmarc.{host}")):
            return host
    return ""
