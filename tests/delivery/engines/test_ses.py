"""Amazon SES: what becomes of a letter in one request, whatever the answer."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator.delivery.engines.amazon import TOKEN
from generator.delivery.outgoing.transports import FALLBACK, Transport, open_transport
from generator.delivery.sessions import Envelope, Session
from generator.delivery.verdict import Verdict
from generator.errors import DoubtError, TransportError
from generator.model import Kind
from generator.settings import load_settings
from generator.subscribers.store.database import Database
from tests.delivery.amazon import Moto
from tests.delivery.sendings import frozen, reader
from tests.proof.amazon import MAIL, REST, SECRETS, SesConversation
from tests.proof.relay import DROP, RESET, Door, Moment, Relay, open_relay

SAMPLE = Path(__file__).parents[2] / "sample"
SENDER, READER = "bounce+tag@example.org", "reader@example.org"
MESSAGE = (
    b"From: letter@example.org\r\nTo: reader@example.org\r\nMessage-ID: <tag@letter.example.org>\r\n"
    b"Content-Language: nl\r\nSubject: x\r\n\r\n.\r\nx\r\n"
)


@pytest.fixture
def relay() -> Iterator[Relay]:
    with open_relay() as opened:
        yield opened


@pytest.fixture
def door(relay: Relay) -> Door:
    return relay.open_door(talk=SesConversation)


def transport(door: Door) -> Transport:
    return open_transport(MAIL.format(port=door.port), Path(), secrets=SECRETS)


@pytest.fixture
def session(door: Door) -> Iterator[Session]:
    session = transport(door).open_session()
    yield session
    session.close()


def offer(session: Session, recipient: str = READER) -> Verdict:
    return session.offer(Envelope(SENDER, recipient, len(MESSAGE))).verdict


# --- Its address ---


def test_its_name_says_where_and_shows_no_secret(door: Door) -> None:
    found = transport(door)
    assert found.name == "Amazon SES (eu-west-1)"
    assert not any(secret in repr(found) for secret in SECRETS.values())


@pytest.mark.parametrize(
    "url, said",
    [
        ("ses://", "names no region of Amazon, like eu-west-1"),
        ("ses://europe", "names no region"),
        ("ses://key:secret@eu-west-1", "names more than a region"),
        ("ses://eu-west-1:443", "names more than a region"),
        ("ses://eu-west-1/letters", "names more than a region"),
        ("ses://eu-west-1?host=example.org:443", "names a host that is not this machine"),
        ("ses://eu-west-1?set=a&set=b", "something behind “?” that is not set=…"),
        ("ses://eu-west-1?key=secret", "something behind “?” that is not set=…"),
    ],
)
def test_another_address_is_refused_with_what_is_expected(url: str, said: str) -> None:
    with pytest.raises(TransportError) as caught:
        open_transport(url, Path(), secrets=SECRETS)
    assert said in str(caught.value)
    assert str(caught.value).endswith("; expected ses://eu-west-1")
    assert "secret" not in str(caught.value)


def test_credentials_come_from_the_environment_only() -> None:
    for name in SECRETS:
        with pytest.raises(
            TransportError, match="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set"
        ):
            open_transport("ses://eu-west-1", Path(), secrets={**SECRETS, name: ""})


def test_a_second_relay_is_not_for_ses() -> None:
    with pytest.raises(TransportError, match=f"^{FALLBACK} is set, but NEWSLETTER_MAIL names Amazon SES"):
        open_transport("ses://eu-west-1", Path(), "smtp://localhost", SECRETS)
    with pytest.raises(TransportError, match=f"^{FALLBACK} names an API; expected a second relay"):
        open_transport("smtp://localhost", Path(), "ses://eu-west-1", SECRETS)


# --- A letter ---


def test_a_letter_arrives_as_the_bytes_that_it_is(moto: Moto) -> None:
    moto.open("sesv2").create_email_identity(EmailIdentity="example.org")
    secrets = {**SECRETS, TOKEN: "a token that expires"}
    session = open_transport(f"ses://eu-west-1?host={moto.host}", Path(), secrets=secrets).open_session()
    assert offer(session) is Verdict.YES  # though moto knows no GetAccount
    assert session.hand_over(MESSAGE).verdict is Verdict.YES
    assert offer(session) is Verdict.YES
    stranger = session.hand_over(MESSAGE.replace(b"letter@example.org", b"letter@example.com"))
    assert (stranger.verdict, stranger.codes) == (Verdict.OURS, "554 5.6.0")
    session.close()
    with urllib.request.urlopen(f"http://{moto.host}/moto-api/data.json") as answer:
        (kept,) = json.load(answer)["ses"]["RawMessage"]
    assert kept["raw_data"].encode() == MESSAGE
    assert set(kept["destinations"]) == {READER}


def test_a_run_sends_one_letter_a_request(relay: Relay, door: Door, database: Database) -> None:
    settings = load_settings(SAMPLE, [])
    assert settings
    settings = replace(settings, bounces="bounce@example.org")
    with frozen(database, settings, relay, 5, "josé@example.org") as scene:
        scene.open = transport(door).open_session
        tally = scene.run(connections=2)
    assert (tally.accepted, tally.skipped) == (5, 1), "an address beyond ASCII is skipped"
    assert scene.arrived == {reader(number): 1 for number in range(1, 6)}


@pytest.mark.parametrize(
    "answer, verdict, codes, kind",
    [
        ("429 TooManyRequestsException Too fast", Verdict.SLOW, "454 4.7.0", Kind.REFUSED),
        ("400 LimitExceededException Daily quota", Verdict.SLOW, "454 4.7.0", Kind.REFUSED),
        ("400 ThrottlingException Rate exceeded", Verdict.SLOW, "454 4.7.0", Kind.REFUSED),
        ("429", Verdict.SLOW, "454 4.7.0", Kind.REFUSED),
        ("400 SendingPausedException Paused", Verdict.STOP, "554 5.7.1", Kind.REFUSED),
        ("400 AccountSuspendedException No", Verdict.STOP, "554 5.7.1", Kind.REFUSED),
        ("404 NotFoundException No such set", Verdict.STOP, "554 5.7.1", Kind.REFUSED),
        ("403 ExpiredTokenException Old", Verdict.STOP, "535 5.7.8", Kind.REFUSED),
        ("403 AccessDeniedException Not allowed", Verdict.STOP, "554 5.7.1", Kind.REFUSED),
        ("400 MessageRejected Email address is not verified", Verdict.OURS, "554 5.6.0", Kind.REFUSED),
        ("400 MessageRejected User unknown, it says", Verdict.OURS, "554 5.6.0", Kind.REFUSED),
        ("413", Verdict.OURS, "554 5.6.0", Kind.REFUSED),
        ("400 MessageRejected Address is on the suppression list", Verdict.NEVER, "550 5.0.0", Kind.SOFT),
        ("400 BadRequestException Missing final '@domain'", Verdict.GONE, "553 5.1.3", Kind.HARD),
    ],
)
def test_a_refusal_is_judged(  # noqa: PLR0913 (a row of the table)
    door: Door, session: Session, answer: str, verdict: Verdict, codes: str, kind: Kind
) -> None:
    door.fault = lambda moment, _: answer if moment is Moment.DOT else ""
    assert offer(session) is Verdict.YES
    reply = session.hand_over(MESSAGE)
    assert (reply.verdict, reply.codes, reply.kind) == (verdict, codes, kind)
    assert reply.wait == (REST if verdict is Verdict.SLOW and answer.startswith("429") else 0)


@pytest.mark.parametrize("moment", [Moment.DOT, Moment.TAKEN])
@pytest.mark.parametrize("fault", [DROP, RESET, "500 InternalFailure", "503", "200"])
def test_without_an_answer_that_names_it_a_letter_is_in_doubt(
    door: Door, session: Session, moment: Moment, fault: str
) -> None:
    faults = [fault]
    door.fault = lambda now, _: faults.pop() if faults and now is moment else ""
    assert offer(session) is Verdict.YES
    with pytest.raises(DoubtError, match=r"^Amazon SES "):
        session.hand_over(MESSAGE)
    assert offer(session) is Verdict.YES, "the next letter goes over a new connection"
    assert session.hand_over(MESSAGE).verdict is Verdict.YES


# --- Before the first letter ---


@pytest.mark.parametrize("fault", [DROP, "500", "503"])
def test_an_outage_costs_no_letter(door: Door, session: Session, fault: str) -> None:
    faults = [fault]
    door.fault = lambda moment, _: faults.pop() if faults and moment is Moment.MAIL else ""
    with pytest.raises(TransportError) as caught:
        offer(session)
    assert not isinstance(caught.value, DoubtError)
    assert offer(session) is Verdict.YES


@pytest.mark.parametrize(
    "answer, verdict",
    [
        ("403 UnrecognizedClientException", Verdict.STOP),
        ("403 InvalidSignatureException", Verdict.STOP),
        ("403 AccessDeniedException", Verdict.YES),  # who may send need not be allowed to ask this
        ("429 TooManyRequestsException", Verdict.YES),
    ],
)
def test_who_may_not_send_hears_it_before_the_first_letter(
    door: Door, session: Session, answer: str, verdict: Verdict
) -> None:
    door.fault = lambda moment, _: answer if moment is Moment.MAIL else ""
    assert offer(session) is verdict


def test_a_paused_account_stops_the_run(
    door: Door, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SesConversation.ANSWERS, "/v2/email/account", {"SendingEnabled": False})
    reply = session.offer(Envelope(SENDER, READER, 1))
    assert (reply.verdict, reply.codes) == (Verdict.STOP, "554 5.7.1")


def test_nothing_is_handed_over_that_was_not_offered(session: Session) -> None:
    offer(session)
    session.withdraw()
    with pytest.raises(RuntimeError):
        session.hand_over(MESSAGE)
    assert offer(session, "josé@example.org") is Verdict.UNABLE
    with pytest.raises(RuntimeError):
        session.hand_over(MESSAGE)


# --- Notices ---


def test_a_notice_is_sent_or_refused(relay: Relay, door: Door) -> None:
    found = transport(door)
    found.send(SENDER, READER, MESSAGE)
    assert list(relay.arrivals) == [READER]
    door.fault = lambda moment, _: "400 MessageRejected It is suppressed" if moment is Moment.DOT else ""
    with pytest.raises(TransportError, match=r"refuses the mail: 550 5\.0\.0$") as caught:
        found.send(SENDER, READER, MESSAGE)
    assert (caught.value.refused, caught.value.single) == (True, True)
    with pytest.raises(TransportError, match=r"refuses the mail: an address beyond ASCII$"):
        found.send(SENDER, "josé@example.org", MESSAGE)
    found.close()
    door.fault = None
    found.send(SENDER, READER, MESSAGE)
    found.close()


def test_a_letter_in_flight_is_in_doubt_when_another_thread_hangs_up(door: Door, session: Session) -> None:
    def fault(moment: Moment, _: str) -> str:
        if moment is Moment.DOT:
            session.hang_up()
        return ""

    door.fault = fault
    assert offer(session) is Verdict.YES
    with pytest.raises(DoubtError):
        session.hand_over(MESSAGE)
