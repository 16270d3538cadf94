"""A message as an engine gets it, what its answers mean, and notices that it knows by a key."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.delivery.engines import keyed
from generator.delivery.engines.batches import Parcel
from generator.delivery.engines.fields import read_fields
from generator.delivery.engines.keyed import KeyedEngine, KeyedSession
from generator.delivery.engines.lettermint import Lettermint
from generator.delivery.engines.resend import Resend
from generator.delivery.outgoing.transports import open_transport
from generator.delivery.sessions import Envelope
from generator.delivery.verdict import Verdict
from generator.errors import ConflictError, DoubtError, MailingError, TransportError
from generator.render.email.mime import write_mailbox, write_message, write_words
from tests.proof.engine import TOKEN, Engine, EngineError
from tests.proof.relay import DROP, SILENCE, Door, Moment, open_relay

READER, KEY = "reader@example.org", "2026-w48.abc.0123456789abcdef"
SUBJECT = "Één afspraak, één e-mail, en dan nog iets dat niet op een enkele regel past: ja"
WAYS_OUT = "<https://letter.example.org/unsubscribe/x>, <mailto:leave@example.org?subject=x>"
HEADERS = (
    write_mailbox("From", 'Zoë "7" Zekerheden', "letter@example.org"),
    write_mailbox("Reply-To", "Redactie", "desk@example.org"),
    f"To: {READER}",
    write_words("Subject", SUBJECT),
    "Date: Fri, 27 Nov 2026 07:00:00 +0100",
    f"Message-ID: <{KEY}@letter.example.org>",
    f"List-Unsubscribe: {WAYS_OUT}",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    f"X-LM-Metadata-letter: {KEY}",
)
MESSAGE = write_message(HEADERS, "2026-W48.nl", "Dag, één\n", "<p>Dag, één = goed</p>\n")
ENVELOPE = Envelope(f"bounce+{KEY}@example.org", READER, len(MESSAGE))
ACCEPTED = {"error": {"details": {"accepted": [{"index": 0, "message_id": "a"}]}}}


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Engine, Door]]:
    monkeypatch.setattr(keyed, "PAUSE", 0.0)
    with open_relay() as relay:
        engine = Engine(relay)
        yield engine, engine.open_door()


def rent(door: Door, kind: str = "lettermint", token: str = TOKEN) -> KeyedEngine:
    transport = open_transport(f"{kind}://{token}@127.0.0.1:{door.port}", Path())
    assert isinstance(transport, KeyedEngine)
    return transport


def pack(session: KeyedSession, message: bytes = MESSAGE) -> Parcel:
    found = session.pack(ENVELOPE, message, KEY)
    assert isinstance(found, Parcel)
    return found


def item(kind: Lettermint | Resend) -> dict[str, Any]:
    return kind.write_item(ENVELOPE, read_fields(MESSAGE), KEY)


def test_lettermint_gets_every_header_and_is_told_not_to_track() -> None:
    assert item(Lettermint("news")) == {
        "from": '"Zoë \\"7\\" Zekerheden" <letter@example.org>',
        "to": [READER],
        "reply_to": ['"Redactie" <desk@example.org>'],
        "subject": SUBJECT,
        "text": "Dag, één\n",
        "html": "<p>Dag, één = goed</p>\n",
        "route": "news",
        "headers": {
            "Message-ID": f"<{KEY}@letter.example.org>",
            "X-LM-Preserve-Message-ID": "true",
            "List-Unsubscribe": WAYS_OUT,
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        "metadata": {"letter": KEY},
        "settings": {"track_opens": False, "track_clicks": False},
        "idempotency_key": KEY,
    }


def test_resend_gets_our_tag_in_a_header_that_its_web_hook_returns() -> None:
    found = item(Resend())
    assert found["headers"]["X-Letter"] == KEY
    assert "Message-ID" not in found["headers"]
    assert found["reply_to"] == '"Redactie" <desk@example.org>'
    assert found["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found.keys() == {"from", "to", "subject", "headers", "text", "html", "reply_to"}


def test_every_letter_of_ours_can_be_carried() -> None:
    """The golden letters and notices come through with text, HTML and a subject."""
    letters = sorted((Path(__file__).parents[2] / "golden").rglob("*.eml"))
    assert letters
    for path in letters:
        message = path.read_bytes()
        if b"DKIM-Signature" not in message:
            fields = read_fields(message)
            assert fields.text, path
            assert "=?" not in fields.subject + fields.sender, path


@pytest.mark.parametrize(
    "before, after, said",
    [
        (b"List-Unsubscribe-Post:", b"List-Unsubscribe:", "two headers List-Unsubscribe"),
        (b"Date:", b"DKIM-Signature:", r"signature of ours .* remove the table \[dkim\]"),
        (b"multipart/alternative", b"multipart/mixed", "not made of a text and HTML alone"),
        (b"Content-Type: text/html", b"Content-Type: text/calendar", "not made of a text and HTML alone"),
        (b"charset=utf-8", b"charset=utf-99", "not made of a text and HTML alone"),
        (b"From:", b"X-From:", "no sender or no subject"),
    ],
)
def test_what_an_engine_cannot_carry_is_refused_and_not_dropped(
    before: bytes, after: bytes, said: str
) -> None:
    with pytest.raises(MailingError, match=said):
        read_fields(MESSAGE.replace(before, after, 1))


def test_a_key_has_the_same_content_whenever_it_is_packed(engine: tuple[Engine, Door]) -> None:
    transport = rent(engine[1])
    one, again = (pack(KeyedSession(transport)) for _ in range(2))
    assert one == again
    assert json.loads(one.content)["idempotency_key"] == KEY
    assert pack(KeyedSession(transport), MESSAGE.replace(b"goed", b"fout")).digest != one.digest


@pytest.mark.parametrize("kind", ["lettermint", "resend"])
@pytest.mark.parametrize("moment, says", [(Moment.TAKEN, DROP), (Moment.DOT, "500"), (Moment.CONNECT, "")])
def test_a_notice_without_an_answer_is_sent_again_with_its_key(
    engine: tuple[Engine, Door], kind: str, moment: Moment, says: str
) -> None:
    fake, door = engine
    faults = [says] * 2
    door.fault = lambda at, _: faults.pop() if at is moment and faults else ""
    transport = rent(door, kind)
    transport.send("letter@example.org", READER, MESSAGE)
    transport.close()
    assert [len(copies) for copies in fake.relay.arrivals.values()] == [1]


def test_a_notice_is_in_doubt_when_no_answer_ever_comes(engine: tuple[Engine, Door]) -> None:
    engine[1].fault = lambda at, _: DROP if at is Moment.TAKEN else ""
    with pytest.raises(DoubtError, match=r"^Lettermint: the connection ended without an answer$"):
        rent(engine[1]).send("letter@example.org", READER, MESSAGE)
    assert len(engine[0].requests) == keyed.TRIES


def test_a_notice_ends_when_the_service_stops_and_the_next_one_connects_again(
    engine: tuple[Engine, Door],
) -> None:
    fake, door = engine
    door.fault = lambda at, _: SILENCE if at is Moment.DOT else ""
    transport, failed = rent(door), list[TransportError]()

    def send() -> None:
        try:
            transport.send("letter@example.org", READER, MESSAGE)
        except TransportError as error:
            failed.append(error)

    thread = threading.Thread(target=send)
    thread.start()
    while not fake.requests:
        time.sleep(0.005)
    transport.close()
    thread.join(10)
    assert failed
    door.fault = None
    transport.send("letter@example.org", READER, MESSAGE)
    assert len(fake.relay.arrivals) == 1
    transport.close()


def test_why_a_notice_is_refused_is_said_without_its_address_or_the_token(
    engine: tuple[Engine, Door],
) -> None:
    fake, door = engine
    stranger, known = rent(door, token="lm_wrong"), rent(door)  # noqa: S106 (nobody's)
    with pytest.raises(TransportError) as caught:
        stranger.send("letter@example.org", READER, MESSAGE)
    assert str(caught.value) == "Lettermint refuses the mail: 535 5.7.8"
    assert not caught.value.refused
    fake.refused.add(READER)
    with pytest.raises(TransportError) as caught:
        known.send("letter@example.org", READER, MESSAGE)
    assert (str(caught.value), caught.value.refused) == ("Lettermint refuses the mail: 553", True)
    with pytest.raises(TransportError, match="an address beyond ASCII") as caught:
        known.send("letter@example.org", "zoë@example.org", MESSAGE)
    assert caught.value.refused
    stranger.close()
    known.close()


@pytest.mark.parametrize(
    "kind, status, said, verdicts",
    [
        (Lettermint(), 202, [{"message_id": "a"}, {"message_id": "b", "status": "pending"}], ["YES", "YES"]),
        (
            Lettermint(),
            202,
            [{"message_id": "a"}, {"message_id": "b", "status": "suppressed"}],
            ["YES", "NEVER"],
        ),
        (Lettermint(), 202, [{"message_id": "a"}], None),
        (Lettermint(), 202, {}, None),
        (Lettermint(), 422, {"errors": {"1.to.0": ["no"]}}, [None, "NEVER"]),
        (Lettermint(), 422, {"errors": {"0.subject": ["no"]}}, ["OURS", None]),
        (Lettermint(), 422, {"message": "The domain is not verified."}, None),
        (Lettermint(), 422, ACCEPTED, ["YES", "OURS"]),
        (Lettermint(), 429, ACCEPTED, ["YES", None]),
        (Resend(), 200, {"data": [{"id": "a"}, {"id": "b"}]}, ["YES", "YES"]),
        (
            Resend(),
            200,
            {"data": [{"id": "b"}], "errors": [{"index": 0, "message": "Invalid `to` field."}]},
            ["NEVER", "YES"],
        ),
        (
            Resend(),
            200,
            {"data": [{"id": "a"}], "errors": [{"index": 1, "message": "Too long"}]},
            ["YES", "OURS"],
        ),
        (Resend(), 200, {"data": [{"id": "a"}]}, None),
        (Resend(), 422, {"name": "validation_error"}, None),
    ],
)
def test_an_answer_means_something_for_each_letter_or_for_none(
    kind: Lettermint | Resend, status: int, said: object, verdicts: list[str | None] | None
) -> None:
    found = kind.read_replies(status, said, 2)
    assert (found and [reply and reply.verdict.name for reply in found]) == verdicts


@pytest.mark.parametrize("kind", ["lettermint", "resend"])
def test_a_conflict_is_told_from_a_request_that_is_under_way(engine: tuple[Engine, Door], kind: str) -> None:
    said: dict[str, Any] = {"name": "invalid_idempotent_request", "error": {"message": "Key reused."}}

    def refuse(*_: object) -> None:
        raise EngineError(409, said)

    engine[0].serve = refuse  # type: ignore[method-assign]
    session = KeyedSession(rent(engine[1], kind))
    with pytest.raises(ConflictError, match="by another content, so it took nothing"):
        session.send("a.b", [pack(session)])
    said |= {"name": "concurrent_idempotent_requests", "error": {"message": "It is still being processed."}}
    with pytest.raises(DoubtError, match="still busy"):
        session.send("a.b", [pack(session)])
    session.close()


def test_a_request_that_is_too_large_is_made_smaller(engine: tuple[Engine, Door]) -> None:
    engine[1].fault = lambda at, _: "413" if at is Moment.DOT else ""
    session = KeyedSession(rent(engine[1]))
    parcel = pack(session)
    assert session.send("a.b", [parcel] * 5) == [None] * 5
    assert session.limit == 2
    [reply] = session.send("a.c", [parcel])
    assert reply is not None
    assert reply.verdict is Verdict.OURS
    session.close()


@pytest.mark.parametrize(
    "url, said",
    [
        ("lettermint://api.lettermint.co", "without a token"),
        ("lettermint://a:secret@api.lettermint.co", "without a token, or with more than a token"),
        ("resend://secret@api.resend.com/route", "something that is no route"),
        ("lettermint://secret@api.lettermint.co/a/b", "something that is no route"),
        ("lettermint://secret@api.lettermint.co?x=1", "something that is no host"),
        ("resend://secret@-", "something that is no host"),
        ("resend+smtps://secret@smtp.resend.com/x", "something that is no route"),
    ],
)
def test_an_engine_that_is_named_wrongly_is_refused_without_its_token(url: str, said: str) -> None:
    with pytest.raises(TransportError, match=said) as caught:
        open_transport(url, Path())
    assert "secret" not in str(caught.value)
    assert "expected" in str(caught.value)


def test_an_engine_is_found_by_its_name_alone_and_encrypted_elsewhere() -> None:
    found = open_transport("lettermint://secret@/news", Path())
    assert isinstance(found, KeyedEngine)
    assert (found.url, found.engine.url, found.name) == ("", "https://api.lettermint.co/v1", "Lettermint")
    assert "secret" not in repr(found)
    other = open_transport("resend://secret@api.example.org:8443", Path())
    assert isinstance(other, KeyedEngine)
    assert other.url == "https://api.example.org:8443"
    accounts = {KeyedSession(one).account for one in (found, other, KeyedEngine(Resend(), "secret"))}
    assert len(accounts) == 3


def test_a_second_relay_would_not_know_the_keys() -> None:
    with pytest.raises(TransportError, match="a second relay would not know them"):
        open_transport("resend://secret@", Path(), "smtp://relay.example.org")
