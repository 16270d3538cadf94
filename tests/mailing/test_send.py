"""A letter is sent from Python, without a terminal: what is returned, what is told, and what stops it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from generator.clock import Clock
from generator.errors import RefusalError
from generator.mailing import events
from generator.mailing.freeze import prepare
from generator.mailing.report import make_report
from generator.mailing.resume import resume_mailing, withdraw_letter
from generator.mailing.run import Order, Outcome, Unsent
from generator.mailing.send import Asked, send_letter
from generator.mailing.status import find_standing
from generator.model import NewSubscriber, Status, Week
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import open_database
from generator.subscribers.store.keys import Keys
from tests.clocks import stop_at
from tests.languages import NL

KEYS = Keys(("k" * 43,))
WEEK = Week(2026, 46)
"""A letter of the sample with nothing wrong in it."""
FRIDAY = datetime(2026, 11, 13, 6, 30, tzinfo=UTC)
"""Half past seven in Amsterdam: the window is open."""
OPEN = stop_at(FRIDAY)
READERS = 3
HASTE = Order(patience=timedelta(0))


@pytest.fixture(autouse=True)
def _nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> object:
    yield
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def project(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample with three readers, whose letters are written to a folder."""
    database = open_database("sqlite:///var/newsletter.db", KEYS, sample)
    drafts = [
        NewSubscriber(f"reader{number}@example.org", NL, (), Status.CONFIRMED, FRIDAY, FRIDAY)
        for number in range(READERS)
    ]
    with database.begin() as transaction:
        add_many(transaction, drafts)
    database.close()
    monkeypatch.setenv("NEWSLETTER_KEYS", str(KEYS))
    monkeypatch.setenv("NEWSLETTER_MAIL", "maildir:var/mail")
    monkeypatch.delenv("NEWSLETTER_DATABASE", raising=False)
    return sample


def send(
    root: Path,
    told: list[events.Event],
    clock: Clock = OPEN,
    stop: Event | None = None,
    *,
    wait: bool = False,
) -> Outcome | Unsent:
    return send_letter(root, WEEK, Asked(HASTE, wait=wait), clock, told.append, stop, prepare)


def test_what_came_of_it_is_returned_and_what_happens_is_told(project: Path) -> None:
    told: list[events.Event] = []
    outcome = send(project, told)
    assert isinstance(outcome, Outcome)
    assert (outcome.tally.planned, outcome.tally.accepted, outcome.left) == (READERS, READERS, 0)
    assert (outcome.trouble, outcome.failure, outcome.no_report) == ("", "", "")
    assert len(list((project / "var/mail/new").iterdir())) == READERS
    assert outcome.files == project / "var/mail/new"
    assert outcome.report
    assert (project / outcome.report).read_text("utf-8") == make_report(project, WEEK, FRIDAY, "markdown")
    frozen, started, *advanced, ended = told
    assert isinstance(frozen, events.Frozen)
    assert (frozen.mailing.week, frozen.mailing.planned) == (WEEK, READERS)
    assert isinstance(started, events.Started)
    assert (started.before.remaining, started.connections) == (READERS, 1)
    assert {type(one) for one in advanced} <= {events.Advanced}
    assert ended == events.Ended()
    again = send(project, told)
    assert again == Unsent("The letter of 2026-W46 was already sent, on 2026-11-13 at 07:30.")


def test_every_reason_is_in_the_error_and_nothing_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSLETTER_MAIL")
    told: list[events.Event] = []
    with pytest.raises(RefusalError) as refused:
        send(project, told, stop_at(FRIDAY + timedelta(days=1)))
    assert refused.value.what == "the letter of 2026-W46 cannot be sent"
    assert [reason.split(" ", 2)[:2] for reason in refused.value.reasons[1:]] == [
        ["NEWSLETTER_MAIL", "names"],
        ["newsletter/settings.toml", "has"],
        ["its", "window"],
    ]
    assert "is not in git" in refused.value.reasons[0]
    assert told == []


def test_the_wait_for_the_window_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = FRIDAY - timedelta(hours=1)

    def sleep(seconds: float) -> None:
        nonlocal now
        now += timedelta(seconds=seconds)

    monkeypatch.setattr("generator.mailing.window.sleep", sleep)
    told: list[events.Event] = []
    outcome = send(project, told, lambda: now, wait=True)
    assert isinstance(outcome, Outcome)
    assert outcome.tally.accepted == READERS
    waiting = told[0]
    assert isinstance(waiting, events.Waiting)
    assert waiting.opens.isoformat() == "2026-11-13T07:00:00+01:00"


def test_a_window_that_moves_during_the_wait_is_waited_for(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings are read again when the window opens; it may be later by then."""
    now = FRIDAY - timedelta(hours=1)
    path = project / "newsletter/settings.toml"
    text = path.read_text("utf-8")

    def sleep(seconds: float) -> None:
        nonlocal now
        now += timedelta(seconds=seconds)
        path.write_text(text.replace("[nl]", '[send]\nfrom = "08:30"\nuntil = "10:00"\n[nl]'), "utf-8")

    monkeypatch.setattr("generator.mailing.window.sleep", sleep)
    told: list[events.Event] = []
    assert isinstance(send(project, told, lambda: now, wait=True), Outcome)
    waits = [event.opens for event in told if isinstance(event, events.Waiting)]
    assert [f"{opens:%H:%M}" for opens in waits] == ["07:00", "08:30"]
    assert now >= FRIDAY + timedelta(hours=1)


def test_a_run_that_is_stopped_leaves_the_rest_for_the_next(project: Path) -> None:
    stop = Event()
    stop.set()
    outcome = send(project, [], stop=stop)
    assert isinstance(outcome, Outcome)
    assert (outcome.left, outcome.tally.accepted) == (READERS, 0)
    standing = find_standing(project, None, FRIDAY)
    assert standing
    assert (standing.account.tally, standing.living) == (outcome.tally, [])
    resumed = resume_mailing(project, WEEK, HASTE, OPEN)
    assert isinstance(resumed, Outcome)
    assert (resumed.left, resumed.tally.accepted) == (0, READERS)


def test_a_letter_is_withdrawn_only_when_its_caller_agrees(project: Path) -> None:
    stop = Event()
    stop.set()
    send(project, [], stop=stop)

    def refuse(_: object) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        withdraw_letter(project, WEEK, FRIDAY, refuse)
    assert find_standing(project, WEEK, FRIDAY)
    assert withdraw_letter(project, WEEK, FRIDAY).planned == READERS
    assert find_standing(project, None, FRIDAY) is None
