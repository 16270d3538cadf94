"""A restored list sends nothing until the operator has heard what it does not know."""

import shutil
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from generator.errors import MailingError, RefusalError, RequestError
from generator.mailing.freeze import prepare, prepare_course
from generator.mailing.lessons import send_lessons
from generator.mailing.resume import resume_mailing, retry_letters, withdraw_letter
from generator.mailing.run import Order, Outcome, Unsent
from generator.mailing.send import Asked, send_letter
from generator.model import CourseStep, Progress, Week
from generator.recovery.restored import Gap, Interrupted, resume_restored
from generator.subscribers.ledger import courses, mailings
from generator.subscribers.list.subscriptions import find_subscriber, unsubscribe
from generator.subscribers.store.backup import back_up
from generator.subscribers.store.log import Happened
from tests.clocks import stop_at
from tests.courses import write_course
from tests.recovery.conftest import READERS, open_list, reader, settle
from tests.subscribers.people import HOUR

WEEK = Week(2026, 46)
"""A letter of the sample with nothing wrong in it."""
OPEN = datetime(2026, 11, 13, 6, 30, tzinfo=UTC)
"""Half past seven in Amsterdam: the window is open."""
HASTE = Order(patience=timedelta(0))


def send(root: Path, now: datetime = OPEN, stop: Event | None = None) -> Outcome | Unsent:
    return send_letter(root, WEEK, Asked(HASTE, at_once=True), stop_at(now), stop=stop, prepare=prepare)


def copy(root: Path, now: datetime) -> Path:
    with closing(open_list(root)) as database:
        back_up(database, root / "copy.db", now)
    return root / "copy.db"


def go_back(root: Path) -> None:
    """By hand, as always."""
    for end in ("-wal", "-shm"):
        (root / f"var/newsletter.db{end}").unlink(missing_ok=True)
    shutil.copy(root / "copy.db", root / "var/newsletter.db")


def look(root: Path, now: datetime, *unsent: Week) -> Gap:
    """What it says; nothing is changed but that leavers are off again."""

    class NotNowError(Exception):
        pass

    said: list[Gap] = []

    def refuse(gap: Gap) -> None:
        said.append(gap)
        raise NotNowError

    with pytest.raises(NotNowError):
        resume_restored(root, now, unsent, refuse)
    return said[0]


def agree(_: Gap) -> None:
    pass


def count_mails(root: Path) -> int:
    return len(list((root / "var/mail/new").glob("*")))


def test_nothing_is_sent_and_nothing_planned_before(root: Path) -> None:
    stop = Event()
    stop.set()
    send(root, stop=stop)
    copy(root, OPEN)
    go_back(root)
    with pytest.raises(RefusalError, match="was restored from a back-up of 2026-11-13 06:30 UTC"):
        send(root)
    with pytest.raises(MailingError, match="`newsletter resume --restored` first"):
        resume_mailing(root, WEEK, HASTE, stop_at(OPEN))
    with pytest.raises(MailingError, match="`newsletter resume --restored` first"):
        retry_letters(root, WEEK, Progress.IN_DOUBT, HASTE, stop_at(OPEN))
    assert count_mails(root) == 0
    gap = look(root, OPEN + HOUR)
    assert gap.interrupted == (Interrupted(WEEK, READERS, 0, READERS),)
    assert (gap.unknown, gap.readers, gap.made) == ((), READERS, OPEN)
    assert resume_restored(root, OPEN + HOUR, (), agree)
    assert resume_restored(root, OPEN + HOUR, (), agree) is None
    assert isinstance(resume_mailing(root, WEEK, HASTE, stop_at(OPEN)), Unsent)
    assert count_mails(root) == 0
    outcome = retry_letters(root, WEEK, Progress.IN_DOUBT, HASTE, stop_at(OPEN))
    assert isinstance(outcome, Outcome)
    assert count_mails(root) == READERS


def test_a_letter_that_began_since_is_not_sent_again_until_it_is_withdrawn(root: Path) -> None:
    copy(root, OPEN - HOUR)
    send(root)
    assert count_mails(root) == READERS
    go_back(root)
    gap = look(root, OPEN + HOUR)
    [unknown] = gap.unknown
    assert (unknown.week, unknown.begun, gap.interrupted) == (WEEK, OPEN, ())
    resume_restored(root, OPEN + HOUR, (), agree)
    with pytest.raises(
        MailingError, match=r"is not sent: readers may have it .*`newsletter withdraw 2026-W46`"
    ):
        send(root)
    assert isinstance(resume_mailing(root, WEEK, HASTE, stop_at(OPEN)), Unsent)
    assert count_mails(root) == READERS
    withdraw_letter(root, WEEK, OPEN + HOUR)
    send(root)
    assert count_mails(root) == 2 * READERS  # as somebody has said twice


def test_without_a_log_the_window_tells_which_letter_may_have_begun(root: Path) -> None:
    copy(root, OPEN - HOUR)
    send(root)
    shutil.rmtree(root / "var/log")
    go_back(root)
    gap = look(root, OPEN + HOUR)
    [unknown] = gap.unknown
    assert (unknown.week, unknown.begun, gap.logged) == (WEEK, None, None)
    resume_restored(root, OPEN + HOUR, (), agree)
    with pytest.raises(MailingError, match="is not sent: readers may have it"):
        send(root)
    assert count_mails(root) == READERS


