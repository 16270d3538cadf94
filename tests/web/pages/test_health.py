"""Green means that mail leaves; only insiders read more."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from generator.model import Status
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.outbox import post_goodbye
from generator.subscribers.store.backup import back_up
from generator.watch.memory import FILE, note_relay
from generator.web.application import create_application
from generator.web.service import Service
from tests.languages import NL
from tests.subscribers.people import NOW, draft
from tests.web.asking import Asker
from tests.web.reading import URL, Reader

HERE = {"client": "127.0.0.1", "host": "127.0.0.1:8001"}
TOKEN = "of-somebody-who-may-know"  # noqa: S105


@pytest.fixture(autouse=True)
def _forgotten(shared):
    yield
    (shared.root / FILE).unlink(missing_ok=True)


def look(reader: Reader, **asked: Any) -> tuple[int, dict[str, Any]]:
    """As an insider, unless it says otherwise; so late that nothing is cached."""
    reader.clock.wait(seconds=6)
    answer = reader.ask.get("/health", **{**HERE, **asked})
    return answer.status, json.loads(answer.body)


def kinds(found: dict[str, Any]) -> set[str]:
    return {one["kind"] for one in found["findings"] if one["level"] == "critical"}


def test_an_insider_reads_the_details(reader):
    status, found = look(reader)
    assert status == 200
    assert {name: found[name] for name in ("status", "list", "mail", "relay")} == dict.fromkeys(
        ("status", "list", "mail", "relay"), "ok"
    )
    assert found["notices"] == {"waiting": 0, "oldest_seconds": 0}
    assert found["letter"]["state"] in {"none", "written"}


@pytest.mark.parametrize(
    "asked",
    [
        {"client": "198.51.100.7"},
        {"host": "letter.example.org"},
        {"host": ""},
        {"host": "[::1"},
        {"client": "::ffff:198.51.100.7"},
        {"headers": [("X-Forwarded-For", "127.0.0.1")]},
        {"headers": [("Forwarded", "for=127.0.0.1")]},
        {"headers": [("Via", "1.1 proxy")]},
        {"client": "198.51.100.7", "headers": [("Authorization", "Bearer ")]},
        {"client": "198.51.100.7", "headers": [("Authorization", "Bearer None")]},
    ],
)
def test_a_stranger_reads_whether_all_is_well_and_nothing_else(reader, asked):
    assert look(reader, **asked) == (200, {"status": "ok"})


def test_who_has_the_token_is_an_insider(reader, shared):
    service = Service(shared, reader.database, lambda: None, reader.clock, URL, token=TOKEN)
    reader = replace(reader, ask=Asker(create_application(service), reader.ask.loop))

    def ask(given: str) -> dict[str, Any]:
        headers = [("Authorization", given)]
        return look(reader, client="198.51.100.7", host="x", headers=headers)[1]

    assert "findings" in ask(f"Bearer {TOKEN}")
    for wrong in (TOKEN, f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer", ""):
        assert ask(wrong) == {"status": "ok"}


def test_mail_that_waits_for_more_than_an_hour_is_not_well(reader):
    with reader.database.begin() as transaction:
        post_goodbye(transaction, "reader@example.com", NL, reader.clock())
    reader.clock.wait(minutes=60)
    status, found = look(reader)
    assert (status, kinds(found)) == (503, {"notices"})
    assert found["notices"] == {"waiting": 1, "oldest_seconds": 3606}
    assert look(reader, client="198.51.100.7") == (503, {"status": "failing"})
    assert reader.ask.get("/alive", **HERE).status == 200, "a restart would mend nothing"
    assert "example.com" not in json.dumps(found)


def test_a_relay_that_did_not_take_the_last_mail_is_not_well(reader, shared):
    (shared.root / "var").mkdir(exist_ok=True)
    note_relay(shared.root, "smtp://relay.example.org:25 cannot be reached", reader.clock())
    status, found = look(reader)
    assert (status, found["relay"], kinds(found)) == (503, "failing", set())
    reader.clock.wait(minutes=5)
    assert kinds(look(reader)[1]) == {"relay"}
    note_relay(shared.root, "", reader.clock())
    assert look(reader)[0] == 200


def test_a_letter_that_was_missed_is_not_well(reader, shared):
    friday = datetime(2026, 11, 20, 11, tzinfo=UTC)  # noon on the Friday of a letter of the sample
    reader.clock.now = friday - timedelta(seconds=6)
    person = draft(1, certainties=(), status=Status.CONFIRMED, created=friday - timedelta(days=1))
    with reader.database.begin() as transaction:
        add_many(transaction, [person])
    status, found = look(reader)
    assert (status, kinds(found)) == (503, {"missed"})
    assert found["letter"] == {"week": "2026-W47", "state": "written"}
    assert reader.ask.get("/alive", **HERE).status == 200


@pytest.mark.parametrize("how", ["mv", "cp", "rm"])
def test_a_list_whose_file_is_gone_is_not_well(reader, tmp_path, how):
    assert look(reader)[0] == 200
    file = reader.database.file
    back_up(reader.database, tmp_path / "copy.db", NOW)
    if how == "mv":
        (tmp_path / "copy.db").replace(file)
    elif how == "cp":
        file.write_bytes((tmp_path / "copy.db").read_bytes())
    else:
        file.unlink()
    status, found = look(reader)
    assert (status, found["list"], kinds(found)) == (503, "failing", {"list"})
    # Where nothing is, a restart would begin a new list.
    command = "newsletter doctor" if how == "rm" else "systemctl restart newsletter"
    assert found["findings"][0]["command"] == command
    assert found["letter"]["state"] == "unknown"
    answer = reader.subscribe("reader@example.com", "en/subscribe")
    assert answer.status == 503, "nobody is told that they are kept"
