"""Mails that ask and mails that come back: from mail programs, people, machines, and from who wants to harm."""

import base64
import quopri
import re
from datetime import UTC, datetime
from email.header import Header
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from generator.delivery.incoming.intake import Address, receive
from generator.delivery.incoming.message import MOST
from generator.model import Kind, NewSubscriber, Outcome, Week
from generator.model.subscribers import Asking, Notice, Status, Step, Subscriber, Wish
from generator.subscribers.ledger.mailings import list_events
from generator.subscribers.ledger.tags import make_tag
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.outbox import claim, finish
from generator.subscribers.list.subscriptions import confirm, erase, find_subscriber
from generator.subscribers.list.wishes import add_wishes, settle_wishes
from generator.subscribers.store.database import Database, Transaction
from generator.subscribers.store.keys import UNSUBSCRIBE, Keys
from tests.delivery import reports
from tests.delivery.conftest import KEYS
from tests.effort import assert_linear
from tests.languages import NL

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADDRESS = Address("unsubscribe@example.org", NL, tagged="bounce@example.org")
READER = "reader@example.com"
SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
"""A mail without a token adds a wish at most, so every example may use the same list."""


@pytest.fixture
def reader(database: Database) -> Subscriber:
    """Somebody who has confirmed."""
    with database.begin() as transaction:
        add_wishes(transaction, [Wish(Asking.SUBSCRIBE, READER, NL, NOW, "https://example.org/")])
        settle_wishes(transaction, NOW)
        posting = claim(transaction, NOW)
        confirm(transaction, posting.token, NOW, "https://letter.example.org/confirm", "192.0.2.0/24")
        finish(transaction, posting)
        return find_subscriber(transaction, READER)


@pytest.fixture
def token(reader: Subscriber) -> str:
    return KEYS.sign(UNSUBSCRIBE, reader.handle)


def mail(*headers: str, body: str = "", sender: str = f"Reader <{READER}>") -> bytes:
    lines = [f"From: {sender}", "To: unsubscribe@example.org", *headers, "", *body.split("\n")]
    return "\r\n".join(lines).encode()


def bring(database: Database, message: bytes, recipient: str = "", address: Address = ADDRESS) -> Outcome:
    with database.begin() as transaction:
        return receive(transaction, message, NOW, address, recipient)


def status(database: Database) -> Status:
    with database.read() as transaction:
        return find_subscriber(transaction, READER).status


def notices(database: Database) -> list[tuple[Notice, str]]:
    """What is sent, and to whom, when the worker has looked at the wishes."""
    found = []
    with database.begin() as transaction:
        settle_wishes(transaction, NOW)
        while posting := claim(transaction, NOW):
            found.append((posting.notice, posting.address))
            finish(transaction, posting)
    return found


# --- With a token ---


def test_a_mail_as_our_own_link_makes_it_ends_the_subscription(database: Database, token: str) -> None:
    assert bring(database, mail(f"Subject: unsubscribe {token}")) is Outcome.UNSUBSCRIBED
    with database.read() as transaction:
        reader = find_subscriber(transaction, READER)
    assert reader.status is Status.UNSUBSCRIBED
    last = reader.consents[-1]
    assert (last.step, last.at, last.source, last.network) == (
        Step.WITHDRAWN,
        NOW,
        "mailto:unsubscribe@example.org",
        "",
    )
    assert notices(database) == [(Notice.GOODBYE, READER)]


def test_a_second_mail_changes_nothing(database: Database, token: str) -> None:
    message = mail(f"Subject: unsubscribe {token}")
    assert [bring(database, message) for _ in range(3)] == [
        Outcome.UNSUBSCRIBED,
        Outcome.ALREADY,
        Outcome.ALREADY,
    ]
    assert notices(database) == [(Notice.GOODBYE, READER)], "one goodbye"
    with database.begin() as transaction:
        erase(transaction, find_subscriber(transaction, READER), NOW)
    assert bring(database, message) is Outcome.ALREADY, "and none when there is nobody any more"


def test_whoever_sends_it_the_token_counts(database: Database, token: str) -> None:
    message = mail(f"Subject: unsubscribe {token}", sender="Somebody <other@example.net>")
    assert bring(database, message) is Outcome.UNSUBSCRIBED
    assert status(database) is Status.UNSUBSCRIBED


