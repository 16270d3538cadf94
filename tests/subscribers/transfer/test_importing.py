"""A file → the list: who comes in, who does not and why, and that nothing can go wrong half-way."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import AddressError
from generator.model import Course, CourseState, Notice, Status, Step
from generator.subscribers.list import outbox, subscriptions
from generator.subscribers.list.addresses import parse_address
from generator.subscribers.list.listing import count_statuses
from generator.subscribers.store.database import Database
from generator.subscribers.transfer import importing
from generator.subscribers.transfer.formats import RowError, read_address
from generator.subscribers.transfer.importing import Import, Order, Tally
from tests.languages import EN
from tests.subscribers.files import NOW, ORDER, PROVED, empty, give, stream, take
from tests.subscribers.people import SUBSCRIBE, ask, find, join

ASK = replace(ORDER, ask=True)
DRY = replace(PROVED, dry_run=True)


def statuses(database: Database) -> dict[str, int]:
    with database.read() as transaction:
        return {status.value: number for status, number in count_statuses(transaction).items() if number}


# --- Who comes in ---


def test_nobody_is_confirmed_without_proof(sqlite: Database) -> None:
    tally, [reject] = take(sqlite, "address\nreader@example.org\n")
    assert (tally.added, tally.rejected) == (0, 1)
    assert (reject.line, reject.address) == (2, "reader@example.org")
    assert "without proof" in reject.problem
    assert statuses(sqlite) == {}


def test_proof_that_the_operator_names_is_kept_with_each(sqlite: Database) -> None:
    tally, _ = take(sqlite, "address;language\nreader@example.org;en\n", PROVED)
    assert (tally.line, tally.added, tally.statuses) == (2, 1, {Status.CONFIRMED: 1})
    with sqlite.read() as transaction:
        subscriber = find(transaction)
    assert (subscriber.status, subscriber.language) == (Status.CONFIRMED, EN)
    [consent] = subscriber.consents
    assert (consent.step, consent.at, consent.source) == (Step.IMPORTED, NOW, "Binder 2026")


def test_who_is_to_be_asked_gets_the_question_by_mail(database: Database) -> None:
    """Those without proof, and those who had not answered yet; not those who bring proof, or left."""
    rows = [
        {"address": "none@example.org"},
        {"address": "Waits@example.org", "status": "unconfirmed", "created": "2020-01-01"},
        {"address": "left@example.org", "status": "unsubscribed"},
        {
            "address": "proved@example.org",
            "consents": [{"step": "confirmed", "at": "2020-01-01T00:00:00Z", "source": "x"}],
        },
    ]
    tally, rejects = take(database, json.dumps(rows), ASK)
    assert not rejects
    assert (tally.added, tally.asked) == (4, 2)
    assert statuses(database) == {"unconfirmed": 2, "confirmed": 1, "unsubscribed": 1}
    with database.begin() as transaction:
        postings = [outbox.claim(transaction, NOW) for _ in range(3)]
    assert {posting.address for posting in postings if posting} == {"none@example.org", "Waits@example.org"}
    assert all(posting.token and posting.notice is Notice.CONFIRM for posting in postings if posting)


def test_who_waits_for_an_answer_is_not_written_to_unasked(sqlite: Database) -> None:
    tally, _ = take(sqlite, "address,status\nreader@example.org,unconfirmed\n")
    assert (tally.added, tally.asked) == (1, 0)
    with sqlite.read() as transaction:
        assert outbox.waiting(transaction) == 0


def test_a_status_for_rows_that_have_none(sqlite: Database) -> None:
    order = replace(ORDER, status=Status.UNSUBSCRIBED)
    take(sqlite, "address,status\na@example.org,\nb@example.org,bounced\n", order)
    assert statuses(sqlite) == {"unsubscribed": 1, "bounced": 1}


# --- Who is known already ---


@pytest.mark.parametrize("status", [Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED])
def test_an_import_brings_nobody_back_who_left(database: Database, status: Status) -> None:
    take(database, f"address,status\nreader@example.org,{status}\n")
    before = give(database)
    tally, _ = take(database, "address,status\nREADER@example.org,confirmed\n", PROVED)
    assert tally == Tally(line=2, present=1)
    assert give(database) == before


@pytest.mark.parametrize("status", [Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED])
def test_a_file_ends_what_only_a_file_began(database: Database, status: Status) -> None:
    """Such as a list of blocked addresses that comes after the contacts; a second time changes nothing."""
    take(database, "address\nreader@example.org\nother@example.org\n", PROVED)
    content = f"address,status\nreader@example.org,{status}\n"
    before = give(database)
    assert take(database, content, DRY)[0].ended == 1
    assert give(database) == before
    tally, _ = take(database, content)
    assert (tally.ended, tally.present, tally.added) == (1, 0, 0)
    assert statuses(database) == {"confirmed": 1, status.value: 1}
    with database.read() as transaction:
        assert find(transaction).consents[-1].source == f"this program: {status}"
        assert outbox.waiting(transaction) == 0
    before = give(database)
    tally, _ = take(database, content)
    assert (tally.ended, tally.present) == (0, 1)
    assert give(database) == before


def test_but_not_what_somebody_said_here(database: Database) -> None:
    """Who confirmed here, or has asked to, knows better than an old file."""
    with database.begin() as transaction:
        join(transaction)
        ask(transaction, replace(SUBSCRIBE, address="waits@example.org"))
    before = give(database)
    content = "address,status\nreader@example.org,unsubscribed\nwaits@example.org,bounced\n"
    tally, _ = take(database, content, PROVED)
    assert (tally.ended, tally.present) == (0, 2)
    assert give(database) == before


@pytest.mark.parametrize("order", [PROVED, ASK])
def test_once_left_in_whichever_row_of_a_large_file_is_left(
    sqlite: Database, order: importing.Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    rows = "a@example.org,confirmed\nb@example.org,confirmed\nc@example.org,confirmed\nA@example.org,unsubscribed\n"
    tally, _ = take(sqlite, f"address,status\n{rows}", order)
    assert (tally.added, tally.ended) == (3, 1)
    assert statuses(sqlite)["unsubscribed"] == 1
    with sqlite.read() as transaction:
        assert outbox.waiting(transaction) == (2 if order.ask else 0)


def test_an_import_brings_nobody_back_who_was_erased(database: Database) -> None:
    with database.begin() as transaction:
        join(transaction)
    copy = give(database)
    with database.begin() as transaction:
        subscriptions.erase(transaction, find(transaction), NOW)
    for order in (ORDER, PROVED, ASK):
        tally, _ = take(database, copy, order)
        assert tally == Tally(line=2, erased=1)
    assert statuses(database) == {}


@pytest.mark.parametrize("order", [PROVED, DRY])
def test_an_address_that_stands_twice_comes_in_once(
    sqlite: Database, order: importing.Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it stands in another batch, in other letters, or as a domain in another alphabet."""
    monkeypatch.setattr(importing, "BATCH", 2)
    lines = ["a@example.org", "A@example.org", "b@bücher.example", "a@EXAMPLE.org", "b@xn--bcher-kva.example"]
    tally, _ = take(sqlite, "\n".join(["address", *lines]), order)
    assert (tally.added, tally.twice, tally.present) == (2, 3, 0)


