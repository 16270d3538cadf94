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
    {"email": "mail", "status": "lid"},
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
    _, [reject] = take(database, content, replace(ORDER, meanings=Meanings({"email": "mail"})))
    assert "without proof" in reject.problem


def test_values_of_json_are_said_as_they_are_written(database: Database) -> None:
    said = Meanings({"status": "on"}, {"true": Status.CONFIRMED, "false": Status.UNSUBSCRIBED})
    content = '[{"email": "a@example.org", "on": true}, {"email": "b@example.org", "on": false}]'
    tally, _ = take(database, content, replace(PROVED, meanings=said))
    assert tally.statuses == {Status.CONFIRMED: 1, Status.UNSUBSCRIBED: 1}


def test_our_own_column_steps_aside_when_it_is_ignored(database: Database) -> None:
    content = "email,werkmail\nx,a@example.org\n"
    with pytest.raises(TableError, match="has a column “email” too; name that one"):
        take(database, content, replace(PROVED, meanings=Meanings({"email": "werkmail"})))
    said = Meanings({"email": "werkmail"}, ignored=frozenset({"email"}))
    assert take(database, content, replace(PROVED, meanings=said))[0].added == 1


def test_a_status_of_ours_does_not_step_aside_unseen(database: Database) -> None:
    content = "email,status,lid\na@example.org,unsubscribed,confirmed\n"
    said = Meanings({"status": "lid"}, ignored=frozenset({"status"}))
    with pytest.raises(TableError, match="cannot be read without “status”, which may say who unsubscribed"):
        take(database, content, replace(PROVED, meanings=said))


@pytest.mark.parametrize(
    "said, problem",
    [
        (Meanings({"email": "post"}), "has no column “post”, which --column email=… names"),
        (Meanings({"email": "mail"}, {"ja": Status.CONFIRMED}), "has no column for --values"),
        (Meanings({"email": "mail"}, ignored=frozenset({"mail"})), "cannot be read without “mail”"),
        (Meanings({"email": "mail"}), "has 2 columns that"),
    ],
)
def test_what_does_not_fit_the_file_is_refused(database: Database, said: Meanings, problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        take(database, CLUB, replace(PROVED, meanings=said))


@pytest.mark.parametrize(
    "words, found",
    [
        (["email=E-Mail", "status= a=b "], {"email": "e-mail", "status": "a=b"}),
        (["address=x"], {"email": "x"}),
    ],
)
def test_columns_as_they_are_typed(words: list[str], found: Mapping[str, str]) -> None:
    assert read_columns(words) == found


@pytest.mark.parametrize(
    "words, problem",
    [
        (["email"], "expected email, status, language or created, =, and a column; got “email”"),
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