def subjects(token: str) -> list[str]:
    return [
        token,
        f"UNSUBSCRIBE   {token}  please",
        f"unsubscribe%20{token}",
        f"unsubscribe\r\n {token}",
        f"Re: unsubscribe <{token}>",
        Header(f"afmelden één {token}", "utf-8").encode(linesep="\r\n"),
        f"=?utf-8?b?{base64.b64encode(f'unsubscribe {token}'.encode()).decode()}?=",
    ]


@pytest.mark.parametrize("number", range(7))
def test_mail_programs_write_a_subject_in_many_ways(database: Database, token: str, number: int) -> None:
    message = mail(f"Subject: {subjects(token)[number]}")
    assert bring(database, message) is Outcome.UNSUBSCRIBED


@pytest.mark.parametrize("name", ["To", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_token_may_stand_behind_the_plus_of_the_address(
    database: Database, token: str, name: str
) -> None:
    assert bring(database, mail(f"{name}: Stop <unsubscribe+{token}@example.org>")) is Outcome.UNSUBSCRIBED


def test_the_token_may_stand_in_the_body_however_it_is_broken(database: Database, token: str) -> None:
    link = f"https://letter.example.org/unsubscribe/{token}"
    for body in (
        f"stop\n{link}\n",
        f'<a href=3D"{link[:40]}=\n{link[40:90]}=\n{link[90:]}">stop</a>',
    ):
        with database.begin() as transaction:
            assert receive(transaction, mail(body=body), NOW, ADDRESS) in {
                Outcome.UNSUBSCRIBED,
                Outcome.ALREADY,
            }
    assert status(database) is Status.UNSUBSCRIBED


def test_the_body_may_be_in_base64(database: Database, token: str) -> None:
    body = base64.encodebytes(f"stop\r\nhttps://letter.example.org/unsubscribe/{token}\r\n".encode()).decode()
    assert bring(database, mail("Content-Transfer-Encoding: base64", body=body)) is Outcome.UNSUBSCRIBED


def test_a_line_of_a_mailbox_file_and_bare_line_ends_do_no_harm(database: Database, token: str) -> None:
    message = b"From reader@example.com Mon Nov 23 09:00:00 2026\n" + mail(f"Subject: {token}").replace(
        b"\r\n", b"\n"
    )
    assert bring(database, message) is Outcome.UNSUBSCRIBED


def test_a_token_of_an_older_key_counts_for_ever(database: Database, reader: Subscriber) -> None:
    old = Keys.make()
    token = old.sign(UNSUBSCRIBE, reader.handle)
    with database.begin() as transaction:
        renewed = Transaction(transaction.connection, Keys((*KEYS.secrets, *old.secrets)))
        assert receive(renewed, mail(f"Subject: {token}"), NOW, ADDRESS) is Outcome.UNSUBSCRIBED


def test_a_forged_token_ends_nothing(database: Database, reader: Subscriber, token: str) -> None:
    forged = [
        Keys.make().sign(UNSUBSCRIBE, reader.handle),
        KEYS.sign("confirm", reader.handle),
        token[:-1] + ("A" if token[-1] != "A" else "Q"),
        KEYS.sign(UNSUBSCRIBE, "another handle!!"),
        reader.handle,
    ]
    outcomes = [bring(database, mail(f"Subject: unsubscribe {one}", sender="x")) for one in forged]
    assert outcomes == [Outcome.SKIPPED] * 3 + [Outcome.ALREADY, Outcome.SKIPPED]
    assert status(database) is Status.CONFIRMED


# --- Without one ---


def test_who_writes_without_a_token_gets_a_link_to_their_own_page(
    database: Database, reader: Subscriber
) -> None:
    assert bring(database, mail("Subject: stop", body="Please stop sending me letters")) is Outcome.ASKED
    assert status(database) is Status.CONFIRMED, "anybody can write that sender"
    assert notices(database) == [(Notice.MANAGE, READER)]


def test_a_flood_of_them_makes_us_write_once(database: Database, reader: Subscriber) -> None:
    assert {bring(database, mail("Subject: stop")) for _ in range(20)} == {Outcome.ASKED}
    assert notices(database) == [(Notice.MANAGE, READER)]


def test_who_is_not_on_the_list_is_never_written_to(database: Database, reader: Subscriber) -> None:
    assert bring(database, mail("Subject: stop", sender="stranger@example.net")) is Outcome.ASKED
    assert notices(database) == []


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "nobody",
        "a@localhost",
        "a@example.com, b@example.com",
        "a@example.com\r\nFrom: b@example.com",
        '"a b"@example.com',
        "=?utf-8?q?a=40example.com?=",
        "é\u200b@example.com",
        "<>",
        "a@example.com <b@example.com> c@example.com",
        "MAILER-DAEMON@example.com (Mail Delivery System)",
        "No Reply <no-reply@example.com>",
    ],
)
def test_a_sender_that_is_not_one_person_is_not_written_to(database: Database, sender: str) -> None:
    assert bring(database, mail("Subject: stop", sender=sender)) is Outcome.SKIPPED


