"""The page of the operator: what it shows, in a real browser too, and to whom it does not answer."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser

from generator.cli.newsletter import main
from generator.desk import open_desk
from generator.environment import make_list
from generator.errors import PublishError
from generator.model import Consent, Mailing, Status, Step
from generator.subscribers.ledger import mailings
from generator.subscribers.list.listing import add_many
from tests.clocks import STOPPED
from tests.subscribers.letters import MASTERS, WEEK
from tests.subscribers.people import DAY, NOW, draft
from tests.web.journeys import NARROW, look


@pytest.fixture
def root(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with twelve readers, and a letter that was stopped."""
    for name in ("NEWSLETTER_DATABASE", "NEWSLETTER_KEYS", "NEWSLETTER_MAIL"):
        monkeypatch.delenv(name, raising=False)
    assert CliRunner().invoke(main, ["--root", str(sample), "init"]).exit_code == 0
    with closing(make_list(sample, print)) as database, database.begin() as transaction:
        people = [
            replace(
                draft(number),
                status=Status.CONFIRMED,
                certainties=(),
                consents=(Consent(Step.ADDED, NOW - number * 5 * DAY, "a card of reader@example.org <b>"),),
            )
            for number in range(12)
        ]
        add_many(transaction, people)
        mailings.freeze(
            transaction, Mailing(WEEK, NOW, "", "proof", database.keys.fingerprint), MASTERS, WEEK.friday
        )
        mailings.stop(transaction, WEEK, "550 no such user: reader@example.org")
    return sample


@pytest.fixture
def port(root: Path) -> Iterator[int]:
    with open_desk(root, 0, STOPPED) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def ask(port: int, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_the_page_shows_numbers_and_no_address(port: int):
    status, page = ask(port)
    assert status == 200
    assert "In 26 weeks 12 came and 0 went." in page
    assert (
        "the letter of 2026-W48 was begun and stopped with 12 letters left: 550 no such user: …@example.org"
        in page
    )
    assert "<code>newsletter resume 2026-W48</code>" in page
    assert "stopped: 550 no such user: …@example.org" in page
    assert "a card of …@example.org &lt;b&gt;" in page
    assert "reader@" not in page
    assert not [number for number in range(12) if draft(number).address in page]


def test_it_answers_its_own_machine_only_and_changes_nothing(port: int):
    assert ask(port, Host="rebound.example.org")[0] == 403
    assert ask(port, method="POST")[0] == 405
    assert ask(port, "/nothing")[0] == 404
    assert ask(port, "/assets/../settings.toml")[0] == 404


def test_a_list_that_is_gone_is_said_and_comes_back_by_itself(root: Path, port: int):
    there, away = root / "var/newsletter.db", root / "away.db"
    there.rename(away)
    status, said = ask(port)
    assert status == 503
    assert said.startswith("The page cannot be shown: ")
    away.rename(there)
    assert ask(port)[0] == 200


def test_it_does_not_start_without_a_list_or_a_port(root: Path, port: int):
    with pytest.raises(PublishError, match=rf"cannot listen on port {port}: .*--port"):
        open_desk(root, port, STOPPED)
    (root / "var/newsletter.db").unlink()
    done = CliRunner().invoke(main, ["--root", str(root), "desk", "--no-open"], obj=STOPPED)
    assert done.exit_code == 1
    assert "there is no list" in done.output


def test_everybody_can_read_it_on_a_phone_and_on_a_screen(port: int, browser: Browser):
    for size in (NARROW, {"width": 1280, "height": 900}):
        page = browser.new_page(viewport=size)
        wrong: list[str] = []
        page.on("console", lambda message, wrong=wrong: wrong.append(message.text))
        page.goto(f"http://127.0.0.1:{port}/")
        if size is NARROW:
            look(page)
        page.locator("summary").press("Enter")
        assert page.locator("details tbody tr").count() == 26
        assert page.locator(".chart").bounding_box()["height"] > 30  # type: ignore[index] # it is visible
        assert wrong == []
        page.close()
