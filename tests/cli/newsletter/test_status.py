"""`newsletter status`, `report` and `explain`, and what `subscribers show` and `serve` keep of letters."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from generator.cli.newsletter import main
from generator.environment import make_list
from generator.errors import PublishError
from generator.mailing.report import keep_report
from generator.model import NO_UTF8, Kind, Progress, Settled, Status, Tally
from generator.settings import read_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.tags import read_tag
from generator.subscribers.list import subscriptions
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.pruning import HISTORY, prune
from generator.subscribers.store.database import Database
from generator.subscribers.store.keys import Keys
from generator.subscribers.store.schema import SUBSCRIBER
from tests.clocks import STOPPED, stop_at
from tests.subscribers.letters import MAILING, MASTERS, WEEK, accepted, count, deferred, put, refused, sender
from tests.subscribers.people import DAY, HOUR, MINUTE, NOW, draft

READERS = 10
SAMPLE = Path(__file__).parents[2] / "sample"


@pytest.fixture(scope="session")
def _project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with an empty list; only what these commands look at is in it."""
    root = tmp_path_factory.mktemp("project")
    for name in ("docs", "newsletter", "templates"):
        shutil.copytree(SAMPLE / name, root / name)
    assert run(root, "init").output.startswith("Created var/newsletter.env")
    return root


@pytest.fixture
def root(_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NEWSLETTER_DATABASE", "NEWSLETTER_KEYS", "NEWSLETTER_MAIL"):
        monkeypatch.delenv(name, raising=False)
    return shutil.copytree(_project, tmp_path / "project")


@pytest.fixture
def sent(root: Path) -> Path:
    """A letter to ten readers: accepted, given up, gone, deferred, skipped, in doubt, and four to go."""
    with open_for(root) as database:
        freeze(database)
        with sender(database) as ledger:
            one, two, three, four, five, six, *_ = ledger.reserve(NOW)
            put(database, five.subscriber_id, status="unsubscribed")
            ledger.advance([], one, NOW)
            ledger.advance([accepted(one), refused(two, "550 5.7.1")], three, NOW + MINUTE)
            ledger.advance([refused(three, "550 5.1.1", kind=Kind.HARD)], four, NOW)
            ledger.advance([deferred(four, not_before=NOW + HOUR)], None, NOW)
            ledger.advance([], five, NOW)
            ledger.advance([], six, NOW)
    return root


@contextmanager
def open_for(root: Path) -> Iterator[Database]:
    database = make_list(root, print)
    try:
        yield database
    finally:
        database.close()


def freeze(database: Database) -> None:
    with database.begin() as transaction:
        add_many(
            transaction,
            [draft(number, certainties=(), status=Status.CONFIRMED) for number in range(READERS)],
        )
        mailing = MAILING.__class__(WEEK, NOW, MAILING.commit, "proof", database.keys.fingerprint)
        mailings.freeze(transaction, mailing, MASTERS, WEEK.friday)


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        main, obj=STOPPED, args=["--root", str(root), *arguments], catch_exceptions=False
    )


def say(root: Path, *arguments: str) -> str:
    """What the command says when all goes well."""
    done = run(root, *arguments)
    assert done.exit_code == 0, done.output
    return done.output


# --- status -----------------------------------------------------------------------------------------------------------


def test_before_the_first_letter_there_is_nothing_to_tell(root: Path):
    assert say(root, "status") == "No letter has been sent yet; `newsletter send` sends one.\n"
    assert json.loads(say(root, "status", "--json")) == {}
    failed = run(root, "status", "2026-W48")
    assert failed.exit_code == 1
    assert "there is no letter of 2026-W48; the nearest is 2026-W47; run `generate issue" in failed.output
    failed = run(root, "status", "2026-W47")
    assert "the letter of 2026-W47 has not been sent" in failed.output


