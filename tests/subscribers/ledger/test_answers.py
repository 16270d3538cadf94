"""Answers to “was this of use?”: counted without anybody, and shown when there are enough."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from generator.content import Newsletter
from generator.mailing.report import _write as write_report
from generator.model import Mailing, Useful, Week
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.accounts import find_account
from generator.subscribers.ledger.answers import SHOWN_FROM, count_answer, find_answers, may_answer
from generator.subscribers.list.pruning import HISTORY, prune
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import ANSWER
from tests.subscribers.conftest import KEYS
from tests.subscribers.letters import MASTERS, WEEK, fill
from tests.subscribers.people import NOW

YES, NO = Useful.YES, Useful.NO


def give(database: Database, *answers: Useful, week: Week = WEEK) -> list[bool]:
    """Each in a transaction of its own, as requests come."""
    counted = []
    for one in answers:
        with database.begin() as transaction:
            counted.append(count_answer(transaction, week, one, NOW))
    return counted


def test_answers_are_shown_from_five_on(database: Database):
    fill(database)
    give(database, *[YES] * (SHOWN_FROM - 2), NO)
    with database.read() as transaction:
        assert find_answers(transaction, WEEK) == {}
        account = find_account(transaction, WEEK)
        assert account is not None
        assert account.describe()["useful"] is None
    give(database, NO)
    with database.read() as transaction:
        assert find_answers(transaction, WEEK) == {YES: 3, NO: 2}
        account = find_account(transaction, WEEK)
        assert account is not None
        assert account.describe()["useful"] == {"yes": 3, "no": 2}


def test_what_nobody_chose_is_shown_as_nothing(database: Database):
    fill(database)
    give(database, *[NO] * SHOWN_FROM)
    with database.read() as transaction:
        assert find_answers(transaction, WEEK) == {YES: 0, NO: SHOWN_FROM}


def test_nothing_is_kept_but_the_number(database: Database):
    assert set(ANSWER.c.keys()) == {"week", "useful", "count"}
    fill(database)
    give(database, YES, YES)
    with database.read() as transaction:
        assert [tuple(row) for row in transaction.connection.execute(ANSWER.select())] == [
            (str(WEEK), YES, 2)
        ]


@pytest.mark.parametrize("week", ["2026-W47", "2026-W49", "1999-W01"])
def test_a_letter_that_nobody_got_has_no_answers(database: Database, week: str):
    fill(database)
    assert give(database, YES, NO, week=Week.parse(week)) == [False, False]
    with database.read() as transaction:
        assert transaction.connection.execute(ANSWER.select()).first() is None


def test_a_letter_that_was_closed_unknown_has_no_answers(database: Database):
    with database.begin() as transaction:
        mailings.close_unknown(transaction, WEEK, NOW, "unknown")
    assert give(database, YES) == [False]


def test_answers_end_and_go_when_it_is_forgotten_who_got_the_letter(database: Database):
    fill(database)
    give(database, *[YES] * SHOWN_FROM)
    with database.begin() as transaction:
        prune(transaction, NOW + HISTORY - timedelta(seconds=1))
        assert may_answer(transaction, WEEK, NOW + HISTORY - timedelta(seconds=1))
        assert find_answers(transaction, WEEK)
        prune(transaction, NOW + HISTORY)
        assert not count_answer(transaction, WEEK, YES, NOW + HISTORY)
        assert transaction.connection.execute(ANSWER.select()).first() is None
        assert mailings.find_mailing(transaction, WEEK)


def test_answers_at_the_same_time_all_count(database: Database):
    fill(database)
    with ThreadPoolExecutor(8) as pool:
        assert all(found == [True] for found in pool.map(lambda _: give(database, YES), range(24)))
    with database.read() as transaction:
        assert find_answers(transaction, WEEK) == {YES: 24, NO: 0}


def test_each_letter_has_its_own(database: Database):
    fill(database)
    later = Mailing(WEEK.next(), NOW, "", "proof", KEYS.fingerprint)
    with database.begin() as transaction:
        mailings.freeze(transaction, later, MASTERS, later.week.friday)
    give(database, *[YES] * SHOWN_FROM)
    with database.read() as transaction:
        assert find_answers(transaction, later.week) == {}


def test_the_report_of_a_letter_shows_them_as_a_hint(database: Database, newsletter: Newsletter):
    fill(database)
    give(database, *[YES] * SHOWN_FROM, NO)
    with database.read() as transaction:
        account = find_account(transaction, WEEK)
    assert account is not None
    text = write_report(account, newsletter.settings)["markdown"]
    assert "## Was it of use?" in text
    assert "| yes | 5 |\n| no | 1 |" in text
    assert "a hint, not a vote" in text
