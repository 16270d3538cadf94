"""What a relay replies: anything at all, in pieces of any size, and what it means when it is a reply."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.delivery.outgoing.replies import EndedError, GarbledError, Reader, Stage, judge
from generator.delivery.outgoing.sessions import Envelope, Reply, Verdict, open_session
from generator.delivery.outgoing.smtp import Relay
from generator.errors import DoubtError, TransportError
from tests.delivery.scripts import HOST, Deed, Script, following

FEW = settings(deadline=None, max_examples=120)


@contextmanager
def reading(*chunks: bytes, ends: bool = True) -> Iterator[Reader]:
    """A reader of what a relay sends in these pieces."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for chunk in chunks:
            theirs.sendall(chunk)
        if ends:
            theirs.shutdown(socket.SHUT_WR)
        yield Reader(ours)


# --- Reading ---


@pytest.mark.parametrize(
    "content, code, text",
    [
        (b"250 2.0.0 OK\r\n", 250, b"2.0.0 OK"),
        (b"250\r\n", 250, b""),
        (b"250 \r\n", 250, b""),
        (b"250 OK\n", 250, b"OK"),
        (b"250-one\r\n250-two\r\n250 three\r\n", 250, b"one\ntwo\nthree"),
        (b"250-one\r\n250\r\n", 250, b"one\n"),
        (b"550 5.1.1 \xff\x00\r\x07 who?\r\n", 550, b"5.1.1 \xff\x00\r\x07 who?"),
        (b"250 " + b"x" * 4090 + b"\r\n", 250, b"x" * 4090),
        (b"250-x\r\n" * 99 + b"250 x\r\n", 250, b"\n".join([b"x"] * 100)),
    ],
)
def test_a_reply_is_its_code_and_its_lines(content: bytes, code: int, text: bytes) -> None:
    with reading(content + b"220 next\r\n") as reader:
        assert reader.read(1) == (code, text)
        assert reader.ahead
        assert reader.read(1) == (220, b"next")
        assert not reader.ahead
        with pytest.raises(EndedError):
            reader.read(1)
        reader.close()


@pytest.mark.parametrize(
    "content",
    [
        b"\r\n",
        b"\n",
        b"25 OK\r\n",
        b"2500 OK\r\n",
        b"250OK\r\n",
        b"250_OK\r\n",
        b" 250 OK\r\n",
        b"150 OK\r\n",
        b"650 OK\r\n",
        b"-250 OK\r\n",
        "２５０ OK\r\n".encode(),  # digits, but not of SMTP
        b"HTTP/1.1 400 Bad Request\r\n",
        b"SSH-2.0-relay\r\n",
        b"250-one\r\n251 two\r\n",
        b"250-one\r\nOK\r\n",
        b"250 " + b"x" * 4091 + b"\r\n",
        b"x" * 4097,
        b"250-x\r\n" * 100 + b"250 x\r\n",
        b"\0" * 100 + b"\n",
    ],
)
def test_what_is_no_reply_is_not_taken_for_one(content: bytes) -> None:
    with reading(content, ends=False) as reader, pytest.raises(GarbledError):
        reader.read(1)


def test_a_relay_that_drips_has_the_time_of_one_reply() -> None:
    with reading(b"250-still here\r\n250", ends=False) as reader, pytest.raises(TimeoutError):
        reader.read(0.05)
    with reading(b"250-still here\r\n250", ends=False) as reader, pytest.raises(TimeoutError):
        reader.read(0)


@FEW
@given(
    st.lists(st.binary(max_size=40) | st.sampled_from([b"250 ", b"250-", b"\r\n", b"\n", b"550 5.1.1 x\r\n"]))
)
def test_whatever_comes_is_a_reply_or_an_error(chunks: list[bytes]) -> None:
    content = b"".join(chunks)
    with reading(*chunks) as reader:
        try:
            while True:
                code, text = reader.read(1)
                assert 200 <= code <= 599
                assert all(line in content for line in text.split(b"\n"))
                assert judge(Stage.READER, code, text).codes.startswith(str(code))
        except (GarbledError, EndedError):
            pass


@FEW
@given(st.integers(min_value=1, max_value=60), st.integers(min_value=1, max_value=5))
def test_pieces_make_no_difference(size: int, lines: int) -> None:
    content = b"250-line\r\n" * (lines - 1) + b"250 last\r\n354 go\r\n"
    with reading(*(content[start : start + size] for start in range(0, len(content), size))) as reader:
        assert reader.read(1) == (250, b"\n".join([b"line"] * (lines - 1) + [b"last"]))
        assert reader.read(1) == (354, b"go")


