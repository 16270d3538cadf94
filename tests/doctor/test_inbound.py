"""What Dutch checklists ask of a domain: DNSSEC, DANE, MTA-STS and TLS-RPT; and whether a logo may be shown."""

import pytest

from generator.doctor import Condition
from generator.settings import Settings
from tests.delivery.nameservers import Zone
from tests.doctor.test_doctor import GOOD, check, look, ours, text

__all__ = ["ours"]
OK, ADVICE, WARNING = Condition.OK, Condition.ADVICE, Condition.WARNING
NO_AD: Zone = {("brief.nl", "AD"): [], ("mx.brief.nl", "AD"): []}
KEY = ["257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="]
DIGEST = [f"60485 13 2 {'ab' * 32}"]
TLSA, STS, TLS, BIMI = (
    ("_25._tcp.mx.brief.nl", "TLSA"),
    ("_mta-sts.brief.nl", "TXT"),
    ("_smtp._tls.brief.nl", "TXT"),
    ("default._bimi.brief.nl", "TXT"),
)
DMARC = ("_dmarc.brief.nl", "TXT")


@pytest.mark.parametrize(
    "changes, subject, condition, found",
    [
        ({}, "dnssec", OK, "our name server has checked it"),
        (NO_AD, "dnssec", ADVICE, "brief.nl is not signed"),
        ({**NO_AD, ("brief.nl", "DNSKEY"): KEY}, "dnssec", WARNING, "the zone above it does not say so"),
        ({**NO_AD, ("brief.nl", "DNSKEY"): KEY, ("brief.nl", "DS"): DIGEST}, "dnssec", OK, "does not check signatures"),
        ({("brief.nl", "SOA"): ["servfail"]}, "dnssec", Condition.ERROR, "have no answer for brief.nl"),
        ({TLSA: []}, "dane", ADVICE, "the mail servers of brief.nl have no TLSA records"),
        ({TLSA: [f"1 0 1 {'ab' * 32}"]}, "dane", WARNING, "no TLSA record at _25._tcp.mx.brief.nl can be used"),
        ({TLSA: [f"1 1 1 {'cd' * 32}", f"2 0 2 {'ab' * 64}"]}, "dane", OK, "all mail servers of brief.nl have"),
        (NO_AD, "dane", WARNING, "do not count, because its zone is not signed"),
        ({("brief.nl", "MX"): ["10 mx.brief.nl.", "20 other.nl."]}, "dane", WARNING, "no TLSA records for other.nl"),
        ({("brief.nl", "MX"): []}, "dane", OK, "no mail server to protect"),
        ({STS: []}, "mta-sts", ADVICE, "brief.nl has no MTA-STS policy"),
        ({STS: text("v=STSv1; id=1", "v=STSv1; id=2")}, "mta-sts", WARNING, "has 2 records"),
        ({STS: text("v=STSv1; id=2026-11-27")}, "mta-sts", WARNING, "has id=2026-11-27"),
        ({STS: text("v=STSv1;")}, "mta-sts", WARNING, "has id=…"),
        ({("mta-sts.brief.nl", "A"): []}, "mta-sts", WARNING, "mta-sts.brief.nl has no address"),
        ({TLS: []}, "tls-rpt", ADVICE, "brief.nl asks for no reports about TLS"),
        ({TLS: text("v=TLSRPTv1; rua=tls@brief.nl")}, "tls-rpt", WARNING, "names no address"),
        ({TLS: text("v=TLSRPTv1; rua=mailto:a@b", "v=TLSRPTv1")}, "tls-rpt", WARNING, "has 2 records"),
        ({TLS: text("v=TLSRPTv1;rua=mailto:a@b.nl,https://b.nl/tls")}, "tls-rpt", OK, "mailto:a@b.nl, https://b.nl/tls"),
        ({BIMI: []}, "bimi", ADVICE, "its policy allows one"),
        ({BIMI: [], DMARC: text("v=DMARC1; p=none")}, "bimi", ADVICE, "none would be shown"),
        ({DMARC: text("v=DMARC1; p=reject; t=y")}, "bimi", WARNING, "is not shown: the policy at _dmarc.brief.nl"),
        ({DMARC: text("v=DMARC1; p=reject; sp=none")}, "bimi", WARNING, "is not enforced for all mail"),
        ({DMARC: []}, "bimi", WARNING, "there is no DMARC policy"),
        ({BIMI: text("v=BIMI1; l=https://brief.nl/logo.svg")}, "bimi", ADVICE, "no mark certificate"),
        ({BIMI: text("v=BIMI1; l=http://brief.nl/logo.svg")}, "bimi", WARNING, "expected an address with https://"),
        ({BIMI: text("v=BIMI1; l=; a=;")}, "bimi", OK, "says that there is no logo"),
        ({BIMI: text("v=BIMI1; l=https://a", "v=BIMI1; l=https://b")}, "bimi", WARNING, "has 2 records"),
        ({}, "apple", OK, "is ready for Branded Mail"),
        ({DMARC: text("v=DMARC1; p=none")}, "apple", ADVICE, "not ready for Branded Mail: the policy"),
        ({("brief.nl", "MX"): []}, "apple", ADVICE, "neither an MX record nor an address"),
    ],
)  # fmt: skip
def test_what_the_dns_says_of_a_domain_is_told_with_what_to_write(
    ours: Settings, changes: Zone, subject: str, condition: Condition, found: str
) -> None:
    check(look(ours, {**GOOD, **changes})[subject], condition, found)


def test_apple_wants_a_signature(ours: Settings) -> None:
    check(look(ours, GOOD, selector="")["apple"], ADVICE, "no key of this domain signs our mail")