def test_a_mail_without_a_sender_is_skipped(database: Database) -> None:
    assert bring(database, b"Subject: stop\r\n\r\nstop") is Outcome.SKIPPED
    assert bring(database, b"") is Outcome.SKIPPED


# --- A token that is quoted ---


def write(*headers: str, body: str = "", to: str = "post@example.org") -> bytes:
    """A mail to another address."""
    return mail(*headers, body=body).replace(b"To: unsubscribe@example.org", f"To: {to}".encode())


def quote(token: str) -> str:
    return f"> Uitschrijven: https://letter.example.org/unsubscribe/{token}\n"


@pytest.mark.parametrize(
    "to", ["post@example.org", "Brief <letter@example.org>, x@example.com", "unsubscribe@example.com"]
)
def test_a_letter_that_is_quoted_to_another_address_ends_nothing(
    database: Database, token: str, to: str
) -> None:
    """A reader who likes it, a colleague to whom they forwarded it, a ticket system that answers."""
    answer = write("Subject: Re: Een gedachte", body=f"Mooie brief!\n\n{quote(token)}", to=to)
    assert bring(database, answer) is Outcome.LEFT
    copied = write("Cc: unsubscribe@example.org", "Subject: Fwd: Een gedachte", body=quote(token), to=to)
    assert bring(database, copied) is Outcome.LEFT
    assert status(database) is Status.CONFIRMED


@pytest.mark.parametrize(
    "to",
    [
        "unsubscribe@example.org",
        "Stop <Unsubscribe@Example.org>",
        "a@example.com, unsubscribe@example.org",
        "unsubscribe+now@example.org",
    ],
)
def test_one_that_is_quoted_to_the_address_for_it_does(database: Database, token: str, to: str) -> None:
    assert bring(database, write("Subject: stop", body=quote(token), to=to)) is Outcome.UNSUBSCRIBED


def test_what_the_mail_server_tells_is_where_it_was_sent(database: Database, token: str) -> None:
    message = write("Subject: stop", body=quote(token))
    assert bring(database, message) is Outcome.LEFT
    assert bring(database, message, "unsubscribe@example.org") is Outcome.UNSUBSCRIBED


def test_an_address_that_people_write_to_about_other_things_ends_nothing_by_a_quote(
    database: Database, token: str
) -> None:
    """A small publisher may have one mailbox for all."""
    shared = Address("post@example.org", NL, shared=True)
    assert bring(database, write("Subject: Re: x", body=quote(token)), address=shared) is Outcome.LEFT
    assert status(database) is Status.CONFIRMED
    message = write(f"Subject: unsubscribe {token}")
    assert bring(database, message, address=shared) is Outcome.UNSUBSCRIBED


def test_a_mail_to_people_is_left_to_them(database: Database, reader: Subscriber) -> None:
    for to in ("post@example.org", "Redactie <letter@example.org>", "unsubscribe@example.com"):
        assert (
            bring(database, write("Subject: Vraag over een offerte", body="Kan dat?", to=to)) is Outcome.LEFT
        )
    both = write("Subject: Stop", "Cc: post@example.org", to="unsubscribe@example.org")
    assert bring(database, both) is Outcome.ASKED
    assert notices(database) == [(Notice.MANAGE, READER)]


