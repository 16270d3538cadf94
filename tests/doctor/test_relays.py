"""What the doctor asks a relay by HTTP: whether letters may leave by it, and whether it leaves them as they are."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.content import Newsletter
from generator.delivery.outgoing.transports import open_transport
from generator.doctor.answers import Answer, Condition
from generator.doctor.examination import examine
from generator.doctor.relays import examine_relay
from generator.settings import Settings
from tests.clocks import NOW
from tests.delivery.amazon import Moto
from tests.proof.amazon import MAIL, SECRETS, SesConversation
from tests.proof.engine import TOKEN, Engine
from tests.proof.relay import DROP, Moment, open_relay

ACCOUNT, IDENTITY = "/v2/email/account", "/v2/email/identities/brief.nl"
TRACKING = "/v2/email/configuration-sets/letters/event-destinations"
GOOD = {
    "VerifiedForSendingStatus": True,
    "DkimAttributes": {"SigningEnabled": True, "Status": "SUCCESS"},
    "MailFromAttributes": {"MailFromDomainStatus": "SUCCESS"},
}
STANDING = SesConversation.ANSWERS[ACCOUNT]
COUNTED = {"EventDestinations": [{"Name": "all", "Enabled": True, "MatchingEventTypes": ["BOUNCE", "CLICK"]}]}
PLAIN = {"EventDestinations": [{"Name": "sns", "Enabled": True, "MatchingEventTypes": ["BOUNCE"]}]}
OK, ADVICE, WARNING, ERROR = Condition.OK, Condition.ADVICE, Condition.WARNING, Condition.ERROR


@pytest.fixture
def ours(newsletter: Newsletter) -> Settings:
    return replace(
        newsletter.settings, sender_address="letter@brief.nl", bounces="bounce@brief.nl", rate=10.0
    )


@pytest.fixture
def ask(ours: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Answer]]:
    """`ask({path: body}, set="letters")`: the answers of the doctor by subject."""

    def examine(answers: dict[str, Any], fault: str = "", configuration: str = "") -> dict[str, Answer]:
        for path, body in ({IDENTITY: GOOD} | answers).items():
            monkeypatch.setitem(SesConversation.ANSWERS, path, body)
        with open_relay() as relay:
            door = relay.open_door(talk=SesConversation)
            door.fault = lambda moment, _: fault if moment is Moment.MAIL else ""
            url = MAIL.format(port=door.port) + (f"&set={configuration}" if configuration else "")
            found, name = examine_relay(open_transport(url, Path(), secrets=SECRETS), ours, NOW)
        assert name == ""
        return {answer.subject: answer for answer in found}

    return examine


def test_an_account_that_may_send_is_well(ask: Callable[..., dict[str, Answer]]) -> None:
    found = ask({})
    assert {subject: one.condition for subject, one in found.items()} == dict.fromkeys(
        ("relay", "account", "limits", "identity", "tracking"), OK
    )
    assert found["limits"].found == "14 letters a second, 50,000 in 24 hours"
    assert found["identity"].found == "brief.nl is verified and signed, with a MAIL FROM domain of its own"


@pytest.mark.parametrize(
    "path, body, subject, condition, said",
    [
        (ACCOUNT, STANDING | {"SendingEnabled": False}, "account", ERROR, "sending is switched off"),
        (ACCOUNT, STANDING | {"ProductionAccessEnabled": False}, "account", ERROR, "in the sandbox"),
        (ACCOUNT, STANDING | {"SendQuota": {"MaxSendRate": 1}}, "limits", WARNING, "1 letters a second"),
        (ACCOUNT, {"Surprise": 1}, "account", WARNING, "not known whether it may send: the answer is 200"),
        (
            ACCOUNT,
            STANDING | {"VdmAttributes": {"DashboardAttributes": {"EngagementMetrics": "ENABLED"}}},
            "tracking",
            ERROR,
            "counts opens and clicks of all letters",
        ),
        (IDENTITY, GOOD | {"VerifiedForSendingStatus": False}, "identity", ERROR, "is not verified"),
        (IDENTITY, GOOD | {"DkimAttributes": {}}, "identity", ERROR, "SES does not sign its mail"),
        (IDENTITY, GOOD | {"MailFromAttributes": {}}, "identity", ADVICE, "bounces go to a domain of Amazon"),
        (IDENTITY, GOOD | {"ConfigurationSetName": "other"}, "tracking", ERROR, "no configuration set other"),
    ],
)
def test_what_is_wrong_is_said_with_a_remedy(  # noqa: PLR0913 (a row of the table)
    ask: Callable[..., dict[str, Answer]], path: str, body: Any, subject: str, condition: Condition, said: str
) -> None:
    found = ask({path: body})[subject]
    assert found.condition is condition
    assert said in found.found
    assert found.remedy


@pytest.mark.parametrize("body, condition", [(COUNTED, ERROR), (PLAIN, OK)])
def test_a_configuration_set_that_rewrites_links_is_an_error(
    ask: Callable[..., dict[str, Answer]], body: Any, condition: Condition
) -> None:
    assert ask({TRACKING: body}, configuration="letters")["tracking"].condition is condition


def test_wrong_credentials_end_the_questions(ask: Callable[..., dict[str, Answer]]) -> None:
    found = ask({}, "403 InvalidSignatureException")
    assert list(found) == ["password"]
    assert found["password"].condition is ERROR
    assert list(ask({}, "500")) == ["relay"]


def test_who_may_not_ask_is_told_what_to_allow(ask: Callable[..., dict[str, Answer]]) -> None:
    found = ask({}, "403 AccessDeniedException")
    assert {one.condition for subject, one in found.items() if subject in {"account", "identity"}} == {
        WARNING
    }
    assert "ses:GetAccount" in found["account"].remedy


def test_what_an_emulator_does_not_know_is_not_known(moto: Moto, ours: Settings) -> None:
    moto.open("sesv2").create_email_identity(EmailIdentity="brief.nl")
    moto.open("sesv2").create_configuration_set(ConfigurationSetName="letters")
    url = f"ses://eu-west-1?host={moto.host}&set=letters"
    found = {
        one.subject: one for one in examine_relay(open_transport(url, Path(), secrets=SECRETS), ours, NOW)[0]
    }
    assert found["account"].found == "not known whether it may send: the answer is 404"
    assert found["identity"].found == "brief.nl is not verified"
    assert found["tracking"].found == "not known: the answer about letters is 404"


# --- Engines that know letters by their keys ---

RENTED = {"data": [{"id": "d1", "name": "Brief.nl", "status": "verified", "region": "eu-west-1"}]}
VERIFIED = (OK, "brief.nl is verified, and letters leave from eu-west-1")
QUIET = {"open_tracking": False, "click_tracking": False}
UNKNOWN = (WARNING, "not known whether Resend counts opens or clicks, and rewrites links")

Ask = Callable[..., dict[str, tuple[Condition, str]]]


@pytest.fixture
def ask_engine(newsletter: Newsletter) -> Ask:
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


def test_lettermint_knows_the_token_and_is_told_not_to_track(ask_engine: Ask) -> None:
    assert ask_engine("lettermint", {"GET /v1/ping": (200, "pong")}) == {
        "relay": (
            OK,
            "Lettermint answers, and knows the token; a letter without an answer is sent again by its key",
        ),
        "identity": (ADVICE, "not known whether brief.nl is verified: this token may send, and not ask"),
        "tracking": (OK, "off: each letter tells Lettermint so"),
    }


def test_a_token_that_is_refused_and_an_engine_that_is_away_are_errors(ask_engine: Ask) -> None:
    assert ask_engine("lettermint", {}, "wrong") == {"password": (ERROR, "Lettermint refuses the token")}
    found = ask_engine("lettermint", {}, fault=DROP)
    assert found == {"relay": (ERROR, "Lettermint: the connection ended without an answer")}


@pytest.mark.parametrize(
    "domains, domain, identity, tracking",
    [
        (RENTED, QUIET, VERIFIED, (OK, "off for brief.nl")),
        (
            RENTED,
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
    ask_engine: Ask, domains: object, domain: object, identity: object, tracking: object
) -> None:
    found = ask_engine("resend", {"GET /domains": (200, domains), "GET /domains/d1": (200, domain)})
    assert (found["identity"], found["tracking"]) == (identity, tracking)


def test_a_token_that_may_only_send_is_well(ask_engine: Ask) -> None:
    found = ask_engine("resend", {"GET /domains": (401, {"name": "restricted_api_key"})})
    assert found["relay"][0] is OK
    assert found["identity"][0] is ADVICE
    assert found["tracking"][0] is WARNING


def test_an_engine_whose_hook_is_closed_tells_nobody_of_bounces(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_relay() as relay:
        port = Engine(relay).open_door().port
        monkeypatch.setenv("NEWSLETTER_MAIL", f"lettermint://{TOKEN}@127.0.0.1:{port}")
        closed = [one.found for one in examine(sample, NOW, "", None) if one.subject == "hooks"]
        monkeypatch.setenv("NEWSLETTER_HOOK_LETTERMINT", "whsec_0123456789abcdef")
        opened = [one.found for one in examine(sample, NOW, "", None) if one.subject == "hooks"]
    assert closed == ["Lettermint reports bounces by web hook alone, and its hook is closed"]
    assert opened == []
