"""What a code means: one table for letters, notices, reports and what is noted about readers."""

import re
import tomllib
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.delivery.verdict import Reply, Stage, Verdict, judge, judge_report
from generator.model import Kind


@pytest.mark.parametrize(
    "verdict, replies",
    [
        (Verdict.YES, ["250 2.1.5 OK", "251 will forward", "252 perhaps", "250", "200 5.1.1 odd"]),
        (
            Verdict.LATER,
            ["450 4.2.2 full", "451 later", "450 4.1.1 who?", "452 4.2.2 full", "452 4.5.3 many"],
        ),
        (
            Verdict.LATER,
            ["451 4.4.1 no answer", "450 4.4.4 unable to route", "450 later", "499", "451 5.7.1 odd"],
        ),
        (Verdict.SLOW, ["421 4.7.0 too fast", "421 closing", "454 4.7.0 Throttling failure", "454 odd"]),
        (
            Verdict.SLOW,
            ["451 4.7.1 greylisted", "450 4.7.1 no", "450 4.2.1 too many for this one", "450 4.2.0 later"],
        ),
        (Verdict.SLOW, ["452 4.3.1 disk full", "452 disk full", "451 4.3.0 trouble", "451 4.7.500 busy"]),
        (
            Verdict.NEVER,
            ["550", "552 5.2.2 full", "550 5.4.1 denied", "554"],
        ),
        (Verdict.NEVER, ["550 4.1.1 odd", "550 5.1.11 odd", "550 5.2.10 odd", "550 5.4.4 no way", "599"]),
        (
            Verdict.GONE,
            [
                "550 5.1.1 who?",
                "550 5.1.2 where?",
                "551 5.1.6 moved",
                "553 5.1.3 odd address",
                "556 5.1.10 null MX",
                "550 5.2.1",
            ],
        ),
        (Verdict.GONE, ["556 no mail here", "554 5.1.1 who?", "550 no such user"]),
        (
            Verdict.OURS,
            ["550 5.7.1 no", "550 5.7.26 unsigned", "550 5.7.515 no", "554 5.5.1 no valid recipients"],
        ),
        (
            Verdict.OURS,
            ["552 5.3.4 too large", "550 5.1.8 your domain", "553 5.1.7 your address", "554 5.6.0 odd"],
        ),
        (
            Verdict.STOP,
            ["530 5.7.0 log in", "535 5.7.8 wrong", "534 weak", "538 in secret", "521 no mail", "530"],
        ),
    ],
)
def test_a_reply_about_a_reader_means(verdict: Verdict, replies: list[str]) -> None:
    for reply in replies:
        code, _, text = reply.partition(" ")
        assert (reply, judge(Stage.RCPT, int(code), text.encode()).verdict) == (reply, verdict)


@pytest.mark.parametrize("stage", [Stage.GREETING, Stage.MAIL])
@pytest.mark.parametrize(
    "code, verdict",
    [(250, Verdict.YES), (421, Verdict.SLOW), (450, Verdict.SLOW), (550, Verdict.STOP), (503, Verdict.STOP)],
)
def test_before_a_reader_is_named_it_is_never_about_one(stage: Stage, code: int, verdict: Verdict) -> None:
    assert judge(stage, code, b"5.1.1 whoever") == Reply(
        verdict, str(code) if code < 500 else f"{code} 5.1.1"
    )
    assert judge(stage, code, b"").verdict is verdict