def test_plus_addresses_are_addresses_of_their_own(sqlite: Database) -> None:
    tally, _ = take(sqlite, "address\na@example.org\na+letter@example.org\na.b@example.org\n", PROVED)
    assert tally.added == 3


def test_a_homograph_is_somebody_else_and_shows_it(sqlite: Database) -> None:
    """The second a is Cyrillic."""
    take(sqlite, "address\nx@paypal.example\nx@p\u0430ypal.example\n", PROVED)
    assert "x@xn--pypal-4ve.example," in give(sqlite)
    assert statuses(sqlite) == {"confirmed": 2}


@settings(max_examples=200, deadline=None)
@given(
    local=st.text("aZ0.+-_'=?@ é", max_size=8) | st.sampled_from(["a" * 64, "a" * 65]),
    domain=st.text("aZ0.-éı", max_size=8).map(lambda text: f"{text}.org")
    | st.sampled_from(["example.org", "EXAMPLE.org", "localhost", "x.test", "1.2.3.4", f"{'a.' * 120}org"]),
)
def test_an_address_is_read_as_everywhere_else(local: str, domain: str) -> None:
    """The way that is quick for a million of them finds what parse_address finds, and refuses what it refuses."""
    text = f"{local}@{domain}"
    try:
        expected = parse_address(text)
    except AddressError:
        with pytest.raises(RowError):
            read_address(text)
    else:
        assert read_address(text) == expected


# --- Stopped half-way ---


def test_a_dry_run_says_the_same_and_writes_nothing(sqlite: Database) -> None:
    take(sqlite, "address\nknown@example.org\n", PROVED)
    before = give(sqlite)
    content = "address\nknown@example.org\nnew@example.org\nnew@example.org\nbad\n"
    with sqlite.begin():  # nor does it wait for somebody who writes
        said, _ = take(sqlite, content, DRY)
    assert give(sqlite) == before
    done, _ = take(sqlite, content, PROVED)
    assert (
        said
        == done
        == Tally(line=5, added=1, statuses=Counter([Status.CONFIRMED]), present=1, twice=1, rejected=1)
    )


