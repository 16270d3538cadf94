"""What is read from a real list, and from the folders beside it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from generator.environment import open_list
from generator.model import Week
from generator.settings import read_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist
from generator.subscribers.list.outbox import post_goodbye
from generator.subscribers.store.database import Database
from generator.watch.facts import find_due_week, read_facts
from tests.languages import EN, NL
from tests.subscribers.letters import MAILING, accepted
from tests.watch.conftest import READERS
from tests.watch.knowing import CLOSES, NOON, OPENS, WEEK

MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(project: Path) -> Iterator[Database]:
    with closing(open_list(project)) as database:
        yield database


def test_a_letter_is_due_from_its_window_until_the_next(project: Path) -> None:
    settings = read_settings(project)
    assert find_due_week(settings, OPENS - MINUTE) == Week(2026, 47)
    assert find_due_week(settings, OPENS) == WEEK
    assert find_due_week(settings, OPENS + timedelta(days=7) - MINUTE) == WEEK


def test_before_anything_was_sent(project: Path, database: Database) -> None:
    facts = read_facts(project, read_settings(project), database, NOON, lambda _: 7)
    assert (facts.week, facts.written, facts.skipped, facts.sendings) == (WEEK, True, False, ())
    assert (facts.window.opens, facts.window.closes) == (OPENS, CLOSES)
    assert (facts.since, facts.held, facts.notices, facts.oldest) == (OPENS, 0, 0, None)
    assert (facts.backups, facts.backup) == (project / "var/backup", None)
    assert (facts.folder, facts.free) == (project / "var", 7)


def test_a_letter_is_followed_from_its_first_copy_to_its_last(project: Path, database: Database) -> None:
    settings = read_settings(project)
    with database.begin() as transaction:
        mailing = MAILING.__class__(WEEK, OPENS, "", "proof", database.keys.fingerprint)
        mailings.freeze(transaction, mailing, {NL: b"Beste lezer", EN: b"Dear reader"}, WEEK.friday)
    with enlist(database, WEEK, OPENS) as number:
        ledger = Ledger(database, WEEK, number)
        with closing(ledger):
            dues = ledger.reserve(OPENS)
            ledger.advance([accepted(due) for due in dues[:4]], None, OPENS + MINUTE)
            (sending,) = read_facts(project, settings, database, NOON).sendings
            assert (sending.living, sending.tally) == (True, None)
    (sending,) = read_facts(project, settings, database, NOON).sendings
    assert (sending.living, sending.last) == (False, OPENS + MINUTE)
    assert sending.tally
    assert (sending.tally.planned, sending.tally.remaining) == (READERS, READERS - 4)
    with database.begin() as transaction:
        mailings.finish(transaction, WEEK, NOON)
    (sending,) = read_facts(project, settings, database, NOON).sendings
    assert sending.tally
    (sending,) = read_facts(project, settings, database, NOON + timedelta(days=1)).sendings
    assert sending.tally is None


def test_mail_that_waits_is_counted_with_its_age(project: Path, database: Database) -> None:
    with database.begin() as transaction:
        for minutes in (5, 70):
            post_goodbye(transaction, "reader@example.org", NL, NOON - minutes * MINUTE)
    facts = read_facts(project, read_settings(project), database, NOON)
    assert (facts.notices, facts.oldest) == (2, NOON - 70 * MINUTE)
