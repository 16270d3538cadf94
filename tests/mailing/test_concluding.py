"""The program that sends tells the operator: with a real web server, and a letter that is sent, refused or stopped."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from generator.errors import RefusalError
from generator.mailing import events
from generator.mailing.freeze import prepare
from generator.mailing.resume import resume_mailing
from generator.mailing.run import Order
from generator.mailing.send import Asked, send_letter
from generator.model import NewSubscriber, Status, Week
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import open_database
from generator.subscribers.store.keys import Keys
from tests.clocks import stop_at
from tests.languages import NL
from tests.watch.hooking import Hooking, hooking

KEYS = Keys(("k" * 43,))
WEEK = Week(2026, 46)
FRIDAY = datetime(2026, 11, 13, 6, 30, tzinfo=UTC)
ASKED = Asked(Order(patience=timedelta(0)))


@pytest.fixture
def hook(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hooking]:
    """The sample with two readers, and a server that hears hooks and pings."""
    database = open_database("sqlite:///var/newsletter.db", KEYS, sample)
    drafts = [
        NewSubscriber(f"reader{number}@example.org", NL, (), Status.CONFIRMED, FRIDAY, FRIDAY)
        for number in range(2)
    ]
    with database.begin() as transaction:
        add_many(transaction, drafts)
    database.close()
    monkeypatch.setenv("NEWSLETTER_KEYS", str(KEYS))
    monkeypatch.setenv("NEWSLETTER_MAIL", "maildir:var/mail")
    monkeypatch.delenv("NEWSLETTER_DATABASE", raising=False)
    with hooking() as hook:
        monkeypatch.setenv("NEWSLETTER_ALERT_HOOK", f"{hook.url}/hook")
        monkeypatch.setenv("NEWSLETTER_ALERT_PING", f"{hook.url}/ping")
        yield hook


def hear(hook: Hooking) -> list[str]:
    """Pings by their path, and hooks by what they are about."""
    found = [one.path if one.method == "GET" else json.loads(one.body)["kind"] for one in hook.asked]
    hook.asked.clear()
    return [one for one in found if one not in {"disk", "backup"}]


def test_a_letter_that_is_sent_begins_and_is_done(sample: Path, hook: Hooking) -> None:
    send_letter(sample, WEEK, ASKED, stop_at(FRIDAY), prepare=prepare)
    assert json.loads(hook.asked[1].body)["text"] == "the letter of 2026-W46 was sent: 2 planned = 2 accepted"
    assert hear(hook) == ["/ping/start", "done", "/ping"]
    send_letter(sample, WEEK, ASKED, stop_at(FRIDAY + timedelta(minutes=10)), prepare=prepare)
    assert hear(hook) == ["/ping"], "the timer comes again, and tells the switch only"


def test_one_that_stops_is_told_with_what_goes_on_with_it(sample: Path, hook: Hooking) -> None:
    stop = Event()
    stop.set()
    send_letter(sample, WEEK, ASKED, stop_at(FRIDAY), stop=stop, prepare=prepare)
    assert json.loads(hook.asked[1].body)["command"] == "newsletter resume 2026-W46"
    assert hear(hook) == ["/ping/start", "stopped", "/ping/fail"]
    resume_mailing(sample, WEEK, ASKED.order, stop_at(FRIDAY))
    assert hear(hook) == ["/ping/start", "done", "/ping"]


def test_one_that_is_refused_on_its_day_is_missed(
    sample: Path, hook: Hooking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSLETTER_MAIL")
    with pytest.raises(RefusalError):
        send_letter(sample, WEEK, ASKED, stop_at(FRIDAY), prepare=prepare)
    assert hear(hook) == ["missed", "/ping/fail"]
    with pytest.raises(RefusalError):
        send_letter(sample, Week(2026, 47), ASKED, stop_at(FRIDAY - timedelta(days=2)), prepare=prepare)
    assert hear(hook) == [], "nothing was due on Wednesday"


def test_an_operator_who_cannot_be_told_stops_no_letter(
    sample: Path, hook: Hooking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_ALERT_HOOK", "no address")
    hook.status = 500
    told: list[events.Event] = []
    send_letter(sample, WEEK, ASKED, stop_at(FRIDAY), told.append, prepare=prepare)
    assert [one.why for one in told if isinstance(one, events.Unheard)] == [
        "NEWSLETTER_ALERT_PING: the answer is 500",
        "NEWSLETTER_ALERT_HOOK is not a web address; expected one like https://example.org/…",
        "NEWSLETTER_ALERT_PING: the answer is 500",
    ]
    assert len(list((sample / "var/mail/new").iterdir())) == 2


def test_who_set_nothing_up_is_told_nothing(
    sample: Path, hook: Hooking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSLETTER_ALERT_HOOK")
    monkeypatch.delenv("NEWSLETTER_ALERT_PING")
    send_letter(sample, WEEK, ASKED, stop_at(FRIDAY), prepare=prepare)
    assert hook.asked == []
    assert not (sample / "var/watch.json").exists()
