"""The service looks by itself: at once, and across restarts."""

import json
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from generator.environment import open_list
from generator.settings import read_settings
from generator.watch.watcher import Watcher
from tests.clocks import stop_at
from tests.delivery.relays import free_port
from tests.watch.hooking import hooking
from tests.watch.knowing import NOON
from tests.web.running import run_service


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_looks_when_it_starts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that was off at nine says so when it is on."""
    with hooking() as hook, closing(open_list(project)) as database:
        monkeypatch.setenv("NEWSLETTER_ALERT_HOOK", hook.url)
        for _ in range(2):  # the second one is the service after a restart
            watcher = Watcher(project, read_settings(project), database, stop_at(NOON))
            watcher.start()
            until(lambda: hook.asked)
            watcher.stop()
        watcher.watch()
        told = [json.loads(one.body) for one in hook.asked]
    missed = [one["command"] for one in told if one["kind"] == "missed"]
    assert missed == ["newsletter send 2026-W48 --now"]


def test_what_cannot_be_told_is_a_line_in_the_log_and_not_one_a_minute(
    project: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NEWSLETTER_ALERT_HOOK", f"http://127.0.0.1:{free_port()}/secret")
    with closing(open_list(project)) as database:
        watcher = Watcher(project, read_settings(project), database, stop_at(NOON))
        watcher.watch()
        watcher.watch()
    assert [one.getMessage() for one in caplog.records] == [
        "NEWSLETTER_ALERT_HOOK: no connection can be made"
    ]


def test_the_service_watches_the_file_of_its_list(project: Path) -> None:
    with hooking() as hook, run_service(project, NEWSLETTER_ALERT_HOOK=hook.url) as running:
        (project / "var/newsletter.db").rename(project / "var/moved.db")
        assert running.ask("GET", "/health")[0] == 503
        assert running.subscribe("reader@example.com", running.version())[0] == 503
