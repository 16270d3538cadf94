"""What the doctor asks an engine that knows letters by their keys."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from generator.content import Newsletter
from generator.delivery.outgoing.transports import open_transport
from generator.doctor.answers import Condition
from generator.doctor.relays import examine_relay
from tests.clocks import NOW
from tests.proof.engine import TOKEN, Engine
from tests.proof.relay import DROP, open_relay

OK, ADVICE, WARNING, ERROR = Condition.OK, Condition.ADVICE, Condition.WARNING, Condition.ERROR
DOMAINS = {"data": [{"id": "d1", "name": "Brief.nl", "status": "verified", "region": "eu-west-1"}]}
VERIFIED = (OK, "brief.nl is verified, and letters leave from eu-west-1")
QUIET = {"open_tracking": False, "click_tracking": False}
UNKNOWN = (WARNING, "not known whether Resend counts opens or clicks, and rewrites links")

Ask = Callable[..., dict[str, tuple[Condition, str]]]


@pytest.fixture
def ask(newsletter: Newsletter) -> Ask:
    settings = replace(newsletter.settings, sender_address="letter@brief.nl")

    def examine(
        kind: str, answers: dict[str, tuple[int, object]], token: str = TOKEN, fault: str = ""
    ) -> dict[str, tuple[Condition, str]]:
        with open_relay() as relay:
            engine = Engine(relay)
            engine.answers = answers
            door = engine.open_door()
            door.fault = (lambda *_: fault) if fault else None
            transport = open_transport(f"{kind}://{token}@127.0.0.1:{door.port}", Path())
            found, name = examine_relay(transport, settings, NOW)
        assert name == ""
        assert not any(TOKEN in answer.found + answer.remedy for answer in found)
        return {answer.subject: (answer.condition, answer.found) for answer in found}

    return examine


def test_lettermint_knows_the_token_and_is_told_not_to_track(ask: Ask) -> None:
    assert ask("lettermint", {"GET /v1/ping": (200, "pong")}) == {
        "relay": (
            OK,
            "Lettermint answers, and knows the token; a letter without an answer is sent again by its key",
        ),
        "identity": (ADVICE, "not known whether brief.nl is verified: this token may send, and not ask"),
        "tracking": (OK, "off: each letter tells Lettermint so"),
    }


def test_a_token_that_is_refused_and_an_engine_that_is_away_are_errors(ask: Ask) -> None:
    assert ask("lettermint", {}, "wrong") == {"password": (ERROR, "Lettermint refuses the token")}
    found = ask("lettermint", {}, fault=DROP)
    assert found == {"relay": (ERROR, "Lettermint: the connection ended without an answer")}


@pytest.mark.parametrize(
    "domains, domain, identity, tracking",
    [
        (DOMAINS, QUIET, VERIFIED, (OK, "off for brief.nl")),
        (
            DOMAINS,
            QUIET | {"click_tracking": True},
            VERIFIED,
            (ERROR, "Resend counts opens or clicks of letters, and rewrites their links"),
        ),
        (
            {"data": [{"id": "d1", "name": "brief.nl", "status": "pending"}]},
            {},
            (ERROR, "brief.nl is not verified"),
            UNKNOWN,
        ),
        ({"data": []}, {}, (ERROR, "Resend does not know brief.nl"), UNKNOWN),
    ],
)
def test_resend_says_what_it_does_with_the_domain(
    ask: Ask, domains: object, domain: object, identity: object, tracking: object
) -> None:
    found = ask("resend", {"GET /domains": (200, domains), "GET /domains/d1": (200, domain)})
    assert (found["identity"], found["tracking"]) == (identity, tracking)


def test_a_token_that_may_only_send_is_well(ask: Ask) -> None:
    found = ask("resend", {"GET /domains": (401, {"name": "restricted_api_key"})})
    assert found["relay"][0] is OK
    assert found["identity"][0] is ADVICE
    assert found["tracking"][0] is WARNING
