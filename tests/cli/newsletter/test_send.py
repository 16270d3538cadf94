"""`newsletter send`, `resume` and `retry`: what they refuse, what they freeze, and how they end."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from generator.cli import Command, Group, Project
from generator.cli.newsletter import main
from generator.cli.newsletter.retry import confirm_retry
from generator.cli.newsletter.withdraw import confirm_withdrawal
from generator.cli.sending import show_sending
from generator.delivery.outgoing import runs
from generator.environment import announce_service
from generator.errors import DatabaseError, MailingError, SecretError
from generator.mailing.freeze import Prepared, Recipe
from generator.mailing.resume import resume_mailing, retry_letters, withdraw_letter
from generator.mailing.run import Order
from generator.mailing.send import Asked, send_letter
from generator.model import NewSubscriber, Problem, Progress, Status, Tally, Week
from generator.settings import read_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.keys import Keys
from generator.subscribers.store.schema import DELIVERY, MAILING, SUBSCRIBER
from tests.clocks import STOPPED
from tests.delivery.sendings import master, reader
from tests.languages import LANGUAGES, NL, give_words
from tests.proof.relay import DROP, Door, Moment, Relay, open_relay

WEEK = Week(2026, 48)
FRIDAY = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)
"""Half past seven in Amsterdam: the window is open."""
KEYS = Keys(("k" * 43,))
HASTE = Order(patience=timedelta(0))
SAMPLE = Path(__file__).parents[2] / "sample"


@dataclass
class Office:
    """A project, its list and a relay; the letter is as a test says."""

    root: Path
    relay: Relay
    door: Door
    now: datetime = FRIDAY
    text: bytes = b"first"
    obstacles: tuple[str, ...] = ()
    before_freezing: Callable[[], None] = lambda: None
    recipes: list[Recipe] = field(default_factory=list)

    def prepare(self, recipe: Recipe) -> Prepared:
        self.recipes.append(recipe)
        self.before_freezing()
        date = f"Date: {recipe.date}\r\nX-Text: {self.text.decode()}\r\n".encode()
        masters = {language: date + master(language) for language in LANGUAGES}
        problem = Problem(Path("newsletter/issues/2026-W48/nl.md"), None, "is odd")
        return Prepared(masters, "proof", "c0ffee", self.obstacles, (problem,) if self.obstacles else ())

    def send(self, week: Week | None = WEEK, **asked: Any) -> int:
        given = Asked(**{"order": HASTE, **asked})
        return show_sending(
            partial(send_letter, self.root, week, given, lambda: self.now, prepare=self.prepare)
        )

    def refuse(self, **asked: Any) -> int:
        """As the command line ends it."""
        command = Command("send", callback=lambda: self.send(**asked))
        group = Group(commands={"send": command})
        with pytest.raises(SystemExit) as caught:
            group.main(["send"], obj=Project(self.root, lambda: self.now))
        return int(str(caught.value.code))

    def resume(self, **order: Any) -> int:
        given = Order(**{"patience": timedelta(0), **order})
        return show_sending(partial(resume_mailing, self.root, WEEK, given, lambda: self.now))

    def retry(self, progress: Progress, *, asks: bool = False) -> int:
        order = Order(patience=timedelta(0), tolerant=progress is Progress.REFUSED)
        agree = partial(confirm_retry, WEEK, progress, "") if asks else lambda _: None
        retry = partial(retry_letters, self.root, WEEK, progress, order, lambda: self.now, agree=agree)
        return show_sending(retry)

    def open(self) -> Database:
        return open_database("sqlite:///var/newsletter.db", KEYS, self.root)

    def tally(self) -> Tally:
        database = self.open()
        try:
            with database.read() as transaction:
                return mailings.tally(transaction, WEEK)
        finally:
            database.close()

    def stop(self, trouble: str) -> None:
        database = self.open()
        with database.begin() as transaction:
            mailings.stop(transaction, WEEK, trouble)
        database.close()

    @property
    def arrived(self) -> dict[str, int]:
        return {address: len(copies) for address, copies in self.relay.arrivals.items()}


@pytest.fixture(scope="module")
def prepared_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of six readers."""
    root = tmp_path_factory.mktemp("readers")
    database = open_database("sqlite:///newsletter.db", KEYS, root)
    with database.begin() as transaction:
        drafts = [
            NewSubscriber(reader(number), NL, (), Status.CONFIRMED, FRIDAY, FRIDAY) for number in range(1, 7)
        ]
        add_many(transaction, drafts)
    database.close()
    return root / "newsletter.db"


