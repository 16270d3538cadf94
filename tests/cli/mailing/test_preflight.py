"""What keeps a letter from being sent, and the letters that reach no reader: a dry run, and a proof."""

import email
import email.policy
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli.mailing import preflight
from generator.cli.mailing.freeze import Recipe, prepare, prepare_apart
from generator.cli.mailing.preflight import find_closed_window, find_commit, find_missing, refuse
from generator.cli.mailing.send import choose_week
from generator.cli.newsletter import main
from generator.content import Newsletter
from generator.environment import announce_service
from generator.errors import GeneratorError
from generator.model import Language, NewSubscriber, Status, Week
from generator.settings import TRIAL
from generator.subscribers.ledger.mailings import list_mailings
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.subscriptions import find_by_handle
from generator.subscribers.store.database import open_database
from generator.subscribers.store.keys import UNSUBSCRIBE, Keys
from tests.clocks import STOPPED
from tests.proof.relay import Moment, open_relay

KEYS = Keys(("k" * 43,))
WEEK = Week(2026, 46)
"""A letter of the sample with nothing wrong in it; that of the week after has errors."""
NOW = datetime(2026, 11, 13, 6, 30, tzinfo=UTC)
SERVICE = "https://letter.example.org/"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_KEYS", str(KEYS))
    for name in ("NEWSLETTER_DATABASE", "NEWSLETTER_MAIL"):
        monkeypatch.delenv(name, raising=False)


def recipe(root: Path, week: Week = WEEK, *, without_git: bool = True) -> Recipe:
    return Recipe(root, week, NOW, SERVICE, without_git=without_git)


# --- git ---


def git(root: Path, *words: str) -> str:
    author = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(("git", *author, *words), cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for folder in preflight.FOLDERS:
        (root / folder).mkdir(parents=True)
        (root / folder / "file.txt").write_text("text", encoding="utf-8")
    git(root, "init", "-q")
    return root


def commit(root: Path) -> str:
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "text")
    return git(root, "rev-parse", "HEAD")


def test_what_is_committed_is_named_by_its_commit(repository):
    head = commit(repository)
    (repository / "notes.txt").write_text("beside", encoding="utf-8")
    assert find_commit(repository) == (head, "")


@pytest.mark.parametrize("folder", preflight.FOLDERS)
def test_what_is_not_committed_is_named(repository, folder):
    commit(repository)
    (repository / folder / "file.txt").write_text("changed", encoding="utf-8")
    (repository / folder / "new ë.txt").write_text("new", encoding="utf-8")
    said = find_commit(repository)[1]
    assert said == (f"not committed: {folder}/file.txt, {folder}/new ë.txt; commit before sending")


def test_a_renamed_file_is_named_by_its_old_and_its_new_name(repository):
    commit(repository)
    (repository / "docs/file.txt").rename(repository / "docs/ab c.txt")
    git(repository, "add", ".")
    assert find_commit(repository)[1].startswith("not committed: docs/ab c.txt, docs/file.txt; commit before")
    (repository / "docs/ab c.txt").rename(repository / "docs/file.txt")
    (repository / "docs/file.txt").rename(repository / "docs/d e.txt")
    assert "docs/d e.txt" in find_commit(repository)[1]


def test_many_files_are_counted(repository):
    commit(repository)
    for number in range(6):
        (repository / "docs" / f"{number}.md").write_text("new", encoding="utf-8")
    assert "not committed: docs/0.md, docs/1.md, docs/2.md and 3 more files;" in find_commit(repository)[1]


def test_a_project_without_git_says_what_to_do(repository, tmp_path, monkeypatch):
    assert (
        "the repository has no commits; to send without recording the commit, add --without-git"
        in find_commit(repository)[1]
    )
    shutil.rmtree(repository / ".git")
    assert (
        "is not in git; to send without recording the commit, add --without-git" in find_commit(repository)[1]
    )
    (repository / ".git").write_text("gitdir: /nowhere", encoding="utf-8")
    assert "--without-git" in find_commit(repository)[1] or "git refuses" in find_commit(repository)[1]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (
        "git is not installed; to send without recording the commit, add --without-git"
        in find_commit(repository)[1]
    )