# --- The tag of a letter, in the address ---


def test_the_tag_of_a_letter_after_the_plus_ends_the_subscription_with_nothing_else(
    database: Database, reader: Subscriber
) -> None:
    """As phones send it, which leave the subject empty."""
    tag = make_tag(KEYS, Week(2026, 48), reader.handle)
    forged = tag[:-1] + ("0" if tag[-1] != "0" else "1")
    for to, outcome in (
        (f"unsubscribe+{forged}@example.org", Outcome.SKIPPED),
        (f"post+{tag}@example.org", Outcome.SKIPPED),  # where letters come back to, as any other tag
        (f"Unsubscribe+{tag.upper()}@Example.org", Outcome.UNSUBSCRIBED),
        (f"unsubscribe+{tag}@example.org", Outcome.ALREADY),
    ):
        message = write("Subject:", "Auto-Submitted: auto-replied", "X-Apple-Unsubscribe: true", to=to)
        assert bring(database, message) is outcome
    assert notices(database) == []


def test_a_return_path_is_never_taken_for_it(database: Database, reader: Subscriber) -> None:
    tag = make_tag(KEYS, Week(2026, 48), reader.handle)
    same = Address("bounce@example.org", NL, tagged="bounce@example.org")
    away = write("Subject: Afwezig", "Auto-Submitted: auto-replied", to=f"bounce+{tag}@example.org")
    assert bring(database, away, address=same) is Outcome.SKIPPED
    assert status(database) is Status.CONFIRMED


# --- Machines ---

AUTOMATIC = [
    "Auto-Submitted: auto-replied",
    "auto-submitted: Auto-Replied (vacation)",
    "Auto-Submitted: auto-replied\r\nX-Apple-Unsubscribe: true",
    "Auto-Submitted: auto-generated",
    "Return-Path: <>",
    "Return-Path: < >",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
    "Content-Type: message/delivery-status",
    "X-Autoreply: yes",
    "X-Auto-Response-Suppress: All",
    "X-Failed-Recipients: reader@example.com",
    "Precedence: bulk",
    "List-Id: <list.example.net>",
]


@pytest.mark.parametrize("header", AUTOMATIC)
def test_our_own_token_unsubscribes_whatever_the_mail_says_of_itself_and_no_mail_answers_it(
    database: Database, token: str, header: str
) -> None:
    """The button of Apple Mail sends what it calls an automatic reply."""
    assert bring(database, mail(header, f"Subject: unsubscribe {token}")) is Outcome.UNSUBSCRIBED
    assert status(database) is Status.UNSUBSCRIBED
    assert bring(database, mail(header, f"Subject: unsubscribe {token}")) is Outcome.ALREADY
    assert notices(database) == []


@pytest.mark.parametrize("header", AUTOMATIC)
def test_also_in_the_address_when_the_subject_was_lost(database: Database, token: str, header: str) -> None:
    message = write(header, "Subject:", to=f"unsubscribe+{token}@example.org")
    assert bring(database, message) is Outcome.UNSUBSCRIBED
    assert notices(database) == []


@pytest.mark.parametrize("header", AUTOMATIC)
def test_a_machine_asks_for_nothing_when_it_only_quotes_the_token(
    database: Database, token: str, header: str
) -> None:
    for message in (
        mail(header, "Subject: Re: your mail", body=quote(token)),
        mail(header, "Subject: unsubscribe"),
    ):
        assert bring(database, message) is Outcome.SKIPPED
    to_people = write(header, "Subject: Re: Een gedachte", body=quote(token))
    assert bring(database, to_people) is Outcome.LEFT, "also a machine may write to people"
    assert status(database) is Status.CONFIRMED
    assert notices(database) == []


def test_a_token_in_a_report_that_counts_as_a_complaint_is_one(database: Database, token: str) -> None:
    headers = f"Subject: unsubscribe {token}\n".encode()
    spam = reports.complaint("", "not-spam")
    assert bring(database, spam) is Outcome.SKIPPED
    complaint = headers + re.sub(rb"(?m)^Subject:[^\n]*\n", b"", reports.complaint(""), count=1)
    assert bring(database, complaint) is Outcome.COMPLAINED
    assert notices(database) == []


