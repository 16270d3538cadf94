"""The drills of an operator, counted at a real relay: nobody gets a letter twice, and nobody who left gets one.

`make proof` runs the same with more readers.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.proof import absence, dumps, recovery
from tests.proof.accounts import Account
from tests.proof.relay import open_relay
from tests.proof.world import Nursery, World, open_nursery, open_world

READERS = 60


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with open_nursery() as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("drill", [*recovery.ALL, absence.missed_friday])
def test_the_list_comes_back(drill: Callable[[World], Account], nursery: Nursery, tmp_path: Path) -> None:
    with open_relay() as relay, open_world(tmp_path, relay, nursery, READERS) as world:
        account = drill(world)
    assert account.holds, account
    kills = {recovery.killed_on_the_way: len(recovery.DEATHS), absence.missed_friday: 1}
    assert account.kills == kills.get(drill, 0)


@pytest.mark.slow
@pytest.mark.parametrize("drill", dumps.ALL)
def test_a_dump_comes_back(
    drill: Callable[[World], Account], nursery: Nursery, tmp_path: Path, postgresql: str
) -> None:
    with open_relay() as relay, open_world(tmp_path, relay, nursery, READERS, postgresql) as world:
        account = drill(world)
    assert account.holds, account
    assert account.kills == {dumps.lost_database: 1, dumps.killed_in_between: 5}.get(drill, 0)
