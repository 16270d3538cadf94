"""`newsletter receive`: one mail from a mail server, a maildir of them, or a mailbox elsewhere."""

import itertools
import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result

from generator.cli.newsletter import main
from generator.cli.newsletter.receive import ADVICE
from generator.delivery.engines import sqs
from generator.delivery.incoming.intake import receive
from generator.delivery.verdict import Meaning
from generator.errors import DatabaseError, MailboxError
from generator.mailing.receive import PLACE
from generator.model import Kind, NewSubscriber, Outcome, Week
from generator.model.subscribers import Status
from generator.subscribers.ledger.mailings import note_events
from generator.subscribers.ledger.tags import make_tag
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.store.database import Database, Transaction, open_database
from generator.subscribers.store.keys import UNSUBSCRIBE, Keys
from tests.clocks import STOPPED
from tests.delivery import reports
from tests.delivery.amazon import REGION, Moto
from tests.delivery.hooks import FULL, bounce, complaint, delivered
from tests.delivery.imaps import PASSWORD, USER, Imap, imap_server
from tests.languages import NL
from tests.proof.amazon import SECRETS

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEYS = Keys(("k" * 43,))
NUMBERS = itertools.count()
READERS = ("a@example.com", "b@example.com")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_KEYS", str(KEYS))
    monkeypatch.delenv("NEWSLETTER_DATABASE", raising=False)
    monkeypatch.delenv("NEWSLETTER_MAILBOX", raising=False)
    monkeypatch.delenv("NEWSLETTER_MAILBOX_TOKEN", raising=False)


@pytest.fixture
def tokens(sample: Path) -> list[str]:
    """Those of two readers on the list of the sample."""
    with opened(sample) as database, database.begin() as transaction:
        drafts = [NewSubscriber(address, NL, (), Status.CONFIRMED, NOW, NOW) for address in READERS]
        assert add_many(transaction, drafts) == 2
        return [KEYS.sign(UNSUBSCRIBE, find_subscriber(transaction, address).handle) for address in READERS]


def opened(root: Path) -> "Opened":
    return Opened(open_database("sqlite:///var/newsletter.db", KEYS, root))


class Opened:
    def __init__(self, database: Database) -> None:
        self.database = database

    def __enter__(self) -> Database:
        return self.database

    def __exit__(self, *_: object) -> None:
        self.database.close()


def run(root: Path, *words: str | Path, mail: bytes = b"") -> Result:
    return CliRunner().invoke(
        main, obj=STOPPED, args=["--root", str(root), "receive", *map(str, words)], input=mail
    )


def statuses(root: Path) -> list[Status]:
    with opened(root) as database, database.read() as transaction:
        return [find_subscriber(transaction, address).status for address in READERS]


@pytest.fixture
def tags(sample: Path) -> list[str]:
    """Of the letters that thirty readers got."""
    with opened(sample) as database, database.begin() as transaction:
        addresses = [f"reader{number}@{number % 10}.example.com" for number in range(30)]
        add_many(
            transaction,
            [NewSubscriber(one, NL, (), Status.CONFIRMED, NOW, NOW) for one in addresses],
        )
        found = [find_subscriber(transaction, address) for address in addresses]
    return [make_tag(KEYS, Week(2026, 48), one.handle) for one in found]


def mail(token: str = "", sender: str = "a@example.com") -> bytes:
    return f"From: {sender}\r\nSubject: unsubscribe {token}\r\n\r\n".encode()


def test_a_mail_server_brings_one_mail(sample: Path, tokens: list[str]) -> None:
    result = run(sample, mail=mail(tokens[0]))
    assert (result.exit_code, result.output) == (0, "1 unsubscribed\n")
    assert statuses(sample) == [Status.UNSUBSCRIBED, Status.CONFIRMED]
    with opened(sample) as database, database.read() as transaction:
        assert (
            find_subscriber(transaction, READERS[0]).consents[-1].source == "mailto:unsubscribe@example.org"
        )
    assert run(sample, mail=mail(tokens[0])).output == "1 already unsubscribed\n"
    assert run(sample, mail=mail()).output == "1 asked for a link\n"
    assert run(sample, mail=b"\xff").output == "1 skipped\n"