def test_the_button_of_apple_mail_works_from_the_header_of_a_letter(database: Database, token: str) -> None:
    """As a phone sends it: from the link in List-Unsubscribe, without a text."""
    link = urlsplit(f"mailto:unsubscribe@example.org?subject=unsubscribe%20{token}")
    [subject] = parse_qs(link.query)["subject"]
    message = (
        f"From: Reader <{READER}>\r\nTo: {link.path}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=us-ascii\r\nAuto-Submitted: auto-replied\r\nX-Apple-Unsubscribe: true\r\n"
        "X-Mailer: iPhone Mail (22A3354)\r\n\r\n"
    )
    assert bring(database, message.encode(), "unsubscribe@example.org") is Outcome.UNSUBSCRIBED


def test_a_person_who_says_that_no_machine_wrote_is_heard(database: Database, reader: Subscriber) -> None:
    assert bring(database, mail("Auto-Submitted: no", "Subject: stop")) is Outcome.ASKED


# --- Letters that come back ---

WEEK = Week(2026, 48)


@pytest.fixture
def tag(reader: Subscriber) -> str:
    """Of the letter that this reader got, some days after they confirmed."""
    return make_tag(KEYS, WEEK, reader.handle)


@pytest.mark.parametrize("server", reports.HARD)
def test_a_mailbox_that_is_gone_gets_no_more_whichever_server_says_so(
    database: Database, tag: str, server: str
) -> None:
    assert bring(database, reports.HARD[server](tag)) is Outcome.BOUNCED
    assert status(database) is Status.BOUNCED
    assert bring(database, reports.HARD[server](tag)) is Outcome.KNOWN


def test_a_mailbox_that_is_full_gets_more_until_it_was_too_often(
    database: Database, reader: Subscriber
) -> None:
    tags = [make_tag(KEYS, Week(2026, number), reader.handle) for number in (49, 50, 51)]
    assert [bring(database, reports.postfix_full(one)) for one in (tags[0], *tags)] == [
        Outcome.COUNTED,
        Outcome.KNOWN,
        Outcome.COUNTED,
        Outcome.BOUNCED,
    ]


def test_a_letter_that_is_late_or_has_arrived_means_nothing(database: Database, tag: str) -> None:
    assert bring(database, reports.postfix_late(tag)) is Outcome.SKIPPED
    assert bring(database, reports.report(tag, reports.failed("5.7.26"))) is Outcome.SKIPPED
    assert status(database) is Status.CONFIRMED


def test_a_letter_is_known_by_its_return_path_or_by_what_comes_back_of_it(
    database: Database, tag: str
) -> None:
    other = "return@example.org"
    nowhere = reports.report("none", reports.failed("5.1.1"), to=other)
    assert bring(database, nowhere) is Outcome.LEFT
    assert bring(database, nowhere, recipient="bounce@example.org") is Outcome.SKIPPED
    assert bring(database, nowhere, recipient=f"bounce+{tag}@example.org") is Outcome.BOUNCED
    assert bring(database, reports.report(tag, reports.failed("5.1.1"), to=other)) is Outcome.KNOWN
    shouted = reports.report("none", reports.failed("5.1.1"), to=f"BOUNCE+{tag.upper()}@EXAMPLE.ORG")
    assert bring(database, shouted) is Outcome.KNOWN, "servers on the way may change case"
    answers = reports.report(
        "none", reports.failed("5.1.1"), to=other, extra=f"In-Reply-To: <{tag}@letter.example.org>\n"
    )
    assert bring(database, answers) is Outcome.KNOWN
    without_plus = reports.qmail("none").replace(
        b"Date:", b"X-Original-To: bounce-%s@example.org\nDate:" % tag.encode()
    )
    assert bring(database, without_plus) is Outcome.KNOWN


