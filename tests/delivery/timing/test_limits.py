"""What a receiving domain gets at most: letters that are held back are deferred, and all of them leave in the end."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.delivery.timing.limits import HELD, RUNG, RUNGS, Limits, describe_limits, find_rung
from generator.model import Problem, Progress
from generator.settings import Settings, load_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.store.database import Database
from tests.delivery.sendings import NOW, Scene, frozen, reader
from tests.proof.relay import Moment, Relay, open_relay

SAMPLE = Path(__file__).parents[2] / "sample"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def read_sample() -> Settings:
    problems: list[Problem] = []
    settings = load_settings(SAMPLE, problems)
    assert settings is not None
    return settings


SETTINGS = read_sample()


def limited(**domains: dict[timedelta, int]) -> Settings:
    return replace(SETTINGS, domains={name.replace("_", "."): quota for name, quota in domains.items()})


def ask(limits: Limits, numbers: range, domain: str = "x.nl", now: datetime = NOW) -> list[int]:
    """After how many seconds each may leave."""
    found = [limits.ask(number, f"r{number}@{domain}", now) for number in numbers]
    return [0 if one is None else round((one - now).total_seconds()) for one in found]


def test_without_limits_nobody_is_held_back() -> None:
    limits = Limits(SETTINGS)
    assert not limits
    assert ask(limits, range(1000)) == [0] * 1000
    assert describe_limits(SETTINGS, NOW) == []


def test_each_gets_the_first_moment_that_no_limit_forbids() -> None:
    limits = Limits(limited(x_nl={MINUTE: 2, HOUR: 5}))
    assert ask(limits, range(12)) == [0, 0, 60, 60, 120, 3600, 3600, 3660, 3660, 3720, 7200, 7200]
    assert ask(limits, range(100, 103), "y.nl") == [0, 0, 0]
    assert ask(limits, range(100, 101), "X.NL") == [0], "it was asked before"
    assert ask(limits, range(12), now=NOW + HOUR)[:8] == [0] * 7 + [60], "who has a moment keeps it"


def test_each_domain_is_counted_by_itself() -> None:
    settings = replace(SETTINGS, domains={"*": {MINUTE: 1}, "x.nl": {MINUTE: 3}})
    limits = Limits(settings)
    assert ask(limits, range(4)) == [0, 0, 0, 60]
    assert ask(limits, range(10, 12), "y.nl") == [0, 60]
    assert ask(limits, range(20, 22), "z.nl") == [0, 60]
    assert describe_limits(settings, NOW) == ["any other domain 1 a minute", "x.nl 3 a minute"]


def test_what_left_before_counts_too() -> None:
    limits = Limits(limited(x_nl={HOUR: 3}))
    limits.load([("a@x.nl", NOW - MINUTE), ("b@X.nl", NOW - 2 * HOUR), ("c@y.nl", NOW)])
    assert ask(limits, range(4)) == [0, 0, 3540, 3600]


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 3)), max_size=80),
    st.integers(1, 5),
    st.integers(1, 12),
)
def test_no_limit_is_ever_passed(asked: list[tuple[int, int]], a_minute: int, an_hour: int) -> None:
    limits, left, now = Limits(limited(x_nl={MINUTE: a_minute, HOUR: an_hour})), list[datetime](), NOW
    for number, (pause, _) in enumerate(asked):
        now += timedelta(seconds=pause)
        left.append(limits.ask(number, "a@x.nl", now) or now)
    for span, most in ((MINUTE, a_minute), (HOUR, an_hour)):
        for one in left:
            assert sum(one <= other < one + span for other in left) <= most


def test_a_warm_up_doubles_each_day_and_ends() -> None:
    first = date(2026, 11, 27)
    rungs = [find_rung(first, first + timedelta(days=day)) for day in range(-1, RUNGS + 2)]
    assert rungs[:4] == [RUNG, RUNG, 2 * RUNG, 4 * RUNG]
    assert rungs[-2:] == [0, 0]
    assert find_rung(None, first) == 0
    warm = replace(SETTINGS, warm_up=first)
    limits = Limits(warm)
    assert limits
    seconds = ask(limits, range(400))
    assert Counter(seconds) == {0: 50, 17 * 3600: 100, 41 * 3600: 200, 65 * 3600: 50}, "midnight in Amsterdam"
    assert ask(limits, range(1000, 1050), "y.nl") == [0] * 50
    assert describe_limits(warm, NOW + DAY) == ["warm-up: 100 on 2026-11-28 to each domain"]


# --- Letters ---


@pytest.fixture
def relay() -> Iterator[Relay]:
    with open_relay() as relay:
        yield relay


@pytest.fixture
def make(database: Database, relay: Relay) -> Iterator[Callable[[int], Scene]]:
    with ExitStack() as stack:
        yield lambda readers: stack.enter_context(frozen(database, SETTINGS, relay, readers))


def test_what_is_held_back_is_deferred_and_leaves_when_it_may(make):
    scene = make(7)
    limits = Limits(limited(example_org={MINUTE: 3}))
    for accepted, deferred in ((3, 4), (6, 1), (7, 0)):
        tally = scene.run(limits=limits)
        assert (tally.accepted, tally.deferred, tally.refused, tally.remaining) == (accepted, deferred, 0, 0)
        assert {delivery.reply for delivery in scene.list(Progress.DEFERRED)} <= {HELD}
        scene.now += MINUTE
    assert scene.arrived == {reader(number): 1 for number in range(1, 8)}
    assert all(delivery.attempts == 1 for delivery in scene.list(Progress.ACCEPTED)), "nobody is to blame"


def test_another_run_counts_what_the_first_sent(make):
    scene = make(7)
    quota = limited(example_org={MINUTE: 3})
    scene.run(limits=Limits(quota))
    limits = Limits(quota)
    with scene.database.read() as transaction:
        limits.load(mailings.list_sent(transaction, scene.now - DAY))
    scene.now += timedelta(seconds=59)
    assert scene.run(limits=limits).accepted == 3
    scene.now += timedelta(seconds=1)
    assert scene.run(limits=limits).accepted == 6


def test_others_go_on_while_a_domain_is_held_back(make):
    """Also when all rows that were reserved at once are of that domain."""
    scene, asked = make(5), list[str]()
    scene.fail(lambda moment, who: asked.append(who) or "" if moment is Moment.RCPT else "")

    class Some(Limits):
        def ask(self, number: int, address: str, now: datetime) -> datetime | None:
            return now + MINUTE if number < 5 else None

    limits = Some(limited(example_org={MINUTE: 1}))
    tally = scene.run(limits=limits)
    assert (tally.accepted, tally.deferred) == (1, 4)
    assert asked == [reader(5)], "the relay is not asked about the others"


def test_letters_that_a_limit_holds_back_until_after_the_window_are_left(make):
    scene = make(4)
    limits = Limits(limited(example_org={HOUR: 3}))
    task = scene.task(limits=limits, closes=NOW + HOUR, patience=DAY)
    tally = scene.run(task)
    assert (tally.accepted, tally.deferred) == (3, 1)
    assert scene.said == ["1 deferred until after the window, by the limits of [send.domains]."]
    assert not task.failure
    scene.now += HOUR
    assert scene.run(limits=limits).accepted == 4


def test_within_the_window_a_limit_is_waited_for_and_patience_is_not_asked(make):
    scene = make(4)
    limits = Limits(limited(example_org={HOUR: 3}))
    task = scene.task(limits=limits, closes=NOW + 2 * HOUR)  # patience: none

    def clock() -> datetime:
        scene.now += timedelta(minutes=5)  # each look at it
        return scene.now

    task.clock = clock
    assert scene.run(task).accepted == 4
