"""A run: several connections, several senders, waiting for what is deferred, and stopping together."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Barrier, Lock
from time import monotonic, sleep
from typing import Any

import pytest

from generator.delivery.outgoing.copies import Copies
from generator.delivery.outgoing.runs import Run
from generator.delivery.outgoing.tasks import Task
from generator.errors import DatabaseError, MailingError
from generator.model import Due, Problem, Progress, Settled
from generator.settings import load_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist, list_living
from generator.subscribers.ledger.withdrawal import withdraw
from generator.subscribers.store.database import Database
from tests.clocks import start_at
from tests.delivery.sendings import NOW, WEEK, Scene, frozen, master, reader
from tests.languages import LANGUAGES
from tests.proof.relay import DROP, Moment, Relay, open_relay

SAMPLE = Path(__file__).parents[2] / "sample"
CLOCK = start_at(NOW)
SOON = timedelta(seconds=10)


@pytest.fixture
def relay() -> Iterator[Relay]:
    with open_relay() as relay:
        yield relay


@pytest.fixture
def make(database: Database, relay: Relay) -> Iterator[Callable[[int], Scene]]:
    """`make(5)`: a letter that five readers are to get."""
    problems: list[Problem] = []
    settings = load_settings(SAMPLE, problems)
    assert settings is not None
    with ExitStack() as stack:
        yield lambda readers: stack.enter_context(frozen(database, settings, relay, readers))


def defer_first(scene: Scene, not_before: datetime, number: int = 1) -> None:
    """As if the relay had said so to another run."""
    with enlist(scene.database, WEEK, NOW) as sender:
        ledger = Ledger(scene.database, WEEK, sender)
        dues = ledger.reserve(NOW)
        for due in dues[:number]:
            ledger.advance([], due, NOW)
            ledger.advance(
                [Settled(due.subscriber_id, Progress.DEFERRED, "451 4.2.2", not_before)], None, NOW
            )
        ledger.give_back(dues[number:])
        ledger.close()


def wait_until(happens: Callable[[], bool]) -> None:
    end = monotonic() + 60
    while not happens():
        assert monotonic() < end
        sleep(0.01)


def test_several_connections_share_the_work(make):
    scene, looks = make(60), []
    task = scene.task()
    tally = Run(scene.database, task, scene.open, 4, lambda: looks.append(1)).work()
    assert tally.accepted == 60
    assert set(scene.arrived.values()) == {1}
    assert looks
    assert task.done[Progress.ACCEPTED] == 60


def test_a_few_letters_are_not_all_taken_by_one_connection(make):
    scene, taken = make(8), []

    class Looking(Ledger):
        def reserve(self, now: Any, most: int = 200) -> list[Due]:
            taken.append(most)
            return super().reserve(now, most)

    scene.send(scene.task(), Looking)
    assert set(taken) == {200}  # alone
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.delivery.outgoing.runs.Ledger", Looking)
        taken.clear()
        with scene.database.begin() as transaction:
            mailings.reopen(transaction, WEEK, Progress.ACCEPTED, NOW)
        scene.run(connections=4)
    assert set(taken) == {1}


def test_two_runs_at_once_send_everything_once(make):
    scene = make(80)
    with ThreadPoolExecutor(2) as pool:
        tasks = [scene.task(patience=SOON) for _ in range(2)]
        runs = [pool.submit(Run(scene.database, task, scene.open).work) for task in tasks]
        tallies = [run.result(60) for run in runs]
    assert [tally.accepted for tally in tallies] == [80, 80]
    assert set(scene.arrived.values()) == {1}


def test_it_waits_for_what_is_due_soon(make):
    scene = make(3)
    defer_first(scene, CLOCK() + timedelta(seconds=0.5))
    assert scene.run(patience=SOON, clock=CLOCK).accepted == 3
    assert scene.find().finished


def test_it_says_what_it_waits_for_and_stops_when_asked(make):
    scene = make(3)
    defer_first(scene, CLOCK() + timedelta(minutes=4))
    task = scene.task(patience=timedelta(minutes=5), clock=CLOCK)
    run = Run(scene.database, task, scene.open, look=lambda: task.stop.set() if scene.said else None)
    tally = run.work()
    assert scene.said == ["1 deferred; next attempt in 4 minutes."]
    assert (tally.accepted, tally.deferred) == (2, 1)
    assert not scene.find().finished


def test_it_does_not_wait_for_what_is_due_after_its_patience(make):
    scene = make(3)
    defer_first(scene, CLOCK() + timedelta(minutes=4))
    tally = scene.run(patience=timedelta(minutes=3), clock=CLOCK)
    assert (tally.accepted, tally.deferred) == (2, 1)
    assert not scene.said


def test_what_another_sender_has_is_waited_for_and_taken_when_it_gives_it_back(make):
    scene = make(6)
    with enlist(scene.database, WEEK, NOW) as other:
        ledger = Ledger(scene.database, WEEK, other)
        dues = ledger.reserve(NOW, 3)
        ledger.advance([], dues[0], NOW)
        task = scene.task(patience=SOON)
        with ThreadPoolExecutor(1) as pool:
            run = pool.submit(Run(scene.database, task, scene.open, look=lambda: None).work)
            wait_until(lambda: len(scene.arrived) == 3)
            # It waits: the other one lives.
            assert not run.done()
            ledger.give_back(dues[1:])
            ledger.advance([Settled(dues[0].subscriber_id, Progress.ACCEPTED, "250 2.0.0")], None, NOW)
            tally = run.result(30)
        ledger.close()
    assert tally.accepted == 6
    assert len(scene.arrived) == 5  # the first went by the other


def test_all_senders_of_a_mailing_stop_when_one_has_to(make):
    scene = make(6)
    with scene.database.begin() as transaction:
        mailings.stop(transaction, WEEK, "a flood of complaints")
    task = scene.task()
    assert scene.run(task).remaining == 6
    assert task.trouble == "a flood of complaints"
    assert not scene.arrived


def test_what_stops_one_connection_stops_the_others(make):
    scene = make(40)
    scene.fail(lambda moment, who: "550 5.7.1 no" if moment is Moment.MAIL else "")
    task = scene.task()
    assert scene.run(task, connections=4).remaining == 40
    assert scene.find().trouble == task.trouble != ""


def test_a_bug_in_one_connection_stops_all_and_is_shown(make):
    scene = make(20)

    class Odd(Copies):
        def make(self, due: Due) -> Any:
            raise KeyboardInterrupt

    task = scene.task()
    task.copies.__class__ = Odd
    with pytest.raises(KeyboardInterrupt):
        scene.run(task, connections=2)
    assert scene.tally().remaining == 20


def test_a_ledger_that_is_lost_ends_the_run_with_a_sentence(make):
    scene = make(5)
    with scene.database.begin() as transaction:
        mailings.stop(transaction, WEEK, "")

    class Lost(Ledger):
        def advance(self, settled: Any, following: Any, now: Any) -> bool:
            raise DatabaseError("the disk is full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.delivery.outgoing.runs.Ledger", Lost)
        task = scene.task(persistence=timedelta(0))
        assert scene.run(task).remaining == 5
    assert task.failure == "the disk is full"
    assert not scene.arrived


def test_a_reason_that_cannot_be_written_down_is_still_told(make, monkeypatch):
    scene = make(5)
    scene.fail(lambda moment, who: "550 5.7.1 no" if moment is Moment.MAIL else "")

    def refuse(*_: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(mailings, "stop", refuse)
    task = scene.task()
    scene.run(task)
    assert task.trouble
    assert task.failure == "the disk is full"


def test_a_reason_that_could_not_be_written_down_is_written_at_the_next_try(make, monkeypatch):
    scene, refused = make(5), []
    scene.fail(lambda moment, who: "550 5.7.1 no" if moment is Moment.MAIL else "")
    stop = mailings.stop

    def refuse_once(*given: Any) -> None:
        if not refused:
            refused.append(1)
            raise DatabaseError("the disk is full")
        stop(*given)

    monkeypatch.setattr(mailings, "stop", refuse_once)
    task = scene.task()
    scene.run(task)
    assert scene.find().trouble == task.trouble != ""


def test_a_letter_that_was_withdrawn_before_its_run_began_goes_to_nobody(make):
    scene = make(3)
    task = scene.task()
    withdraw(scene.database, WEEK, NOW)
    with pytest.raises(
        MailingError, match="the letter of 2026-W48 was withdrawn in the meantime; nothing was sent"
    ):
        scene.run(task)
    assert not list_living(scene.database, WEEK)
    with scene.database.begin() as transaction:  # the same week again, with another text
        mailings.freeze(transaction, scene.mailing, dict.fromkeys(LANGUAGES, b"other"), WEEK.friday)
    with pytest.raises(MailingError, match="was withdrawn"):
        scene.run(task)
    assert not scene.arrived


def test_a_run_and_a_withdrawal_at_the_same_moment_never_both_succeed(make):
    scene = make(3)
    for _ in range(10):
        task, together = scene.task(), Barrier(2)

        def send(task: Task = task, together: Barrier = together) -> bool:
            together.wait()
            try:
                return scene.run(task).accepted == 3
            except MailingError:
                return False

        def take_back(together: Barrier = together) -> bool:
            together.wait()
            try:
                withdraw(scene.database, WEEK, NOW)
            except MailingError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            sending, withdrawing = pool.submit(send), pool.submit(take_back)
            sent, withdrawn = sending.result(), withdrawing.result()
        assert sent is not withdrawn
        assert len(scene.arrived) == (3 if sent else 0)
        if sent:
            break
        with scene.database.begin() as transaction:
            masters = {language: master(language) for language in LANGUAGES}
            mailings.freeze(transaction, scene.mailing, masters, WEEK.friday)


@pytest.mark.parametrize("connections", [1, 4])
def test_no_more_are_in_doubt_than_there_were_connections(make, connections):
    scene, dropped, taken, lock = make(40), [], count(1), Lock()

    def drop(moment: Moment, who: str) -> str:
        """All connections that are open end at one moment. Each connection asks from a thread of its own."""
        with lock:
            if moment is Moment.TAKEN and next(taken) > 12 and len(dropped) < connections:
                dropped.append(who)
                return DROP
        return ""

    scene.fail(drop)
    tally = scene.run(patience=SOON, connections=connections)
    assert tally.in_doubt <= connections
    assert tally.accepted + tally.in_doubt == 40
    assert {one.address for one in scene.list(Progress.IN_DOUBT)} == set(dropped)
    assert set(scene.arrived.values()) == {1}
    assert set(scene.arrived) == {reader(number) for number in range(1, 41)}