def test_whoever_cannot_sign_a_tag_bounces_nobody(database: Database, reader: Subscriber, tag: str) -> None:
    forged = [
        make_tag(Keys.make(), WEEK, reader.handle),
        tag[:-1] + ("0" if tag[-1] != "0" else "1"),
        tag.replace("w48", "w47"),
        tag.rpartition(".")[0],
        reader.handle,
        READER,
    ]
    for one in forged:
        for make in (*reports.HARD.values(), reports.complaint):
            assert bring(database, make(one)) in {Outcome.SKIPPED, Outcome.LEFT}
    assert status(database) is Status.CONFIRMED
    assert bring(database, reports.postfix(make_tag(KEYS, WEEK, "another handle!!"))) is Outcome.KNOWN


def test_who_is_out_of_office_neither_bounces_nor_asks(database: Database, tag: str) -> None:
    """Programs answer to the return path; not all of them say that they are programs."""
    away = mail(
        f"Delivered-To: bounce+{tag}@example.org", "Subject: Out of office", body="I am away until Monday."
    )
    assert bring(database, away) is Outcome.SKIPPED
    assert notices(database) == []


def test_a_reader_who_answers_a_letter_is_not_taken_for_a_report(database: Database, tag: str) -> None:
    answer = mail(
        f"In-Reply-To: <{tag}@letter.example.org>",
        "Subject: Re: Een gedachte",
        body="Hi. This is the qmail-send program.\n\n<reader@example.com>:\nSorry, no mailbox here. (#5.1.1)\n",
    )
    assert bring(database, answer) is Outcome.ASKED
    assert status(database) is Status.CONFIRMED


def test_a_complaint_ends_all_mail(database: Database, tag: str) -> None:
    assert bring(database, reports.complaint(tag, "not-spam")) is Outcome.SKIPPED
    assert bring(database, reports.complaint(tag)) is Outcome.COMPLAINED
    assert status(database) is Status.COMPLAINED
    assert bring(database, reports.complaint(tag)) is Outcome.KNOWN
    assert bring(database, mail("Subject: subscribe me")) is Outcome.ASKED
    assert notices(database) == [], "not even a link"


def test_a_complaint_without_a_tag_is_known_by_the_token_that_unsubscribes(
    database: Database, token: str
) -> None:
    assert bring(database, reports.complaint("", token="forged." + "a" * 43)) is Outcome.SKIPPED
    assert bring(database, reports.complaint("", token=token)) is Outcome.COMPLAINED
    assert status(database) is Status.COMPLAINED
    assert bring(database, reports.complaint("", token=token)) is Outcome.KNOWN


def test_a_flood_is_held(database: Database) -> None:
    addresses = [f"reader{number}@example.com" for number in range(6)]
    with database.begin() as transaction:
        add_many(
            transaction,
            [NewSubscriber(one, NL, (), Status.CONFIRMED, NOW, NOW) for one in addresses],
        )
        handles = [find_subscriber(transaction, address).handle for address in addresses]
    outcomes = [bring(database, reports.complaint(make_tag(KEYS, WEEK, handle))) for handle in handles]
    assert outcomes == [Outcome.COMPLAINED] * 5 + [Outcome.HELD]


# --- The corpus ---

MAILS = sorted((Path(__file__).parent / "mails").rglob("*.eml"))
"""Each begins with what is expected of it, and why; TAG and TOKEN stand for what we signed."""

EXPECTED = {
    "gone": (Outcome.BOUNCED, Kind.HARD),
    "soft": (Outcome.COUNTED, Kind.SOFT),
    "nothing": (Outcome.SKIPPED, None),
    "complaint": (Outcome.COMPLAINED, Kind.COMPLAINT),
    "unsubscribed": (Outcome.UNSUBSCRIBED, None),
    "asked": (Outcome.ASKED, None),
    "left": (Outcome.LEFT, None),
}
"""What becomes of the mail, and what is noted; any other word is the cause of what is ours to mend."""

ANSWERED = {"asked": Notice.MANAGE, "unsubscribed": Notice.GOODBYE}


def read_sample(path: Path, tag: str, token: str) -> tuple[str, bytes]:
    """What is expected of a mail, and the mail."""
    expected, reason, content = path.read_text("utf-8").split("\n", 2)
    assert reason.removeprefix("X-Reason: ").strip()
    content = content.replace("TAGUPPER", tag.upper()).replace("TAG", tag).replace("TOKEN", token)
    return expected.removeprefix("X-Expected: "), content.encode()


