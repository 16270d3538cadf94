"""Reports of relays: kept, judged once, and forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from generator.errors import DatabaseError
from generator.model import Incident, Outcome, Report, Week
from generator.subscribers.ledger import reports
from generator.subscribers.list.pruning import REMEMBERED, prune
from generator.subscribers.list.subscriptions import erase
from generator.subscribers.store.database import Database, Transaction
from generator.subscribers.store.schema import REPORT
from tests.subscribers.people import NOW, find, join

ONE = Report("brevo", "1" * 64, Incident.BOUNCE, Week.parse("2026-W48"), "handle", NOW, "5.1.1", "550 gone")
TWO = replace(ONE, key="2" * 64, handle="odd")


def rows(transaction: Transaction) -> list[tuple[object, ...]]:
    found = select(REPORT.c.key, REPORT.c.words, REPORT.c.judged).order_by(REPORT.c.id)
    return [tuple(row) for row in transaction.connection.execute(found)]


def settle(_: Transaction, report: Report, __: object) -> Outcome:
    if report.handle == "odd":
        raise ValueError(report.words)
    return Outcome.COUNTED


def test_a_report_is_judged_once_and_keeps_its_key_only(database: Database):
    with database.begin() as transaction:
        reports.add_reports(transaction, [ONE, ONE])
        assert reports.is_waiting(transaction)
        number, outcomes = reports.settle_reports(transaction, settle, NOW)
        assert (number > 0, outcomes) == (True, [Outcome.COUNTED])
        reports.add_reports(transaction, [ONE])
        assert reports.settle_reports(transaction, settle, NOW) == (0, [])
        assert not reports.is_waiting(transaction)
        assert rows(transaction) == [(ONE.key, "", NOW)]


def test_what_comes_out_is_what_was_kept(database: Database):
    with database.begin() as transaction:
        reports.add_reports(transaction, [ONE])
        seen = []
        reports.settle_reports(transaction, lambda _, report, __: seen.append(report), NOW)
        assert seen == [ONE]


def test_a_bug_with_one_keeps_nobody_waiting(database: Database, caplog: pytest.LogCaptureFixture):
    with database.begin() as transaction:
        reports.add_reports(transaction, [TWO, ONE])
        number, outcomes = reports.settle_reports(transaction, settle, NOW)
        assert outcomes == [Outcome.COUNTED]
        assert reports.settle_reports(transaction, settle, NOW, number) == (0, [])
        assert [judged for _, _, judged in rows(transaction)] == [None, NOW]
    assert "cannot be judged: ValueError at test_reports.py:" in caplog.text
    assert "550 gone" not in caplog.text


def test_so_many_may_wait_and_no_more(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reports, "MOST", 3)
    for number in range(5):
        many = [replace(ONE, key=str(number) * 64)]
        with database.begin() as transaction:
            if number < 4:
                reports.add_reports(transaction, many)
            else:
                with pytest.raises(DatabaseError, match="3 reports of relays wait in"):
                    reports.add_reports(transaction, many)
    with database.begin() as transaction:
        reports.settle_reports(transaction, settle, NOW)
        reports.add_reports(transaction, [replace(ONE, key="9" * 64)])


def test_what_was_judged_is_forgotten_in_time_and_with_its_reader(database: Database):
    with database.begin() as transaction:
        join(transaction)
        reader = find(transaction)
        reports.add_reports(transaction, [ONE, replace(ONE, key="3" * 64, handle=reader.handle)])
        erase(transaction, reader, NOW)
        assert [key for key, _, _ in rows(transaction)] == [ONE.key]
        prune(transaction, NOW + 2 * REMEMBERED)
        assert len(rows(transaction)) == 1  # it waits
        reports.settle_reports(transaction, settle, NOW)
        prune(transaction, NOW + REMEMBERED - timedelta(seconds=1))
        assert len(rows(transaction)) == 1
        prune(transaction, NOW + REMEMBERED)
        assert rows(transaction) == []
