"""How fast letters leave: evenly, slower when a relay has enough, and back again. The clock is ours."""

from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.delivery.timing.pacing import Pace


class Clock(Event):
    """A clock that only waiting moves; it is the event that everybody waits for as well."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        assert timeout > 0
        self.waits.append(timeout)
        self.now += timeout
        return self.is_set()


def send(pace: Pace, clock: Clock, seconds: float, each: float = 0.0) -> int:
    """As many as leave in that time, when each takes so long by itself."""
    until, count = clock.now + seconds, 0
    while clock.now < until:
        assert pace.wait(clock)
        clock.now += each
        count += 1
    return count


def test_without_a_limit_nobody_waits() -> None:
    clock = Clock()
    pace = Pace(0, clock)
    assert all(pace.wait(clock) for _ in range(1000))
    assert clock.waits == []
    assert pace.limit == 0


@pytest.mark.parametrize("rate", [0.5, 7, 100, 900])
@pytest.mark.parametrize("each", [0, 0.1])
def test_a_rate_holds_on_average_and_is_never_passed(rate: float, each: float) -> None:
    clock = Clock()
    pace = Pace(rate, clock)
    share = each / rate  # a part of the time that there is for one
    count = send(pace, clock, 20, share)
    assert rate * 20 - 2 <= count <= rate * 20.2 + 2


def test_what_a_short_trouble_took_is_caught_up_and_a_long_pause_is_not() -> None:
    clock = Clock()
    pace = Pace(100, clock)
    send(pace, clock, 1)
    clock.now += 0.05
    assert send(pace, clock, 0.95) == pytest.approx(100, abs=2), "5 were caught up"
    clock.now += 3600
    assert send(pace, clock, 1) <= 112, "a tenth of a second at most"


def test_whoever_will_wait_is_told_before_and_whoever_does_not_is_not() -> None:
    clock, told = Clock(), []
    slow, fast = Pace(1, clock), Pace(0, clock)
    for pace in (fast, fast, slow, slow):  # the first letter of all leaves at once
        pace.wait(clock, lambda: told.append(clock.now))
    assert told == [1000.0]


def test_whoever_waits_hears_that_it_stops() -> None:
    stop, pace = Event(), Pace(0.001)
    assert pace.wait(stop)
    heard: list[bool] = []
    thread = Thread(target=lambda: heard.append(pace.wait(stop)))
    thread.start()
    stop.set()
    thread.join(10)
    assert heard == [False]
    assert not Pace().wait(stop), "also when nobody has to wait"


def test_a_relay_that_has_enough_halves_the_rate_and_gets_a_rest() -> None:
    clock = Clock()
    pace = Pace(100, clock)
    send(pace, clock, 10)
    assert pace.slow() == 5
    assert pace.limit == 50
    begin = clock.now
    assert pace.wait(clock)
    assert clock.now == begin + 5, "nothing leaves while the relay rests"
    assert send(pace, clock, 1) == pytest.approx(50, abs=2)


def test_connections_that_hear_it_together_halve_it_once() -> None:
    clock = Clock()
    pace = Pace(100, clock)
    assert pace.slow() == 5
    clock.now += 2
    assert pace.slow() == 3, "what is left of the rest"
    assert pace.limit == 50


def test_without_a_limit_it_is_halved_from_what_was_reached() -> None:
    clock = Clock()
    pace = Pace(0, clock)
    send(pace, clock, 20, each=0.01)
    pace.slow()
    assert pace.limit == pytest.approx(50, rel=0.02)
    clock.now += 5 + 600
    assert pace.limit == 0


def test_a_rate_that_was_never_measured_is_not_halved_and_the_pauses_grow() -> None:
    """A relay that is busy for 40 seconds at the start had 600 letters crawl at a rate that was guessed."""
    clock = Clock()
    pace = Pace(0, clock)
    assert pace.wait(clock), "one letter is no measurement"
    clock.now += 2
    for rest in (5, 10, 20):
        assert pace.slow() == rest
        clock.now += rest
    assert pace.limit == 0
    begin = clock.now
    assert send(pace, clock, 1, each=0.001) == pytest.approx(1000, abs=10)
    assert clock.now == pytest.approx(begin + 1, abs=0.1)
    pace.slow()
    assert pace.limit == pytest.approx(500, rel=0.02), "what was reached since then"


def test_a_pause_is_not_taken_for_a_slow_relay() -> None:
    clock = Clock()
    pace = Pace(0, clock)
    clock.now += pace.slow()
    send(pace, clock, 4, each=0.01)
    pace.slow()
    assert pace.limit == pytest.approx(50, rel=0.02)


def test_it_comes_back_by_a_tenth_a_minute() -> None:
    clock = Clock()
    pace = Pace(100, clock)
    rest = pace.slow()
    clock.now += rest
    limits = []
    for _ in range(6):
        limits.append(pace.limit)
        clock.now += 60
    assert limits == pytest.approx([50, 60, 70, 80, 90, 100])
    clock.now += 3600
    assert pace.limit == 100


def test_a_relay_that_has_enough_again_and_again_gets_longer_rests_and_less() -> None:
    clock = Clock()
    pace = Pace(100, clock)
    rests = []
    for _ in range(20):
        rests.append(pace.slow())
        clock.now += rests[-1] + 1
    assert rests == [5, 10, 20, 40, 80, 160] + [300] * 14
    assert 0.1 <= pace.limit < 0.5
    clock.now += 120
    assert pace.slow() == 5, "after a quiet time a rest is short again"


def test_whoever_waits_already_rests_too() -> None:
    clock = Clock()
    pace = Pace(1, clock)
    pace.wait(clock)
    slowed: list[float] = []
    wait = clock.wait

    def wait_and_hear(timeout: float | None = None) -> bool:
        if not slowed:
            slowed.append(pace.slow())
        return wait(timeout)

    clock.wait = wait_and_hear  # type: ignore[method-assign]
    begin = clock.now
    assert pace.wait(clock)
    assert clock.now >= begin + 5


@settings(deadline=None, max_examples=60)
@given(st.just(0.0) | st.floats(0.01, 2000), st.lists(st.sampled_from(["wait", "slow", "pass"]), max_size=60))
def test_whatever_happens_it_neither_stands_still_nor_runs_away(rate: float, deeds: list[str]) -> None:
    clock = Clock()
    pace = Pace(rate, clock)
    for deed in deeds:
        if deed == "wait":
            begin = clock.now
            assert pace.wait(clock)
            assert clock.now - begin <= 300 + 60 + (2 / rate if rate else 0)
        elif deed == "slow":
            assert 0 < pace.slow() <= 300
        else:
            clock.now += 30
        assert 0 <= pace.limit <= max(rate, 2000)
    clock.now += 3600
    assert pace.limit == rate
