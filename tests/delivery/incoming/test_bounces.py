"""What reports say about a mailbox: in the forms of the servers that people have, and in forms that nobody has."""

import logging

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.delivery.incoming.bounces import Bounce, read_bounce
from generator.delivery.incoming.message import MOST, Incoming, Part
from generator.model import Kind
from tests.delivery import reports
from tests.effort import assert_linear

TAG = "2026-w48.mfrgg2dcmvtgs.0123456789abcdef"


def read(mail: bytes) -> Bounce | None:
    return read_bounce(Incoming(mail))


def about(status: str, diagnostic: str = "", action: str = "failed") -> Bounce | None:
    return read(reports.report(TAG, reports.failed(status, diagnostic, action)))


# --- Codes ---


@pytest.mark.parametrize("code", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"])
def test_a_mailbox_that_is_not_there_is_hard(code: str) -> None:
    assert about(code) == Bounce(Kind.HARD, code)


@pytest.mark.parametrize(
    "code", ["5.2.2", "5.2.0", "5.1.0", "5.0.0", "5.4.4", "5.4.1", "5.3.0", "4.4.1", "4.2.2", "4.3.1", ""]
)
def test_a_mailbox_that_does_not_take_it_now_is_soft(code: str) -> None:
    assert about(code) == Bounce(Kind.SOFT, code)


@pytest.mark.parametrize(
    "code", ["5.7.1", "5.7.26", "5.7.515", "4.7.0", "5.6.0", "5.5.2", "5.3.4", "5.2.3", "5.1.7", "5.1.8"]
)
def test_what_is_about_us_says_nothing_about_the_mailbox(code: str) -> None:
    found = about(code)
    assert found
    assert found.kind is None


def test_the_vague_is_told_by_words_when_they_blame_us() -> None:
    assert about("5.0.0", "smtp; 550 Message rejected as spam") == Bounce(None, "550 5.0.0", "spam")
    assert about("5.0.0", "smtp; 550 rejected by our DMARC policy") == Bounce(None, "550 5.0.0", "signature")
    assert about("5.0.0", "smtp; 550 spambox is no mailbox 5.1.1") == Bounce(None, "550 5.0.0", "spam")
    assert about("5.0.0", "smtp; 550 mailbox unavailable") == Bounce(Kind.SOFT, "550 5.0.0")


def test_what_the_other_server_said_goes_before_what_ours_made_of_it() -> None:
    assert about("5.0.0", "smtp; 550 5.1.1 unknown") == Bounce(Kind.HARD, "550 5.1.1")
    assert about("5.1.0", "smtp; 550 5.2.1 disabled") == Bounce(Kind.HARD, "550 5.2.1")
    assert about("5.1.1", "smtp; 550 5.7.1 not from you") == Bounce(None, "550 5.1.1", "policy")
    assert about("no status", "smtp; 554-5.1.1 gone") == Bounce(Kind.HARD, "554 5.1.1")
    assert about("5.1.1 (bad destination mailbox)", "x-unix; 67") == Bounce(Kind.HARD, "5.1.1")


def test_addresses_of_machines_are_no_codes() -> None:
    assert about("5.4.1", "smtp; host 5.1.1.1 said: no, 4.5.1.1.1") == Bounce(Kind.SOFT, "5.4.1")
    assert about("5.4.1.9", "smtp; 550 5.1.1.1") == Bounce(Kind.SOFT, "550")


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded", "", "unknown (failed)"])
def test_a_letter_that_did_not_fail_says_nothing(action: str) -> None:
    assert about("5.1.1", action=action) == Bounce(None)


@pytest.mark.parametrize("action", ["Failed", "failed (no such user)", "error"])
def test_failed_is_written_in_several_ways(action: str) -> None:
    assert about("5.1.1", action=action) == Bounce(Kind.HARD, "5.1.1")


def test_of_several_mailboxes_the_one_that_is_best_off_counts() -> None:
    gone, full, there = (
        reports.failed("5.1.1"),
        reports.failed("5.2.2"),
        reports.failed("2.1.5", action="relayed"),
    )
    assert read(reports.report(TAG, f"{gone}\n{gone}")) == Bounce(Kind.HARD, "5.1.1")
    assert read(reports.report(TAG, f"{gone}\n{full}")) == Bounce(Kind.SOFT, "5.2.2")
    assert read(reports.report(TAG, f"{there}\n{gone}")) == Bounce(None)
    assert read(reports.report(TAG, "X: y\n")) == Bounce(None), "about nobody"


# --- The forms of servers ---


@pytest.mark.parametrize("server", reports.HARD)
def test_a_mailbox_that_is_gone_is_read_from_every_server(server: str) -> None:
    found = read(reports.HARD[server](TAG))
    assert found
    assert found.kind is Kind.HARD
    assert found.codes.endswith(("5.1.1", "5.1.10"))
    assert set(found.codes) <= set("0123456789. "), "codes, never words"


def test_postfix_says_full_expired_and_late() -> None:
    assert read(reports.postfix_full(TAG)) == Bounce(Kind.SOFT, "552 5.2.2")
    assert read(reports.postfix_expired(TAG)) == Bounce(Kind.SOFT, "4.4.1")
    assert read(reports.postfix_late(TAG)) == Bounce(None)


def test_a_failure_without_codes_is_soft_whatever_the_letter_says_that_comes_back() -> None:
    assert read(reports.qmail(TAG, "Sorry, I couldn't find any host by that name.")) == Bounce(Kind.SOFT)
    assert read(reports.qmail(TAG, "Remote host said: 550 blocked as spam")) == Bounce(None, "550", "spam")


def test_a_warning_without_a_standard_says_nothing() -> None:
    late = (
        b"From: Mail Delivery System <Mailer-Daemon@mx.example.com>\nSubject: Warning: message delayed\n\n"
        b"This message was created automatically by mail delivery software.\n"
        b"A message that you sent has not yet been delivered to one or more of its\n"
        b"recipients after more than 24 hours on the queue on mx.example.com.\n\n"
        b"The address to which the message has not yet been delivered is:\n\n  reader@example.com\n\n"
        b"No action is required on your part.\n"
    )
    assert read(late) == Bounce(None)


def test_a_mail_of_a_person_is_no_bounce() -> None:
    assert read(b"From: reader@example.com\r\nSubject: Re: brief\r\n\r\nDank je wel, 550 5.1.1!\r\n") is None
    assert read(b"") is None


def test_parts_may_have_an_encoding() -> None:
    plain = reports.postfix(TAG)
    coded = plain.replace(
        b"Content-Type: message/delivery-status\r\n",
        b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: quoted-printable\r\n",
    ).replace(b"Status: 5.1.1", b"Status: 5=2E1=\r\n.1")
    assert read(coded) == Bounce(Kind.HARD, "550 5.1.1")
    broken = coded.replace(b"quoted-printable", b"base64")
    assert read(broken) in {None, Bounce(None)}, "what cannot be decoded is read as it stands, or not at all"


def test_a_part_may_have_no_headers_and_a_mail_no_boundary() -> None:
    mail = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHello\n--x\nX: y"
    assert Incoming(mail).parts == [Part("text/plain", b"Hello\n"), Part("text/plain", b"")]
    assert Incoming(b"Content-Type: multipart/mixed\n\n--x\n\nHello\n").parts == []
    assert Incoming(b'Content-Type: text/plain; x="multipart/; boundary=x"\n\n--x\n\nHello\n').parts == []


# --- Anything at all ---

PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"\n",
            b"\r\n\r\n",
            b"Content-Type: multipart/report; boundary=x\n\n",
            b"--x\n",
            b"--x--\n",
            b"Content-Type: message/delivery-status\n\n",
            b"Content-Transfer-Encoding: base64\n",
            b"Action: failed\n",
            b"Status: 5.1.1\n",
            b"Status: ",
            b"Diagnostic-Code: smtp; 550 5.",
            b"Final-Recipient: rfc822; ",
            b"From: MAILER-DAEMON@example.com\n",
            b"Subject: failure notice\n\n",
            b"Hi. This is the qmail-send program",
            b"<reader@example.com>:\n",
            b"\xff\xfe",
            b'"',
            b";",
            b"\t",
            b"=?utf-8?q?",
        ]
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map(b"".join))
@example(
    b"Content-Type: multipart/report; boundary=\xff\n\n--\xff\nContent-Type: message/delivery-status\n\nAction: failed"
)
@example(b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status")
@pytest.mark.slow
def test_no_mail_can_make_it_fail(mail: bytes) -> None:
    found = read(mail)
    assert found is None or set(found.codes) <= set("0123456789. ")


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_report_that_was_damaged_on_its_way_can_be_read_or_not_but_never_harms(data: st.DataObject) -> None:
    mail = bytearray(data.draw(st.sampled_from(list(reports.HARD.values())))(TAG))
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(mail)))
        mail[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    read(bytes(mail))


@pytest.mark.parametrize(
    "mail",
    [
        b"Content-Type: multipart/report; boundary=x\n\n" + b"--x\n" * 60_000,
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n"
        + b"Action: failed\n\n" * 16_000,
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n"
        b"Action: failed\nDiagnostic-Code: "
        + b"550 5.1." * 30_000,
        b"Content-Type: multipart/report; boundary=x\n\n--x\n" + b"a: b\n\t" * 40_000,
        b'Content-Type: multipart/report; boundary="' + b'";' * 100_000,
        b"From: MAILER-DAEMON@example.com\nContent-Type: text/plain" + b';\n a="\\' * 40_000 + b"\n\nx",
        b"From: MAILER-DAEMON@example.com\n\n" + b"<a@b>\n" * 40_000,
        b"From: MAILER-DAEMON@example.com\n\n" + b"<" * MOST,
        b"From: MAILER-DAEMON@example.com\n\nSMTP error from remote mail server\n" + b" " * MOST,
        b"\n".join(
            b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d' % (level, level) for level in range(9_000)
        ),
        b"\n\n".join([b"Content-Type: message/rfc822"] * 8_000),
    ],
    ids=range(11),
)  # fmt: skip
@pytest.mark.slow
def test_no_mail_takes_long(mail: bytes) -> None:
    assert_linear(lambda size: read(mail[:size]), len(mail))


def test_what_a_detector_chokes_on_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        read(reports.qmail(TAG))
    assert not caplog.records
