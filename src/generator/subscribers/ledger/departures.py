"""Takes off a restored list who left after its copy was made, as the log outside the list says."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from generator.model import Status, Week
from generator.subscribers.ledger.returns import suppress
from generator.subscribers.list.subscriptions import erase, get_subscriber, unsubscribe
from generator.subscribers.store.log import Happened
from generator.subscribers.store.schema import SUBSCRIBER, SUPPRESSION, insert_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from generator.subscribers.store.database import Transaction
    from generator.subscribers.store.log import Entry

SOURCE = "the log of who left, after a restore"
"""What the proof of a withdrawal says."""

_WORST = (Happened.ERASED, Happened.COMPLAINED, Happened.LEFT, Happened.BOUNCED)
"""What counts of several things that happened to one person."""


def replay(transaction: Transaction, entries: Iterable[Entry]) -> Counter[Happened]:
    """Do again what people did since; how many of each kind that changed. Idempotent.

    Who changed or confirmed anything after their line was on the list again, and stays.
    """
    by_person: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.happened in _WORST:
            by_person[entry.what].append(entry)
    done = Counter[Happened]()
    if not by_person:
        return done
    columns = (SUBSCRIBER.c.id, SUBSCRIBER.c.address, SUBSCRIBER.c.changed)
    found: list[tuple[int, Entry]] = []
    for number, address, changed in transaction.connection.execute(select(*columns)):
        hashes = transaction.keys.hash_address(address)
        since = [entry for one in hashes for entry in by_person.pop(one, ()) if entry.at >= changed]
        if since:
            found.append((number, min(since, key=lambda entry: _WORST.index(entry.happened))))
    for number, entry in found:
        if _act(transaction, number, entry):
            done[entry.happened] += 1
    done[Happened.ERASED] += _keep_suppressed(transaction, by_person.values())
    return +done


def _act(transaction: Transaction, number: int, entry: Entry) -> bool:
    """Do it to one subscriber; whether that changed anything."""
    subscriber = get_subscriber(transaction, number)
    if subscriber is None:
        return False
    match entry.happened:
        case Happened.ERASED:
            erase(transaction, subscriber, entry.at, goodbye=False)
            return True
        case Happened.LEFT:
            return unsubscribe(transaction, subscriber, entry.at, SOURCE, goodbye=False)
        case Happened.COMPLAINED if subscriber.status is not Status.COMPLAINED:
            suppress(transaction, subscriber, Status.COMPLAINED, None, entry.at, SOURCE)
            return True
        case Happened.BOUNCED if subscriber.status is Status.CONFIRMED:
            suppress(transaction, subscriber, Status.BOUNCED, None, entry.at, SOURCE)
            return True
    return False


def _keep_suppressed(transaction: Transaction, people: Iterable[Sequence[Entry]]) -> int:
    """Who was erased and is not on the list: no import may bring them back. How many were not known."""
    erased = [
        {"key": entry.what, "at": entry.at}
        for entries in people
        for entry in entries[-1:]
        if entry.happened is Happened.ERASED
    ]
    known = set(transaction.connection.execute(select(SUPPRESSION.c.key)).scalars())
    new = [one for one in erased if one["key"] not in known]
    if new:
        transaction.connection.execute(insert_missing(transaction.connection, SUPPRESSION), new)
    return len(new)


def find_begun(entries: Iterable[Entry]) -> dict[Week, datetime]:
    """The weeks whose letter was frozen, and when; without those that were withdrawn afterwards."""
    begun: dict[Week, datetime] = {}
    for entry in entries:
        if entry.happened is Happened.BEGUN and "W" in entry.what:
            begun[Week.parse(entry.what)] = entry.at
        elif entry.happened is Happened.WITHDRAWN:
            begun.pop(Week.parse(entry.what), None)
    return begun


def find_lesson_days(entries: Iterable[Entry]) -> list[date]:
    """The days on which lessons of the course were planned, the first one first."""
    return sorted(
        {
            date.fromisoformat(entry.what)
            for entry in entries
            if entry.happened is Happened.BEGUN and "W" not in entry.what
        }
    )
