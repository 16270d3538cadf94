"""The policy of a domain (RFC 9989): found by climbing the tree, and read as receivers read it."""

from dataclasses import replace
from typing import Any

import pytest

from generator.doctor import Condition
from generator.doctor.dmarc import Walk
from generator.settings import Settings
from tests.delivery.nameservers import Zone, naming
from tests.doctor.test_doctor import GOOD, check, look, ours, text

__all__ = ["ours"]
OK, WARNING, ERROR = Condition.OK, Condition.WARNING, Condition.ERROR


def policies(**records: str) -> Zone:
    """DMARC records by domain, with __ for a dot."""
    return {(f"_dmarc.{name.replace('__', '.')}", "TXT"): text(record) for name, record in records.items()}


@pytest.mark.parametrize(
    "zone, domain, expected",
    [
        ({}, "news.brief.nl", "news.brief.nl"),
        (policies(brief__nl="v=DMARC1"), "news.brief.nl", "brief.nl"),
        (policies(news__brief__nl="v=DMARC1", brief__nl="v=DMARC1"), "a.news.brief.nl", "brief.nl"),
        (policies(news__brief__nl="v=DMARC1; psd=n", brief__nl="v=DMARC1"), "a.news.brief.nl", "news.brief.nl"),
        (policies(nl="v=DMARC1; psd=y"), "a.news.brief.nl", "brief.nl"),
        (policies(co__uk="v=DMARC1; psd=y", brief__co__uk="v=DMARC1"), "news.brief.co.uk", "brief.co.uk"),
        (policies(co__uk="v=DMARC1; psd=y"), "co.uk", "co.uk"),
        # Of a long name, only the last seven parts are looked at, and the whole.
        (policies(d__e__f__g__h__brief__nl="v=DMARC1"), "a.b.c.d.e.f.g.h.brief.nl", "d.e.f.g.h.brief.nl"),
        (policies(c__d__e__f__g__h__brief__nl="v=DMARC1"), "a.b.c.d.e.f.g.h.brief.nl", "a.b.c.d.e.f.g.h.brief.nl"),
        ({("_dmarc.brief.nl", "TXT"): text("v=DMARC1", "v=DMARC1; p=none")}, "news.brief.nl", "news.brief.nl"),
    ],
)  # fmt: skip
def test_the_organisation_is_found_by_climbing_the_tree(zone: Zone, domain: str, expected: str) -> None:
    with naming(zone) as names:
        assert Walk(names).find_organisation(domain) == expected


@pytest.mark.parametrize(
    "records, condition, found",
    [
        ([], ERROR, "brief.nl has no DMARC policy"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], ERROR, "_dmarc.brief.nl has 2 records"),
        (["v=dmarc1; p=none"], ERROR, "begins with “v=dmarc1; p=none”"),
        (["p=none; v=DMARC1"], ERROR, "receivers ignore it"),
        (["v=DMARC1; p=maybe"], ERROR, "p=maybe; receivers ignore the record"),
        (["v=DMARC1; p=maybe; rua=mailto:a@brief.nl"], ERROR, "p=maybe; receivers act as if it said p=none"),
        (["v=DMARC1; p=none; sp=all"], ERROR, "sp=all"),
        (["v=DMARC1; rua=mailto:a@brief.nl"], WARNING, "the record has no p, which counts as none"),
        (["v=DMARC1; p=none"], OK, "no address receives its reports"),
        (["v = DMARC1 ; p = Reject ; rua = mailto:a@brief.nl"], OK, "p=reject at _dmarc.brief.nl"),
        (["v=DMARC1; p=reject; pct=50; rua=mailto:a@brief.nl"], WARNING, "pct=50 no longer counts"),
        (["v=DMARC1; p=reject; pct=100; rf=afrf; ri=86400; rua=mailto:a@brief.nl"], OK, "pct, rf, ri may go"),
        (["v=DMARC1; p=reject; t=y; rua=mailto:a@brief.nl"], WARNING, "t=y asks receivers not to apply it yet"),
        (["v=DMARC1; p=none; t=y; rua=mailto:a@brief.nl"], OK, "aligned with SPF and DKIM"),
        (["v=DMARC1; p=none; rua=mailto:a@reports.example"], WARNING, "reports.example does not say that it accepts"),
        (["v=DMARC1; p=none; rua=mailto:a@agreed.example!10m"], OK, "aligned"),
        (["v=DMARC1; p=none; rua=mailto:a@news.brief.nl; unknown=1"], OK, "aligned"),
    ],
)  # fmt: skip
def test_a_record_is_read_as_receivers_read_it(
    ours: Settings, records: list[str], condition: Condition, found: str
) -> None:
    zone = {
        **GOOD,
        ("_dmarc.brief.nl", "TXT"): text(*records),
        ("brief.nl._report._dmarc.agreed.example", "TXT"): text("v=DMARC1;"),
    }
    check(look(ours, zone)["dmarc"], condition, found)


@pytest.mark.parametrize(
    "changes, policy, condition, found",
    [
        ({"bounces": "bounce@relay.nl"}, "p=none; rua=x", OK, "aligned with DKIM"),
        ({"bounces": "bounce@news.brief.nl"}, "p=none; rua=x", OK, "with SPF and DKIM"),
        ({"bounces": "bounce@news.brief.nl"}, "p=none; rua=x; aspf=s", OK, "with DKIM"),
        ({"bounces": "b@relay.nl", "dkim": ("s1", "relay.nl")}, "p=none", ERROR, "with neither SPF nor DKIM"),
        ({"dkim": ("s1", "relay.nl")}, "p=none", WARNING, "with SPF"),
        ({"dkim": ("s1", "news.brief.nl")}, "p=none; adkim=s", WARNING, "with SPF"),
        ({"sender_address": "letter@mx.brief.nl"}, "p=quarantine; rua=x", OK, "sp=quarantine at _dmarc.brief.nl"),
        ({"sender_address": "letter@mx.brief.nl"}, "p=reject; sp=none; np=reject; rua=x", OK, "sp=none at"),
        ({"sender_address": "letter@nobody.brief.nl"}, "p=none; np=reject; rua=x", WARNING, "np=reject at"),
    ],
)  # fmt: skip
def test_the_domain_that_is_proved_is_that_of_the_sender(
    ours: Settings, changes: dict[str, Any], policy: str, condition: Condition, found: str
) -> None:
    zone = {**GOOD, ("_dmarc.brief.nl", "TXT"): text(f"v=DMARC1; {policy}")}
    check(look(replace(ours, **changes), zone)["dmarc"], condition, found)


def test_the_policy_of_a_registry_counts_where_there_is_no_other(ours: Settings) -> None:
    zone = {key: records for key, records in GOOD.items() if key != ("_dmarc.brief.nl", "TXT")}
    check(
        look(ours, {**zone, **policies(nl="v=DMARC1; p=none; sp=reject; psd=y")})["dmarc"],
        OK,
        "sp=reject at _dmarc.nl",
    )
    check(look(ours, {**zone, **policies(nl="v=DMARC1; p=reject")})["dmarc"], OK, "sp=reject at _dmarc.nl")