# --- Meaning ---


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
            ["550 no such user", "552 5.2.2 full", "553 5.1.3 odd address", "550 5.4.1 denied", "554"],
        ),
        (Verdict.NEVER, ["550 4.1.1 odd", "550 5.1.11 odd", "550 5.2.10 odd", "550 5.4.4 no way", "599"]),
        (
            Verdict.GONE,
            ["550 5.1.1 who?", "550 5.1.2 where?", "551 5.1.6 moved", "556 5.1.10 null MX", "550 5.2.1"],
        ),
        (Verdict.GONE, ["556 no mail here", "554 5.1.1 who?"]),
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
        assert (reply, judge(Stage.READER, int(code), text.encode()).verdict) == (reply, verdict)


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


@given(st.integers(200, 599), st.binary(max_size=80), st.sampled_from(Stage))
@example(550, b"5.1.1 <reader@example.com>: who?", Stage.READER)
@example(550, b"5.1.1.2 odd", Stage.READER)
@example(550, b"5.1.1234 odd", Stage.READER)
def test_of_what_a_relay_says_only_codes_are_kept(code: int, text: bytes, stage: Stage) -> None:
    if code // 100 == 3:
        return
    reply = judge(stage, code, text)
    assert re.fullmatch(r"\d{3}( \d\.\d{1,3}\.\d{1,3})?", reply.codes)
    assert (reply.verdict is Verdict.YES) == (code // 100 == 2)


# --- A whole conversation with a relay that says anything ---

LETTER = b"Subject: Hoi\r\n\r\nHoi\r\n"
ENVELOPE = Envelope("bounce@example.org", "reader@example.com", len(LETTER))

GOOD = st.sampled_from(
    [b"250 2.0.0 OK\r\n", b"354 go on\r\n", b"250-one\r\n250 two\r\n", b"421 closing\r\n", b"550 5.1.1 x\r\n"]
)
PIECE = (
    GOOD
    | GOOD
    | st.binary(max_size=20)
    | st.sampled_from([b"250", b"250-", b"x" * 5000, b"250-x\r\n" * 120, b"\r\n"])
)
# In one piece: whether a relay speaks before the dot or after it cannot be seen when it speaks meanwhile.
ANSWER = st.tuples(st.lists(PIECE, max_size=3).map(b"".join), st.sampled_from([Deed.HANG_UP, Deed.RESET]))


@FEW
@given(
    command=st.sampled_from(["hello", "EHLO", "MAIL", "RCPT", "DATA", "."]),
    answer=ANSWER,
    offers=st.sampled_from([(), ("PIPELINING",)]),
    ahead=st.booleans(),
)
@example(
    command="DATA", answer=(b"354 go on\r\n250 OK\r\n", Deed.HANG_UP), offers=("PIPELINING",), ahead=True
)
@example(command="DATA", answer=(b"250 OK\r\n", Deed.HANG_UP), offers=(), ahead=False)
@example(
    command="RCPT",
    answer=(b"250 OK\r\n354 go on\r\n250 OK\r\n", Deed.HANG_UP),
    offers=("PIPELINING",),
    ahead=False,
)
@example(
    command="MAIL",
    answer=(b"250 OK\r\n250 OK\r\n354 go on\r\n250 OK\r\n", Deed.HANG_UP),
    offers=(),
    ahead=False,
)
@example(command=".", answer=(b"250", Deed.HANG_UP), offers=("PIPELINING",), ahead=True)
def test_no_letter_is_taken_for_accepted_unless_the_relay_said_so_after_its_dot(
    command: str, answer: tuple[bytes, Deed], offers: tuple[str, ...], ahead: bool
) -> None:
    script = Script(offers=offers, answers={command: [answer]})
    with following(script):
        session = open_session(Relay(HOST, script.port, patience=1))
        replies = []
        try:
            for _ in range(2):
                replies.append(session.offer(ENVELOPE))
                if replies[-1].verdict is Verdict.YES:
                    replies.append(session.hand_over(LETTER, ENVELOPE if ahead else None))
                    if replies[-1].verdict is Verdict.YES:
                        assert script.letters
                        assert (
                            command != "."
                            or len(script.letters) > 1
                            or re.match(rb"(2\d\d-[^\n]*\n)*2\d\d[ \r\n]", answer[0])
                        )
        except DoubtError:
            assert script.letters or command == "DATA"
        except TransportError:
            pass
        finally:
            session.close()
    assert all(isinstance(reply, Reply) for reply in replies)
