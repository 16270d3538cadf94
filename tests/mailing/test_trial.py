"""The letters that reach no reader: a dry run, and a proof."""

import csv
import email
import email.policy
import json
import re
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli.newsletter import main
from generator.environment import announce_service
from generator.mailing.trial import send_proof, write_letters
from generator.model import Consent, Mailing, NewSubscriber, Status, Step, Week
from generator.settings import TRIAL
from generator.subscribers.ledger.mailings import freeze, list_mailings
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.subscriptions import erase, find_by_handle, find_subscriber
from generator.subscribers.store.database import open_database
from generator.subscribers.store.keys import UNSUBSCRIBE, Keys
from tests.clocks import STOPPED
from tests.languages import EN, LANGUAGES, NL
from tests.proof.relay import Moment, open_relay

KEYS = Keys(("k" * 43,))
NOW = datetime(2026, 11, 13, 6, 30, tzinfo=UTC)
SERVICE = "https://letter.example.org/"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_KEYS", str(KEYS))
    for name in ("NEWSLETTER_DATABASE", "NEWSLETTER_MAIL"):
        monkeypatch.delenv(name, raising=False)


def fill(root: Path) -> None:
    database = open_database("sqlite:///var/newsletter.db", KEYS, root)
    with database.begin() as transaction:
        drafts = [
            NewSubscriber(f"reader{number}@example.org", language, (), status, NOW, NOW)
            for number, (language, status) in enumerate(
                [
                    (NL, Status.CONFIRMED),
                    (EN, Status.CONFIRMED),
                    (NL, Status.UNSUBSCRIBED),
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


def test_what_reaches_no_reader_is_returned_and_not_printed(sample, capfd):
    fill(sample)
    written = write_letters(sample, Week(2026, 46), None, NOW)
    assert (written.letters, written.folder) == (2, sample / "var/dry-run/2026-W46")
    assert [reason.partition(" ")[0] for reason in written.obstacles[1:]] == [
        "NEWSLETTER_MAIL",
        "newsletter/settings.toml",
    ]
    told = []
    sent = send_proof(sample, Week(2026, 46), "editor@example.org", None, NOW, told.append)
    assert sent == told
    assert [proof.language for proof in sent] == list(LANGUAGES)
    assert {proof.files for proof in sent} == {sample / "var/mail/new"}
    assert capfd.readouterr() == ("", "")


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


def test_a_proof_to_an_address_that_the_relay_does_not_carry_is_refused(sample, monkeypatch):
    with open_relay() as relay:
        door = relay.open_door()
        monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://127.0.0.1:{door.port}")
        result = newsletter_command(sample, "send", "2026-W46", "--to", "josé@example.org")
    assert result.exit_code == 1
    assert "the relay did not accept the letter: no SMTPUTF8, which this address needs\n" in result.output


# --- For another program ---


def prepare_letter(root: Path) -> None:
    """A list, and settings with which a letter may be sent."""
    fill(root)
    with (
        closing(open_database("sqlite:///var/newsletter.db", KEYS, root)) as database,
        database.begin() as transaction,
    ):
        consents = (Consent(Step.CONFIRMED, NOW, "https://example.org/"),)
        add_many(
            transaction,
            [
                NewSubscriber("+plus@example.org", NL, (), Status.CONFIRMED, NOW, NOW, consents=consents),
                NewSubscriber("other@example.org", NL, ("listening",), Status.CONFIRMED, NOW, NOW),
                NewSubscriber(
                    "away@example.org", NL, (), Status.CONFIRMED, NOW, NOW, paused_until=date(2027, 1, 1)
                ),
                NewSubscriber("cross@example.org", EN, (), Status.COMPLAINED, NOW, NOW),
                NewSubscriber("erased@example.org", EN, (), Status.CONFIRMED, NOW, NOW),
            ],
        )
        erase(transaction, find_subscriber(transaction, "erased@example.org"), NOW)


def campaign(root: Path, engine: str) -> dict[str, str]:
    """The files of a campaign for the letter of 2026-W46, by name."""
    result = newsletter_command(root, "subscribers", "campaign", "2026-W46", "--for", engine)
    assert result.exit_code == 0, result.output
    assert "The letter of 2026-W46 for 2 readers (nl), 1 reader (en) is in " in result.output
    assert "sends. These promises of this program end there: see README.txt there.\n" in result.output
    folder = root / f"var/campaign/2026-W46-{engine}"
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    return {path.name: path.read_bytes().decode() for path in folder.iterdir()}


def test_a_campaign_has_the_readers_with_their_consent_and_who_left(sample: Path) -> None:
    prepare_letter(sample)
    files = campaign(sample, "brevo")
    assert set(files) == {
        *(f"letter.{language}.{end}" for language in LANGUAGES for end in ("html", "txt")),
        *(f"readers.{language}.csv" for language in LANGUAGES),
        *("suppressed.csv", "README.txt"),
    }
    assert files["readers.nl.csv"].splitlines() == [
        "EMAIL,LANGUAGE,CONSENT_AT,CONSENT_SOURCE",
        "reader0@example.org,nl,,",
        "+plus@example.org,nl,2026-11-13T06:30:00Z,https://example.org/",
    ]
    assert files["suppressed.csv"].splitlines() == ["EMAIL", "reader2@example.org", "cross@example.org"]
    assert "erased@example.org" not in "".join(files.values())
    readme = files["README.txt"]
    assert "Subject (nl): " in readme
    assert "Once and only once: Brevo keeps no record" in readme


@pytest.mark.parametrize(
    "engine, leave, change",
    [
        ("listmonk", "{{ UnsubscribeURL }}", "{{ ManageURL }}"),
        ("brevo", "{{ unsubscribe }}", "{{ update_profile }}"),
    ],
)
def test_a_campaign_has_the_tags_of_its_program_instead_of_our_links(
    sample: Path, engine: str, leave: str, change: str
) -> None:
    prepare_letter(sample)
    files = campaign(sample, engine)
    for language in LANGUAGES:
        html, text = (files[f"letter.{language}.{end}"] for end in ("html", "txt"))
        assert [html.count(f'href="{tag}"') for tag in (leave, change)] == [1, 1]
        assert [text.count(tag) for tag in (leave, change)] == [1, 1]
        assert "invalid" not in html + text
        assert SERVICE not in html + text, "no link of one reader, and no answer that would be counted here"


def test_a_program_that_adds_its_own_link_gets_a_letter_without(sample: Path) -> None:
    prepare_letter(sample)
    files = campaign(sample, "laposta")
    assert files["readers.en.csv"].splitlines()[0] == "email,language,consent_at,consent_source"
    for language in LANGUAGES:
        assert "unsubscribe" not in files[f"letter.{language}.html"].lower()
        assert 'href=""' not in files[f"letter.{language}.html"]


def test_listmonk_gets_what_it_knows_as_attributes(sample: Path) -> None:
    prepare_letter(sample)
    *_, plus = csv.reader(campaign(sample, "listmonk")["readers.nl.csv"].splitlines())
    assert plus[:2] == ["+plus@example.org", ""]
    assert json.loads(plus[2]) == {
        "language": "nl",
        "consent_at": "2026-11-13T06:30:00Z",
        "consent_source": "https://example.org/",
    }


def test_a_campaign_is_refused_for_what_would_go_wrong(sample: Path) -> None:
    words = ("subscribers", "campaign", "2026-W46", "--for", "listmonk", "--output", str(sample / "var/here"))
    prepare_letter(sample)
    path = sample / "newsletter/issues/2026-W46/nl.md"
    text = path.read_text("utf-8")
    path.write_text(f"{text}\nSchrijf zo: een@TrackLink.\n", "utf-8")
    result = newsletter_command(sample, *words)
    assert (result.exit_code, (sample / "var/here").exists()) == (1, False)
    assert "the letter contains “@TrackLink”, which listmonk takes for a tag" in result.output
    path.write_text(text, "utf-8")
    with (
        closing(open_database("sqlite:///var/newsletter.db", KEYS, sample)) as database,
        database.begin() as transaction,
    ):
        masters = dict.fromkeys(LANGUAGES, b"To: reader@copy.invalid\r\n")
        freeze(
            transaction, Mailing(Week(2026, 46), NOW, "", "reputation", KEYS.fingerprint), masters, NOW.date()
        )
    result = newsletter_command(sample, *words)
    assert result.exit_code == 1
    assert "the letter of 2026-W46 is sent from here, so another program would send it twice" in result.output
    (sample / "var/here").mkdir()
    (sample / "var/here/file").touch()
    assert "is not empty; choose a new folder" in newsletter_command(sample, *words).output
