"""The lessons of the course are sent from Python: when they may leave, what is asked first, and what is told."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from generator.errors import RefusalError, RequestError
from generator.mailing import events
from generator.mailing.freeze import prepare_course
from generator.mailing.lessons import is_open, send_lessons
from generator.mailing.run import Order, Outcome, Unsent
from generator.mailing.send import Asked
from generator.mailing.status import find_standing
from generator.model import CourseStep, NewSubscriber, Status
from generator.settings import read_settings
from generator.subscribers.ledger import courses, mailings
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.store.database import open_database
from generator.subscribers.store.keys import Keys
from generator.watch.findings import Kind
from generator.watch.look import look
from tests.clocks import stop_at
from tests.languages import EN, NL

ROOT = Path(__file__).parents[2]
KEYS = Keys(("k" * 43,))
MONDAY = datetime(2026, 12, 7, 6, 30, tzinfo=UTC)
"""Half past seven in Amsterdam: the window of lessons is open."""
ASKED = Asked(Order(patience=timedelta(0)))
AT_ONCE = Asked(Order(patience=timedelta(0)), at_once=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The playbook itself, whose course is whole, and two readers who began it last Friday, one in each language."""
    root = tmp_path / "project"
    for folder in ("docs", "newsletter"):
        shutil.copytree(ROOT / folder, root / folder)
    (root / "templates").symlink_to(ROOT / "templates")
    for name in ("mkdocs.yml", "mkdocs.en.yml"):
        shutil.copy2(ROOT / name, root / name)
    began = MONDAY - timedelta(days=3)
    database = open_database("sqlite:///var/newsletter.db", KEYS, root)
    with database.begin() as transaction:
        people = [
            NewSubscriber(f"{one}@example.org", one, (), Status.CONFIRMED, began, began) for one in (NL, EN)
        ]
        add_many(transaction, people)
        for one in people:
            reader = find_subscriber(transaction, one.address)
            assert reader
            assert courses.begin(transaction, reader, began.date(), began)
    database.close()
    monkeypatch.setenv("NEWSLETTER_KEYS", str(KEYS))
    monkeypatch.setenv("NEWSLETTER_MAIL", "maildir:var/mail")
    monkeypatch.delenv("NEWSLETTER_DATABASE", raising=False)
    return root


def send(
    root: Path, now: datetime = MONDAY, asked: Asked = ASKED, told: list[events.Event] | None = None
) -> Sequence[Outcome] | Unsent:
    said = [] if told is None else told
    return send_lessons(root, asked, stop_at(now), said.append, prepare=prepare_course)


def take(root: Path) -> list[EmailMessage]:
    """The mails that left, by the address of their reader."""
    found = []
    for path in (root / "var/mail/new").iterdir():
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        found.append(message)
        path.unlink()
    return sorted(found, key=lambda message: str(message["To"]))


def change(root: Path, name: str, old: str, new: str) -> None:
    path = root / "newsletter" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_each_reader_gets_the_lesson_in_their_language(project: Path) -> None:
    [outcome] = send(project)  # type: ignore[misc]
    assert (outcome.week, outcome.tally.planned, outcome.tally.accepted) == (CourseStep(1), 2, 2)
    english, dutch = take(project)
    assert (english["Content-Language"], dutch["Content-Language"]) == ("en", "nl")
    assert dutch["Date"].datetime == MONDAY
    assert dutch["Message-ID"].startswith("<course-1.")
    assert dutch["List-Unsubscribe"]
    body = dutch.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "les 1 van 7" in body
    assert "#course" in body, "where the course is paused or stopped"
    assert "Had je hier iets aan" not in body
    assert isinstance(send(project), Unsent)
    standing = find_standing(project, CourseStep(1), MONDAY)
    assert standing
    assert (standing.account.tally.accepted, standing.account.joined) == (2, 0)