def test_a_letter_that_should_have_been_sent_and_was_not_is_named(root: Path):
    """The machine was off until noon: the letter is written, and nobody got it."""
    shutil.copytree(root / "newsletter/issues/2026-W47", root / "newsletter/issues/2026-W48")
    with open_for(root) as database, database.begin() as transaction:
        add_many(transaction, [draft(1, certainties=(), status=Status.CONFIRMED)])
    noon = stop_at(NOW + timedelta(hours=5))

    def ask(*arguments: str) -> Result:
        return CliRunner().invoke(main, obj=noon, args=["--root", str(root), *arguments])

    missed = (
        "the letter of 2026-W48 was due on Friday 27 November 2026 at 07:00 and has not been sent; its window closed "
        "at 10:00; run `newsletter send 2026-W48 --now`"
    )
    assert (ask("status").exit_code, ask("status").output) == (1, f"Error: {missed}\n")
    found = json.loads(ask("status", "--json").output)["findings"]
    assert [one["command"] for one in found] == ["newsletter send 2026-W48 --now"]
    assert missed[:60] in " ".join(ask("doctor").output.split())
    # `send` looks ahead to the next week, and does not let this one pass in silence.
    assert "he letter of 2026-W48 was due" in ask("send").stderr
    assert "`newsletter send 2026-W48 --now` sends it." in ask("send").stderr
    assert run(root, "status").output == "No letter has been sent yet; `newsletter send` sends one.\n", (
        "at seven"
    )


def test_the_numbers_are_told_so_that_a_person_can_add_them_up(sent: Path):
    said = say(sent, "status")
    assert said == say(sent, "status", "2026-W48")
    assert said == (
        "2026-W48, frozen 2026-11-27 07:00:00, commit 0123456789ab\n"
        "  accepted   1\n"
        "  refused    2\n"
        "  deferred   1   next at 2026-11-27 08:00:00\n"
        "  in doubt   1\n"
        "  skipped    1\n"
        "  remaining  4\n"
        "            ──\n"
        "  planned   10\n"
        "\n"
        "5 letters left: `newsletter resume 2026-W48` sends them.\n"
        "Letters in doubt may or may not have arrived: `newsletter status 2026-W48 --doubtful` lists them, "
        "`newsletter retry 2026-W48 --in-doubt` sends them again.\n"
        "`newsletter report 2026-W48` shows why letters were refused.\n"
    )


def test_the_limits_of_receiving_domains_are_told_and_what_they_hold_back(sent: Path):
    path = sent / "newsletter/settings.toml"
    more = '[send]\nwarm_up = 2026-11-27\n[send.domains]\n"*" = "600 a minute, 9000 a day"\n[nl]'
    path.write_text(path.read_text("utf-8").replace("[nl]", more), "utf-8")
    assert "Limits: any other domain" in say(sent, "status")
    with open_for(sent) as database, sender(database) as ledger:
        one, two, *_ = (due for _ in range(2) for due in ledger.reserve(NOW))
        held = [deferred(due, reply="limit", not_before=NOW + 2 * HOUR, counted=False) for due in (one, two)]
        ledger.advance(held, None, NOW)
    said = say(sent, "status")
    assert (
        "Limits: any other domain 600 a minute, 9,000 a day; warm-up: 50 on 2026-11-27 to each domain.\n"
        "2 letters held back by these limits.\n"
    ) in said
    assert "  deferred   3   next at 2026-11-27 08:00:00\n" in said
    told = json.loads(say(sent, "status", "--json"))
    assert told["limits"] == [
        "any other domain 600 a minute, 9,000 a day",
        "warm-up: 50 on 2026-11-27 to each domain",
    ]
    assert {"progress": "deferred", "reply": "limit", "count": 2} in told["replies"]
    assert told["balances"]


def test_no_address_is_shown_unasked(sent: Path):
    assert "example.org" not in say(sent, "status") + say(sent, "status", "--json")


