"""Each kind is told once an hour at most, by all programs of a project together, and across restarts."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from generator.model import Week
from generator.settings import Settings, read_settings
from generator.watch.alerts import alert
from generator.watch.findings import Finding, Kind, Level
from generator.watch.memory import FILE
from tests.delivery.relays import free_port
from tests.watch.hooking import Hooking, hooking
from tests.watch.knowing import NOON, WEEK

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DISK = Finding(Kind.DISK, Level.WARNING, "900 MB free", "du")
BACKUP = Finding(Kind.BACKUP, Level.WARNING, "3 days old", "systemctl")
MISSED = Finding(Kind.MISSED, Level.CRITICAL, "missed", "newsletter send 2026-W48 --now", WEEK)
DONE = Finding(Kind.DONE, Level.OK, "sent", week=WEEK)


@pytest.fixture
def hook(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hooking]:
    with hooking() as hook:
        monkeypatch.setenv("NEWSLETTER_ALERT_HOOK", hook.url)
        yield hook


@pytest.fixture
def settings(project: Path) -> Settings:
    return read_settings(project)


def kinds(hook: Hooking) -> list[str]:
    found = [json.loads(one.body)["kind"] for one in hook.asked]
    hook.asked.clear()
    return found


def test_without_a_channel_nothing_is_told_or_kept(project: Path, settings: Settings) -> None:
    assert alert(project, settings, [DISK], NOON) == []
    assert not (project / FILE).exists()


def test_a_kind_is_told_once_an_hour_and_less_often_while_it_lasts(
    project: Path, settings: Settings, hook: Hooking
) -> None:
    told = []
    for minute in range(3 * 24 * 60):
        alert(project, settings, [DISK], NOON + minute * MINUTE)
        if kinds(hook):
            told.append(minute / 60)
    assert told == [0, 1, 3, 7, 15, 31, 55]


def test_other_kinds_do_not_wait_for_it(project: Path, settings: Settings, hook: Hooking) -> None:
    alert(project, settings, [DISK], NOON)
    alert(project, settings, [MISSED, DISK, BACKUP], NOON + MINUTE)
    assert kinds(hook) == ["disk", "missed", "backup"]


def test_what_comes_and_goes_is_told_once_an_hour(project: Path, settings: Settings, hook: Hooking) -> None:
    for minute in range(125):
        alert(project, settings, [DISK] if minute % 2 else [], NOON + minute * MINUTE)
    assert kinds(hook) == ["disk", "disk", "disk"]


def test_that_a_letter_is_done_is_told_once(project: Path, settings: Settings, hook: Hooking) -> None:
    for hours in range(24):
        alert(project, settings, [DONE], NOON + hours * HOUR)
    alert(project, settings, [], NOON + 2 * DAY)
    alert(project, settings, [DONE], NOON + 3 * DAY)
    assert kinds(hook) == ["done"]
    alert(project, settings, [Finding(Kind.DONE, Level.OK, "sent", week=Week(2026, 49))], NOON + 7 * DAY)
    assert kinds(hook) == ["done"]


def test_units_that_fail_are_told_apart(project: Path, settings: Settings, hook: Hooking) -> None:
    for name in ("newsletter-send.service", "newsletter-backup.service", "newsletter-send.service"):
        finding = Finding(Kind.UNIT, Level.CRITICAL, name, "journalctl", about=name)
        alert(project, settings, [finding], NOON)
    assert len(kinds(hook)) == 2


def test_the_letter_of_another_week_does_not_wait_for_the_day_to_pass(
    project: Path, settings: Settings, hook: Hooking
) -> None:
    for hours in (0, 1, 3, 7):
        alert(project, settings, [MISSED], NOON + hours * HOUR)
    other = Finding(Kind.MISSED, Level.CRITICAL, "missed", "newsletter send", Week(2026, 49))
    alert(project, settings, [other], NOON + 7.5 * HOUR)
    assert len(kinds(hook)) == 4, "but for its hour"
    alert(project, settings, [other], NOON + 8 * HOUR)
    assert len(kinds(hook)) == 1


def test_what_nobody_heard_is_told_again_at_the_next_look(
    project: Path, settings: Settings, hook: Hooking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_ALERT_HOOK", f"http://127.0.0.1:{free_port()}")
    assert alert(project, settings, [DONE, DISK], NOON) == [
        "NEWSLETTER_ALERT_HOOK: no connection can be made"
    ]
    monkeypatch.setenv("NEWSLETTER_ALERT_HOOK", hook.url)
    assert alert(project, settings, [DONE, DISK], NOON + MINUTE) == []
    assert alert(project, settings, [DONE, DISK], NOON + 2 * MINUTE) == []
    assert kinds(hook) == ["done", "disk"]


def test_it_is_remembered_by_all_programs(project: Path, settings: Settings, hook: Hooking) -> None:
    """Ten at once, each a process of its own, and one after them."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom tests.watch.test_alerts import DISK, NOON, alert, read_settings\n"
        "root = Path(sys.argv[1])\nassert alert(root, read_settings(root), [DISK], NOON) == []\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, project]) for _ in range(4)]
    assert [one.wait(60) for one in running] == [0] * 4
    alert(project, settings, [DISK], NOON + 59 * MINUTE)
    assert kinds(hook) == ["disk"]


@pytest.mark.parametrize(
    "content",
    [
        '{"told": 7}',
        '{"told": {"disk": {}}}',
        '{"told": {"disk": {"at": "2026", "times": "x", "week": 1}}}',
        "{",
    ],
)
def test_a_memory_that_was_spoilt_is_no_reason_to_be_silent(
    project: Path, settings: Settings, hook: Hooking, content: str
) -> None:
    (project / FILE).write_text(content)
    assert alert(project, settings, [DISK], NOON) == []
    assert kinds(hook) == ["disk"]


def test_a_clock_that_was_set_back_silences_nobody(project: Path, settings: Settings, hook: Hooking) -> None:
    alert(project, settings, [DISK], NOON + 300 * DAY)
    alert(project, settings, [DISK], NOON)
    assert len(kinds(hook)) == 2


def test_a_folder_that_cannot_be_written_is_told(project: Path, settings: Settings, hook: Hooking) -> None:
    (project / FILE).mkdir()
    (complaint,) = alert(project, settings, [DISK], NOON)
    assert "var/watch.json cannot be written" in complaint