@given(
    st.integers(200, 599),
    st.binary(max_size=80),
    st.sampled_from([Stage.GREETING, Stage.MAIL, Stage.RCPT, Stage.LETTER]),
)
@example(550, b"5.1.1 <reader@example.com>: who?", Stage.RCPT)
@example(550, b"5.1.1.2 odd", Stage.RCPT)
@example(550, b"5.1.1234 odd", Stage.RCPT)
def test_of_what_a_relay_says_only_codes_are_kept(code: int, text: bytes, stage: Stage) -> None:
    if code // 100 == 3:
        return
    reply = judge(stage, code, text)
    assert re.fullmatch(r"\d{3}( \d\.\d{1,3}\.\d{1,3})?", reply.codes)
    assert (reply.verdict is Verdict.YES) == (code // 100 == 2)


@pytest.mark.parametrize(
    "reply, verdict, kind, reported",
    [
        # What is known of the mailbox at RCPT is known of it in a report.
        ("550", Verdict.NEVER, Kind.SOFT, Kind.SOFT),
        ("550 5.4.1", Verdict.NEVER, Kind.SOFT, Kind.SOFT),
        ("550 5.1.1", Verdict.GONE, Kind.HARD, Kind.HARD),
        ("550 5.1.3", Verdict.GONE, Kind.HARD, Kind.HARD),
        ("552 5.2.2", Verdict.NEVER, Kind.SOFT, Kind.SOFT),
        # What is about the sender or the letter says nothing about the reader.
        ("552 5.2.3", Verdict.NEVER, Kind.REFUSED, Kind.REFUSED),
        ("550 5.7.1", Verdict.OURS, Kind.REFUSED, Kind.REFUSED),
        ("550 5.1.8", Verdict.OURS, Kind.REFUSED, Kind.REFUSED),
        # The system of our relay is ours to mend; that of a server further on is not.
        ("550 5.3.0", Verdict.OURS, Kind.REFUSED, Kind.SOFT),
        # Given up after a day of these, a letter counts like one that was refused.
        ("450 4.2.2", Verdict.LATER, Kind.SOFT, Kind.SOFT),
        ("451 4.7.1", Verdict.SLOW, Kind.REFUSED, Kind.REFUSED),
    ],
)
def test_a_code_means_the_same_to_everybody_who_asks(
    reply: str, verdict: Verdict, kind: Kind, reported: Kind
) -> None:
    code, _, enhanced = reply.partition(" ")
    assert judge(Stage.RCPT, int(code), enhanced.encode()) == Reply(verdict, reply, kind)
    assert judge_report(code, enhanced).kind is reported


@pytest.mark.parametrize(
    "reply, kind",
    [
        ("554", Kind.REFUSED),
        ("554 5.0.0", Kind.REFUSED),
        ("552 5.2.2", Kind.SOFT),
        ("550 5.1.1", Kind.HARD),
        ("550 5.4.1", Kind.SOFT),
    ],
)
def test_who_refuses_the_letter_without_a_reason_says_nothing_about_the_mailbox(
    reply: str, kind: Kind
) -> None:
    code, _, enhanced = reply.partition(" ")
    assert judge(Stage.LETTER, int(code), enhanced.encode()).kind is kind


@pytest.mark.parametrize(
    "reply, kind, cause",
    [
        # The words contradict the code.
        ("552 5.1.1 The mailbox is over quota", Kind.SOFT, ""),
        ("552 5.1.1 Mailbox is full", Kind.SOFT, ""),
        ("550 5.2.1 The user you write to is receiving mail at a rate that prevents more", Kind.REFUSED, ""),
        ("550 5.1.1 reader@example.com has sent to too many recipients this hour", Kind.REFUSED, "rate"),
        ("553 5.1.3 http://www.spamhaus.example/query/ip/192.0.2.7", Kind.REFUSED, "blocked"),
        ("550 5.7.1 User unknown", Kind.SOFT, ""),
        # They agree, where the code alone leaves it open.
        ("550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)", Kind.HARD, ""),
        ("550 5.5.0 Requested action not taken: mailbox unavailable", Kind.SOFT, ""),
        ("550 User unknown", Kind.HARD, ""),
        ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", Kind.HARD, ""),
        ("554 5.7.1 Recipient address rejected: Access denied", Kind.REFUSED, "policy"),
        ("550 5.5.0 Adresse inconnue", Kind.HARD, ""),
        ("450 4.1.1 User unknown", Kind.SOFT, ""),
        # The code alone, with words that nobody knows, or none.
        ("550 5.1.1", Kind.HARD, ""),
        ("550 5.1.1 Ask spamlover@example.com", Kind.HARD, ""),
        ("550 5.0.0 no", Kind.SOFT, ""),
        # It is ours to mend.
        ("554 5.0.0 Client host rejected: cannot find your reverse hostname", Kind.REFUSED, "host name"),
        ("550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]", Kind.REFUSED, "blocked"),
        ("550 5.0.0 IP 192.0.2.7 is blocked. Contact your provider", Kind.REFUSED, "blocked"),
        ("550 5.7.515 no", Kind.REFUSED, "signature"),
        ("550 5.7.25 no", Kind.REFUSED, "host name"),
    ],
)
def test_code_and_words_are_two_witnesses_and_every_road_hears_both(
    reply: str, kind: Kind, cause: str
) -> None:
    code, _, text = reply.partition(" ")
    found = re.match(r"\d\.\d+\.\d+", text)
    reported = judge_report(code, found[0] if found else "", text)
    assert (reported.kind, reported.cause) == (kind, cause)
    assert judge(Stage.RCPT, int(code), text.encode()).kind is kind


def test_a_mailbox_that_is_busy_slows_nobody_else() -> None:
    busy = b"4.2.1 The user you are trying to contact is receiving mail too quickly"
    assert judge(Stage.RCPT, 450, busy) == Reply(Verdict.LATER, "450 4.2.1")


def test_greylisting_is_heard_in_a_reply_and_not_in_a_report_of_what_came_back() -> None:
    for reply in (
        "450 4.2.0 Recipient address rejected: Greylisted",
        "451 greylisting in action",
        "451 4.7.1 Gray-list",
    ):
        code, _, words = reply.partition(" ")
        heard = judge(Stage.RCPT, int(code), words.encode())
        assert (heard.cause, heard.refused, heard.stage) == ("greylist", False, Stage.RCPT)
    assert judge(Stage.RCPT, 550, b"5.7.1 greylisted").cause != "greylist"
    plain, words = (
        judge_report("450", "4.2.0"),
        judge_report("450", "4.2.0", "Greylisted, and given up after a day"),
    )
    assert (words, words.kind) == (plain, Kind.SOFT)


def test_every_known_reply_has_a_source_a_date_and_compiles() -> None:
    text = files("generator.delivery").joinpath("phrases.toml").read_text("utf-8")
    for row in tomllib.loads(text)["reply"]:
        assert row.keys() - {"codes", "vague"} == {"means", "words", "source", "noted"}
        assert isinstance(row["noted"], date)
        assert row["source"]
        re.compile(row["words"])


@given(st.text(max_size=400), st.from_regex(r"\A[45]\d\d\Z"), st.from_regex(r"\A([45]\.\d{1,3}\.\d{1,3})?\Z"))
def test_no_words_make_it_fail_or_are_kept(words: str, code: str, enhanced: str) -> None:
    assert judge_report(code, enhanced, words).codes == f"{code} {enhanced}".strip()


# --- Addresses beyond ASCII ---

NO_UTF8 = ["553 5.6.7 no", "550 5.6.8 no", "550 5.6.9 no", "554 5.6.10 no", "550 SMTPUTF8 required"]


@pytest.mark.parametrize("reply", [*NO_UTF8, "501 5.1.3 syntax", "555 5.5.4 parameters", "504 what?"])
@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT, Stage.LETTER])
def test_a_way_that_carries_no_utf8_is_not_about_the_reader(stage: Stage, reply: str) -> None:
    code, _, text = reply.partition(" ")
    found = judge(stage, int(code), text.encode(), utf8=True)
    assert (found.verdict, found.kind, found.refused) == (Verdict.UNABLE, Kind.REFUSED, False)
    assert judge(stage, int(code), text.encode()).verdict is not Verdict.UNABLE, (
        "who needs none has all of it"
    )


@pytest.mark.parametrize("reply", NO_UTF8)
def test_a_report_of_it_ends_nobody_and_names_the_cause(reply: str) -> None:
    code, *words = reply.split()
    enhanced = words[0] if words[0][:2] == "5." else ""
    found = judge_report(code, enhanced, reply)
    assert (found.verdict, found.kind, found.cause) == (Verdict.OURS, Kind.REFUSED, "SMTPUTF8")


@pytest.mark.parametrize(
    "reply, verdict",
    [
        ("550 5.1.1 no such user", Verdict.GONE),
        ("452 4.2.2 full", Verdict.LATER),
        ("421 4.6.7 later", Verdict.SLOW),
    ],
)
def test_what_else_is_said_to_such_a_reader_means_what_it_means(reply: str, verdict: Verdict) -> None:
    code, _, text = reply.partition(" ")
    assert judge(Stage.RCPT, int(code), text.encode(), utf8=True).verdict is verdict
