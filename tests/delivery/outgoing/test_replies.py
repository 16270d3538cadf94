"""What a relay replies: anything at all, in pieces of any size, and what it means when it is a reply."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.delivery.outgoing.relays import Relay
from generator.delivery.outgoing.replies import EndedError, GarbledError, Reader
from generator.delivery.sessions import Envelope
from generator.delivery.verdict import Reply, Stage, Verdict, judge
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
                assert judge(Stage.RCPT, code, text).codes.startswith(str(code))
        except (GarbledError, EndedError):
            pass


@FEW
@given(st.integers(min_value=1, max_value=60), st.integers(min_value=1, max_value=5))
def test_pieces_make_no_difference(size: int, lines: int) -> None:
    content = b"250-line\r\n" * (lines - 1) + b"250 last\r\n354 go\r\n"
    with reading(*(content[start : start + size] for start in range(0, len(content), size))) as reader:
        assert reader.read(1) == (250, b"\n".join([b"line"] * (lines - 1) + [b"last"]))
        assert reader.read(1) == (354, b"go")


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
        session = Relay(HOST, script.port, local=True, patience=1).open_session()
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
