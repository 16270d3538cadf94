"""What is found in facts: each thing that can be wrong, from the moment on at which it is, with its command."""

from datetime import timedelta
from typing import Any

import pytest

from generator.model import Tally, Week
from generator.watch.findings import Kind, Level, find_worst, judge, say_age, say_tally
from tests.watch.knowing import CLOSES, NOON, OPENS, SENT, WEEK, know, sending

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CRITICAL, WARNING = Level.CRITICAL, Level.WARNING
BEFORE = (sending(Week(2026, 47), finished=OPENS - 7 * DAY),)


def test_a_letter_that_is_done_is_told_with_its_balance_and_is_not_wrong() -> None:
    (found,) = judge(know())
    assert (found.kind, found.level, found.command) == (Kind.DONE, Level.OK, "")
    assert found.text == "the letter of 2026-W48 was sent: 600 planned = 598 accepted + 2 skipped"
    assert find_worst([found]) is Level.OK
    assert judge(know(now=NOON + DAY, backup=NOON + DAY)) == []


@pytest.mark.parametrize(
    "now, level, command",
    [
        (OPENS + 19 * MINUTE, None, ""),
        (OPENS + 20 * MINUTE, CRITICAL, "newsletter send 2026-W48"),
        (CLOSES - MINUTE, CRITICAL, "newsletter send 2026-W48"),
        (CLOSES, CRITICAL, "newsletter send 2026-W48 --now"),
        (CLOSES + 3 * DAY, CRITICAL, "newsletter send 2026-W48 --now"),
        (CLOSES + 3 * DAY + MINUTE, WARNING, "newsletter send 2026-W48 --now"),
    ],
)
def test_a_letter_that_is_written_and_due_is_missed(now: Any, level: Level | None, command: str) -> None:
    found = judge(know(now=now, backup=now, sendings=BEFORE))
    assert [(one.kind, one.level, one.command) for one in found] == (
        [(Kind.MISSED, level, command)] if level else []
    )


def test_who_knows_that_nobody_is_about_to_send_is_told_at_once() -> None:
    early = know(now=OPENS, sendings=BEFORE)
    assert judge(early) == []
    assert [one.kind for one in judge(early, delay=timedelta())] == [Kind.MISSED]
    begun = know(now=OPENS + MINUTE, sendings=(sending(),))
    assert judge(begun) == []
    assert [one.kind for one in judge(begun, grace=timedelta())] == [Kind.STOPPED]


def test_what_was_due_and_until_when_is_in_the_sentence() -> None:
    (found,) = judge(know(sendings=BEFORE))
    assert found.say() == (
        "the letter of 2026-W48 was due on Friday 27 November 2026 at 07:00 and has not been sent; its window closed "
        "at 10:00; run `newsletter send 2026-W48 --now`"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"skipped": True},
        {"since": None},
        {"since": OPENS + DAY},  # the list was made on Saturday
        {"written": False, "sendings": ()},  # nothing was ever sent from here
        {"sendings": (sending(Week(2026, 49), living=True, tally=None),)},  # a later one is on its way
    ],
)
def test_nobody_missed_a_letter_that_nobody_was_to_get(changes: dict[str, Any]) -> None:
    assert judge(know(**{"sendings": BEFORE, **changes})) == []


def test_a_week_without_a_letter_is_told_to_those_who_send_letters() -> None:
    (found,) = judge(know(written=False, sendings=BEFORE))
    assert (found.kind, found.level, found.command) == (
        Kind.UNWRITTEN,
        WARNING,
        "generate issue 2026-W48",
    )


def test_a_letter_that_was_begun_and_that_nobody_sends_has_stopped() -> None:
    (found,) = judge(know(sendings=(sending(),)))
    assert (found.kind, found.level, found.command) == (Kind.STOPPED, CRITICAL, "newsletter resume 2026-W48")
    assert found.text == "the letter of 2026-W48 was begun and stopped with 100 letters left"
    assert judge(know(sendings=(sending(living=True, tally=None),))) == []
    assert judge(know(sendings=(sending(last=NOON - MINUTE),))) == []
    (found,) = judge(know(sendings=(sending(last=NOON, trouble="the relay refuses us"),)))
    assert found.text.endswith("100 letters left: the relay refuses us")


@pytest.mark.parametrize(
    "changes, kind, level, text",
    [
        ({"held": 1}, Kind.FLOOD, CRITICAL, "1 report of bounces"),
        ({"notices": 1, "oldest": NOON - HOUR}, None, None, ""),
        (
            {"notices": 2, "oldest": NOON - 3 * HOUR},
            Kind.NOTICES,
            CRITICAL,
            "2 mails of the service wait to be sent, the oldest for 3 hours",
        ),
        ({"backup": NOON - 2 * DAY}, None, None, ""),
        ({"backup": NOON - 2 * DAY - MINUTE}, Kind.BACKUP, WARNING, "is 2 days old"),
        ({"backup": None}, Kind.BACKUP, WARNING, "there is no back-up in /var/lib/newsletter/backup"),
        ({"backup": None, "since": NOON - DAY}, None, None, ""),
        ({"backup": None, "backups": None}, None, None, ""),
        ({"restored": NOON}, Kind.LIST, CRITICAL, "restored from a back-up of 2026-11-27 11:00 UTC"),
        ({"free": 1_000_000_000}, None, None, ""),
        ({"free": 999_999_999}, Kind.DISK, WARNING, "1,000 MB free"),
        ({"free": 50_000_000}, Kind.DISK, CRITICAL, "50 MB free for /var/lib/newsletter"),
    ],
)
def test_each_thing_that_is_wrong(
    changes: dict[str, Any], kind: Kind | None, level: Level | None, text: str
) -> None:
    found = [one for one in judge(know(**changes)) if one.kind is not Kind.DONE]
    assert [(one.kind, one.level) for one in found] == ([(kind, level)] if kind else [])
    for one in found:
        assert text in one.text
        assert one.command, "whatever is wrong has a command that mends it"


def test_the_worst_comes_first() -> None:
    found = judge(know(free=1, backup=None, held=3, sendings=(SENT, sending())))
    assert [one.level for one in found] == [CRITICAL, CRITICAL, CRITICAL, WARNING, Level.OK]
    assert find_worst(found) is CRITICAL


def test_a_balance_says_when_it_does_not_add_up() -> None:
    assert say_tally(Tally(3, in_doubt=1, refused=2)) == "3 planned = 2 refused + 1 in doubt"
    assert say_tally(Tally(3, accepted=1)).endswith("please report this bug)")


def test_ages_are_said_in_whole_numbers() -> None:
    ages = (MINUTE, 119 * MINUTE, 25 * HOUR, 9 * DAY, -DAY)
    assert [say_age(age) for age in ages] == ["1 minute", "119 minutes", "25 hours", "9 days", "0 minutes"]


def test_a_finding_for_a_program() -> None:
    (found,) = judge(know(sendings=(sending(),)))
    assert found.describe() == {
        "kind": "stopped",
        "level": "critical",
        "text": "the letter of 2026-W48 was begun and stopped with 100 letters left",
        "command": "newsletter resume 2026-W48",
        "week": str(WEEK),
    }