@pytest.mark.parametrize(
    "now, why",
    [
        ("2026-12-07T05:59:00+00:00", "opens on Monday 7 December 2026 at 07:00"),
        ("2026-12-07T09:00:00+00:00", "closed on Monday 7 December 2026 at 10:00"),
        ("2026-12-11T06:30:00+00:00", "lessons leave from Monday to Thursday; today is Friday"),
        ("2026-12-12T06:30:00+00:00", "today is Saturday"),
    ],
)
def test_lessons_leave_in_their_window_only(project: Path, now: str, why: str) -> None:
    moment = datetime.fromisoformat(now)
    assert not is_open(read_settings(project), moment)
    with pytest.raises(RefusalError) as caught:
        send(project, moment)
    assert why in caught.value.reasons[0]


def test_at_once_is_at_any_hour_of_a_lesson_day(project: Path) -> None:
    assert len(send(project, MONDAY.replace(hour=20), AT_ONCE)) == 1  # type: ignore[arg-type]
    with pytest.raises(RefusalError, match="cannot be sent"):
        send(project, MONDAY + timedelta(days=4), AT_ONCE)


def test_the_window_follows_the_clocks_of_summer(project: Path) -> None:
    settings = read_settings(project)
    assert is_open(settings, datetime(2027, 3, 29, 5, 0, tzinfo=UTC))
    assert not is_open(settings, datetime(2027, 3, 25, 5, 0, tzinfo=UTC))


def test_without_the_table_lessons_are_not_mailed(project: Path) -> None:
    change(project, "settings.toml", '[course]\nfrom = "07:00"\nuntil = "10:00"\n', "")
    with pytest.raises(RequestError, match=r"has no table \[course\]"):
        send(project)


def test_a_missing_lesson_is_told_before_anything_is_planned(project: Path) -> None:
    (project / "newsletter/course/rebound.en.md").unlink()
    with pytest.raises(RefusalError) as caught:
        send(project)
    assert any(
        "rebound.en.md" in str(problem.path) and "missing" in problem.message
        for problem in caught.value.problems
    )
    assert not (project / "var/mail/new").exists()
    assert find_course(project).step == 1


def test_an_error_in_the_last_lesson_keeps_back_the_first_one(project: Path) -> None:
    change(project, "course/repetition.nl.md", "\n---\n\n", "\n---\n\n# Een kop\n\n")
    with pytest.raises(RefusalError) as caught:
        send(project)
    assert "repetition.nl.md" in str(caught.value.problems[0].path)
    assert find_course(project).step == 1


def find_course(root: Path) -> courses.Course:
    database = open_database("sqlite:///var/newsletter.db", KEYS, root)
    with database.read() as transaction:
        reader = find_subscriber(transaction, "nl@example.org")
        assert reader
        found = courses.find(transaction, reader.id)
    database.close()
    assert found
    return found


def test_a_lesson_that_was_stopped_waits_for_a_person_and_the_others_go_on(project: Path) -> None:
    send(project)
    database = open_database("sqlite:///var/newsletter.db", KEYS, project)
    with database.begin() as transaction:
        mailings.stop(transaction, CourseStep(2), "no")  # not begun yet: nothing changes
        mailings.stop(transaction, CourseStep(1), "the relay refuses the sender")
    database.close()
    told: list[events.Event] = []
    [outcome] = send(project, MONDAY + timedelta(weeks=1), told=told)  # type: ignore[misc]
    assert (outcome.week, outcome.tally.accepted) == (CourseStep(2), 2)
    assert any(
        isinstance(event, events.Delayed) and "newsletter resume course-1" in event.why for event in told
    )


def test_lessons_that_nobody_sends_are_told(project: Path) -> None:
    def find(now: datetime) -> list[str]:
        return [one.say() for one in look(project, now)[0] if one.kind is Kind.LESSONS]

    assert find(MONDAY + timedelta(hours=2)) == [], "a lesson may wait a day for a letter"
    assert find(MONDAY + timedelta(days=1, hours=2)) == [
        "2 lessons of the course should have left on an earlier day; run `newsletter send --course --now`"
    ]
    send(project, MONDAY + timedelta(days=1))
    assert find(MONDAY + timedelta(days=2, hours=2)) == []
