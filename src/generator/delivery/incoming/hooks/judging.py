"""Judge the reports that were kept: by the same judge, and on the same road, as a mail that came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.delivery.incoming.bounces import find_codes, read_failure
from generator.model import Incident, Kind, Outcome, Step
from generator.subscribers.ledger.returns import Return, record
from generator.subscribers.list.subscriptions import find_by_handle, unsubscribe

if TYPE_CHECKING:
    from datetime import datetime

    from generator.model import Report
    from generator.subscribers.store.database import Transaction


def judge(transaction: Transaction, report: Report, now: datetime) -> Outcome:
    """Do what a report calls for. Idempotent."""
    match report.incident:
        case Incident.COMPLAINT:
            return record(transaction, Return(Kind.COMPLAINT, report.week, report.handle, "abuse"), now)
        case Incident.UNSUBSCRIBE:
            return _unsubscribe(transaction, report, now)
    bounce = read_failure(report.status, report.words)
    codes = " ".join(filter(None, find_codes(report.words)))
    if not (bounce.kind or bounce.cause):
        return Outcome.SKIPPED
    found = Return(bounce.kind or Kind.REFUSED, report.week, report.handle, codes, bounce.cause)
    return record(transaction, found, now)


def _unsubscribe(transaction: Transaction, report: Report, now: datetime) -> Outcome:
    """Who has confirmed since stays. No goodbye: the relay would not take it any more."""
    reader = find_by_handle(transaction, report.handle)
    if reader is None or any(one.step is Step.CONFIRMED and one.at > report.at for one in reader.consents):
        return Outcome.ALREADY
    if unsubscribe(transaction, reader, now, f"hooks/{report.relay}", goodbye=False):
        return Outcome.UNSUBSCRIBED
    return Outcome.ALREADY