def test_what_was_counted_stays_when_it_is_stopped_and_the_rest_follows(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    content = "address\n" + "".join(f"r{number}@example.org\n" for number in range(5))
    reading = Import(stream(content), "list.csv", PROVED)
    steps = reading.run(sqlite, print)
    assert next(steps) == Tally(line=3, added=2, statuses=Counter({Status.CONFIRMED: 2}))

    def stop(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(importing, "add_many", stop)
        with pytest.raises(KeyboardInterrupt):
            next(steps)
    assert reading.tally == Tally(line=3, added=2, statuses=Counter({Status.CONFIRMED: 2}))
    assert statuses(sqlite) == {"confirmed": 2}
    tally, _ = take(sqlite, content, PROVED)
    assert tally == Tally(line=6, added=3, statuses=Counter({Status.CONFIRMED: 3}), present=2)


# --- Rows that are refused ---

ROWS = {
    "no address": ({}, "has no address"),
    "a number": ({"address": 5}, "has no address"),
    "no @": ({"address": "reader.example.org"}, "address "),
    "two": ({"address": "a@example.org, b@example.org"}, "address "),
    "line break": ({"address": "a@example.org\r\nBcc: b@example.org"}, "address "),
    "bytes": ({"address": "r\udce9@example.org"}, "address "),
    "NUL": ({"address": "r\0@example.org"}, "address "),
    "long": ({"address": f"{'a' * 250}@example.org"}, "address "),
    "language": ({"language": "fr"}, "language is “fr”; expected nl, en"),
    "language number": ({"language": 5}, "language is “5”; expected text"),
    "status": ({"status": "active"}, "status is “active”; expected unconfirmed, confirmed"),
    "status of others": ({"status": "x"}, "complained; explain other words with --values"),
    "created": ({"created": "27-11-2026"}, "created is “27-11-2026”; expected a date and time like"),
    "before time": ({"created": "0001-01-01T00:00:00+10:00"}, "expected a date and time like"),
    "pause": ({"paused_until": "soon"}, "paused_until is “soon”; expected a day like"),
    "certainty": (
        {"certainties": "referal"},
        "unknown certainty “referal”; expected one of referral, revenue",
    ),
    "certainties": ({"certainties": ["referral", 7]}, "certainties is “7”; expected text"),
    "handle": ({"handle": "../../etc"}, "handle is “../../etc”; expected the 16 characters"),
    "consents": ({"consents": "[{"}, "consents is not a JSON array"),
    "consents object": ({"consents": {"step": "asked"}}, "consents is not a JSON array"),
    "step": ({"consents": [{"step": "guessed"}]}, "step is “guessed”; expected asked"),
    "no moment": ({"consents": [{"step": "asked"}]}, "at is “null”; expected text"),
    "no source": ({"consents": [{"step": "asked", "at": "2026-01-01"}]}, "source is “null”"),
    "wording": (
        {"consents": [{"step": "asked", "at": "2026-01-01", "source": "", "wording": "yes"}]},
        "wording is “yes”; expected an object",
    ),
    "address with bytes": ({"address": "l\udce9a@example.org"}, "address is not valid text; expected UTF-8"),
    "source with bytes": (
        {"consents": [{"step": "asked", "at": "2026-01-01", "source": "\udcff"}]},
        "source is not valid text",
    ),
}


@pytest.mark.parametrize("cells, problem", ROWS.values(), ids=ROWS)
def test_a_row_that_cannot_be_taken_says_what_and_what_was_expected(
    list_on_sqlite: Database, cells: dict[str, object], problem: str
) -> None:
    row = {"address": "reader@example.org", **cells} if cells else {}
    tally, [reject] = take(list_on_sqlite, json.dumps([row]), DRY)
    assert problem in reject.problem
    assert tally == Tally(line=1, rejected=1)
    assert reject.line == 1


def test_what_is_said_of_a_row_is_safe_for_a_terminal(list_on_sqlite: Database) -> None:
    row = {"address": "reader@example.org", "language": "\x1b[2J" + "x" * 100}
    _, [reject] = take(list_on_sqlite, json.dumps(row), DRY)
    assert reject.problem == f"language is “�[2J{'x' * 36}”; expected nl, en"
    assert "reader" not in repr(reject)


def test_a_handle_of_somebody_else_is_not_taken_over(sqlite: Database) -> None:
    """Or links in old mail would act on another subscription."""
    take(sqlite, "address,handle\na@example.org,aaaaaaaaaaaaaaaa\n", PROVED)
    take(sqlite, "address,handle\nb@example.org,aaaaaaaaaaaaaaaa\n", PROVED)
    with sqlite.read() as transaction:
        assert find(transaction, "a@example.org").handle == "aaaaaaaaaaaaaaaa"
        assert find(transaction, "b@example.org").handle != "aaaaaaaaaaaaaaaa"


@pytest.mark.parametrize(
    "written",
    [
        "Jan Jansen <jan@example.org>",
        '"Jansen, Jan" < jan@example.org >',
        "<jan@example.org>",
        "<mailto:jan@example.org>",
        "Mailto:jan@example.org",
    ],
)
def test_an_address_may_stand_as_a_mail_program_writes_it(list_on_sqlite: Database, written: str) -> None:
    empty(list_on_sqlite)
    _, rejects = take(list_on_sqlite, json.dumps([{"email": written}]), PROVED)
    assert not rejects
    assert give(list_on_sqlite).count("\njan@example.org,") == 1


@pytest.mark.parametrize(
    "written",
    ["a@example.org, b@example.org", "a@b <jan@example.org>", "Jan <jan@example.org> Piet <p@example.org>"],
)
def test_of_two_addresses_none_is_chosen(list_on_sqlite: Database, written: str) -> None:
    _, [reject] = take(list_on_sqlite, json.dumps([{"email": written}]), PROVED)
    assert reject.problem.startswith("address ")


# --- The course ---


def with_course(**cells: object) -> str:
    """A confirmed reader in our own form, with these cells of the course."""
    proof = {
        "step": "confirmed",
        "at": "2026-11-20T06:00:00Z",
        "source": "https://letter.example.org/confirm",
    }
    return json.dumps(
        [{"address": "reader@example.org", "status": "confirmed", "consents": [proof], **cells}]
    )


@pytest.mark.parametrize(
    "cells, problem",
    [
        ({"course": "begun"}, "course is “begun”; expected asked, running, paused, stopped"),
        ({"course": "paused"}, "course_step is empty; expected the number of the next lesson, from 1 to 8"),
        ({"course": "paused", "course_step": 0}, "course_step is “0”; expected the number"),
        ({"course": "paused", "course_step": True}, "course_step is “true”; expected the number"),
        ({"course": "paused", "course_step": "9"}, "course_step is “9”; expected the number"),
        ({"course": "running", "course_step": 2}, "course_due is empty; expected the day of the next lesson"),
        (
            {"course": "running", "course_step": 2, "course_due": "soon"},
            "course_due is “soon”; expected a day like",
        ),
        (
            {"course": "paused", "course_step": 2, "course_due": "2026-12-01"},
            "course_due is “2026-12-01”; expected nothing unless the course is running",
        ),
        ({"course_step": 2}, "course_step is “2”; expected nothing, because course is empty"),
        (
            {"course_due": "2026-12-01"},
            "course_due is “2026-12-01”; expected nothing, because course is empty",
        ),
    ],
)
def test_a_course_that_is_not_understood_is_refused(
    list_on_sqlite: Database, cells: dict[str, object], problem: str
) -> None:
    empty(list_on_sqlite)
    tally, [reject] = take(list_on_sqlite, with_course(**cells), name="list.json")
    assert tally.added == 0
    assert problem in reject.problem


def test_a_course_comes_in_as_it_went_out_on_both_databases(database: Database) -> None:
    content = with_course(course="running", course_step="3", course_due="2026-12-01")
    assert take(database, content, name="list.json")[0].added == 1
    with database.read() as transaction:
        assert find(transaction).course == Course(CourseState.RUNNING, 3, date(2026, 12, 1))
    again = give(database)
    empty(database)
    assert take(database, again)[0].added == 1
    assert give(database) == again


@pytest.mark.parametrize("order", [ORDER, PROVED, ASK])
def test_an_import_starts_no_course_that_nobody_asked_us_for(list_on_sqlite: Database, order: Order) -> None:
    """Only an export of ours can, which has the consents."""
    empty(list_on_sqlite)
    content = "address,course,course_step,course_due\nreader@example.org,running,1,2026-12-01\n"
    tally, [reject] = take(list_on_sqlite, content, order)
    assert (tally.added, reject.line) == (0, 2)
    assert "has a course, and no consent" in reject.problem


def test_who_is_on_the_list_keeps_their_course(list_on_sqlite: Database) -> None:
    empty(list_on_sqlite)
    take(list_on_sqlite, with_course(course="paused", course_step=5), name="list.json")
    content = with_course(course="running", course_step=1, course_due="2026-12-01")
    assert take(list_on_sqlite, content, name="list.json")[0].present == 1
    with list_on_sqlite.read() as transaction:
        assert find(transaction).course == Course(CourseState.PAUSED, 5, None)