def note(database: Database) -> list[tuple[Kind, str]]:
    """What is noted about the reader, but for the end of the letters."""
    with database.read() as transaction:
        events = list_events(transaction, find_subscriber(transaction, READER).id)
    return [(event.kind, event.detail) for event in events if event.kind is not Kind.SUPPRESSED]


@pytest.mark.parametrize("path", MAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_mail_of_the_corpus_is_read_as_it_was_meant(
    database: Database, tag: str, token: str, path: Path
) -> None:
    expected, message = read_sample(path, tag, token)
    outcome, kind = EXPECTED.get(expected, (Outcome.SKIPPED, Kind.REFUSED))
    assert bring(database, message.replace(b"\n", b"\r\n")) is outcome
    noted = note(database)
    assert [found for found, _ in noted] == ([kind] if kind else [])
    if kind is Kind.REFUSED:
        assert noted[0][1].endswith(f" {expected}")
    machine = (
        b"Auto-Submitted" in message
        or b"Return-Path: <>" in message.partition(b"\n\n")[0]
        or b"Precedence" in message
    )
    answer = None if machine else ANSWERED.get(expected)
    assert [notice for notice, _ in notices(database)] == ([answer] if answer else [])


def test_no_mail_of_the_corpus_is_believed_without_our_signature(
    database: Database, reader: Subscriber
) -> None:
    assert len(MAILS) >= 120
    for path in MAILS:
        _, message = read_sample(
            path, make_tag(Keys.make(), WEEK, reader.handle), Keys.make().sign(UNSUBSCRIBE, reader.handle)
        )
        assert bring(database, message) in {Outcome.SKIPPED, Outcome.ASKED, Outcome.LEFT}
    assert note(database) == []
    assert status(database) is Status.CONFIRMED
    assert set(notices(database)) <= {(Notice.MANAGE, READER)}


@SLOW
@given(st.data())
def test_a_damaged_mail_of_the_corpus_is_an_answer_and_believed_only_with_our_signature(
    database: Database, reader: Subscriber, data: st.DataObject
) -> None:
    _, content = read_sample(
        data.draw(st.sampled_from(MAILS)), make_tag(Keys.make(), WEEK, reader.handle), "x." + "a" * 43
    )
    message = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(message)))
        message[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=30))
    assert bring(database, bytes(message)) in {Outcome.SKIPPED, Outcome.ASKED, Outcome.LEFT}


@SLOW
@given(st.data())
def test_a_damaged_report_does_what_it_says_or_nothing(
    database: Database, tag: str, data: st.DataObject
) -> None:
    make = data.draw(st.sampled_from([*reports.HARD.values(), reports.complaint]))
    message = bytearray(make(tag))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(message)))
        message[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=10))
    assert bring(database, bytes(message)) not in {Outcome.UNSUBSCRIBED, Outcome.HELD}


# --- Anything at all ---


PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            *(
                b"From: ",
                b"To: ",
                b"Subject: ",
                b"Content-Type: multipart/mixed; boundary=x",
                b"\r\n",
                b"\n",
                b"\r\n\r\n",
            ),
            *(
                b"=?utf-8?q?",
                b"=?x-unknown?b?!!!?=",
                b"?=",
                b"<",
                b">",
                b"@example.com",
                b"reader@example.com",
                b"\x00",
            ),
            *(
                b"--x",
                b"Auto-Submitted: ",
                b"a" * 60 + b"." + b"b" * 43,
                b" ",
                b"\xff\xfe",
                b"(((",
                b'"',
                b"\\",
            ),
        ]
    ),
)


@SLOW
@given(st.lists(PIECES, max_size=30).map(b"".join))
@example(b"From: =?utf-8?b?=?=")
@example(b"From: a@b@c <\r\nSubject: =?utf-8?q?\xff?=\r\n\r\n")
@example(b"From: [\r\n\r\n")
def test_no_mail_can_make_it_fail(database: Database, message: bytes) -> None:
    assert bring(database, message) in {Outcome.SKIPPED, Outcome.ASKED, Outcome.LEFT}