@pytest.fixture
def office(tmp_path: Path, prepared_list: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    for folder in ("newsletter", "docs", "var"):
        (tmp_path / folder).mkdir()
    settings = (SAMPLE / "newsletter/settings.toml").read_text(encoding="utf-8")
    (tmp_path / "newsletter/settings.toml").write_text(
        f'{settings}\n[service]\nurl = "https://letter.example.org/"\n', encoding="utf-8"
    )
    give_words(tmp_path)
    shutil.copy(prepared_list, tmp_path / "var/newsletter.db")
    with open_relay() as relay:
        door = relay.open_door()
        monkeypatch.setenv("NEWSLETTER_KEYS", str(KEYS))
        monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://127.0.0.1:{door.port}")
        monkeypatch.delenv("NEWSLETTER_DATABASE", raising=False)
        yield Office(tmp_path, relay, door)


def always(moment: Moment, answer: str, who: str = "") -> Callable[[Moment, str], str]:
    return lambda now, recipient: answer if now is moment and who in {"", recipient} else ""


# --- Sending ---


def test_everybody_gets_it_once_however_often_it_is_sent(office, capsys):
    assert office.send() == 0
    assert office.arrived == {reader(number): 1 for number in range(1, 7)}
    said = capsys.readouterr().out
    assert f"2026-W48: 6 letters to send of 6, to smtp://127.0.0.1:{office.door.port}.\n" in said
    assert "6 planned: 6 accepted.\nReport: var/reports/2026-W48.md\n" in said
    assert office.send() == 0
    assert "was already sent, on 2026-11-" in capsys.readouterr().out
    assert set(office.arrived.values()) == {1}


def test_no_address_and_no_token_is_in_a_report(office):
    office.door.fault = always(Moment.DOT, DROP, reader(3))
    office.send()
    for name in ("2026-W48.md", "2026-W48.json"):
        text = (office.root / "var/reports" / name).read_text(encoding="utf-8")
        assert "reader" not in text
        assert "2026-w48." not in text


def test_what_is_frozen_says_when_from_what_and_with_which_key(office):
    office.send()
    database = office.open()
    with database.read() as transaction:
        mailing = mailings.find_mailing(transaction, WEEK)
    database.close()
    assert mailing is not None
    assert (mailing.frozen, mailing.commit, mailing.certainty) == (FRIDAY, "c0ffee", "proof")
    assert mailing.key == KEYS.fingerprint
    assert office.recipes[0].service == "https://letter.example.org/"


def test_all_that_is_wrong_is_listed_and_nothing_is_frozen(office, capsys, monkeypatch):
    office.obstacles = ("it is a draft", "2 errors")
    office.now -= timedelta(days=1)
    monkeypatch.delenv("NEWSLETTER_MAIL")
    settings = office.root / "newsletter/settings.toml"
    settings.write_text(settings.read_text(encoding="utf-8").partition("[service]")[0], encoding="utf-8")
    assert office.refuse() == 1
    said = capsys.readouterr().err
    assert said.startswith(
        "newsletter/issues/2026-W48/nl.md: error: is odd\n\n- it is a draft\n- 2 errors\n- NEWSLETTER_MAIL names no"
    )
    assert "no table [service] with a url" in said
    assert (
        "- its window opens on Friday 27 November 2026 at 07:00 (Europe/Amsterdam); add --wait to wait for it"
        in said
    )
    assert "Error: the letter of 2026-W48 cannot be sent: see the 5 reasons above; nothing was sent\n" in said
    assert office.tally().planned == 0


def test_after_its_window_it_is_sent_only_when_somebody_says_so(office, capsys):
    office.now += timedelta(hours=3)
    assert office.refuse() == 1
    assert (
        "its window closed on Friday 27 November 2026 at 10:00 (Europe/Amsterdam)" in capsys.readouterr().err
    )
    assert office.refuse(wait=True) == 1
    assert office.send(at_once=True) == 0


def test_a_trial_says_that_nothing_left_and_where_the_letters_are(office, capsys, monkeypatch):
    monkeypatch.setenv("NEWSLETTER_MAIL", "maildir:var/my%20mail")
    assert office.send() == 0
    folder = office.root / "var/my mail/new"
    assert len(list(folder.iterdir())) == 6
    said = (
        f"6 planned: 6 accepted.\nThis is a trial: nothing was sent. The letters are in {folder}; the ledger "
    )
    assert said in capsys.readouterr().out
    database = office.open()
    with database.begin() as transaction:
        mailings.reopen(transaction, WEEK, Progress.ACCEPTED, office.now)
    database.close()
    assert office.resume() == 0
    assert "This is a trial: nothing was sent." in capsys.readouterr().out


@pytest.mark.parametrize("service", [True, False])
def test_links_in_the_letters_of_a_trial_lead_to_where_the_service_listens(office, monkeypatch, service):
    monkeypatch.setenv("NEWSLETTER_MAIL", "maildir:var/mail")
    if not service:
        settings = office.root / "newsletter/settings.toml"
        settings.write_text(settings.read_text(encoding="utf-8").partition("[service]")[0], encoding="utf-8")
    if service:
        with announce_service(office.root, "http://127.0.0.1:8025/"):
            assert office.send() == 0
    else:
        assert office.send() == 0
    assert office.recipes[0].service == f"http://127.0.0.1:{8025 if service else 8001}/"


def test_a_letter_that_changed_since_it_was_frozen_is_not_sent(office):
    office.door.fault = always(Moment.MAIL, "451 4.7.0 later")
    assert office.send() == 1
    office.door.fault, office.text = None, b"second"
    with pytest.raises(
        MailingError, match=r"was frozen on 2026-11-27 at 07:30 and has changed since; to send the frozen"
    ):
        office.send()
    office.now += timedelta(minutes=30)
    assert office.resume() == 0
    assert len(office.arrived) == 6


def test_a_letter_that_is_not_finished_goes_on_within_its_window(office):
    office.door.fault = always(Moment.RCPT, "451 4.2.2 full", reader(2))
    assert office.send() == 1
    office.door.fault = None
    office.now += timedelta(hours=4)
    assert office.refuse() == 1
    office.now -= timedelta(hours=2)
    assert office.send() == 0
    assert set(office.arrived.values()) == {1}


def test_of_two_who_freeze_at_once_one_does(office):
    def other() -> None:
        office.before_freezing = lambda: None
        assert office.send() == 0

    office.before_freezing = other
    assert office.send() == 0
    assert set(office.arrived.values()) == {1}


def test_waiting_looks_again_when_the_window_opens(office, monkeypatch):
    office.now -= timedelta(days=1)

    def sleep(seconds: float) -> None:
        office.now += timedelta(seconds=max(seconds, 3600))

    monkeypatch.setattr("generator.mailing.window.sleep", sleep)
    assert office.send(wait=True) == 0
    assert [recipe.date < FRIDAY - timedelta(hours=1) for recipe in office.recipes] == [True, False]
    assert len(office.arrived) == 6


def test_what_is_wrong_is_said_before_the_waiting_begins(office):
    office.now -= timedelta(days=1)
    office.obstacles = ("it is a draft",)
    assert office.refuse(wait=True) == 1


# --- Nobody ---


def leave(office: Office, **columns: Any) -> None:
    """Change all readers of the list."""
    database = office.open()
    with database.begin() as transaction:
        transaction.connection.execute(update(SUBSCRIBER).values(**columns))
    database.close()


def is_frozen(office: Office) -> bool:
    database = office.open()
    with database.read() as transaction:
        found = mailings.find_mailing(transaction, WEEK)
    database.close()
    return found is not None


@pytest.mark.parametrize(
    "columns, why",
    [
        (
            {"status": "unsubscribed"},
            "the list has no confirmed subscribers: {list}; to use another list, set",
        ),
        ({"paused_until": date(2026, 12, 1)}, "all confirmed subscribers (6) are paused on 2026-11-27;"),
        ({"certainties": ("revenue",)}, "no confirmed subscriber (of 6) chose “proof”;"),
    ],
)
@pytest.mark.parametrize("asked", [{}, {"at_once": True}, {"wait": True}])
def test_a_letter_to_nobody_is_refused_and_can_be_sent_later(office, capsys, columns, why, asked):
    leave(office, **columns)
    assert office.refuse(**asked) == 1
    said = capsys.readouterr().err
    why = why.format(list=office.root / "var/newsletter.db")
    assert f"Error: the letter of 2026-W48 cannot be sent: {why}" in said
    assert "to use another list, set NEWSLETTER_DATABASE" in said
    assert not is_frozen(office)
    leave(office, status="confirmed", paused_until=None, certainties=())
    assert office.send() == 0
    assert len(office.arrived) == 6


def test_an_empty_list_is_named_with_what_else_is_wrong(office, capsys):
    database = office.open()
    with database.begin() as transaction:
        transaction.connection.execute(SUBSCRIBER.delete())
    database.close()
    office.obstacles = ("it is a draft",)
    assert office.refuse() == 1
    assert (
        f"- it is a draft\n- the list is empty: {office.root / 'var/newsletter.db'}; to"
        in capsys.readouterr().err
    )


def test_when_the_last_reader_leaves_during_the_wait_nothing_is_frozen(office, monkeypatch):
    office.now -= timedelta(days=1)

    def sleep(_: float) -> None:
        office.now += timedelta(days=1)
        leave(office, status="unsubscribed")

    monkeypatch.setattr("generator.mailing.window.sleep", sleep)
    assert office.refuse(wait=True) == 1
    assert not is_frozen(office)


def test_without_git_is_passed_on(office):
    office.send(without_git=True)
    assert office.recipes[0].without_git


# --- A week without a letter ---


def skip(office: Office, *weeks: str) -> None:
    path = office.root / "newsletter/settings.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("feed_issues", f"skip = {list(weeks)}\nfeed_issues", 1), encoding="utf-8")


@pytest.mark.parametrize("asked", [{}, {"wait": True}])
def test_a_timer_is_content_with_a_week_that_is_skipped(office, capsys, asked):
    skip(office, "2026-W47", "2026-W48")
    (office.root / "var/newsletter.db").unlink()
    assert office.send(None, **asked) == 0
    said = "newsletter/settings.toml skips 2026-W48; nothing was sent.\n"
    assert capsys.readouterr().out == said
    assert not office.recipes


def test_a_skipped_week_that_is_named_is_refused(office, capsys):
    skip(office, "2026-W48")
    assert office.refuse() == 1
    assert "cannot be sent: newsletter/settings.toml skips 2026-W48; to make" in capsys.readouterr().err
    assert office.refuse(at_once=True) == 1
    office.now -= timedelta(days=1)
    assert office.refuse(wait=True) == 1
    assert not is_frozen(office)


def test_the_week_after_a_skipped_one_is_sent(office):
    skip(office, "2026-W47")
    assert office.send(None) == 0
    assert len(office.arrived) == 6


# --- How a run ends ---


def test_a_relay_that_wants_none_of_it_stops_everything_until_a_person_resumes(office, capsys):
    office.door.fault = always(Moment.MAIL, "550 5.7.1 no")
    assert office.send() == 1
    said = "the relay accepts no mail from this sender (550 5.7.1); to continue, run `newsletter resume 2026-W48`"
    assert f"stopped: {said}" in capsys.readouterr().err
    office.door.fault = None
    with pytest.raises(MailingError, match="was stopped: the relay accepts no mail from this sender"):
        office.send()
    assert office.resume() == 0
    assert len(office.arrived) == 6


def test_a_relay_that_is_not_there_is_named(office, capsys, monkeypatch):
    monkeypatch.setenv("NEWSLETTER_MAIL", "smtp://127.0.0.1:1")
    assert office.send() == 1
    assert (
        "smtp://127.0.0.1:1 cannot be reached: Connection refused; to continue, run `newsletter resume"
        in capsys.readouterr().err
    )


def test_who_is_deferred_leaves_something_to_do(office, capsys):
    office.door.fault = always(Moment.RCPT, "451 4.2.2 full", reader(2))
    assert office.send() == 1
    assert "1 letter left, 1 of them deferred; to continue, run `newsletter resume" in capsys.readouterr().err


def test_who_is_in_doubt_is_named_on_request_and_is_no_failure(office, capsys):
    office.door.fault = always(Moment.DOT, DROP, reader(2))
    assert office.send() == 0
    assert "1 letter in doubt: may or may not have arrived. See `newsletter status" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_finishes_what_is_in_flight(office, capsys, number):
    def stop(moment: Moment, who: str) -> str:
        if moment is Moment.DOT and who == reader(2):
            os.kill(os.getpid(), number)
        return ""

    office.door.fault = stop
    handler = signal.getsignal(number)
    assert office.send() == 128 + number
    assert signal.getsignal(number) is handler
    tally = office.tally()
    assert tally.in_doubt == 0
    assert tally.accepted == len(office.arrived) >= 2
    assert "left. To continue, run `newsletter resume 2026-W48`." in capsys.readouterr().err
    office.door.fault = None
    assert office.resume() == 0
    assert set(office.arrived.values()) == {1}


@pytest.mark.parametrize("echo, ended", [(0.0, [130]), (60.0, [])])
def test_a_second_signal_ends_it_at_once_but_an_echo_of_the_first_does_not(office, monkeypatch, echo, ended):
    found: list[int] = []
    monkeypatch.setattr("generator.cli.sending.os._exit", found.append)
    monkeypatch.setattr("generator.cli.sending._TWICE", echo)

    def stop(moment: Moment, who: str) -> str:
        if moment is Moment.DOT and who == reader(2):
            os.kill(os.getpid(), signal.SIGINT)
            sleep(0.3)  # two signals that come together can be made one
            os.kill(os.getpid(), signal.SIGINT)
            sleep(0.3)
        return ""

    office.door.fault = stop
    assert office.send() == 130
    assert found == ended


def test_a_list_that_is_lost_is_said_in_a_sentence(office, capsys, monkeypatch):
    def lose(*_: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(runs, "enlist", lose)
    assert office.refuse() == 1
    assert "Error: the disk is full; to continue, run `newsletter resume 2026-W48`" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_no_failure_of_the_letter(office, capsys):
    (office.root / "var/reports").write_text("", encoding="utf-8")
    assert office.send() == 0
    assert "the report could not be written" in capsys.readouterr().err


def test_several_connections_are_said(office, capsys):
    assert office.send(order=Order(connections=3, rate=500, patience=timedelta(seconds=5))) == 0
    assert "over 3 connections." in capsys.readouterr().out


def test_our_own_signature_needs_its_key(office):
    settings = office.root / "newsletter/settings.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[dkim]\nselector = "s1"\ndomain = "example.org"\n', encoding="utf-8")
    with pytest.raises(SecretError, match=r"has a table \[dkim\]; NEWSLETTER_DKIM_KEY must name the file"):
        office.send()


# --- Going on, and again ---


def test_nothing_can_go_on_that_never_began(office):
    with pytest.raises(
        MailingError, match="there is no letter of 2026-W48; run `generate issue 2026-W48` to make it"
    ):
        office.resume()
    folder = office.root / "newsletter/issues/2026-W48"
    folder.mkdir(parents=True)
    (folder / "nl.md").touch()
    with pytest.raises(
        MailingError,
        match="the letter of 2026-W48 has not been sent; run `newsletter send 2026-W48` to send it",
    ):
        office.resume()


def test_what_is_done_is_done(office, capsys):
    office.send()
    capsys.readouterr()
    assert office.resume() == 0
    assert (
        capsys.readouterr().out
        == "Nothing left to send of the letter of 2026-W48; see `newsletter status 2026-W48`.\n"
    )
    assert office.retry(Progress.REFUSED) == 0
    assert capsys.readouterr().out == "No letters of 2026-W48 are refused.\n"


def test_a_run_that_was_killed_at_its_very_end_is_finished_by_the_next(office):
    office.send()
    database = office.open()
    with database.begin() as transaction:
        transaction.connection.execute(update(MAILING).values(finished=None))
    office.resume()
    with database.read() as transaction:
        mailing = mailings.find_mailing(transaction, WEEK)
    database.close()
    assert mailing is not None
    assert mailing.finished


def test_resuming_needs_a_relay(office, monkeypatch):
    office.door.fault = always(Moment.MAIL, "550 5.7.1 no")
    office.send()
    monkeypatch.delenv("NEWSLETTER_MAIL")
    with pytest.raises(MailingError, match="NEWSLETTER_MAIL names no relay"):
        office.resume()


def test_who_is_in_doubt_gets_the_same_bytes_again(office, capsys):
    office.door.fault = always(Moment.TAKEN, DROP, reader(2))
    office.send()
    office.door.fault = None
    office.now += timedelta(days=2)
    office.text = b"second"
    assert office.retry(Progress.IN_DOUBT) == 0
    assert "1 letter planned again.\n" in capsys.readouterr().out
    first, second = office.relay.arrivals[reader(2)]
    assert first == second
    assert office.tally().accepted == 6


def test_who_was_refused_is_asked_again_but_not_who_is_gone(office, capsys):
    office.door.fault = lambda moment, who: (
        {reader(1): "552 5.2.2 full", reader(2): "550 5.1.1 gone"}.get(who, "")
        if moment is Moment.RCPT
        else ""
    )
    assert office.send() == 0
    office.door.fault = None
    assert office.retry(Progress.REFUSED) == 0
    said = "1 letter planned again; 1 remain refused, because the readers get no letters any more."
    assert said in capsys.readouterr().out
    assert office.tally().accepted == 5
    assert reader(2) not in office.arrived


def test_a_retry_asks_first(office, capsys, monkeypatch):
    office.door.fault = always(Moment.TAKEN, DROP, reader(2))
    office.send()
    result = CliRunner().invoke(
        main, obj=STOPPED, args=["--root", str(office.root), "retry", "2026-W48", "--in-doubt"]
    )
    assert result.exit_code == 2
    assert "cannot ask for confirmation without a terminal; add --yes to go on without it" in result.output

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("generator.cli.sending.sys.stdin", Terminal())
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    with pytest.raises(Exception) as caught:  # noqa: PT011 (click's Abort, which has no message)
        office.retry(Progress.IN_DOUBT, asks=True)
    assert type(caught.value).__name__ == "Abort"
    assert "get it twice. Both copies have the same Message-ID" in capsys.readouterr().out
    assert office.tally().in_doubt == 1


# --- Taking it back ---


def run(office: Office, *words: str) -> Result:
    return CliRunner().invoke(main, obj=STOPPED, args=["--root", str(office.root), *words])


def test_a_letter_that_never_left_is_taken_back_and_sent_again(office, monkeypatch):
    monkeypatch.setenv("NEWSLETTER_MAIL", "smtp://127.0.0.1:1")
    assert office.send() == 1
    assert is_frozen(office)
    result = run(office, "withdraw", "2026-W48")
    assert result.exit_code == 2
    assert "cannot ask for confirmation without a terminal; add --yes to go on without it" in result.output
    assert is_frozen(office)
    result = run(office, "withdraw", "2026-W48", "--yes")
    assert (result.exit_code, result.output) == (
        0,
        "The letter of 2026-W48 is withdrawn; nobody had received it. To send it, run `newsletter send 2026-W48`.\n",
    )
    assert not is_frozen(office)
    assert run(office, "status").output.startswith("No letter has been sent yet")
    monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://127.0.0.1:{office.door.port}")
    office.text = b"second"
    assert office.send() == 0
    assert len(office.arrived) == 6


def test_a_withdrawal_asks_first_on_a_terminal(office, monkeypatch, capsys):
    monkeypatch.setenv("NEWSLETTER_MAIL", "smtp://127.0.0.1:1")
    office.send()

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("generator.cli.sending.sys.stdin", Terminal())
    for answer, frozen in (("n", True), ("y", False)):
        monkeypatch.setattr("click.termui.visible_prompt_func", lambda _, answer=answer: answer)
        with suppress(click.Abort):
            agree = partial(confirm_withdrawal, read_settings(office.root))
            withdraw_letter(office.root, WEEK, office.now, agree)
        assert (
            "was frozen on 2026-11-27 07:30:00 for 6 readers. Nobody has received it."
            in capsys.readouterr().out
        )
        assert is_frozen(office) is frozen


def test_a_letter_that_left_is_not_taken_back(office):
    office.door.fault = always(Moment.RCPT, "552 5.2.2 full", reader(2))
    office.send()
    result = run(office, "withdraw", "2026-W48", "--yes")
    assert result.exit_code == 1
    assert "the letter of 2026-W48 cannot be withdrawn: 5 accepted, 1 refused\n" in result.output
    assert office.tally().accepted == 5
    folder = office.root / "newsletter/issues/2026-W47"
    folder.mkdir(parents=True)
    (folder / "nl.md").touch()
    result = run(office, "withdraw", "2026-W47", "--yes")
    assert "the letter of 2026-W47 has not been sent; the nearest is 2026-W48" in result.output


def test_one_that_was_frozen_for_nobody_says_how_it_can_still_be_sent(office):
    """An older version of this program froze such mailings, and called them sent."""
    office.send()
    database = office.open()
    with database.begin() as transaction:
        transaction.connection.execute(DELIVERY.delete())
        transaction.connection.execute(update(MAILING).values(planned=0))
    database.close()
    with pytest.raises(
        MailingError,
        match="was frozen without recipients; if nobody has it, run `newsletter withdraw 2026-W48`",
    ):
        office.send()
    assert (
        "The letter was frozen without recipients; `newsletter withdraw 2026-W48`"
        in run(office, "status").output
    )
    assert run(office, "withdraw", "2026-W48", "--yes").exit_code == 0
    assert office.send() == 0


# --- Options ---


@pytest.mark.parametrize(
    "words, said",
    [
        (("send", "--wait", "--now"), "--wait and --now"),
        (
            ("send", "2026-W48", "--now", "--dry-run"),
            "--wait and --now cannot be used with --dry-run or --to",
        ),
        (("send", "--dry-run", "--to", "a@example.org"), "--dry-run and --to"),
        (("send", "--output", "x"), "--output needs --dry-run"),
        (("send", "--language", "nl"), "--language needs --to"),
        (("send", "202648"), "is not a week"),
        (("retry", "2026-W48"), "choose --refused or --in-doubt"),
        (("retry", "2026-W48", "--refused", "--in-doubt"), "choose --refused or --in-doubt"),
        (("resume",), "give a week"),
        (("resume", "2026-W48", "--connections", "0"), "--connections"),
    ],
)
def test_options_that_make_no_sense_together_are_refused(tmp_path, words, said):
    give_words(tmp_path)
    result = CliRunner().invoke(main, obj=STOPPED, args=["--root", str(tmp_path), *words])
    assert result.exit_code == 2
    assert said in result.output


def test_the_commands_pass_their_options_on(office):
    """Through the command line itself: the one that prepares is a process of its own, which finds no letter here."""
    root = ["--root", str(office.root)]
    result = CliRunner().invoke(main, obj=STOPPED, args=[*root, "send", "2026-W48", "--now", "--without-git"])
    assert result.exit_code == 1
    assert "the letter of 2026-W48 cannot be sent" in result.output
    office.door.fault = always(Moment.RCPT, "552 5.2.2 full", reader(2))
    office.send()
    office.door.fault = None
    assert (
        CliRunner()
        .invoke(main, obj=STOPPED, args=[*root, "retry", "2026-W48", "--refused", "--yes"])
        .exit_code
        == 0
    )
    assert CliRunner().invoke(main, obj=STOPPED, args=[*root, "resume", "2026-W48"]).exit_code == 0
