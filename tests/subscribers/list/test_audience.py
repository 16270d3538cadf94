"""Who gets a letter, and why nobody does."""

from datetime import date, timedelta
from typing import Any

import pytest

from generator.errors import MailingError
from generator.model import Progress, Status
from generator.subscribers.ledger import mailings
from generator.subscribers.list.audience import explain_nobody, list_audience
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import Database
from tests.subscribers.letters import MAILING, MASTERS, WEEK
from tests.subscribers.people import draft

FRIDAY = WEEK.friday
READER: dict[str, Any] = {"status": Status.CONFIRMED, "certainties": ()}
PAUSED = READER | {"paused_until": FRIDAY + timedelta(1)}
OTHER = READER | {"certainties": ("revenue",)}


def add(database: Database, *people: dict[str, Any]) -> None:
    with database.begin() as transaction:
        add_many(transaction, [draft(number, **changes) for number, changes in enumerate(people)])


def audience(database: Database, **changes: object) -> list[str]:
    """Who gets a letter about `proof`, among somebody like this."""
    add(database, READER | changes)
    with database.read() as transaction:
        listed = [due.address for due in list_audience(transaction, "proof", FRIDAY)]
        assert bool(explain_nobody(transaction, "proof", FRIDAY)) is not bool(listed)
    frozen = []
    if listed:
        with database.begin() as transaction:
            mailings.freeze(transaction, MAILING, MASTERS, FRIDAY)
            frozen = mailings.list_deliveries(transaction, WEEK, Progress.PLANNED)
    else:
        with pytest.raises(MailingError, match="nobody would get"), database.begin() as transaction:
            mailings.freeze(transaction, MAILING, MASTERS, FRIDAY)
    assert [delivery.address for delivery in frozen] == listed
    return listed


@pytest.mark.parametrize("status", Status)
def test_only_who_is_confirmed_is_in_the_audience(database: Database, status: Status):
    assert len(audience(database, status=status)) == (status is Status.CONFIRMED)


@pytest.mark.parametrize(
    "certainties, wants", [((), True), (("revenue", "proof"), True), (("revenue", "proofs"), False)]
)
def test_only_who_wants_letters_about_it(database: Database, certainties: tuple[str, ...], wants: bool):
    assert len(audience(database, certainties=certainties)) == wants


@pytest.mark.parametrize(
    "until, reads", [(None, True), (FRIDAY, True), (FRIDAY + timedelta(1), False), (date.max, False)]
)
def test_only_who_is_not_paused_on_that_friday(database: Database, until: date | None, reads: bool):
    assert len(audience(database, paused_until=until)) == reads


@pytest.mark.parametrize(
    "people, why",
    [
        ((), "the list is empty: {name}"),
        (({"status": Status.UNCONFIRMED},), "the list has no confirmed subscribers: {name}"),
        (
            ({"status": Status.BOUNCED}, PAUSED | {"status": Status.COMPLAINED}),
            "the list has no confirmed subscribers: {name}",
        ),
        ((PAUSED,), "all confirmed subscribers (1) are paused on 2026-11-27"),
        (
            (PAUSED, PAUSED | OTHER, {"status": Status.UNSUBSCRIBED}),
            "all confirmed subscribers (2) are paused on 2026-11-27",
        ),
        ((OTHER, OTHER), "no confirmed subscriber (of 2) chose “proof”"),
        ((OTHER, PAUSED | OTHER), "no confirmed subscriber (of 2) chose “proof”"),
        (
            (OTHER, PAUSED, PAUSED | OTHER),
            "of 3 confirmed subscribers, 2 are paused beyond 2026-11-27 and 1 did not choose “proof”",
        ),
        ((OTHER, PAUSED, READER), ""),
    ],
)
def test_the_reason_why_nobody_gets_it_is_the_one_that_holds(
    database: Database, people: tuple[dict[str, Any], ...], why: str
):
    add(database, *people)
    with database.read() as transaction:
        assert explain_nobody(transaction, "proof", FRIDAY) == why.format(name=database.name)
