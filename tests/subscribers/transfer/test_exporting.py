"""The list → a file, and back: nothing is lost, and no spreadsheet calculates with it."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.model import (
    Asking,
    Consent,
    Course,
    CourseState,
    NewSubscriber,
    Notice,
    Status,
    Step,
    Wish,
    Wording,
)
from generator.subscribers.list import outbox, subscriptions, wishes
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import Database
from generator.subscribers.transfer.exporting import find_everything
from generator.subscribers.transfer.formats import COLUMNS
from tests.languages import EN, LANGUAGES, NL
from tests.subscribers.files import CERTAINTIES, NOW, empty, give, take

FORMS = ["csv", "json"]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
MOMENTS = st.datetimes(timezones=st.just(UTC))
CONSENTS = st.builds(
    Consent,
    st.sampled_from(Step),
    MOMENTS,
    TEXT,
    st.sampled_from(["", "192.0.2.0/24", "2001:db8::/48"]),
    st.none() | st.builds(Wording, st.sampled_from(LANGUAGES), TEXT),
)
COURSES = st.builds(
    Course, st.sampled_from(sorted(set(CourseState) - {CourseState.RUNNING})), st.integers(1, 8), st.none()
) | st.builds(Course, st.just(CourseState.RUNNING), st.integers(1, 8), st.dates())
LOCAL_PARTS = st.text("abcXYZ019_+-'=", min_size=1, max_size=12)
PROOF = Consent(Step.CONFIRMED, NOW, "https://letter.example.org/confirm")


@st.composite
def drafts(draw: st.DrawFn) -> NewSubscriber:
    status = draw(st.sampled_from(Status))
    consents = draw(st.lists(CONSENTS, max_size=3))
    if status is Status.CONFIRMED:
        consents.append(PROOF)
    return NewSubscriber(
        f"{draw(LOCAL_PARTS)}@{draw(st.sampled_from(['example.org', 'xn--bcher-kva.example']))}",
        draw(st.sampled_from(LANGUAGES)),
        tuple(draw(st.lists(st.sampled_from(sorted(CERTAINTIES)), unique=True))),
        status,
        draw(MOMENTS),
        draw(MOMENTS),
        draw(st.none() | st.dates()),
        consents=tuple(consents),
        course=draw(st.none() | COURSES) if consents else None,
    )


def add(database: Database, *people: NewSubscriber) -> None:
    with database.begin() as transaction:
        add_many(transaction, people)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(drafts(), max_size=6), form=st.sampled_from(FORMS))
@pytest.mark.slow
def test_export_import_export_gives_the_same_bytes(
    list_on_sqlite: Database, people: list[NewSubscriber], form: str
) -> None:
    empty(list_on_sqlite)
    add(list_on_sqlite, *people)
    first = give(list_on_sqlite, form)
    empty(list_on_sqlite)
    tally, rejects = take(list_on_sqlite, first)
    assert not rejects
    assert give(list_on_sqlite, form) == first
    assert tally.added == len({person.address.lower() for person in people})


NASTY = NewSubscriber(
    "=cmd|'calc'!a1@example.org",
    EN,
    ("revenue", "referral"),
    Status.UNSUBSCRIBED,
    datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
    NOW,
    date(2027, 1, 1),
    "abcdefghij-_0123",
    (
        Consent(
            Step.ASKED,
            NOW,
            'Regel 1\r\nregel "2"; \u2028 😀',
            "",
            Wording(NL, "Één brief\nper week."),
        ),
        PROOF,
    ),
    Course(CourseState.RUNNING, 3, date(2026, 12, 1)),
)


@pytest.mark.parametrize("form", FORMS)
def test_odd_values_survive_on_both_databases(database: Database, form: str) -> None:
    others = [
        NewSubscriber(f"{start}reader@example.org", NL, (), Status.BOUNCED, NOW, NOW)
        for start in ("=", "+", "-", "'", "'=", "é", "用户")
    ]
    add(database, NASTY, *others)
    first = give(database, form)
    empty(database)
    take(database, first)
    assert give(database, form) == first
    with database.read() as transaction:
        found = subscriptions.find_subscriber(transaction, NASTY.address)
    assert found is not None
    assert (found.handle, found.consents, found.certainties) == (
        NASTY.handle,
        NASTY.consents,
        NASTY.certainties,
    )


def test_more_than_a_page_comes_out_in_order(list_on_sqlite: Database) -> None:
    empty(list_on_sqlite)
    people = [NewSubscriber(f"r{n}@example.org", NL, (), Status.BOUNCED, NOW, NOW) for n in range(1001)]
    add(list_on_sqlite, *people)
    rows = list(csv.DictReader(io.StringIO(give(list_on_sqlite))))
    assert [row["address"] for row in rows] == [person.address for person in people]


def test_an_empty_list_is_a_file_all_the_same(list_on_sqlite: Database) -> None:
    empty(list_on_sqlite)
    assert give(list_on_sqlite) == ",".join(COLUMNS) + "\r\n"
    assert json.loads(give(list_on_sqlite, "json")) == []


@pytest.mark.parametrize("statuses", [[Status.BOUNCED], [Status.BOUNCED, Status.COMPLAINED]])
def test_only_those_who_were_asked_for(list_on_sqlite: Database, statuses: list[Status]) -> None:
    empty(list_on_sqlite)
    add(
        list_on_sqlite,
        *(NewSubscriber(f"{status}@example.org", NL, (), status, NOW, NOW) for status in Status),
    )
    found = json.loads(give(list_on_sqlite, "json", statuses))
    assert [row["status"] for row in found] == statuses


@pytest.mark.parametrize("start", list("=+-'"))
def test_no_cell_begins_as_a_formula(list_on_sqlite: Database, start: str) -> None:
    """Formula injection: a spreadsheet runs what begins with = + - @, a tab or a return."""
    empty(list_on_sqlite)
    add(list_on_sqlite, NewSubscriber(f"{start}a@example.org", NL, (), Status.BOUNCED, NOW, NOW))
    [row] = csv.DictReader(io.StringIO(give(list_on_sqlite)))
    assert row["address"] == f"'{start}a@example.org"


def test_everything_about_an_address_is_found_wherever_it_stands(database: Database) -> None:
    """Right of access: also what waits, what was counted, and what a hash says."""
    address = "Reader@example.org"

    def look() -> dict[str, Any] | None:
        with database.read() as transaction:
            return find_everything(transaction, "reader@example.org")

    assert look() is None
    with database.begin() as transaction:
        wishes.add_wishes(
            transaction, [Wish(Asking.SUBSCRIBE, address, NL, NOW, "https://example.org/", course=True)]
        )
    assert look() == {
        "subscriber": None,
        "wishes": [
            {
                "asking": "subscribe",
                "language": "nl",
                "certainties": "",
                "at": "2026-11-27T06:00:00Z",
                "source": "https://example.org/",
                "network": "",
                "course": True,
            }
        ],
        "course": [],
        "notices": [],
        "tokens": [],
        "deliveries": [],
        "events": [],
        "counts": [],
        "erasures": [],
    }
    with database.begin() as transaction:
        wishes.settle_wishes(transaction, NOW)
        outbox.claim(transaction, NOW)
    found = look()
    assert found is not None
    assert found["subscriber"]["address"] == address
    assert found["course"] == [{"state": "asked", "step": 1, "due": None, "changed": "2026-11-27T06:00:00Z"}]
    assert [row["notice"] for row in found["notices"]] == [Notice.CONFIRM]
    assert [row["purpose"] for row in found["tokens"]] == ["confirm"]
    assert [row["count"] for row in found["counts"]] == [1]
    with database.begin() as transaction:
        subscriber = subscriptions.find_subscriber(transaction, address)
        assert subscriber is not None
        subscriptions.erase(transaction, subscriber, NOW + timedelta(days=1))
    found = look()
    assert found is not None
    assert found["erasures"] == [{"at": "2026-11-28T06:00:00Z"}]
    assert found["subscriber"] is None
    assert not found["tokens"]
