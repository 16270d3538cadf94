"""Nobody is lost and nobody gets a letter twice, though senders are killed: a short part of `make proof`."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.model import Progress
from tests.proof.accounts import Account, settle_account
from tests.proof.amazon import cut_short, run_ses
from tests.proof.course import run_course
from tests.proof.firsts import run_firsts
from tests.proof.keyed import run_keyed
from tests.proof.kills import run_kills
from tests.proof.relay import open_relay
from tests.proof.ways import doubt_stays, failed_over, greylisted
from tests.proof.world import Nursery, World, open_nursery, open_world

READERS, KILLS = 160, 12
FEWER = 80
"""Readers where a letter is a request of its own, which takes longer."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with open_nursery() as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("place, connections", [("sqlite", 1), ("postgresql", 4)])
def test_killed_senders_lose_nobody_and_write_to_nobody_twice(
    place: str, connections: int, nursery: Nursery, tmp_path: Path, request: pytest.FixtureRequest
):
    seed = random.SystemRandom().randrange(1 << 32)
    address = request.getfixturevalue("postgresql") if place == "postgresql" else ""
    with open_relay() as relay, open_world(tmp_path, relay, nursery, READERS, address) as world:
        account = run_kills(
            world,
            place,
            random.Random(seed),  # noqa: S311 (nobody gains by guessing it)
            KILLS,
            connections=connections,
        )
        assert account.holds, (seed, account)
        assert account.recipients == READERS
        assert account.kills >= KILLS - 2, (seed, account)  # one or two may come too late
        assert_would_be_seen(world)


@pytest.mark.slow
@pytest.mark.parametrize("drill", [greylisted, failed_over, doubt_stays], ids=lambda drill: drill.__name__)
def test_neither_greylisting_nor_a_second_relay_writes_to_anybody_twice(
    drill: Callable[[World], Account], nursery: Nursery, tmp_path: Path
):
    with open_relay() as relay, open_world(tmp_path, relay, nursery, READERS) as world:
        account = drill(world)
        assert account.holds, account
        assert account.recipients == READERS


@pytest.mark.slow
@pytest.mark.parametrize("place, connections", [("sqlite", 4), ("postgresql", 1)])
def test_killed_senders_send_each_lesson_of_the_course_once(
    place: str, connections: int, nursery: Nursery, tmp_path: Path, request: pytest.FixtureRequest
):
    """Two weeks with letters, and one more for those who were away."""
    address = request.getfixturevalue("postgresql") if place == "postgresql" else ""
    seed = random.SystemRandom().randrange(1 << 32)
    with open_relay() as relay, open_world(tmp_path, relay, nursery, READERS, address) as world:
        account = run_course(
            world,
            place,
            random.Random(seed),  # noqa: S311 (nobody gains by guessing it)
            KILLS,
            connections=connections,
            lessons=2,
        )
    assert account.holds, (seed, account)
    assert account.recipients > READERS * 3, (seed, account)
    assert account.kills >= KILLS - 3, (seed, account)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["sqlite", "postgresql"])
def test_a_killed_service_and_killed_senders_write_once_to_who_confirms(
    place: str, nursery: Nursery, tmp_path: Path, request: pytest.FixtureRequest
):
    address = request.getfixturevalue("postgresql") if place == "postgresql" else ""
    seed = random.SystemRandom().randrange(1 << 32)
    with open_relay() as relay, open_world(tmp_path, relay, nursery, READERS, address) as world:
        account = run_firsts(world, place, random.Random(seed), KILLS)  # noqa: S311 (nobody gains by guessing it)
    assert account.holds, (seed, account)
    assert account.recipients > READERS, (seed, account)
    assert account.kills >= KILLS - 3, (seed, account)


@pytest.mark.slow
def test_killed_senders_lose_nobody_who_is_sent_through_ses(nursery: Nursery, tmp_path: Path):
    seed = random.SystemRandom().randrange(1 << 32)
    with open_relay() as relay, open_world(tmp_path, relay, nursery, FEWER) as world:
        account = run_ses(world, "SES", random.Random(seed), KILLS, connections=1)  # noqa: S311
    assert account.holds, (seed, account)
    assert account.recipients == FEWER
    assert account.kills >= KILLS - 2, (seed, account)


@pytest.mark.slow
def test_what_ses_does_not_answer_is_in_doubt_and_nothing_else(nursery: Nursery, tmp_path: Path):
    with open_relay() as relay, open_world(tmp_path, relay, nursery, FEWER) as world:
        account = cut_short(world)
    assert account.holds, account
    assert account.recipients == FEWER


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind, place, connections", [("lettermint", "sqlite", 1), ("resend", "postgresql", 4)]
)
def test_killed_senders_leave_nobody_in_doubt_where_the_engine_knows_letters_by_their_keys(  # noqa: PLR0913
    kind: str,
    place: str,
    connections: int,
    nursery: Nursery,
    tmp_path: Path,
    request: pytest.FixtureRequest,
):
    address = request.getfixturevalue("postgresql") if place == "postgresql" else ""
    seed = random.SystemRandom().randrange(1 << 32)
    with open_relay() as relay, open_world(tmp_path, relay, nursery, READERS, address) as world:
        account = run_keyed(
            world,
            kind,
            random.Random(seed),  # noqa: S311 (nobody gains by guessing it)
            KILLS // 2,
            kind=kind,
            connections=connections,
        )
    assert account.holds, (seed, account)
    assert not account.doubtful, (seed, account)
    assert account.kills >= KILLS // 2 - 2, (seed, account)


def assert_would_be_seen(world: World):
    """A proof that cannot fail proves nothing."""
    arrivals, ledger = world.relay.arrivals, world.ledger()
    first, second, *_ = (
        one for one, progress in ledger.items() if progress is Progress.ACCEPTED and len(arrivals[one]) == 1
    )
    del arrivals[first]
    arrivals[second] *= 2
    account = settle_account(world, Account("forged", allowed=READERS))
    assert (account.lost, account.twice, account.faults) == ([first], [second], [])
