"""What the operator says that columns and values mean."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import TableError
from generator.model import Status
from generator.subscribers.store.database import Database
from generator.subscribers.transfer.layouts import normalise
from generator.subscribers.transfer.meanings import Meanings, read_columns, read_values
from tests.subscribers.files import ORDER, PROVED, empty, give, take

CLUB = "Naam;Mail;Lid\nAn;a@example.org;Ja\nBo;b@example.org;NEE\nCo;c@example.org;erelid\n"
SAID = Meanings(
    {"mail": "email", "lid": "status"},
    {"ja": Status.CONFIRMED, "nee": Status.UNSUBSCRIBED},
    frozenset({"naam"}),
)


@pytest.fixture
def database(list_on_sqlite: Database) -> Database:
    empty(list_on_sqlite)
    return list_on_sqlite


def test_columns_and_values_mean_what_the_operator_says(database: Database) -> None:
    """A value that nobody explained is refused, not guessed."""
    tally, [reject] = take(database, CLUB, replace(PROVED, meanings=SAID))
    assert tally.statuses == {Status.CONFIRMED: 1, Status.UNSUBSCRIBED: 1}
    assert (reject.address, reject.problem.partition(";")[0]) == ("c@example.org", "status is “erelid”")
    lines = sorted(line.split(",")[0] for line in give(database, statuses=[Status.CONFIRMED]).splitlines())
    assert lines == ["a@example.org", "address"]


def test_a_file_with_meanings_proves_nothing(database: Database) -> None:
    row = '"[{""step"": ""confirmed"", ""at"": ""2024-01-01"", ""source"": ""x""}]"'
    content = f"mail,consents\na@example.org,{row}\n"
    _, [reject] = take(database, content, replace(ORDER, meanings=Meanings({"mail": "email"})))
    assert "without proof" in reject.problem


def test_values_of_json_are_said_as_they_are_written(database: Database) -> None:
    said = Meanings({"on": "status"}, {"true": Status.CONFIRMED, "false": Status.UNSUBSCRIBED})
    content = '[{"email": "a@example.org", "on": true}, {"email": "b@example.org", "on": false}]'
    tally, _ = take(database, content, replace(PROVED, meanings=said))
    assert tally.statuses == {Status.CONFIRMED: 1, Status.UNSUBSCRIBED: 1}


def test_our_own_column_steps_aside_when_it_is_ignored(database: Database) -> None:
    content = "email,werkmail\nx,a@example.org\n"
    with pytest.raises(TableError, match="has a column “email” too; name that one"):
        take(database, content, replace(PROVED, meanings=Meanings({"werkmail": "email"})))
    said = Meanings({"werkmail": "email"}, ignored=frozenset({"email"}))
    assert take(database, content, replace(PROVED, meanings=said))[0].added == 1


def test_a_status_of_ours_does_not_step_aside_unseen(database: Database) -> None:
    content = "email,status,lid\na@example.org,unsubscribed,confirmed\n"
    said = Meanings({"lid": "status"}, ignored=frozenset({"status"}))
    with pytest.raises(TableError, match="cannot be read without “status”, which may say who unsubscribed"):
        take(database, content, replace(PROVED, meanings=said))


HOME_MADE = (
    "E-mailadres;Nieuwsbrief;Afgemeld;Uitgeschreven op;Bezorging\n"
    "in@example.org;Ja ;;;ok\n"
    "in_b@example.org;ja;nee;;\n"
    "left@example.org;nee;;;ok\n"
    "left_b@example.org;ja;x;;ok\n"
    "left_c@example.org;ja;;1-2-2024;ok\n"
    "left_d@example.org;misschien;ja;;ok\n"
    "left_e@example.org;ja;ja;;bounced\n"
    "bounced@example.org;JA;;;Bounced\n"
    "odd@example.org;misschien;;;ok\n"
    "odd_b@example.org;;;;\n"
)
MARKED = Meanings(
    {
        "e-mailadres": "email",
        "nieuwsbrief": "status",
        "bezorging": "status",
        "afgemeld": "left",
        "uitgeschreven op": "left",
    },
    {"ja": Status.CONFIRMED, "nee": Status.UNSUBSCRIBED, "ok": Status.CONFIRMED},
)


def test_of_several_columns_that_say_who_left_the_worst_counts(database: Database) -> None:
    """A mark means that somebody left, a word that is not known that the row is refused; no column is overruled."""
    tally, rejects = take(database, HOME_MADE, replace(PROVED, meanings=MARKED))
    assert tally.statuses == {Status.CONFIRMED: 2, Status.UNSUBSCRIBED: 5, Status.BOUNCED: 1}
    assert [reject.problem.partition(";")[0] for reject in rejects] == [
        "status is “misschien”",
        "status is empty",
    ]
    for status, word in (
        (Status.CONFIRMED, "in"),
        (Status.UNSUBSCRIBED, "left"),
        (Status.BOUNCED, "bounced"),
    ):
        people = [line.partition("@")[0] for line in give(database, statuses=[status]).splitlines()[1:]]
        assert {name.partition("_")[0] for name in people} == {word}


def test_a_mark_alone_says_who_left_and_a_status_of_ours_still_counts(database: Database) -> None:
    content = (
        "email,status,weg\na@example.org,confirmed,x\nb@example.org,bounced,\nc@example.org,confirmed,0\n"
    )
    tally, _ = take(database, content, replace(PROVED, meanings=Meanings({"weg": "left"})))
    assert tally.statuses == {Status.UNSUBSCRIBED: 1, Status.BOUNCED: 1, Status.CONFIRMED: 1}
    empty(database)
    ignored = Meanings({"weg": "left"}, {}, frozenset({"status"}), frozenset({"status"}))
    tally, _ = take(database, content, replace(PROVED, meanings=ignored))
    assert tally.statuses == {Status.UNSUBSCRIBED: 1, Status.CONFIRMED: 2}
    content = "email,weg\na@example.org,x\nb@example.org,\n"
    order = replace(PROVED, meanings=Meanings({"weg": "left"}), status=Status.UNCONFIRMED)
    empty(database)
    assert take(database, content, order)[0].statuses == {Status.UNSUBSCRIBED: 1, Status.UNCONFIRMED: 1}


@pytest.mark.parametrize(
    "said, problem",
    [
        (Meanings({"post": "email"}), "has no column “post”, which --column email=… names"),
        (Meanings({"mail": "email"}, {"ja": Status.CONFIRMED}), "has no column for --values"),
        (Meanings({"mail": "email"}, ignored=frozenset({"mail"})), "cannot be read without “mail”"),
        (Meanings({"mail": "email"}), "has 2 columns that"),
    ],
)
def test_what_does_not_fit_the_file_is_refused(database: Database, said: Meanings, problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        take(database, CLUB, replace(PROVED, meanings=said))


@pytest.mark.parametrize(
    "words, found",
    [
        (["email=E-Mail", "status= a=b "], {"e-mail": "email", "a=b": "status"}),
        (["address=x"], {"x": "email"}),
        (["status=a", "status=b", "left=c"], {"a": "status", "b": "status", "c": "left"}),
    ],
)
def test_columns_as_they_are_typed(words: list[str], found: Mapping[str, str]) -> None:
    assert read_columns(words) == found


@pytest.mark.parametrize(
    "words, problem",
    [
        (["email"], "expected email, status, left, language or created, =, and a column; got “email”"),
        (["consents=x"], "expected email"),
        (["email=a", "address=b"], "email is said twice"),
        (["email=a", "status=a"], "“a” cannot be two things"),
    ],
)
def test_columns_that_are_typed_wrongly(words: list[str], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_columns(words)


@pytest.mark.parametrize(
    "words, problem",
    [
        (["active"], "expected VALUE=STATUS, with one of unconfirmed, confirmed"),
        (["active=yes"], "got “active=yes”"),
        (["a=confirmed", "A=bounced"], "“a” cannot mean two things"),
    ],
)
def test_values_that_are_typed_wrongly(words: list[str], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_values(words)


@given(st.dictionaries(st.text("ab,= ", max_size=6).map(normalise), st.sampled_from(Status)))
def test_values_are_read_as_they_are_written(said: dict[str, Status]) -> None:
    """As `questions` prints them: commas and equals signs may stand in a value."""
    typed = ",".join(f"{value}={status}" for value, status in said.items())
    assert read_values([typed] if typed else []) == said