@pytest.mark.parametrize(
    "message",
    [
        b"Subject: " + b"=?a?q?x" * (MOST // 7),
        b"Subject: " + b"a." * MOST,
        b"From: " + b"(" * MOST,
        b"From: " + b"a@example.com," * MOST,
        b"From: a@example.com\r\n" * 20_000,
        b"X: y\r\n" * MOST,
        b"\r\n".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d' % (level, level) for level in range(9_000)
        ),
        b"\r\n\r\n" + b"A" * 9 + b"." + b"=\r\n" * MOST,
        b"\r\n\r\n" + b" ".join(b"a%07d.%s" % (number, b"b" * 43) for number in range(4_000)),
    ],
    ids=range(9),
)  # fmt: skip
@pytest.mark.slow
def test_no_mail_takes_long(database: Database, message: bytes) -> None:
    def work(size: int) -> None:
        assert bring(database, message[:size]) in {Outcome.SKIPPED, Outcome.ASKED}

    assert_linear(work, len(message))


def test_what_follows_the_beginning_is_not_read(database: Database, token: str) -> None:
    body = "x" * MOST + token
    assert bring(database, mail(body=body, sender="nobody")) is Outcome.SKIPPED


# --- Addresses beyond ASCII (RFC 6532, 6533) ---

JOSE = "josé@example.com"


def test_a_reader_with_an_accent_who_writes_gets_a_link(database: Database) -> None:
    with database.begin() as transaction:
        add_many(transaction, [NewSubscriber(JOSE, NL, (), Status.CONFIRMED, NOW, NOW)])
    for sender in (f"José <{JOSE}>", "JOSE\u0301@EXAMPLE.com"):
        assert bring(database, mail("Subject: één vraag", sender=sender)) is Outcome.ASKED
    assert notices(database) == [(Notice.MANAGE, JOSE)]


def test_headers_in_another_encoding_are_read_as_far_as_they_go(database: Database, token: str) -> None:
    message = mail(f"Subject: unsubscribe {token}", sender="Jos\xe9 <reader@example.com>")
    latin = message.decode().encode("latin-1")
    assert bring(database, latin) is Outcome.UNSUBSCRIBED


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
@pytest.mark.parametrize(
    "said, event",
    [
        ("550 5.1.1 no such user", (Kind.HARD, "550 5.1.1")),
        ("550 5.6.7 no way", (Kind.REFUSED, "550 5.6.7 SMTPUTF8")),
        ("554 5.6.9 no way", (Kind.REFUSED, "554 5.6.9 SMTPUTF8")),
    ],
)
def test_a_report_in_utf8_is_read(
    database: Database, tag: str, encoding: str, said: str, event: tuple[Kind, str]
) -> None:
    """RFC 6533, in any encoding, and known by the letter that comes back alone."""
    enhanced = said.split()[1]
    parts = {
        "message/global-delivery-status": "Reporting-MTA: dns; mx.example.com\n\n"
        f"Final-Recipient: utf-8; {JOSE}\nAction: failed\nStatus: {enhanced}\n"
        f"Diagnostic-Code: smtp; {said} <{JOSE}>\n",
        "message/global-headers": f"From: letter@example.org\nTo: {JOSE}\n"
        f"Message-ID: <{tag}@letter.example.org>\n",
    }
    lines = []
    for kind, text in parts.items():
        lines += ["--b", f"Content-Type: {kind}; charset=utf-8", f"Content-Transfer-Encoding: {encoding}", ""]
        lines.append(encode(text, encoding))
    message = mail(
        "Return-Path: <>",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        body="\n".join([*lines, "--b--", ""]),
        sender="MAILER-DAEMON@mx.example.com",
    ).replace(b"To: unsubscribe@", b"To: bounce@")
    gone = event[0] is Kind.HARD
    assert bring(database, message) is (Outcome.BOUNCED if gone else Outcome.SKIPPED)
    assert note(database)[0] == event
    assert status(database) is (Status.BOUNCED if gone else Status.CONFIRMED)


def encode(text: str, encoding: str) -> str:
    if encoding == "base64":
        return base64.encodebytes(text.encode()).decode()
    return quopri.encodestring(text.encode()).decode() if encoding == "quoted-printable" else text
