"""Two relays: the second takes what the first cannot, and nobody gets a letter from both. Both are real."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from time import sleep

import pytest

from generator.delivery.outgoing.failover import AGAIN, LATEST, Outage, is_down
from generator.delivery.outgoing.relays import Relay as Transport
from generator.delivery.outgoing.transports import open_transport
from generator.delivery.sessions import Session
from generator.delivery.verdict import Stage, judge
from generator.errors import TransportError
from generator.model import Problem, Progress
from generator.settings import load_settings
from generator.subscribers.store.database import Database
from tests.delivery.relays import free_port, relaying
from tests.delivery.scripts import Deed, Script, following
from tests.delivery.sendings import Hasty, Scene, frozen, reader
from tests.proof.relay import DROP, RESET, Fault, Moment, Relay, open_relay

SAMPLE = Path(__file__).parents[2] / "sample"
SOON = timedelta(minutes=1)


class Two(Scene):
    """A letter, and a second relay that counts by itself."""

    spare: Relay
    heard: list[str]
    port_of_second: int
    transport: Transport

    def connect(self, first: int = 0) -> None:
        self.heard = []
        transport = open_transport(
            f"smtp://127.0.0.1:{first or self.door.port}",
            self.database.file.parent,  # type: ignore[union-attr]
            f"smtp://127.0.0.1:{self.port_of_second}",
        )
        assert isinstance(transport, Transport)
        self.transport, transport.tell = transport, self.heard.append

    def open(self) -> Session:
        return self.transport.open_session()

    @property
    def everywhere(self) -> Counter[str]:
        """How many copies each reader has, of both relays."""
        return Counter(self.arrived) + Counter(
            {who: len(found) for who, found in self.spare.arrivals.items()}
        )


@pytest.fixture
def make(database: Database) -> Iterator[Callable[[int], Two]]:
    problems: list[Problem] = []
    settings = load_settings(SAMPLE, problems)
    assert settings is not None

    with ExitStack() as stack:
        relay, spare = (stack.enter_context(open_relay()) for _ in range(2))

        def give(readers: int) -> Two:
            scene = stack.enter_context(frozen(database, settings, relay, readers))
            two = Two(scene.database, scene.settings, scene.relay, scene.door, scene.mailing)
            two.spare, two.port_of_second = spare, spare.open_door().port
            two.connect()
            return two

        yield give


def always(moment: Moment, answer: str) -> Fault:
    return lambda now, _: answer if now is moment else ""


@pytest.mark.parametrize(
    "moment, answer",
    [
        (Moment.CONNECT, DROP),
        (Moment.CONNECT, "421 4.3.2 closing down"),
        (Moment.CONNECT, "554 5.3.2 no service here"),
        (Moment.MAIL, RESET),
        (Moment.MAIL, "451 4.3.0 local trouble"),
        (Moment.MAIL, "452 4.3.1 disk full"),
        (Moment.RCPT, DROP),
    ],
)
@pytest.mark.parametrize("connections", [1, 3])
def test_while_the_first_is_down_the_second_takes_the_letters(make, moment, answer, connections):
    scene = make(12)
    scene.fail(always(moment, answer))
    assert scene.run(connections=connections, patience=SOON).accepted == 12
    assert not scene.arrived
    assert scene.everywhere == {reader(number): 1 for number in range(1, 13)}
    assert len(scene.heard) == 1, "it is said once"
    assert f"smtp://127.0.0.1:{scene.door.port} " in scene.heard[0]
    assert scene.heard[0].endswith(
        f"; mail goes through smtp://127.0.0.1:{scene.port_of_second} in the meantime."
    )


def test_a_first_that_cannot_be_reached_costs_nobody_anything(make):
    scene = make(5)
    scene.connect(free_port())
    assert scene.run().accepted == 5
    assert "cannot be reached" in scene.heard[0]


@pytest.mark.parametrize(
    "moment, answer",
    [
        (Moment.RCPT, "450 4.2.0 greylisted"),
        (Moment.RCPT, "452 4.3.1 disk full"),
        (Moment.RCPT, "550 5.1.1 nobody"),
        (Moment.MAIL, "450 4.7.1 too much mail"),
        (Moment.CONNECT, "421 4.7.0 too many connections"),
        (Moment.MAIL, "550 5.7.1 not from you"),
        (Moment.DOT, "451 4.3.0 local trouble"),
    ],
)
def test_a_first_that_only_limits_or_refuses_us_is_not_gone_round(make, moment, answer):
    scene = make(4)
    scene.fail(always(moment, answer))
    scene.run(pace=Hasty())
    assert not scene.everywhere
    assert not scene.heard


@pytest.mark.parametrize("moment, had", [(Moment.TAKEN, 1), (Moment.DOT, 0)])
def test_a_letter_in_doubt_goes_to_neither(make, moment, had):
    """And the ones behind it go on through the second, when the first is gone by then."""
    scene, gone = make(6), []

    def fault(now: Moment, who: str) -> str:
        if now is moment and who == reader(3):
            gone.append(who)
        return DROP if gone and now in {moment, Moment.CONNECT} else ""

    scene.fail(fault)
    tally = scene.run(patience=SOON)
    assert (tally.accepted, tally.in_doubt) == (5, 1)
    assert [delivery.address for delivery in scene.list(Progress.IN_DOUBT)] == [reader(3)]
    assert scene.everywhere[reader(3)] == had
    assert reader(3) not in scene.spare.arrivals
    assert {who: number for who, number in scene.everywhere.items() if who != reader(3)} == {
        reader(number): 1 for number in (1, 2, 4, 5, 6)
    }
    assert set(scene.spare.arrivals) == {reader(number) for number in (4, 5, 6)}


def test_a_letter_whose_dot_has_not_left_goes_to_the_second(make):
    scene, gone = make(3), []

    def fault(moment: Moment, who: str) -> str:
        if moment is Moment.DATA:
            gone.append(who)
        return DROP if gone else ""

    scene.fail(fault)
    assert scene.run(patience=SOON).accepted == 3
    assert set(scene.everywhere.values()) == {1}


def test_when_both_are_down_both_are_named_and_the_run_ends(make):
    scene = make(3)
    scene.port_of_second, first = free_port(), free_port()
    scene.connect(first)
    task = scene.task()
    assert scene.run(task).remaining == 3
    assert task.failure == (
        f"smtp://127.0.0.1:{first} cannot be reached: Connection refused; "
        f"smtp://127.0.0.1:{scene.port_of_second} cannot be reached: Connection refused"
    )
    assert not scene.heard


def test_the_first_is_tried_again_by_one_and_later_each_time() -> None:
    now, heard = [0.0], list[str]()
    outage = Outage("one", "two", heard.append, lambda: now[0])
    assert not outage.lasts()
    outage.begin("one is away")
    pause, pauses = AGAIN, []
    for _ in range(6):
        assert outage.lasts()
        now[0] += pause - 1
        assert outage.lasts()
        now[0] += 1
        assert not outage.lasts(), "somebody tries"
        assert outage.lasts(), "and nobody else"
        outage.begin("one is away")
        pause = min(pause * 2, LATEST)
        pauses.append(pause)
    assert pauses == [120, 240, 480, 600, 600, 600]
    outage.end()
    assert not outage.lasts()
    assert heard == ["one is away; mail goes through two in the meantime.", "one takes mail again."]


def test_the_first_takes_letters_again_when_it_is_back(make, monkeypatch):
    monkeypatch.setattr("generator.delivery.outgoing.failover.AGAIN", 0.0001)
    scene, asked = make(30), []

    def fault(moment: Moment, _: str) -> str:
        if moment is Moment.CONNECT:
            asked.append(moment)
            return DROP if len(asked) < 3 else ""
        return ""

    scene.fail(fault)
    assert scene.run(patience=SOON).accepted == 30
    assert set(scene.everywhere.values()) == {1}
    assert scene.arrived, "the first had some of them"
    assert scene.spare.arrivals, "and the second the others"
    assert scene.heard[-1] == f"smtp://127.0.0.1:{scene.door.port} takes mail again."


@pytest.mark.parametrize(
    "stage, reply, down",
    [
        (Stage.GREETING, "535 5.7.8 wrong password", True),
        (Stage.GREETING, "454 4.7.0 Temporary authentication failure", True),
        (Stage.GREETING, "421 4.7.0 too many connections", False),
        (Stage.GREETING, "421 closing", True),
        (Stage.MAIL, "250 ok", False),
        (Stage.MAIL, "550 no", False),
        (Stage.RCPT, "451 later", False),
        (Stage.LETTER, "451 later", False),
    ],
)
def test_what_means_that_a_relay_is_down(stage: Stage, reply: str, *, down: bool) -> None:
    code, _, words = reply.partition(" ")
    assert is_down(judge(stage, int(code), words.encode())) is down


# --- Notices ---


def test_a_notice_goes_through_the_second_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with relaying() as second:
        first = free_port()
        transport = open_transport(f"smtp://127.0.0.1:{first}", tmp_path, f"smtp://127.0.0.1:{second.port}")
        for _ in range(2):
            transport.send("letter@example.org", "a@example.org", b"Subject: x\r\n\r\nhello\r\n")
        transport.close()
        assert [one.recipients for one in second.arrived] == [("a@example.org",)] * 2
        second.replies["a@example.org"] = "550 5.1.1 nobody"
        with pytest.raises(TransportError, match=f"127.0.0.1:{second.port} refuses the mail: 550 5.1.1"):
            transport.send("letter@example.org", "a@example.org", b"Subject: x\r\n\r\nhello\r\n")
        transport.close()
    [record] = caplog.records
    assert record.message == (
        f"smtp://127.0.0.1:{first} cannot be reached: Connection refused; mail goes through "
        f"smtp://127.0.0.1:{second.port} in the meantime."
    )


def test_a_notice_in_doubt_is_not_handed_to_the_second(tmp_path: Path) -> None:
    script = Script(answers={".": [Deed.HANG_UP]})
    with relaying() as second, following(script) as first:
        transport = open_transport(
            f"smtp://127.0.0.1:{first.port}", tmp_path, f"smtp://127.0.0.1:{second.port}"
        )
        with pytest.raises(TransportError, match="closed the connection after the letter was sent"):
            transport.send("letter@example.org", "a@example.org", b"Subject: x\r\n\r\nhello\r\n")
        transport.close()
        assert not second.arrived


def test_a_notice_that_we_hang_up_on_is_not_begun_anew_with_the_second(tmp_path: Path) -> None:
    script = Script(answers={"MAIL": [Deed.SILENCE]})
    with relaying() as second, following(script) as first, ThreadPoolExecutor(1) as pool:
        transport = open_transport(
            f"smtp://127.0.0.1:{first.port}", tmp_path, f"smtp://127.0.0.1:{second.port}"
        )
        sending = pool.submit(
            transport.send, "letter@example.org", "a@example.org", b"Subject: x\r\n\r\nhello\r\n"
        )
        while not any(command.startswith("MAIL") for command in script.commands):
            sleep(0.01)
        transport.close()
        with pytest.raises(TransportError):
            sending.result(30)
        assert not second.asked


# --- The variable ---


@pytest.mark.parametrize(
    "fallback, found",
    [
        ("ftp://x", "NEWSLETTER_MAIL_FALLBACK names 'ftp'"),
        ("smtp://user@relay.example.org", "NEWSLETTER_MAIL_FALLBACK names a user without a password"),
        ("maildir:var/mail", "NEWSLETTER_MAIL_FALLBACK names a folder; expected a second relay"),
        ("smtp://relay.example.org:25", "NEWSLETTER_MAIL_FALLBACK names the same relay as NEWSLETTER_MAIL"),
    ],
)
def test_a_second_relay_that_is_none_is_refused(tmp_path: Path, fallback: str, found: str) -> None:
    with pytest.raises(TransportError, match=found):
        open_transport("smtp://relay.example.org", tmp_path, fallback)


def test_a_trial_has_no_use_for_a_second_relay(tmp_path: Path) -> None:
    assert open_transport("maildir:var/mail", tmp_path, "smtp://relay.example.org").name.endswith("var/mail")