def test_who_is_in_doubt_is_named_with_what_the_log_of_the_relay_may_have(sent: Path):
    [line] = say(sent, "status", "--doubtful").splitlines()[-1:]
    address, language, *_, message_id = line.split()
    assert (address, language) == ("Reader5@example.org", "nl")
    with open_for(sent) as database, database.begin() as transaction:
        person = subscriptions.find_subscriber(transaction, address)
        tag = message_id.removeprefix("<").partition("@")[0]
        assert read_tag(database.keys, tag) == (WEEK, person.handle)
        subscriptions.erase(transaction, person, NOW)
    assert say(sent, "status", "--doubtful").splitlines()[-1].startswith("(erased)")
    [found] = json.loads(say(sent, "status", "--json", "--doubtful"))["doubtful"]
    assert (found["address"], found["message_id"]) == ("", "")


def test_without_its_key_a_letter_has_no_name(sent: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NEWSLETTER_KEYS", str(Keys.make()))
    assert say(sent, "status", "--doubtful").splitlines()[-1].endswith("–")


def test_when_nobody_is_in_doubt_it_says_so(root: Path):
    with open_for(root) as database:
        freeze(database)
    assert say(root, "status", "--doubtful").endswith("\nNo letters in doubt.\n")


def test_status_for_a_program(sent: Path):
    found = json.loads(say(sent, "status", "--json", "--doubtful"))
    assert found["tally"] == {
        "planned": 10,
        "accepted": 1,
        "refused": 2,
        "deferred": 1,
        "in_doubt": 1,
        "skipped": 1,
        "remaining": 4,
    }
    assert found["balances"] is True
    assert found["senders"] == []
    assert found["next_due"] == "2026-11-27T07:00:00Z"
    assert found["frozen"] == "2026-11-27T06:00:00Z"
    assert [one["address"] for one in found["doubtful"]] == ["Reader5@example.org"]


def test_who_sends_now_and_why_it_was_stopped_is_told(root: Path):
    with open_for(root) as database:
        freeze(database)
        with database.begin() as transaction:
            mailings.stop(transaction, WEEK, "too many refusals")
        with sender(database):
            said = say(root, "status")
    assert "Being sent by " in said
    assert "Sending was stopped: too many refusals.\n" in said
    assert "to go" not in said
    assert "10 letters left" in say(root, "status")


def test_when_everything_is_done_it_says_so(root: Path):
    with open_for(root) as database:
        freeze(database)
        with sender(database) as ledger:
            ledger.advance([accepted(due) for due in ledger.reserve(NOW)], None, NOW)
    assert say(root, "status").endswith("Nothing left to do.\n")


def test_numbers_that_do_not_add_up_are_not_hidden(sent: Path):
    with open_for(sent) as database, database.begin() as transaction:
        transaction.connection.exec_driver_sql("DELETE FROM delivery WHERE progress = 'accepted'")
    assert "These numbers do not add up" in say(sent, "status")
    assert "These numbers do not add up" in say(sent, "report", "2026-W48")


# --- report -----------------------------------------------------------------------------------------------------------


def test_the_report_of_a_letter_has_numbers_and_reasons_and_nobody(sent: Path, tmp_path: Path):
    said = say(sent, "report", "2026-W48")
    for line in (
        "# The letter of 2026-W48",
        "| accepted | 1 |",
        "| **planned** | **10** |",
        "### In nl",
        "| refused: 550 5.1.1 | 1 |",
        "| refused: 550 5.7.1 | 1 |",
        "| deferred: 451 4.3.0 | 1 |",
        "| unsubscribed | 1 |",
        "| hard bounce | 1 |",
        "## In doubt",
    ):
        assert f"\n{line}\n" in f"\n{said}"
    assert "example.org" not in said
    target = tmp_path / "report.json"
    assert (
        say(sent, "report", "2026-W48", "--format", "json", "--output", str(target)) == f"Wrote {target}.\n"
    )
    found = json.loads(target.read_text())
    assert found["skipped"] == {"unsubscribed": 1}
    assert found["events"]["suppressed"] == 1
    assert found["languages"]["en"]["planned"] == 2
    assert "example.org" not in target.read_text()
    assert run(sent, "report", "2026-W47").exit_code == 1


def test_there_is_no_report_before_there_is_a_letter(root: Path):
    failed = run(root, "report", "2026-W48")
    assert failed.exit_code == 1
    assert "there is no letter of 2026-W48; the nearest is 2026-W47; run `generate issue" in failed.output
    failed = run(root, "report", "2026-W47")
    assert "the letter of 2026-W47 has not been sent" in failed.output


def test_each_run_leaves_the_report(root: Path):
    with open_for(root) as database:
        freeze(database)
        with sender(database) as ledger:
            dues = ledger.reserve(NOW)
            ledger.advance([accepted(due) for due in dues[:5]], None, NOW)
            ledger.advance([accepted(due) for due in dues[5:]], None, NOW + timedelta(seconds=4))
        path = keep_report(root, read_settings(root), database, WEEK)
    assert str(path) == "var/reports/2026-W48.md"
    assert "| Letters a second | 2.5 |" in (root / path).read_text()
    found = json.loads((root / "var/reports/2026-W48.json").read_text())
    assert found["tally"]["accepted"] == READERS
    assert (found["first"], found["last"]) == ("2026-11-27T06:00:00Z", "2026-11-27T06:00:04Z")


def test_a_report_that_cannot_be_written_is_said(root: Path):
    (root / "var/reports").write_text("in the way")
    with open_for(root) as database:
        freeze(database)
        with pytest.raises(PublishError):
            keep_report(root, read_settings(root), database, WEEK)


# --- explain ----------------------------------------------------------------------------------------------------------


def test_an_address_is_explained_from_consent_to_the_last_letter(sent: Path):
    said = say(sent, "explain", "reader2@example.org")
    assert said.splitlines()[0] == (
        "reader2@example.org: bounced since 2026-11-27 (550 5.1.1), gets no letters."
    )
    rows = [line.split("  ") for line in said.splitlines()[3:]]
    assert [[cell.strip() for cell in row if cell][1:3] for row in rows] == [
        ["–", "consent added"],
        ["–", "consent imported"],
        ["2026-W48", "letter refused"],
        ["2026-W48", "hard bounce"],
        ["2026-W48", "suppressed"],
    ]
    assert "550 5.1.1; <2026-w48." in said


def test_where_somebody_stands_is_said_in_words(sent: Path):
    with open_for(sent) as database, database.begin() as transaction:
        numbers = list(
            transaction.connection.execute(select(SUBSCRIBER.c.id).order_by(SUBSCRIBER.c.id)).scalars()
        )
    with open_for(sent) as database:
        put(database, numbers[6], paused_until=(NOW + 365 * 9 * DAY).date())
        put(database, numbers[7], certainties=("proof", "revenue"))
    assert "confirmed, gets letters in “en”." in say(sent, "explain", "Reader0@example.org")
    assert "unsubscribed, gets no letters." in say(sent, "explain", "Reader4@example.org")
    assert "<2026-w48." not in say(sent, "explain", "Reader4@example.org")  # it was never made
    assert "confirmed, gets no letters before 2035-" in say(sent, "explain", "Reader6@example.org")
    assert "gets letters about proof, revenue in “nl”" in say(sent, "explain", "Reader7@example.org")


def test_a_letter_sent_again_has_its_attempts(sent: Path):
    with open_for(sent) as database, sender(database) as ledger:
        [due] = ledger.reserve(NOW + HOUR)
        ledger.advance([accepted(due)], None, NOW + HOUR)
    assert "250 2.0.0; 2 attempts; <" in say(sent, "explain", "Reader3@example.org")


def test_explained_for_a_program(sent: Path):
    found = json.loads(say(sent, "explain", "Reader5@example.org", "--json"))
    assert found["standing"] == "confirmed, gets letters in “nl”"
    # Nobody has looked yet who died: `status` does.
    assert "letter sending" in {row["what"] for row in found["history"]}
    say(sent, "status")
    found = json.loads(say(sent, "explain", "Reader5@example.org", "--json"))
    assert {"letter in doubt", "doubted"} < {row["what"] for row in found["history"]}


def test_of_who_was_erased_or_never_came_there_is_little_to_tell(sent: Path):
    with open_for(sent) as database, database.begin() as transaction:
        person = subscriptions.find_subscriber(transaction, "reader5@example.org")
        subscriptions.erase(transaction, person, NOW)
    said = say(sent, "explain", "reader5@example.org")
    assert "reader5@example.org: not on the list.\nErased at 2026-11-27T06:00:00Z" in said
    assert "1 mail not sent yet" in said
    failed = run(sent, "explain", "nobody@example.org")
    assert failed.exit_code == 1
    assert "nothing is stored about nobody@example.org" in failed.output


def test_letters_belong_to_what_a_person_may_see(sent: Path):
    said = say(sent, "subscribers", "show", "reader2@example.org")
    assert (
        "letters:\n    – week: 2026-W48; language: en; progress: refused; attempts: 1; reply: 550 5.1.1"
        in said
    )
    assert "– at: 2026-11-27T06:00:00Z; kind: hard bounce; week: 2026-W48; detail: 550 5.1.1" in said


# --- What is forgotten ------------------------------------------------------------------------------------------------


def test_who_got_a_letter_is_forgotten_after_half_a_year_and_how_many_is_not(sent: Path):
    say(sent, "status")
    with open_for(sent) as database:
        with database.begin() as transaction:
            prune(transaction, NOW + HISTORY - MINUTE)
        before = count(database)
        assert json.loads(say(sent, "report", "2026-W48", "--format", "json"))["languages"]
        with database.begin() as transaction:
            prune(transaction, NOW + HISTORY)
            prune(transaction, NOW + HISTORY)
        assert count(database) == before == Tally(10, 1, 2, 1, 1, 1, 4)
        with database.read() as transaction:
            assert mailings.list_deliveries(transaction, WEEK, Progress.IN_DOUBT) == []
            number = subscriptions.find_subscriber(transaction, "reader2@example.org").id
            kinds = [event.kind for event in mailings.list_events(transaction, number)]
    assert kinds == ["hard bounce", "suppressed"]  # why they get no more
    assert "accepted | 1 |" in say(sent, "report", "2026-W48")
    assert "doubted" not in say(sent, "explain", "Reader5@example.org")


def test_what_is_sent_after_the_rows_are_gone_is_nothing(sent: Path):
    with open_for(sent) as database:
        with database.begin() as transaction:
            prune(transaction, NOW + HISTORY)
        with sender(database) as ledger:
            assert ledger.reserve(NOW + HISTORY) == []
            ledger.advance([Settled(1, Progress.ACCEPTED)], None, NOW)
        assert count(database).balances


def test_who_was_skipped_for_their_address_is_told_everywhere(root: Path):
    """Neither refused nor in doubt, and still on the list."""
    with open_for(root) as database:
        freeze(database)
        with sender(database) as ledger:
            one, *_ = ledger.reserve(NOW)
            put(database, one.subscriber_id, address="josé@example.org", key="josé@example.org")
            skipped = Settled(one.subscriber_id, Progress.SKIPPED, counted=False, why=NO_UTF8)
            ledger.advance([skipped], None, NOW)
            ledger.advance([skipped], None, NOW)
    said = run(root, "status").output
    assert "  skipped    1\n" in said
    assert "1 letter skipped (no SMTPUTF8): the relay takes no addresses beyond ASCII" in said
    assert "| no SMTPUTF8 | 1 |" in run(root, "report", str(WEEK)).output
    explained = run(root, "explain", "JOSE\u0301@EXAMPLE.ORG").output
    assert "confirmed, gets letters" in explained
    assert "letter skipped" in explained
    assert "no SMTPUTF8" in explained
