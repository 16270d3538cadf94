"""Operators are told by a real relay, by the second one when the first takes nothing, and by a real web server."""

import json
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from generator.settings import Alerts, HookForm, Settings, read_settings
from generator.watch.channels import compose, open_channels, ping, write_hook
from generator.watch.findings import Finding, Kind, Level
from tests.delivery.relays import HOST, free_port, relaying
from tests.watch.hooking import hooking
from tests.watch.knowing import NOON, WEEK

STOPPED = Finding(
    Kind.STOPPED,
    Level.CRITICAL,
    "the letter of 2026-W48 stopped: <a> & “b”",
    "newsletter resume 2026-W48",
    WEEK,
)
DONE = Finding(Kind.DONE, Level.OK, "the letter of 2026-W48 was sent: 2 planned = 2 accepted", week=WEEK)
OPERATOR = "operator@example.org"


@pytest.fixture
def settings(project: Path) -> Settings:
    return replace(read_settings(project), alerts=Alerts(OPERATOR))


def test_a_mail_says_what_is_wrong_and_what_mends_it(settings: Settings) -> None:
    message = message_from_bytes(compose(settings, [STOPPED, DONE], NOON), policy=default)
    assert message["To"] == OPERATOR
    assert message["From"] == settings.sender_address
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == (
        "[Royal Dutch Updates] CRITICAL: the letter of 2026-W48 stopped: <a> & “b” (and 1 more)"
    )
    text = message.get_content().replace("\r\n", "\n")
    assert "\n    newsletter resume 2026-W48\n" in text
    assert "OK: the letter of 2026-W48 was sent: 2 planned = 2 accepted.\n" in text


def test_nothing_in_a_finding_becomes_a_header(settings: Settings) -> None:
    evil = replace(STOPPED, text="a\r\nBcc: victim@example.com\n\n" + "x" * 300)
    message = message_from_bytes(compose(settings, [evil], NOON), policy=default)
    assert message["Bcc"] is None
    assert len(message["Subject"]) < 155


def test_the_relay_of_the_letter_is_used_first(
    project: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with relaying() as first, relaying() as second:
        monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://{HOST}:{first.port}")
        monkeypatch.setenv("NEWSLETTER_MAIL_FALLBACK", f"smtp://{HOST}:{second.port}")
        assert open_channels(project, settings).tell([STOPPED], NOON) == ({0}, [])
        assert [mail.recipients for mail in first.arrived] == [(OPERATOR,)]
        assert second.arrived == []


@pytest.mark.parametrize("fault", ["down", "MAIL", "DATA"])
def test_when_it_takes_nothing_the_second_one_does(
    project: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    with relaying() as first, relaying() as second:
        first.replies = {fault: "554 5.7.1 no"}
        port = free_port() if fault == "down" else first.port
        monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://{HOST}:{port}")
        monkeypatch.setenv("NEWSLETTER_MAIL_FALLBACK", f"smtp://{HOST}:{second.port}")
        heard, complaints = open_channels(project, settings).tell([STOPPED], NOON)
        assert heard == {0}
        assert len(complaints) == 1
        assert [mail.recipients for mail in second.arrived] == [(OPERATOR,)]
        assert first.arrived == []


def test_a_second_relay_that_is_mistyped_is_named_without_its_password(
    project: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://{HOST}:{free_port()}")
    monkeypatch.setenv("NEWSLETTER_MAIL_FALLBACK", "smtp://user:hush@")
    heard, complaints = open_channels(project, settings).tell([STOPPED], NOON)
    assert heard == set()
    assert "NEWSLETTER_MAIL_FALLBACK names an invalid host name" in complaints[1]
    assert "hush" not in "".join(complaints)


def test_a_web_hook_hears_each_finding(
    project: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(settings, alerts=Alerts())
    with hooking() as hook:
        monkeypatch.setenv("NEWSLETTER_ALERT_HOOK", f"{hook.url}/hook")
        channels = open_channels(project, settings)
        assert channels.tell([STOPPED, DONE], NOON) == ({0, 1}, [])
        found = [json.loads(one.body) for one in hook.asked]
        assert found[0] == {
            "letter": "Royal Dutch Updates",
            "site": "https://example.org/",
            "at": "2026-11-27T11:00:00+00:00",
            "kind": "stopped",
            "level": "critical",
            "text": STOPPED.text,
            "command": STOPPED.command,
            "week": "2026-W48",
        }
        assert {one.headers["content-type"] for one in hook.asked} == {"application/json"}
        hook.status = 429
        assert channels.tell([STOPPED, DONE], NOON) == (
            set(),
            ["NEWSLETTER_ALERT_HOOK: the answer is 429"],
        )


def test_the_forms_of_slack_and_ntfy(settings: Settings) -> None:
    slack = replace(settings, alerts=Alerts("", HookForm.SLACK))
    body, _ = write_hook(slack, STOPPED, NOON)
    assert json.loads(body) == {
        "text": "*CRITICAL* the letter of 2026-W48 stopped: &lt;a&gt; &amp; “b”\n`newsletter resume 2026-W48`"
    }
    ntfy = replace(settings, alerts=Alerts("", HookForm.NTFY))
    body, headers = write_hook(ntfy, STOPPED, NOON)
    assert body.decode() == STOPPED.say()
    assert headers == {
        "Title": "Royal Dutch Updates: CRITICAL",
        "Priority": "urgent",
        "Tags": "rotating_light",
    }
    _, headers = write_hook(replace(ntfy, letter="Één brief\n"), DONE, NOON)
    assert headers["Title"].isascii()
    assert "\n" not in headers["Title"]
    assert headers["Priority"] == "default"


def test_an_address_that_is_none_stops_nobody_in_silence(
    project: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_ALERT_HOOK", "hooks.example.org/secret")
    said = "NEWSLETTER_ALERT_HOOK is not a web address; expected one like https://example.org/…"
    assert open_channels(project, settings).trouble == said
    with relaying() as relay:  # the mail goes out all the same
        monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://{HOST}:{relay.port}")
        assert open_channels(project, settings).tell([STOPPED], NOON) == ({0}, [said])
    monkeypatch.setenv("NEWSLETTER_ALERT_PING", "ping.example.org/secret")
    assert (
        ping(project) == "NEWSLETTER_ALERT_PING is not a web address; expected one like https://example.org/…"
    )


def test_the_switch_is_pinged_as_healthchecks_expects(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ping(project) == "", "there is none"
    with hooking() as hook:
        monkeypatch.setenv("NEWSLETTER_ALERT_PING", f"{hook.url}/a1b2")
        assert [ping(project, stage) for stage in ("start", "", "fail")] == ["", "", ""]
        assert hook.paths == ["GET /a1b2/start", "GET /a1b2", "GET /a1b2/fail"]
