"""A relay that greylists: how long it does is measured, and every reader is asked again as soon as it is over."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from heapq import heappop, heappush
from pathlib import Path
from threading import Lock
from time import monotonic

import pytest

from generator.delivery.timing.greylisting import SEVERAL, Greylist
from generator.delivery.timing.pacing import Pace
from generator.delivery.verdict import Reply, Stage, judge
from generator.model import Problem, Progress
from generator.settings import load_settings
from generator.subscribers.store.database import Database
from tests.clocks import start_at
from tests.delivery.sendings import NOW, Scene, frozen, reader
from tests.proof.relay import Moment, Relay, open_relay

SAMPLE = Path(__file__).parents[2] / "sample"
SECOND = timedelta(seconds=1)
POSTGREY = "450 4.2.0 <x@example.org>: Recipient address rejected: Greylisted, see http://postgrey.example"
BARE = "451 Temporary failure, please try again later"


def said(reply: str, stage: Stage = Stage.RCPT) -> Reply:
    code, _, words = reply.partition(" ")
    return judge(stage, int(code), words.encode())


def deliver(
    readers: int, accepts: Callable[[int, float, float], bool], reply: str
) -> tuple[float, Counter[int]]:
    """Ask everybody as the sender does, on a clock that only waiting moves; seconds until the last, and who was asked.

    `accepts` is given the reader, the second at which they were first asked, and the second.
    """
    greylist, asked, first = Greylist(), Counter[int](), dict[int, float]()
    now, waiting = 0.0, [(0.0, number) for number in range(readers)]
    while waiting:
        due, number = heappop(waiting)
        now = max(now, due) + 0.001  # a round trip
        assert now < 3 * 3600
        first.setdefault(number, now)
        asked[number] += 1
        moment = NOW + now * SECOND
        if accepts(number, first[number], now):
            greylist.accept(number, moment)
        else:
            again = greylist.refuse(number, said(reply), moment)
            later = (again - NOW) / SECOND if again else now + 60
            assert later > now
            heappush(waiting, (later, number))
        for one, sooner in greylist.find_due().items():
            waiting = [
                (min(due, (sooner - NOW) / SECOND) if one == who else due, who) for due, who in waiting
            ]
            waiting.sort()
    return now, asked


@pytest.mark.parametrize("delay", [30, 70, 300])
@pytest.mark.parametrize("reply", [POSTGREY, "451 4.7.1 Try again later", BARE])
def test_a_list_is_finished_in_the_time_of_the_greylisting_and_a_tenth(delay: float, reply: str) -> None:
    took, asked = deliver(600, lambda _, first, now: now - first >= delay, reply)
    assert delay <= took <= delay * 1.1
    often = [count for count in asked.values() if count > 2]
    assert len(often) <= SEVERAL, "only a few are asked again and again"
    assert max(asked.values()) <= 90


def test_whole_seconds_and_a_delay_of_an_hour_are_survived() -> None:
    took, asked = deliver(60, lambda _, first, now: int(now) - int(first + 0.9) >= 30, BARE)
    assert took <= 33
    assert asked.total() < 60 * 2 + 120
    took, asked = deliver(60, lambda _, first, now: now - first >= 3500, BARE)
    assert took <= 3500 * 1.1
    assert asked.total() < 60 * 10 + 600


def test_two_delays_behind_one_relay_are_both_measured() -> None:
    took, _ = deliver(100, lambda who, first, now: now - first >= (300 if who % 2 else 30), POSTGREY)
    assert took <= 300 * 1.6


def test_readers_who_are_asked_early_and_never_accepted_hold_up_nobody() -> None:
    """The first three mailboxes refuse for ever: the others are asked after what is usual."""
    took = 0.0

    def accepts(who: int, first: float, now: float) -> bool:
        nonlocal took
        if who >= 3 and now - first >= 30:
            took = max(took, now)
            return True
        return now > 7200

    deliver(50, accepts, POSTGREY)
    assert took < 310


@pytest.mark.parametrize(
    "reply",
    [
        "421 4.7.0 Greylisted",
        "452 4.3.1 full",
        "451 4.3.0 no",
        "450 4.2.2 full",
        "450 4.7.1 rate limit",
        "550 5.7.1 Greylisted",
        "452 4.5.3 many",
    ],
)
def test_what_is_no_greylisting_is_handled_as_ever(reply: str) -> None:
    greylist = Greylist()
    assert {greylist.refuse(number, said(reply), NOW) for number in range(9)} == {None}
    assert not greylist.sure


def test_a_relay_that_refuses_everybody_before_a_reader_is_named_does_not_greylist() -> None:
    greylist = Greylist()
    for stage in (Stage.GREETING, Stage.MAIL):
        assert {greylist.refuse(number, said("450 4.7.1 no", stage), NOW) for number in range(9)} == {None}
    assert {greylist.refuse(number, said("450 4.7.1 no", Stage.LETTER), NOW) for number in range(9)} == {None}
    assert greylist.refuse(1, said("451 4.7.1 Greylisting in action", Stage.LETTER), NOW), (
        "rspamd has read the letter"
    )


def test_a_few_refusals_among_others_are_no_greylisting() -> None:
    greylist = Greylist()
    for number in range(0, 30, 3):
        assert greylist.refuse(number, said(BARE), NOW) == NOW + 5 * SECOND
        assert greylist.refuse(number + 1, said(BARE), NOW) == NOW + 5 * SECOND
        greylist.accept(number + 2, NOW)
    assert not greylist.sure
    assert greylist.refuse(0, said(BARE), NOW + 5 * SECOND) is None, "it is about this reader"


def test_a_relay_that_limits_the_rate_in_other_words_is_found_out() -> None:
    """Whom it accepts after a while tells nothing about the others: so it does not greylist."""
    greylist, now = Greylist(), NOW
    for _ in range(4):
        for number in range(20):
            greylist.refuse(number, said("450 4.7.1 Slower"), now)
        now += 6 * SECOND
        greylist.accept(next(iter(range(100))), now)
        now += 400 * SECOND
    assert greylist.refuse(50, said("450 4.7.1 Slower"), now) is None


# --- A real relay, whose seconds are hundredths ---


class Grey:
    """A fault that greylists each recipient for so many seconds."""

    def __init__(self, delay: float, reply: str = POSTGREY, at: Moment = Moment.RCPT) -> None:
        self.delay, self.reply, self.at = delay, reply, at
        self.asked: list[str] = []
        self._first: dict[str, float] = {}
        self._lock = Lock()

    def __call__(self, moment: Moment, who: str) -> str:
        if moment is not self.at:
            return ""
        with self._lock:
            self.asked.append(who)
            now = monotonic()
            return self.reply if now - self._first.setdefault(who, now) < self.delay else ""


@pytest.fixture
def relay() -> Iterator[Relay]:
    with open_relay() as relay:
        yield relay


@pytest.fixture
def make(
    database: Database, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int], Scene]]:
    problems: list[Problem] = []
    settings = load_settings(SAMPLE, problems)
    assert settings is not None
    for name in ("_FIRST", "_LEAST", "_USUAL", "_MARGIN", "_LONGEST"):
        place = f"generator.delivery.timing.greylisting.{name}"
        monkeypatch.setattr(place, getattr(__import__(place.rpartition(".")[0], fromlist=[name]), name) / 100)
    with ExitStack() as stack:
        yield lambda readers: stack.enter_context(frozen(database, settings, relay, readers))


@pytest.mark.parametrize("reply, connections", [(POSTGREY, 1), (BARE, 1), ("450 4.7.1 later", 4)])
def test_everybody_gets_the_letter_through_a_relay_that_greylists(make, reply, connections):
    scene, grey, pace = make(60), Grey(0.3, reply), Pace()
    scene.fail(grey)
    task = scene.task(pace=pace, clock=start_at(NOW), patience=timedelta(minutes=1))
    tally = scene.run(task, connections)
    assert tally.accepted == 60
    assert set(scene.arrived.values()) == {1}
    assert pace.limit == 0, "the relay is not full"
    assert all(delivery.attempts == 1 for delivery in scene.list(Progress.ACCEPTED)), (
        "and no reader is to blame"
    )
    asked = Counter(grey.asked)
    if connections == 1:
        everybody = [reader(number) for number in range(1, 61)]
        assert grey.asked[:60] == everybody, "all are asked before anybody is asked again"
        assert len([one for one, count in asked.items() if count > 3]) <= SEVERAL
    assert len([line for line in scene.said if "greylists" in line]) == 1
    assert scene.find().finished


def test_a_relay_that_greylists_after_it_has_read_the_letter_gets_it_again(make):
    scene, pace = make(12), Pace()
    scene.fail(Grey(0.3, "451 4.7.1 Greylisting in action", Moment.DOT))
    tally = scene.run(pace=pace, clock=start_at(NOW), patience=timedelta(minutes=1))
    assert (tally.accepted, tally.in_doubt, pace.limit) == (12, 0, 0)
    assert set(scene.arrived.values()) == {1}


def test_what_is_greylisted_is_deferred_in_the_ledger_until_it_is_accepted(make):
    scene = make(9)
    scene.fail(Grey(60))
    tally = scene.run()
    assert (tally.deferred, tally.remaining) == (9, 0)
    assert {delivery.reply for delivery in scene.list(Progress.DEFERRED)} == {"450 4.2.0"}
    scene.now += timedelta(minutes=5)
    scene.fail(None)
    assert scene.run().accepted == 9


def test_who_was_greylisted_by_a_run_that_was_killed_is_asked_by_the_next(make):
    scene, clock = make(12), start_at(NOW)
    grey = Grey(0.7)
    scene.fail(grey)
    assert scene.run(clock=clock).accepted == 0
    tally = scene.run(clock=clock, patience=timedelta(minutes=1))  # it knows nothing of the first
    assert tally.accepted == 12
    assert set(scene.arrived.values()) == {1}