@pytest.mark.parametrize(
    "reply_to, outcome", [("post@example.org", "unsubscribed"), ("unsubscribe@example.org", "left")]
)
def test_a_letter_that_is_quoted_ends_a_subscription_only_at_an_address_of_its_own(
    sample: Path, tokens: list[str], reply_to: str, outcome: str
) -> None:
    path = sample / "newsletter/settings.toml"
    path.write_text(
        re.sub('reply_to = "[^"]+"', f'reply_to = "{reply_to}"', path.read_text("utf-8")), "utf-8"
    )
    quoted = f"From: a@example.com\r\nTo: unsubscribe@example.org\r\nSubject: stop\r\n\r\n> {tokens[0]}\r\n"
    assert run(sample, mail=quoted.encode()).output.startswith(f"1 {outcome}")


class Pipe(BytesIO):
    """What a mail server brings; it stays open, so that a test can see how far it was read."""

    def close(self) -> None:
        pass


def test_a_long_mail_is_taken_to_its_end(sample: Path, tokens: list[str]) -> None:
    pipe = Pipe(mail(tokens[0]) + b"x" * 1_000_000)
    assert (
        CliRunner().invoke(main, obj=STOPPED, args=["--root", str(sample), "receive"], input=pipe).exit_code
        == 0
    )
    assert not pipe.read(), "a mail server takes a closed pipe for a failure"


def test_a_maildir_is_read_once_and_says_nothing_about_who_wrote(sample: Path, tokens: list[str]) -> None:
    new = sample / "mail/new"
    new.mkdir(parents=True)
    for number, message in enumerate([mail(tokens[0]), mail(tokens[1]), mail(), b"", mail("x", "x")]):
        (new / f"{number}.host").write_bytes(message)
    (new / ".hidden").write_bytes(mail())
    result = run(sample, sample / "mail")
    assert (result.exit_code, result.output) == (0, "2 unsubscribed, 1 asked for a link, 2 skipped\n")
    assert statuses(sample) == [Status.UNSUBSCRIBED, Status.UNSUBSCRIBED]
    assert sorted(path.name for path in (sample / "mail/cur").iterdir()) == [
        f"{n}.host:2,S" for n in range(5)
    ]
    assert run(sample, sample / "mail").output == "No mail.\n"


def test_what_cannot_be_read_is_left_and_does_not_stop_the_others(sample: Path, tokens: list[str]) -> None:
    new = sample / "mail/new"
    (new / "0.folder").mkdir(parents=True)
    (new / "1.mail").write_bytes(mail(tokens[0]))
    result = run(sample, sample / "mail")
    assert result.exit_code == 75
    assert result.output.startswith(
        "0.folder: cannot be read: Is a directory\n1 unsubscribed\nError: 1 message could not be processed; see "
    )


@pytest.mark.usefixtures("tokens")
def test_a_folder_that_is_no_maildir_is_said(sample: Path) -> None:
    result = run(sample, sample / "docs")
    assert result.exit_code == 75
    assert "is not a maildir: it has no folder new/" in result.output


@pytest.mark.parametrize(
    "database, said",
    [
        ("mysql://host/name", "NEWSLETTER_DATABASE names mysql"),
        ("sqlite:///docs/nl/index.md", "not an SQLite database"),
    ],
)
def test_a_mail_server_is_told_to_come_back_when_the_list_cannot_be_opened(
    sample: Path, monkeypatch: pytest.MonkeyPatch, database: str, said: str
) -> None:
    monkeypatch.setenv("NEWSLETTER_DATABASE", database)
    result = run(sample, mail=mail())
    assert result.exit_code == 75
    assert re.fullmatch(rf"Error: .*{said}.*; deliver the mail again later\n", result.output)


