"""A session: how little it says, what it makes of every answer, and what it knows when there is none."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.delivery.outgoing import connections, relays
from generator.delivery.outgoing.connections import Connection
from generator.delivery.outgoing.maildirs import Maildir
from generator.delivery.outgoing.relays import Relay
from generator.delivery.outgoing.transports import open_transport
from generator.delivery.sessions import Envelope, Session
from generator.delivery.verdict import Reply, Verdict
from generator.errors import DoubtError, TransportError
from generator.model import Kind
from tests.delivery.relays import free_port, relaying
from tests.delivery.scripts import HOST, Answer, Deed, Script, following

LETTER = b"From: letter@example.org\r\nTo: reader@example.com\r\n\r\nHoi\r\n"
FIRST, SECOND, THIRD = (
    Envelope(f"bounce+{name}@example.org", f"{name}@example.com", len(LETTER))
    for name in ("one", "two", "three")
)
YES = Reply(Verdict.YES, "250 2.0.0")
ENVELOPE_YES = Reply(Verdict.YES, "250 2.1.5")


@contextmanager
def talking(script: Script, patience: float = 10, receives: int = 0, **options: object) -> Iterator[Session]:
    """A session with a relay that follows a script."""
    with following(script, receives):
        session = Relay(
            HOST, script.port, local=True, patience=patience, hello="web.example.org", **options
        ).open_session()
        try:
            yield session
        finally:
            session.close()


def saying(command: str, *answers: Answer, **options: object) -> Script:
    return Script(answers={command: list(answers)}, **options)


def send(
    session: Session, envelope: Envelope = FIRST, letter: bytes = LETTER, after: Envelope | None = None
) -> Reply:
    """A letter from its offer on."""
    reply = session.offer(envelope)
    return session.hand_over(letter, after) if reply.verdict is Verdict.YES else reply


def lose_patience(session: Session) -> None:
    """With this connection; the next one has all the time that a busy machine may need."""
    session._connection._patience = 0.1


# --- How a letter goes ---


def test_a_letter_arrives_as_it_is_with_its_envelope() -> None:
    with relaying() as relay:
        session = open_transport(f"smtp://{HOST}:{relay.port}?ehlo=web.example.org", Path()).open_session()
        assert session.offer(FIRST).verdict is Verdict.YES
        assert session.hand_over(LETTER).verdict is Verdict.YES
        session.close()
    (arrived,) = relay.arrived
    assert (arrived.message, arrived.sender, arrived.recipients) == (LETTER, FIRST.sender, (FIRST.recipient,))
    assert arrived.hello == "web.example.org"


def test_a_letter_costs_two_round_trips_where_commands_may_go_together() -> None:
    script = Script(
        together=True
    )  # answers to a dot when the next envelope is there, and hangs if it never comes
    with talking(script) as session:
        assert session.offer(FIRST) == ENVELOPE_YES
        assert session.hand_over(LETTER, SECOND) == YES
        assert session.offer(SECOND) == ENVELOPE_YES
        assert session.hand_over(LETTER, THIRD) == YES
        assert session.offer(THIRD) == ENVELOPE_YES
        script.together = False
        assert session.hand_over(LETTER) == YES
    assert script.commands == [
        "EHLO web.example.org",
        *(
            line
            for name in ("one", "two", "three")
            for line in (
                f"MAIL FROM:<bounce+{name}@example.org> SIZE={len(LETTER)}",
                f"RCPT TO:<{name}@example.com>",
                "DATA",
            )
        ),
        "QUIT",
    ]
    assert script.letters == [LETTER + b".\r\n"] * 3
    assert "DATA" not in script.early, "the letter waits for 354"


def test_a_letter_may_be_made_ready_before_its_turn() -> None:
    script = Script()
    with talking(script) as session:
        session.prepare(LETTER)
        session.offer(FIRST)
        assert session.hand_over(LETTER, None, lambda: session.prepare(b".")) == YES
        session.offer(SECOND)
        assert session.hand_over(b"Hoi\r\n") == YES
        session.prepare(b"\n")
        session.offer(THIRD)
        assert session.hand_over(b".\r\n") == YES
    assert script.letters == [LETTER + b".\r\n", b"Hoi\r\n.\r\n", b"..\r\n.\r\n"]


def test_there_is_time_for_other_work_while_a_relay_looks_at_a_letter() -> None:
    script = saying(".", "250 2.0.0 OK", "554 5.6.0 odd")
    heard: list[int] = []
    with talking(script) as session:
        session.offer(FIRST)
        assert session.hand_over(LETTER, None, lambda: heard.append(1)) == YES
        session.offer(SECOND)
        session.hand_over(LETTER, THIRD, lambda: heard.append(2))
    assert heard == [1, 2]


@pytest.mark.parametrize("offers", [(), ("SIZE", "XPIPELINING", "8BITMIME")])
def test_nothing_goes_together_where_that_was_not_announced(offers: tuple[str, ...]) -> None:
    script = Script(offers=offers, answers={"RCPT": ["250 OK", "550 5.1.1 no"]})
    with talking(script) as session:
        assert send(session, FIRST, after=SECOND) == YES
        assert send(session, SECOND, after=THIRD).verdict is Verdict.GONE
        assert send(session, THIRD) == YES
    assert script.talk == ["MAIL", "RCPT", "DATA", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"]
    assert not script.early


@pytest.mark.parametrize(
    "before, after, together", [((), ("PIPELINING",), True), (("PIPELINING",), (), False)]
)
def test_what_counts_is_what_was_announced_in_secret(
    tls: ssl.SSLContext, before: tuple[str, ...], after: tuple[str, ...], together: bool
) -> None:
    script = Script(tls=tls, offers=before, offers_in_secret=after)
    with talking(script) as session:
        assert send(session, FIRST) == YES
        assert send(session, SECOND) == YES
    assert script.commands[:3] == ["EHLO web.example.org", "STARTTLS", "EHLO web.example.org"]
    assert bool(script.early) == together
    assert script.letters == [LETTER + b".\r\n"] * 2


def test_a_relay_of_old_gets_helo_and_no_size() -> None:
    script = saying("EHLO", "502 5.5.1 what?")
    script.answers["HELO"] = ["250 hi"]
    with talking(script) as session:
        assert send(session) == YES
    assert script.commands[2] == f"MAIL FROM:<{FIRST.sender}>"


@pytest.mark.parametrize(
    "body, sent",
    [
        (b".\r\n", b"..\r\n.\r\n"),
        (b"..\r\n", b"...\r\n.\r\n"),
        (b"a\r\n.\r\n", b"a\r\n..\r\n.\r\n"),
        (b"a\r\n.\r\n.\r\n.b\r\nc.\r\n", b"a\r\n..\r\n..\r\n..b\r\nc.\r\n.\r\n"),
        (b"a\r\n\r\n.\r\n\r\n", b"a\r\n\r\n..\r\n\r\n.\r\n"),
        (b"a", b"a\r\n.\r\n"),
        (b"a\r\n.", b"a\r\n..\r\n.\r\n"),
        (b"", b"\r\n.\r\n"),
    ],
)
def test_dots_are_doubled_wherever_a_line_begins(body: bytes, sent: bytes) -> None:
    script = Script()
    with talking(script) as session:
        assert send(session, letter=body) == YES
    assert script.letters == [sent]
    assert script.talk == ["MAIL", "RCPT", "DATA"], "no line of it was taken for a command"


@pytest.mark.parametrize(
    "bad", [b"\n", b"\r", b"\n\r", b"\r\r\n", b"\n.\n", b"\r\n.\n", b"\r.\r\n", b"\0", b"\xc3\xa9"]
)
def test_what_relays_would_read_differently_does_not_leave(bad: bytes) -> None:
    script = Script()
    with talking(script) as session:
        assert send(session, letter=LETTER + bad + b"x\r\n", after=SECOND) == Reply(Verdict.OURS, "554 5.6.0")
        assert send(session, SECOND) == YES
    assert script.talk == ["MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"]
    assert script.letters == [LETTER + b".\r\n"]


@pytest.mark.parametrize(
    "address", ["a@example.com>\r\nDATA", "a b@example.com", "\u200bé@example.com", "", "<a@example.com>"]
)
def test_what_is_no_address_does_not_leave(address: str) -> None:
    wrong = Envelope(FIRST.sender, address, len(LETTER))
    script = Script()
    with talking(script) as session:
        assert session.offer(wrong) == Reply(Verdict.NEVER, "553 5.1.3")
        assert script.connections == 0
        assert send(session, FIRST, after=wrong) == YES
        assert session.offer(wrong) == Reply(Verdict.NEVER, "553 5.1.3")
        assert send(session, SECOND) == YES
    assert script.talk == ["MAIL", "RCPT", "DATA"] * 2


def test_a_letter_needs_an_offer_that_was_taken() -> None:
    script = saying("RCPT", "550 5.1.1 no")
    with talking(script) as session:
        with pytest.raises(RuntimeError, match="nothing was offered"):
            session.hand_over(LETTER)
        assert session.offer(FIRST).verdict is Verdict.GONE
        with pytest.raises(RuntimeError, match="nothing was offered"):
            session.hand_over(LETTER)
    assert "DATA" not in script.talk


def test_no_byte_of_a_letter_leaves_before_the_relay_waits_for_it() -> None:
    script = Script()
    with talking(script) as session:
        assert session.offer(FIRST) == ENVELOPE_YES
        with pytest.raises(RuntimeError, match="nothing was announced"):
            session._connection.deliver(LETTER, None)
    assert "DATA" not in script.talk


# --- Taking back ---


def test_what_was_taken_back_is_reset_before_the_next() -> None:
    script = Script()
    with talking(script) as session:
        session.withdraw()
        assert session.offer(FIRST) == ENVELOPE_YES
        session.withdraw()
        assert send(session, SECOND) == YES
        assert session.offer(FIRST) == ENVELOPE_YES
        assert send(session, THIRD) == YES
    assert script.talk == [
        "MAIL",
        "RCPT",
        "RSET",
        "MAIL",
        "RCPT",
        "DATA",
        "MAIL",
        "RCPT",
        "RSET",
        "MAIL",
        "RCPT",
        "DATA",
    ]


def test_an_envelope_that_went_ahead_can_give_way_to_another() -> None:
    script = saying("RCPT", "250 OK", "550 5.1.1 no")
    with talking(script) as session:
        assert send(session, FIRST, after=SECOND) == YES
        assert send(session, THIRD, after=FIRST) == YES
        session.withdraw()
        assert session.offer(FIRST) == ENVELOPE_YES
    assert script.talk == [
        "MAIL",
        "RCPT",
        "DATA",
        "MAIL",
        "RCPT",
        "RSET",
        "MAIL",
        "RCPT",
        "DATA",
        "MAIL",
        "RCPT",
    ]


def test_a_session_ends_with_a_goodbye_whatever_is_open() -> None:
    script = Script()
    with talking(script) as session:
        assert send(session, FIRST, after=SECOND) == YES
        session.close()
        session.close()
        assert script.commands[-1] == "QUIT"
        assert send(session, SECOND) == YES, "and begins again"
    assert script.connections == 2


# --- What answers mean ---


@pytest.mark.parametrize(
    "command, answer, verdict",
    [
        ("MAIL", "550 5.7.1 not you", Verdict.STOP),
        ("MAIL", "552 5.3.4 too large", Verdict.STOP),
        ("MAIL", "451 4.3.0 later", Verdict.SLOW),
        ("MAIL", "421 4.7.0 too fast", Verdict.SLOW),
        ("RCPT", "550 5.1.1 who?", Verdict.GONE),
        ("RCPT", "450 4.1.1 who?", Verdict.LATER),
        ("RCPT", "421 4.3.2 closing", Verdict.SLOW),
        ("DATA", "554 no valid recipients", Verdict.NEVER),
        ("DATA", "451 4.7.1 slowly", Verdict.SLOW),
        ("DATA", "421 4.3.2 closing", Verdict.SLOW),
        (".", "554 5.7.1 looks like spam", Verdict.OURS),
        (".", "550 5.1.1 who?", Verdict.GONE),
        (".", "451 4.2.0 later", Verdict.LATER),
        (".", "421 4.3.2 closing", Verdict.SLOW),
    ],
)
def test_after_any_no_the_next_letter_goes(command: str, answer: str, verdict: Verdict) -> None:
    script = saying(command, answer)
    with talking(script) as session:
        reply = send(session, FIRST, after=SECOND)
        assert reply.verdict is verdict
        assert reply.codes == " ".join(answer.split(" ")[: 1 + (answer[4].isdigit())])
        assert send(session, SECOND, after=THIRD) == YES
        assert send(session, THIRD) == YES
    assert len(script.letters) == 3 if command == "." else 2
    assert script.connections == (2 if answer.startswith("421") else 1)
    if command in {"MAIL", "RCPT"}:
        assert script.talk.count("DATA") == 2, "no DATA for an envelope that was refused"


@pytest.mark.parametrize("number", [1, 2])
def test_a_no_in_between_answers_that_came_together_is_the_right_ones(number: int) -> None:
    """554 for the letter, while the next envelope is on its way."""
    script = saying("RCPT", "250 OK", "450 4.2.2 full")
    script.answers["."] = ["554 5.6.0 odd"] * number
    with talking(script) as session:
        assert send(session, FIRST, after=SECOND) == Reply(Verdict.OURS, "554 5.6.0")
        assert session.offer(SECOND) == Reply(Verdict.LATER, "450 4.2.2", Kind.SOFT)
        assert send(session, THIRD) == (Reply(Verdict.OURS, "554 5.6.0") if number == 2 else YES)


@pytest.mark.parametrize(
    "command, answer, reply",
    [
        ("hello", "421 4.7.0 too many connections", Reply(Verdict.SLOW, "421 4.7.0")),
        ("hello", "554 no SMTP here", Reply(Verdict.STOP, "554")),
        ("hello", "521 5.3.2 no mail", Reply(Verdict.STOP, "521 5.3.2")),
        ("EHLO", "421 busy", Reply(Verdict.SLOW, "421")),
        ("STARTTLS", "454 4.7.0 no TLS now", Reply(Verdict.SLOW, "454 4.7.0")),
    ],
)
def test_a_relay_that_does_not_want_to_talk_is_an_answer_too(
    tls: ssl.SSLContext, command: str, answer: str, reply: Reply
) -> None:
    script = saying(command, answer, tls=tls)
    with talking(script) as session:
        assert session.offer(FIRST) == reply
        assert send(session, FIRST) == YES


def test_a_wrong_password_stops_it(tls: ssl.SSLContext) -> None:
    with relaying(starttls=tls, users={"me": "secret"}) as relay:
        session = Relay(HOST, relay.port, user="me", password="wrong", local=True).open_session()  # noqa: S106 (of no relay)
        assert session.offer(FIRST) == Reply(Verdict.STOP, "535 5.7.8")
        session = Relay(HOST, relay.port, user="me", password="secret", local=True).open_session()  # noqa: S106
        assert send(session).verdict is Verdict.YES
        session.close()
    assert [(mail.user, mail.encrypted) for mail in relay.arrived] == [("me", True)]


def test_a_password_stays_here_without_tls() -> None:
    with following(Script(offers=("AUTH PLAIN",))) as script:
        relay = Relay(HOST, script.port, user="me", password="secret")  # noqa: S106 (of no relay)
        session = relay.open_session()
        with pytest.raises(TransportError, match="does not offer STARTTLS; the password was not sent"):
            session.offer(FIRST)
    assert [command.partition(" ")[0] for command in script.commands] == ["EHLO"]


@pytest.mark.parametrize(
    "offers, answer, said",
    [
        ((), "", "offers no way to log in that is known here (CRAM-MD5, PLAIN or LOGIN)"),
        (("AUTH X-OWN",), "", "offers no way to log in that is known here (CRAM-MD5, PLAIN or LOGIN)"),
        (("AUTH CRAM-MD5",), "334 A", "does not speak SMTP"),
        (("AUTH LOGIN",), Deed.HANG_UP, "closed the connection"),
        (("AUTH PLAIN",), b"235", "does not answer in time"),
    ],
)
def test_a_relay_that_cannot_be_logged_in_to_is_said_in_one_sentence(
    offers: tuple[str, ...], answer: Answer, said: str
) -> None:
    script = saying("AUTH", (answer, Deed.SILENCE) if isinstance(answer, bytes) else answer, offers=offers)
    with (
        talking(script, patience=0.2 if "time" in said else 10, user="me", password="secret") as session,  # noqa: S106 (of no relay)
        pytest.raises(TransportError) as caught,
    ):
        session.offer(FIRST)
    assert str(caught.value).endswith(said)


# --- Connections that end ---


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("answer", [Deed.HANG_UP, Deed.RESET, "421 4.4.2 idle", b"what?\r\n"])
def test_a_relay_that_ends_the_connection_between_two_letters_is_called_again(
    answer: Answer, ahead: bool
) -> None:
    script = saying("MAIL", "250 OK", answer)
    with talking(script) as session:
        assert send(session, FIRST, after=SECOND if ahead else None) == YES
        assert send(session, SECOND) == YES
    assert script.connections == 2
    assert script.letters == [LETTER + b".\r\n"] * 2


def test_a_relay_that_forgets_what_stands_behind_a_letter_gets_nothing_there_any_more() -> None:
    script = Script(together=True, forgetful=True)
    with talking(script) as session:
        assert send(session, FIRST, after=SECOND) == YES
        lose_patience(session)
        script.together = False
        assert send(session, SECOND, after=THIRD) == YES
        assert send(session, THIRD, after=FIRST) == YES
    assert script.connections == 2
    assert script.talk == ["MAIL", "RCPT", "DATA"] * 3
    assert script.letters == [LETTER + b".\r\n"] * 3


@pytest.mark.parametrize("answer", [Deed.HANG_UP, "421 4.4.2 idle", "502 5.5.1 what?"])
def test_it_may_also_end_it_when_something_is_taken_back(answer: Answer) -> None:
    script = saying("RSET", answer)
    with talking(script) as session:
        session.offer(FIRST)
        assert send(session, SECOND) == YES
        script.answers["MAIL"] = ["250 OK", "421 4.4.2 idle"]
        assert send(session, FIRST, after=SECOND) == YES
        assert send(session, THIRD) == YES
    assert script.connections == 3
    assert len(script.letters) == 3


def test_it_is_called_again_once() -> None:
    script = saying("MAIL", "250 OK", Deed.HANG_UP, Deed.HANG_UP)
    with talking(script) as session:
        assert send(session, FIRST) == YES
        with pytest.raises(TransportError, match=r"closed the connection$") as caught:
            session.offer(SECOND)
        assert not isinstance(caught.value, DoubtError)
        assert send(session, SECOND) == YES
    assert script.connections == 3


def test_a_new_connection_is_made_after_many_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relays, "MOST", 3)
    script = Script()
    with talking(script) as session:
        for _ in range(7):
            assert send(session, FIRST, after=FIRST) == YES
    assert script.connections == 3
    assert script.talk == ["MAIL", "RCPT", "DATA"] * 7 + ["MAIL", "RCPT"], (
        "nothing goes ahead of the last one"
    )


def test_a_relay_that_is_not_there_is_said_in_one_sentence() -> None:
    session = Relay(HOST, free_port()).open_session()
    with pytest.raises(
        TransportError, match=r"^smtp://127\.0\.0\.1:\d+ cannot be reached: Connection refused$"
    ):
        session.offer(FIRST)
    session.withdraw()
    session.close()


@pytest.mark.parametrize(
    "command, answer",
    [
        ("hello", Deed.HANG_UP),
        ("EHLO", Deed.RESET),
        ("MAIL", Deed.HANG_UP),
        ("RCPT", Deed.RESET),
        ("RCPT", ("250 OK", Deed.HANG_UP)),
        ("DATA", Deed.HANG_UP),
        ("DATA", (b"354 go on\r\n250 OK\r\n", Deed.HANG_UP)),
        ("DATA", "250 OK"),
        ("DATA", "334 Zm9v"),
        ("RCPT", "354 go on"),
        ("DATA", b"354\xff go on\r\n"),
        ("hello", b"SSH-2.0-relay\r\n"),
    ],
)
def test_before_the_dot_nothing_is_in_doubt(command: str, answer: Answer) -> None:
    script = saying(command, answer)
    with talking(script) as session:
        with pytest.raises(TransportError) as caught:
            send(session)
        assert not isinstance(caught.value, DoubtError)
        assert "example.com" not in str(caught.value)
        assert send(session, SECOND) == YES
    assert script.letters[-1:] == [LETTER + b".\r\n"]


@pytest.mark.parametrize(
    "answer, said",
    [
        (Deed.HANG_UP, "closed the connection"),
        (Deed.RESET, "closed the connection"),
        ((b"250 2.0", Deed.HANG_UP), "closed the connection"),
        ((b"250-2.0.0 OK\r\n", Deed.HANG_UP), "closed the connection"),
        ((b"250-2.0.0 OK\r\n", b"451 no\r\n"), "does not speak SMTP"),
        (b"2500 OK\r\n", "does not speak SMTP"),
        (b"OK\r\n", "does not speak SMTP"),
        (b"\r\n", "does not speak SMTP"),
        ("354 go on", "does not speak SMTP"),
        (Deed.SILENCE, "does not answer in time"),
        ((b"250-still", Deed.SILENCE), "does not answer in time"),
    ],
)
def test_after_the_dot_no_answer_is_a_doubt(
    monkeypatch: pytest.MonkeyPatch, answer: Answer, said: str
) -> None:
    monkeypatch.setattr(connections, "FINAL", 0.2 if "time" in said else 10)
    script = saying(".", answer)
    with talking(script) as session:
        session.offer(FIRST)
        with pytest.raises(
            DoubtError, match=f"^smtp://{HOST}:{script.port} {said} after the letter was sent$"
        ):
            session.hand_over(LETTER, SECOND)
        monkeypatch.setattr(connections, "FINAL", 10)
        assert send(session, SECOND) == YES
    assert script.connections == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_relay_that_does_not_answer_is_not_waited_for_twice(command: str) -> None:
    script = Script()
    with talking(script) as session:
        assert send(session, FIRST) == YES
        lose_patience(session)
        script.answers[command] = [Deed.SILENCE]
        with pytest.raises(TransportError, match="does not answer in time") as caught:
            send(session, SECOND)
        assert not isinstance(caught.value, DoubtError)
    assert script.connections == 1


LONG = (b"x" * 74 + b"\r\n") * 4_000
"""More than the systems of both sides take unread, when they may not take much."""


def offer_with_little_room(session: Session) -> None:
    session.offer(FIRST)
    session._connection._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)


@pytest.mark.parametrize(
    "answer, outcome",
    [
        (("354 go on", Deed.RESET), TransportError),
        (("354 go on", "552 5.3.4 too large", Deed.HANG_UP), Reply(Verdict.OURS, "552 5.3.4")),
        (("354 go on", "421 4.3.2 closing"), Reply(Verdict.SLOW, "421 4.3.2")),
        (("354 go on", b"250 2.0.0 OK\r\n", Deed.HANG_UP), TransportError),
    ],
)
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_connection_that_ends_within_the_letter_leaves_no_doubt(
    answer: tuple[str | bytes | Deed, ...],
    outcome: Reply | type[Exception],
    encrypted: bool,
    tls: ssl.SSLContext,
) -> None:
    script = saying("DATA", answer, tls=tls if encrypted else None)
    with talking(script, receives=4096) as session:
        offer_with_little_room(session)
        try:
            found: object = session.hand_over(LONG)
        except TransportError as error:
            found = type(error)
        # A relay that resets the connection takes its last words with it, sometimes.
        assert found in {outcome, TransportError}
        assert send(session, SECOND) == YES
    assert script.connections == 2


@pytest.mark.parametrize(
    "words, outcome",
    [
        ("552 5.3.4 too large", Reply(Verdict.OURS, "552 5.3.4")),
        ("250 2.0.0 OK", None),
        ("354 go on", None),
    ],
)
def test_a_relay_that_says_why_it_stops_reading_is_heard(
    monkeypatch: pytest.MonkeyPatch, words: str, outcome: Reply | None
) -> None:
    monkeypatch.setattr(connections, "BLOCK", 0.2)
    script = saying("DATA", ("354 go on", Deed.HEAR, words, Deed.DEAF))
    with talking(script, receives=4096) as session:
        offer_with_little_room(session)
        if outcome is None:
            with pytest.raises(TransportError) as caught:
                session.hand_over(LONG)
            assert not isinstance(caught.value, DoubtError)
        else:
            assert session.hand_over(LONG) == outcome
        assert send(session, SECOND) == YES
    assert script.connections == 2


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_relay_that_stops_reading_leaves_no_doubt(
    monkeypatch: pytest.MonkeyPatch, tls: ssl.SSLContext, encrypted: bool
) -> None:
    monkeypatch.setattr(connections, "BLOCK", 0.2)
    monkeypatch.setattr(connections, "GOODBYE", 0.1)
    script = saying("DATA", ("354 go on", Deed.DEAF), tls=tls if encrypted else None)
    with talking(script, receives=4096) as session:
        offer_with_little_room(session)
        with pytest.raises(TransportError, match=r"does not answer in time$") as caught:
            session.hand_over(LONG)
        assert not isinstance(caught.value, DoubtError)


# --- A maildir ---


def test_a_trial_keeps_every_copy(tmp_path: Path) -> None:
    session = Maildir(tmp_path / "mail").open_session()
    assert session.offer(FIRST).verdict is Verdict.YES
    session.withdraw()
    with pytest.raises(RuntimeError, match="nothing was offered"):
        session.hand_over(LETTER)
    assert session.offer(FIRST).verdict is Verdict.YES
    assert session.hand_over(LETTER, SECOND).verdict is Verdict.YES
    assert session.offer(SECOND).verdict is Verdict.YES
    assert session.hand_over(LETTER.replace(b"Hoi", b"Dag")).verdict is Verdict.YES
    session.close()
    assert len(list((tmp_path / "mail/new").iterdir())) == 2


def test_a_copy_whose_name_may_not_be_on_the_disk_is_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Maildir(tmp_path / "mail").open_session()
    session.offer(FIRST)

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("generator.delivery.outgoing.maildirs.keep_names", full)
    with pytest.raises(DoubtError, match="cannot be written to disk: No space left on device"):
        session.hand_over(LETTER)


def test_a_connection_that_was_never_greeted_is_none() -> None:
    with pytest.raises(ConnectionError):
        Connection(smtplib.SMTP(local_hostname="example.org"), 1)


# --- Addresses beyond ASCII (RFC 6531) ---

UTF8 = ("PIPELINING", "SIZE 10240000", "8BITMIME", "SMTPUTF8")
JOSE = Envelope("bounce+jose@example.org", "josé@example.com", len(LETTER))
TO_JOSE = "From: letter@example.org\r\nTo: josé@example.com\r\n\r\nHoi\r\n".encode()
UNABLE = Reply(Verdict.UNABLE, "")


@pytest.mark.parametrize("pipelining", [True, False])
def test_smtputf8_is_said_for_that_letter_alone(pipelining: bool) -> None:
    script = Script(offers=UTF8 if pipelining else UTF8[1:])
    with talking(script) as session:
        assert send(session, FIRST, after=JOSE) == YES
        assert send(session, JOSE, TO_JOSE, after=SECOND) == YES
        assert send(session, SECOND) == YES
    letters = f"SIZE={len(LETTER)}"
    assert [command for command in script.commands if command[:4] in {"MAIL", "RCPT"}] == [
        f"MAIL FROM:<bounce+one@example.org> {letters}",
        "RCPT TO:<one@example.com>",
        f"MAIL FROM:<bounce+jose@example.org> {letters} BODY=8BITMIME SMTPUTF8",
        "RCPT TO:<josé@example.com>".encode().decode("latin-1"),
        f"MAIL FROM:<bounce+two@example.org> {letters}",
        "RCPT TO:<two@example.com>",
    ]
    assert script.letters == [LETTER + b".\r\n", TO_JOSE + b".\r\n", LETTER + b".\r\n"]
    assert script.connections == 1


@pytest.mark.parametrize("offers", [UTF8[:3], (*UTF8[:2], "SMTPUTF8"), ()])
def test_what_is_not_offered_is_not_asked_and_the_next_letter_goes(offers: tuple[str, ...]) -> None:
    script = Script(offers=offers)
    with talking(script) as session:
        assert session.offer(JOSE) == UNABLE
        assert send(session, FIRST, after=JOSE) == YES
        assert session.offer(JOSE) == UNABLE
        assert session.offer(SECOND).verdict is Verdict.YES
        assert session.offer(JOSE) == UNABLE
        assert send(session, THIRD) == YES
    assert not [command for command in script.commands if "SMTPUTF8" in command or "jos" in command]
    assert script.letters == [LETTER + b".\r\n"] * 2


@pytest.mark.parametrize(
    "command, answer",
    [
        ("MAIL", "555 5.5.4 Unsupported option: SMTPUTF8"),
        ("MAIL", "504 what?"),
        ("MAIL", "550 5.6.7 not for this sender"),
        ("RCPT", "553 5.6.7 no"),
        ("RCPT", "501 5.1.3 Bad recipient address syntax"),
        ("RCPT", "550 SMTPUTF8 is required, but was not offered by host mx.example.com"),
        ("DATA", "550 5.6.9 no"),
        (".", "554 5.6.9 no UTF-8 headers for this one"),
    ],
)
def test_a_relay_that_takes_it_back_says_nothing_about_the_reader_or_the_others(
    command: str, answer: str
) -> None:
    with talking(saying(command, answer, offers=UTF8)) as session:
        assert send(session, JOSE, TO_JOSE).verdict is Verdict.UNABLE
        assert send(session, FIRST) == YES


@pytest.mark.parametrize(
    "answer, verdict", [("550 5.1.1 no such user", Verdict.GONE), ("530 5.7.0 log in", Verdict.STOP)]
)
def test_other_refusals_of_such_a_reader_mean_what_they_mean(answer: str, verdict: Verdict) -> None:
    with talking(saying("RCPT", answer, offers=UTF8)) as session:
        assert session.offer(JOSE).verdict is verdict


def test_a_letter_in_utf8_does_not_leave_for_who_has_ascii() -> None:
    with talking(Script(offers=UTF8)) as session:
        assert send(session, FIRST, TO_JOSE) == Reply(Verdict.OURS, "554 5.6.0")