def test_a_letter_whose_window_had_not_opened_is_sent_as_usual(root: Path) -> None:
    copy(root, OPEN - 5 * HOUR)
    go_back(root)
    assert look(root, OPEN - HOUR).unknown == ()
    resume_restored(root, OPEN - HOUR, (), agree)
    send(root)
    assert count_mails(root) == READERS


def test_a_letter_that_did_not_leave_can_be_named(root: Path) -> None:
    copy(root, OPEN - HOUR)
    go_back(root)
    with pytest.raises(RequestError, match=r"--unsent 2026-W40: no such letter .* those that may: 2026-W46"):
        resume_restored(root, OPEN + HOUR, [Week(2026, 40)], agree)
    resume_restored(root, OPEN + HOUR, [WEEK], agree)
    send(root)
    assert count_mails(root) == READERS


def test_a_week_that_is_skipped_cannot_have_begun(root: Path) -> None:
    path = root / "newsletter/settings.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("[letter]", '[letter]\nskip = ["2026-W46"]', 1), "utf-8")
    copy(root, OPEN - HOUR)
    go_back(root)
    assert look(root, OPEN + HOUR).unknown == ()


def test_a_copy_of_last_year_knows_of_every_friday_since(root: Path) -> None:
    copy(root, OPEN - timedelta(days=800))
    go_back(root)
    gap = look(root, OPEN + HOUR)
    assert gap.unknown[-1].week == WEEK
    assert 52 <= len(gap.unknown) <= 55  # a year is enough


def test_who_left_since_is_off_before_anybody_is_asked(root: Path) -> None:
    copy(root, OPEN - HOUR)
    with closing(open_list(root)) as database, database.begin() as transaction:
        found = find_subscriber(transaction, reader(1))
        assert found
        unsubscribe(transaction, found, OPEN, "the letter")
    go_back(root)
    assert look(root, OPEN + HOUR).left == {Happened.LEFT: 1}
    gap = look(root, OPEN + HOUR)
    assert (gap.left, gap.logged, gap.readers) == ({}, OPEN, READERS - 1)


def test_a_letter_is_copied_when_it_is_frozen_and_when_it_is_sent(root: Path) -> None:
    settle(root, "[backup]\nkeep = 5")
    send(root)
    names = sorted(path.name for path in (root / "var/backup").iterdir())
    assert names == ["2026-11-13T063000-2.db", "2026-11-13T063000.db"]
    shutil.copy(root / "var/backup/2026-11-13T063000.db", root / "copy.db")
    go_back(root)
    gap = look(root, OPEN + HOUR)
    assert gap.interrupted == (Interrupted(WEEK, READERS, 0, READERS),)
    shutil.copy(root / "var/backup/2026-11-13T063000-2.db", root / "copy.db")
    go_back(root)
    gap = look(root, OPEN + HOUR)
    assert (gap.interrupted, gap.unknown) == ((), ())


def test_a_back_up_that_fails_is_told_and_stops_no_letter(root: Path) -> None:
    settle(root, '[backup]\ncommand = "no-such-program {file}"')
    outcome = send(root)
    assert isinstance(outcome, Outcome)
    assert outcome.no_backup.startswith("no back-up: ")
    assert count_mails(root) == READERS


@pytest.mark.parametrize("log", ["kept", "lost"])
def test_lessons_that_left_since_are_in_doubt_and_never_sent_twice(root: Path, log: str) -> None:
    """A copy of before the lessons of Monday is put back on Tuesday."""
    monday = datetime(2026, 11, 9, 6, 30, tzinfo=UTC)
    write_course(root)
    settings = root / "newsletter/settings.toml"
    tables = '\n[service]\nurl = "https://letter.example.org/"\n\n[course]\n'
    settings.write_text(settings.read_text("utf-8") + tables, "utf-8")
    with closing(open_list(root)) as database, database.begin() as transaction:
        for number in range(READERS):
            one = find_subscriber(transaction, reader(number))
            assert one
            courses.begin(transaction, one, date(2026, 11, 6), monday)

    def teach(now: datetime) -> list[CourseStep]:
        ended = send_lessons(root, Asked(HASTE), stop_at(now), prepare=prepare_course)
        return (
            []
            if isinstance(ended, Unsent)
            else [one.week for one in ended if isinstance(one.week, CourseStep)]
        )

    copy(root, monday - HOUR)
    assert teach(monday) == [CourseStep(1)]
    assert count_mails(root) == READERS
    go_back(root)
    if log == "lost":
        shutil.rmtree(root / "var/log")
    with pytest.raises(RefusalError, match="lessons of the course cannot be sent"):
        teach(monday + timedelta(hours=1))
    gap = resume_restored(root, monday + timedelta(hours=2), (), agree)
    assert gap
    assert list(gap.lesson_days) == [date(2026, 11, 9)]
    assert teach(monday + timedelta(hours=2)) == teach(monday + timedelta(days=1)) == []
    assert count_mails(root) == READERS
    with closing(open_list(root)) as database, database.read() as transaction:
        assert mailings.tally(transaction, CourseStep(1)).in_doubt == READERS
    assert teach(monday + timedelta(weeks=1)) == [CourseStep(2)]
    assert count_mails(root) == 2 * READERS