@pytest.mark.usefixtures("tokens")
def test_it_never_makes_keys_that_would_know_no_link(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSLETTER_KEYS")
    result = run(sample, mail=mail())
    assert result.exit_code == 75
    assert "NEWSLETTER_KEYS is set neither in the environment nor in " in result.output
    assert not (sample / "var/newsletter.env").exists()


def test_it_never_makes_a_list_and_keeps_the_mail(sample: Path) -> None:
    result = run(sample, mail=mail())
    assert result.exit_code == 75
    assert f"there is no list of subscribers: {sample / 'var/newsletter.db'} does not exist" in result.output
    assert not (sample / "var").exists()


def test_settings_with_a_mistake_keep_the_mail_too(sample: Path) -> None:
    (sample / "newsletter/settings.toml").write_text("[site]\n")
    assert run(sample, mail=mail()).exit_code == 75


@pytest.mark.usefixtures("tokens")
def test_a_bug_keeps_the_mail_and_shows_no_address(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("a@example.com")

    monkeypatch.setattr("generator.mailing.receive.receive", broken)
    result = run(sample, mail=mail())
    assert result.exit_code == 75
    assert re.fullmatch(
        r"Error: ValueError at test_receive\.py:\d+; deliver the mail again later\n", result.output
    )


def test_at_a_terminal_it_says_what_it_needs(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    result = run(sample)
    assert result.exit_code == 2
    assert "expected a mail on standard input, a maildir, --mailbox or --queue" in result.output


# --- Letters that come back ---


def test_a_mail_server_tells_whose_letter_it_was(sample: Path, tags: list[str]) -> None:
    bounce = reports.report("none", reports.failed("5.1.1"), to="return@example.org")
    assert run(sample, mail=bounce).output == "1 left for people\n"
    result = run(sample, "--recipient", f"bounce+{tags[0]}@example.org", mail=bounce)
    assert (result.exit_code, result.output) == (0, "1 bounced\n")


def test_a_maildir_may_hold_all_kinds(sample: Path, tags: list[str], tokens: list[str]) -> None:
    keep(
        sample,
        reports.postfix(tags[0]),
        reports.postfix_full(tags[1]),
        reports.complaint(tags[2]),
        mail(tokens[0]),
        reports.postfix_late(tags[3]),
        reports.qmail(tags[0]),
    )
    result = run(sample, sample / "mail")
    assert result.output == (
        "1 unsubscribed, 1 bounced, 1 bounced and counted, 1 complained, 1 already known, 1 skipped\n"
    )
    assert result.exit_code == 0


def test_a_flood_is_said_until_somebody_decides(sample: Path, tags: list[str]) -> None:
    keep(sample, *(reports.postfix(tag) for tag in tags[:23]))
    result = run(sample, sample / "mail")
    assert result.exit_code == 1
    assert result.output.startswith(
        "20 bounced, 3 held\nError: far more bounces or complaints than usual: 3 held back"
    )
    assert run(sample, sample / "mail").exit_code == 1, "also when nothing new came"
    alone = run(sample, mail=reports.postfix(tags[23]))
    assert alone.exit_code == 0, "a mail server would send it back"
    assert "4 held" in alone.output
    assert run(sample, "--held", "show").output == "     4  hard bounce 550 5.1.1\n"
    assert run(sample, "--held", "drop").output.startswith("4 reports discarded.\n")
    assert run(sample, "--held", "show").output == "Nothing is held back.\n"
    assert run(sample, sample / "mail").exit_code == 0
    run(sample, mail=reports.postfix(tags[24]))
    result = run(sample, "--held", "act")
    assert result.exit_code == 0
    assert result.output == (
        "1 subscriber will get no more letters.\nTo continue a letter that was stopped, run `newsletter resume WEEK`.\n"
    )


def test_refusals_that_a_sender_noted_end_the_letters_too(sample: Path, tags: list[str]) -> None:
    with opened(sample) as database, database.begin() as transaction:
        who = find_subscriber(transaction, "reader0@0.example.com")
        for number in (46, 47, 48):
            note_events(transaction, [who.id], Week(2026, number), Kind.SOFT, NOW)
    (sample / "mail/new").mkdir(parents=True)
    said = "1 subscriber will get no more letters: delivery failed too often.\n"
    assert run(sample, sample / "mail").output == f"No mail.\n{said}"


def test_what_is_ours_to_mend_is_told_for_each_provider_with_what_to_do(
    sample: Path, tags: list[str]
) -> None:
    blocked = reports.failed("5.7.1", "smtp; 550 5.7.1 Client host blocked using zen.spamhaus.org")
    nameless = reports.failed("5.0.0", "smtp; 550 cannot find your reverse hostname")
    keep(
        sample,
        *(reports.report(tag, blocked) for tag in (tags[3], tags[13], tags[4])),
        reports.report(tags[23], nameless),
    )
    result = run(sample, sample / "mail")
    assert result.exit_code == 0
    assert result.output == (
        "4 skipped\n"
        "3.example.com: 2 letters refused today because of us: the relay is on a block list; ask this provider, or "
        "the list that its replies name, to take it off.\n"
        "3.example.com: 1 letter refused today because of us: the relay has no valid host name; give its address a "
        "PTR record that leads back to it.\n"
        "4.example.com: 1 letter refused today because of us: the relay is on a block list; ask this provider, or "
        "the list that its replies name, to take it off.\n"
    )


@pytest.mark.parametrize(
    "meaning",
    set(Meaning) - {Meaning.GONE, Meaning.UNAVAILABLE, Meaning.FULL, Meaning.BUSY, Meaning.GREYLIST},
)
def test_there_is_advice_about_everything_that_is_ours_to_mend(meaning: Meaning) -> None:
    assert ADVICE[meaning]


def test_a_bug_with_one_mail_does_not_keep_the_others(
    sample: Path, tags: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(transaction: Transaction, content: bytes, *rest: object) -> Outcome:
        if b"poison" in content:
            raise ValueError("a@example.com")
        return receive(transaction, content, *rest)

    monkeypatch.setattr("generator.mailing.receive.receive", broken)
    keep(sample, b"poison", reports.postfix(tags[0]))
    result = run(sample, sample / "mail")
    assert result.exit_code == 75
    assert re.match(
        r"0: ValueError at test_receive\.py:\d+\n1 bounced\nError: 1 message could not be", result.output
    )
    with imap_server(Imap(mails={1: b"poison", 2: reports.postfix(tags[0])})) as imap:
        monkeypatch.setenv("NEWSLETTER_MAILBOX", url(imap))
        result = run(sample, "--mailbox")
        assert imap.seen == {2}
        imap.mails[1] = reports.postfix(tags[1])
        assert run(sample, "--mailbox").output == "1 bounced\n", "it is tried again"
    assert result.exit_code == 75
    assert re.match(
        r"message 1: ValueError at .*\n1 already known\nError: 1 message could not be processed and stayed unseen\n",
        result.output,
    )


def test_a_mailbox_is_read_once(sample: Path, tags: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with imap_server(Imap(mails={7: reports.gmail(tags[0]), 9: reports.complaint(tags[1])})) as imap:
        monkeypatch.setenv("NEWSLETTER_MAILBOX", url(imap))
        result = run(sample, "--mailbox")
        assert (result.exit_code, result.output) == (0, "1 bounced, 1 complained\n")
        assert imap.seen == {7, 9}
        assert run(sample, "--mailbox").output == "No mail.\n"


def test_mail_for_people_stays_unseen_and_what_they_saw_first_is_read(
    sample: Path, tokens: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one mailbox for all, where a person reads too."""
    person = (
        b"From: x@example.com\r\nTo: post@example.org\r\nSubject: Vraag over een offerte\r\n\r\nKan dat?\r\n"
    )
    with imap_server(Imap(mails={1: mail(tokens[0]), 2: person})) as imap:
        monkeypatch.setenv("NEWSLETTER_MAILBOX", url(imap))
        assert run(sample, "--mailbox").output == "1 unsubscribed, 1 left for people\n"
        assert imap.seen == {1}
        imap.mails[3] = mail(tokens[1])
        imap.seen |= {2, 3}
        assert run(sample, "--mailbox").output == "1 unsubscribed\n"
        imap.seen -= {2, 3}
        assert run(sample, "--mailbox").output == "No mail.\n"
        (sample / PLACE).write_text("{")
        assert run(sample, "--mailbox").output == "1 already unsubscribed, 1 left for people\n"


def test_mail_for_people_in_a_maildir_stays_unseen(sample: Path, tokens: list[str]) -> None:
    keep(sample, b"From: x@example.com\r\nTo: post@example.org\r\n\r\nKan dat?\r\n", mail(tokens[0]))
    assert run(sample, sample / "mail").output == "1 unsubscribed, 1 left for people\n"
    assert sorted(path.name for path in (sample / "mail/cur").iterdir()) == ["0:2,", "1:2,S"]


def test_what_was_not_kept_stays_unseen(
    sample: Path, tags: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DatabaseError("the disk is full; nothing was saved")

    monkeypatch.setattr("generator.mailing.receive.receive", full)
    with imap_server(Imap(mails={1: reports.gmail(tags[0]), 2: b""})) as imap:
        monkeypatch.setenv("NEWSLETTER_MAILBOX", url(imap))
        result = run(sample, "--mailbox")
        assert not imap.seen
    assert result.exit_code == 75
    assert result.output == "Error: the disk is full; nothing was saved; the remaining messages stay unseen\n"


def test_a_mail_that_somebody_takes_away_meanwhile_is_passed_over(
    sample: Path, tokens: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with imap_server(Imap(mails={2: mail(tokens[0])}, said={})) as imap:
        imap.said["SEARCH"] = b"* SEARCH 1 2\r\nTAG OK yes"
        monkeypatch.setenv("NEWSLETTER_MAILBOX", url(imap))
        assert run(sample, "--mailbox").output == "1 unsubscribed\n"


def test_a_flood_in_a_mailbox_ends_with_1(
    sample: Path, tags: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with imap_server(Imap(mails=dict(enumerate(map(reports.complaint, tags[:6]))))) as imap:
        monkeypatch.setenv("NEWSLETTER_MAILBOX", url(imap))
        assert run(sample, "--mailbox").exit_code == 1


def test_a_command_may_print_an_access_token(
    sample: Path, tokens: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with imap_server(Imap(mails={1: mail(tokens[0])})) as imap:
        monkeypatch.setenv("NEWSLETTER_MAILBOX", f"imap://me%40example.org@localhost:{imap.port}")
        monkeypatch.setenv("NEWSLETTER_MAILBOX_TOKEN", "echo 'to ken'")
        assert run(sample, "--mailbox").output == "1 unsubscribed\n"
        assert imap.granted == "user=me@example.org\1auth=Bearer to ken\1\1"


@pytest.mark.parametrize(
    "command, said",
    [
        ("false s3cret", "the command failed (CalledProcessError); run it by hand"),
        ("no-such-command-s3cret", "the command failed (FileNotFoundError)"),
        ("echo 's3cret", "the command failed (ValueError)"),
        ("true", "the command printed nothing; expected an access token"),
    ],
)
def test_a_command_that_prints_no_token_is_said(
    sample: Path, tokens: list[str], monkeypatch: pytest.MonkeyPatch, command: str, said: str
) -> None:
    monkeypatch.setenv("NEWSLETTER_MAILBOX", "imaps://me@localhost")
    monkeypatch.setenv("NEWSLETTER_MAILBOX_TOKEN", command)
    result = run(sample, "--mailbox")
    assert result.exit_code == 75
    assert f"NEWSLETTER_MAILBOX_TOKEN: {said}" in result.output
    assert "s3cret" not in result.output


def test_without_a_mailbox_it_says_how_one_is_named(sample: Path, tokens: list[str]) -> None:
    result = run(sample, "--mailbox")
    assert result.exit_code == 75
    assert "NEWSLETTER_MAILBOX is not set; expected imaps://user:password@host/INBOX" in result.output


@pytest.mark.parametrize(
    "words",
    [("--mailbox", "--held", "show"), ("docs", "--mailbox"), ("--mailbox", "--recipient", "a@example.com")],
)
def test_options_that_do_not_go_together_are_said(sample: Path, words: tuple[str, ...]) -> None:
    result = run(sample, *(sample / word if word == "docs" else word for word in words))
    assert result.exit_code == 2


def keep(root: Path, *mails: bytes) -> None:
    """In a maildir."""
    (root / "mail/new").mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(mails):
        (root / f"mail/new/{number}").write_bytes(content)


def url(imap: Imap) -> str:
    return f"imap://{quote(USER)}:{quote(PASSWORD)}@localhost:{imap.port}"


# --- Reports in a queue ---


@pytest.fixture
def queue(sample: Path, moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`queue(message)`: what Amazon SES publishes, in the queue that is read with the credentials in the file."""
    topic, address = moto.make_queue(f"letters-{next(NUMBERS)}")
    monkeypatch.setenv("NEWSLETTER_QUEUE", address)
    (sample / "var").mkdir(exist_ok=True)
    (sample / "var/newsletter.env").write_text(
        "".join(f"{name}={value}\n" for name, value in SECRETS.items())
    )
    return lambda message: moto.open("sns").publish(
        TopicArn=topic, Message=message if isinstance(message, str) else json.dumps(message)
    )


def test_reports_are_fetched_from_a_queue_and_judged(
    sample: Path, tags: list[str], queue: Callable[..., None]
) -> None:
    assert run(sample, "--queue").output == "No mail.\n"
    queue(bounce("ses", tags[0]))
    queue(bounce("ses", tags[0]))  # SNS gives both a name of their own
    queue(bounce("ses", tags[1], FULL, "soft"))
    queue(complaint("ses", tags[2]))
    queue(delivered("ses", tags[3]))
    queue(bounce("ses", f"{tags[4][:-1]}x"))  # not our signature
    queue("Successfully validated SNS topic for Amazon SES event publishing.")
    result = run(sample, "--queue")
    assert (result.exit_code, result.output) == (
        0,
        "1 bounced, 1 bounced and counted, 1 complained, 1 already known, 3 skipped\n",
    )
    assert run(sample, "--queue").output == "No mail.\n"


def test_what_is_no_report_stays_in_the_queue(
    sample: Path, tags: list[str], queue: Callable[..., None], moto: Moto
) -> None:
    queue({"orders": 3})
    queue("[")
    queue(bounce("ses", tags[0]))
    result = run(sample, "--queue")
    assert (result.exit_code, result.output) == (
        75,
        "1 bounced\nError: 2 messages of the queue are no reports of Amazon SES, and stayed there\n",
    )


def test_a_report_that_was_kept_and_not_deleted_counts_once(
    sample: Path, tags: list[str], queue: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(bounce("ses", tags[0], FULL, "soft"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqs, "_HIDDEN", 0)
        patch.setattr(sqs.Queue, "delete", refuse)
        result = run(sample, "--queue")
    assert result.exit_code == 75
    assert result.output == "Error: the line was cut; what was not kept stays in the queue\n"
    result = run(sample, "--queue")
    assert (result.exit_code, result.output) == (0, "1 bounced and counted\n")
    assert run(sample, "--queue").output == "No mail.\n"


def refuse(*_: object) -> None:
    raise MailboxError("the line was cut")


def test_a_report_may_lie_in_the_queue_without_its_envelope(
    sample: Path, tags: list[str], queue: Callable[..., None], moto: Moto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raw message delivery, as it is called at SNS."""
    address = (
        os.environ["NEWSLETTER_QUEUE"].partition("?")[0].replace(f"sqs://{REGION}", f"http://{moto.host}")
    )
    moto.open("sqs").send_message(QueueUrl=address, MessageBody=json.dumps(bounce("ses", tags[0])))
    assert run(sample, "--queue").output == "1 bounced\n"


def test_without_an_address_the_queue_is_asked_for(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSLETTER_QUEUE", raising=False)
    result = run(sample, "--queue")
    assert result.exit_code == 75
    assert "NEWSLETTER_QUEUE is not set; expected sqs://eu-west-1/123456789012/letters" in result.output