def test_a_repository_of_somebody_else_is_what_git_says_of_it(repository, tmp_path, monkeypatch):
    program = tmp_path / "git"
    program.write_text(
        "#!/bin/sh\necho 'fatal: detected dubious ownership' >&2\nexit 128\n", encoding="utf-8"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert find_commit(repository) == (
        "",
        f"git does not work in {repository}: run `git status` there to see why",
    )


# --- Settings and window ---


def test_a_relay_and_a_service_are_needed(newsletter: Newsletter):
    settings = newsletter.settings
    assert [sentence.split(" ")[0] for sentence in find_missing(settings, WEEK, "")] == [
        "NEWSLETTER_MAIL",
        "newsletter/settings.toml",
    ]
    assert find_missing(settings, WEEK, "maildir:var/mail") == []
    settings = replace(settings, service_url=SERVICE, skip=frozenset({WEEK.next()}))
    assert find_missing(settings, WEEK, "smtp://relay.example.org") == []
    assert find_missing(settings, WEEK.next(), "smtp://relay.example.org") == [
        f"newsletter/settings.toml skips {WEEK.next()}; to make or send its letter, remove the week from “skip”"
    ]


def test_the_window_is_said_in_the_time_of_the_readers(newsletter: Newsletter):
    settings = newsletter.settings
    assert not find_closed_window(settings, WEEK, NOW)
    early = find_closed_window(settings, Week(2026, 30), datetime(2026, 7, 20, tzinfo=UTC))
    assert early.startswith("its window opens on Friday 24 July 2026 at 07:00 (Europe/Amsterdam); add --wait")
    late = find_closed_window(settings, WEEK, datetime(2026, 11, 13, 9, tzinfo=UTC))
    assert late.startswith(
        "its window closed on Friday 13 November 2026 at 10:00 (Europe/Amsterdam); to send it anyway, add --now"
    )
    assert choose_week(settings, datetime(2026, 11, 13, 9, tzinfo=UTC)) == WEEK.next()


def test_one_reason_is_one_sentence(capsys):
    with pytest.raises(SystemExit):
        refuse(WEEK, ["it is a draft"])
    assert capsys.readouterr().err == "Error: the letter of 2026-W46 cannot be sent: it is a draft\n"


# --- The letter itself ---


def test_a_good_letter_is_rendered_in_every_language(sample):
    prepared = prepare(recipe(sample))
    assert prepared.obstacles == ()
    assert set(prepared.masters) == set(Language)
    assert prepared.certainty == "reputation"
    # The same input, the same bytes: in a process of its own too.
    assert prepare_apart(replace(recipe(sample), looks=False)) == replace(prepared, commit="")


class Deadly(Recipe):
    """Ends the process that unpacks it."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (1,)


def test_a_process_that_dies_is_said(sample):
    with pytest.raises(GeneratorError, match="the process that prepares the letter was killed"):
        prepare_apart(Deadly(sample, WEEK, NOW, SERVICE))


def test_errors_are_shown_and_counted(sample):
    prepared = prepare(recipe(sample, WEEK.next()))
    assert any("error" in line for line in prepared.report)
    assert prepared.obstacles == ("it has 2 errors (see above, or run `generate check 2026-W47`)",)


def test_a_draft_is_not_for_readers_but_can_be_shown(sample):
    for path in (sample / "newsletter/issues/2026-W46").glob("*.md"):
        text = path.read_text(encoding="utf-8").replace("---\n", "---\ndraft: true\n", 1)
        path.write_text(text, encoding="utf-8")
    prepared = prepare(recipe(sample))
    assert prepared.obstacles[0].startswith("it is a draft")
    assert prepared.masters


def test_a_week_without_a_letter_names_one_that_has_one(sample):
    assert prepare(recipe(sample, Week(2026, 48))).obstacles == (
        "there is no letter of 2026-W48; the nearest is 2026-W47; run `generate issue 2026-W48` to make it",
    )


def test_a_project_outside_git_is_an_obstacle_unless_told(sample):
    assert "--without-git" in prepare(recipe(sample, without_git=False)).obstacles[0]
    (obstacle,) = prepare(recipe(sample, Week(2026, 48), without_git=False)).obstacles
    assert "git" not in obstacle, "which is beside the point when there is no letter"


def test_what_cannot_be_read_is_shown_where_it_stands(sample):
    (sample / "newsletter/issues/2026-W46/nl.md").write_text("nothing", encoding="utf-8")
    prepared = prepare(recipe(sample))
    assert prepared.obstacles == ("its files cannot be read (see above)",)
    assert any("2026-W46/nl.md" in line for line in prepared.report)


def test_what_cannot_be_rendered_at_all_is_said(sample):
    (sample / "templates/email/letter.txt").write_text("{{", encoding="utf-8")
    prepared = prepare(replace(recipe(sample), looks=False))
    assert len(prepared.obstacles) == 1
    assert not prepared.masters


# --- Letters that reach no reader ---


def fill(root: Path) -> None:
    database = open_database("sqlite:///var/newsletter.db", KEYS, root)
    with database.begin() as transaction:
        drafts = [
            NewSubscriber(f"reader{number}@example.org", language, (), status, NOW, NOW)
            for number, (language, status) in enumerate(
                [
                    (Language.NL, Status.CONFIRMED),
                    (Language.EN, Status.CONFIRMED),
                    (Language.NL, Status.UNSUBSCRIBED),
                ]
            )
        ]
        add_many(transaction, drafts)
    database.close()


def newsletter_command(root: Path, *words: str) -> Result:
    return CliRunner().invoke(main, obj=STOPPED, args=["--root", str(root), *words])


def read(folder: Path) -> list[email.message.EmailMessage]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((folder / "new").iterdir())
    ]


def test_a_dry_run_writes_every_letter_and_freezes_nothing(sample):
    fill(sample)
    (sample / "var/dry-run/2026-W46/new").mkdir(parents=True)
    (sample / "var/dry-run/2026-W46/new/1.eml").write_text("of an earlier run", encoding="utf-8")
    result = newsletter_command(sample, "send", "2026-W46", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "2 letters in " in result.output
    assert "would be refused: NEWSLETTER_MAIL names no relay" in result.output
    letters = read(sample / "var/dry-run/2026-W46")
    assert {letter["To"] for letter in letters} == {"reader0@example.org", "reader1@example.org"}
    assert {letter["Content-Language"] for letter in letters} == {"nl", "en"}
    database = open_database("sqlite:///var/newsletter.db", KEYS, sample)
    with database.read() as transaction:
        assert list_mailings(transaction) == []
    database.close()


def test_a_dry_run_for_nobody_says_why(sample):
    open_database("sqlite:///var/newsletter.db", KEYS, sample).close()
    result = newsletter_command(sample, "send", "2026-W46", "--dry-run")
    assert result.exit_code == 0
    assert "0 letters in " in result.output
    assert "would be refused: the list is empty: " in result.output


def test_a_dry_run_leaves_a_folder_alone_that_holds_something(sample, tmp_path):
    fill(sample)
    (tmp_path / "letters/mine").mkdir(parents=True)
    words = ("send", "2026-W46", "--dry-run", "--output", str(tmp_path / "letters"))
    result = newsletter_command(sample, *words)
    assert result.exit_code == 1
    assert "is not empty; choose a new folder" in result.output


def test_a_proof_has_all_headers_and_unsubscribes_nobody(sample):
    fill(sample)
    result = newsletter_command(sample, "send", "2026-W46", "--to", "Editor@Example.org")
    assert result.exit_code == 0, result.output
    folder = sample / "var/mail/new"
    assert result.output == (
        f"The letter of 2026-W46 (nl) is in {folder}.\nThe letter of 2026-W46 (en) is in {folder}.\n"
        "This is a trial: nothing was sent. To send a proof to an inbox, set NEWSLETTER_MAIL to a relay.\n"
    )
    letters = read(sample / "var/mail")
    assert len(letters) == 2
    for letter in letters:
        assert letter["To"] == "Editor@example.org"
        for name in ("Message-ID", "List-Id", "List-Unsubscribe", "Feedback-ID", "Date", "Subject"):
            assert letter[name], name
        found = re.search(r"/unsubscribe/([\w.-]+)", letter.get_body(("plain",)).get_content())
        assert found
        handle = KEYS.read(UNSUBSCRIBE, found[1])
        assert handle
        database = open_database("sqlite:///var/newsletter.db", KEYS, sample)
        with database.read() as transaction:
            assert find_by_handle(transaction, handle) is None
        database.close()


def test_links_of_letters_that_stay_here_lead_to_the_service_that_runs_here(sample):
    settings = sample / "newsletter/settings.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[service]\nurl = "{SERVICE}"\n', encoding="utf-8")
    fill(sample)
    with announce_service(sample, "http://127.0.0.1:8025/"):
        newsletter_command(sample, "send", "2026-W46", "--to", "editor@example.org", "--language", "nl")
    newsletter_command(sample, "send", "2026-W46", "--dry-run")
    [proof], [one, other] = read(sample / "var/mail"), read(sample / "var/dry-run/2026-W46")
    for letter, service in ((proof, "http://127.0.0.1:8025/"), *((copy, TRIAL) for copy in (one, other))):
        text = letter.get_body(("plain",)).get_content()
        assert re.search(rf"{service}(en/)?unsubscribe/", text)
        assert SERVICE not in text
        assert SERVICE not in letter["List-Unsubscribe"]


def test_a_proof_that_leaves_says_where_it_went(sample, monkeypatch):
    with open_relay() as relay:
        door = relay.open_door()
        monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://127.0.0.1:{door.port}")
        result = newsletter_command(
            sample, "send", "2026-W46", "--to", "editor@example.org", "--language", "nl"
        )
    assert (
        result.output
        == f"The letter of 2026-W46 (nl) was sent to editor@example.org through smtp://127.0.0.1:{door.port} "
        "(250 2.0.0).\n"
    )


def test_a_proof_in_one_language_is_one_letter(sample):
    words = ("send", "2026-W46", "--to", "editor@example.org", "--language", "en")
    assert newsletter_command(sample, *words).exit_code == 0
    [letter] = read(sample / "var/mail")
    assert letter["Content-Language"] == "en"


def test_a_proof_needs_no_list_and_no_keys(sample, monkeypatch):
    """Its links open nothing."""
    monkeypatch.delenv("NEWSLETTER_KEYS")
    assert newsletter_command(sample, "send", "2026-W46", "--to", "editor@example.org").exit_code == 0
    assert sorted(path.name for path in (sample / "var").iterdir()) == ["mail"]


def test_a_proof_needs_an_address_and_a_letter(sample):
    assert newsletter_command(sample, "send", "2026-W46", "--to", "nobody").exit_code == 1
    result = newsletter_command(sample, "send", "2026-W48", "--to", "editor@example.org")
    assert result.exit_code == 1
    assert "the letter of 2026-W48 cannot be rendered: there is no letter of 2026-W48" in result.output


def test_a_proof_that_is_refused_says_so(sample, monkeypatch):
    monkeypatch.setenv("NEWSLETTER_MAIL", "smtp://127.0.0.1:1")
    result = newsletter_command(sample, "send", "2026-W46", "--to", "editor@example.org")
    assert result.exit_code == 1
    assert "cannot be reached" in result.output


def test_a_proof_of_what_cannot_be_read_shows_where(sample):
    (sample / "newsletter/issues/2026-W46/nl.md").write_text("nothing", encoding="utf-8")
    result = newsletter_command(sample, "send", "2026-W46", "--to", "editor@example.org")
    assert result.exit_code == 1
    assert "2026-W46/nl.md" in result.output


def test_a_proof_to_somebody_who_is_not_there_is_refused(sample, monkeypatch):
    with open_relay() as relay:
        door = relay.open_door()
        door.fault = lambda moment, who: "550 5.1.1 nobody" if moment is Moment.RCPT else ""
        monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://127.0.0.1:{door.port}")
        result = newsletter_command(sample, "send", "2026-W46", "--to", "editor@example.org")
    assert result.exit_code == 1
    assert "Error: the relay did not accept the letter: 550 5.1.1\n" in result.output
