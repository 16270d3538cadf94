"""One connection: what becomes of each reader, whatever a relay, a disk or an operator does. The relay is real."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from generator.delivery.outgoing.attempts import defer
from generator.delivery.outgoing.copies import Copies
from generator.delivery.outgoing.sender import Sender
from generator.delivery.outgoing.signing import relax
from generator.delivery.sessions import Session
from generator.delivery.timing.pacing import Pace
from generator.delivery.verdict import Reply, Verdict
from generator.errors import DatabaseError, MailingError
from generator.model import NO_UTF8, Due, Kind, Mailing, Problem, Progress, Settled, Status
from generator.settings import load_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist
from generator.subscribers.list import subscriptions
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import MASTER
from tests.delivery.sendings import HOUR, MINUTE, NOW, WEEK, Hasty, Scene, frozen, master, reader
from tests.languages import LANGUAGES, NL
from tests.proof.relay import DROP, Moment, Relay, open_relay

SAMPLE = Path(__file__).parents[2] / "sample"
MAILING = Mailing(WEEK, NOW, "", "proof", "")


@pytest.fixture
def relay() -> Iterator[Relay]:
    with open_relay() as relay:
        yield relay


@pytest.fixture
def make(database: Database, relay: Relay) -> Iterator[Callable[[int], Scene]]:
    """`make(5)`: a letter that five readers are to get; others may follow by their address."""
    problems: list[Problem] = []
    settings = load_settings(SAMPLE, problems)
    assert settings is not None
    with ExitStack() as stack:
        yield lambda readers, *others: stack.enter_context(
            frozen(database, replace(settings, bounces="bounce@example.org"), relay, readers, *others)
        )


def once(moment: Moment, answer: str, who: str = "") -> Callable[[Moment, str], str]:
    """A relay that does this the first time, to this reader or to anybody."""
    left = [answer]

    def fault(now: Moment, recipient: str) -> str:
        return left.pop() if left and now is moment and who in {"", recipient} else ""

    return fault


def always(moment: Moment, answer: str, *readers: int) -> Callable[[Moment, str], str]:
    """A relay that does this to these readers, or to all."""
    chosen = {reader(number) for number in readers}
    return lambda now, recipient: answer if now is moment and (not chosen or recipient in chosen) else ""


class Signing:
    """Puts a header before a letter, in place of a signature, and keeps whether the sender waited for the relay."""

    def __init__(self) -> None:
        self.waiting, self.signed = False, []

    def sign(self, message: bytes, relaxed: bytes) -> bytes:
        assert relaxed == relax(message)
        self.signed.append(self.waiting)
        return b"X: y\r\n" + message


# --- Everybody, once ---


def test_before_a_pause_what_was_accepted_is_in_the_ledger(make):
    """Whoever is killed while they wait leaves nobody in doubt."""
    scene, seen = make(3), []

    class Slow(Pace):
        def wait(self, stop: Event, before: Callable[[], None] = lambda: None) -> bool:
            before()
            tally = scene.tally()
            seen.append((tally.accepted, tally.remaining))
            return not stop.is_set()

    scene.run(pace=Slow())
    assert seen == [(0, 3), (1, 2), (2, 1)]


def test_everybody_gets_their_own_copy_once(make):
    scene = make(25)
    assert scene.run().accepted == 25
    assert scene.arrived == {reader(number): 1 for number in range(1, 26)}
    copies = [copy for copies in scene.relay.arrivals.values() for copy in copies]
    assert len({copy.message_id for copy in copies}) == len({copy.digest for copy in copies}) == 25
    assert {copy.language for copy in copies} == {"nl", "en"}
    assert scene.find().finished == NOW


def test_a_second_run_sends_nothing(make):
    scene = make(3)
    scene.run()
    scene.run()
    assert set(scene.arrived.values()) == {1}


def test_the_return_path_names_the_copy(make):
    scene, asked = make(1), []
    scene.fail(lambda moment, recipient: asked.append(moment) or "")
    copies = scene.task().copies
    [due] = reserve(scene)
    envelope = copies.make(due).envelope
    assert envelope.sender.startswith("bounce+2026-w48.")
    assert envelope.sender.endswith("@example.org")
    assert envelope.size == len(copies.make(due).message)
    assert copies.make(due) == copies.make(due)  # a retry has the same bytes


def test_without_an_address_for_bounces_the_sender_gets_them(make):
    scene = make(1)
    scene.settings = replace(scene.settings, bounces="")
    [due] = reserve(scene)
    assert scene.task().copies.make(due).envelope.sender == "letter@example.org"


def test_copies_are_signed_when_we_sign(make):
    scene = make(1)
    [due] = reserve(scene)
    master = {due.language: scene_master(scene, due)}
    copies = Copies(scene.mailing, master, scene.database.keys, scene.settings, Signing())
    assert copies.make(due).message.startswith(b"X: y\r\n")
    assert copies.make(due).envelope.size == len(copies.make(due).message)


def test_letters_are_signed_while_the_relay_examines_another(make):
    """So that a signature takes no time of the connection: the first two alone are signed before there is one."""
    scene, signing = make(6), Signing()
    masters = {language: master(language) for language in LANGUAGES}
    copies = Copies(scene.mailing, masters, scene.database.keys, scene.settings, signing)

    class Looking:
        def __init__(self, session: Session) -> None:
            self._session = session

        def __getattr__(self, name: str) -> Any:
            return getattr(self._session, name)

        def hand_over(self, message: bytes, following: Any, meanwhile: Callable[[], None]) -> Reply:
            def watched() -> None:
                signing.waiting = True
                meanwhile()
                signing.waiting = False

            return self._session.hand_over(message, following, watched)

    with enlist(scene.database, WEEK, NOW) as number:
        ledger = Ledger(scene.database, WEEK, number)
        Sender(scene.task(copies=copies), ledger, Looking(scene.open())).work()
    assert set(scene.arrived.values()) == {1}
    assert signing.signed == [False, False, True, True, True, True]


def test_an_edition_that_was_not_frozen_stops_the_run(make):
    scene = make(2)
    with scene.database.begin() as transaction:
        transaction.connection.execute(MASTER.delete())
    copies = Copies(scene.mailing, {}, scene.database.keys, scene.settings)
    with pytest.raises(MailingError, match="was frozen without an edition in"):
        scene.run(copies=copies)
    assert scene.tally().remaining == 2


def reserve(scene: Scene) -> list[Due]:
    found: list[Due] = []

    class Looking(Ledger):
        def reserve(self, now: Any, most: int = 200) -> list[Due]:
            found.extend(super().reserve(now, most))
            self.give_back(found)
            return []

    scene.send(scene.task(), Looking)
    return found


def scene_master(scene: Scene, due: Due) -> bytes:
    with scene.database.read() as transaction:
        return mailings.find_masters(transaction, WEEK)[due.language]


# --- What a relay may say ---


@pytest.mark.parametrize("moment", [Moment.RCPT, Moment.DATA, Moment.DOT])
@pytest.mark.parametrize(
    "reply, progress, status",
    [
        ("451 4.2.2 full", Progress.DEFERRED, Status.CONFIRMED),
        ("552 5.2.2 full", Progress.REFUSED, Status.CONFIRMED),
        ("550 5.1.1 nobody", Progress.REFUSED, Status.BOUNCED),
        ("550 5.7.1 no", Progress.DEFERRED, Status.CONFIRMED),
    ],
)
def test_one_reader_is_answered_for_alone(make, moment, reply, progress, status):
    scene = make(4)
    scene.fail(always(moment, reply, 2))
    tally = scene.run()
    assert tally.accepted == 3
    [delivery] = scene.list(progress)
    assert (delivery.address, delivery.reply) == (reader(2), reply[:9])
    assert reader(2) not in scene.arrived
    with scene.database.read() as transaction:
        found = subscriptions.find_subscriber(transaction, reader(2))
        assert found is not None
        assert found.status is status


def test_who_is_deferred_gets_it_when_it_is_due(make):
    scene = make(3)
    scene.fail(always(Moment.RCPT, "451 4.2.2 full", 2))
    assert scene.run().deferred == 1
    scene.fail(None)
    assert scene.run().deferred == 1  # it is not due yet
    scene.now += 2 * MINUTE
    assert scene.run().accepted == 3
    assert set(scene.arrived.values()) == {1}


FULL = Reply(Verdict.LATER, "451 4.2.2", Kind.SOFT)


def test_who_is_deferred_waits_longer_each_time_and_is_given_up_after_a_day():
    now, pauses = NOW, []
    for attempts in range(60):
        settled = defer(Due(1, "handle", reader(1), NL, attempts), FULL, MAILING, now)
        if settled.not_before is None:
            break
        pauses.append((settled.not_before - now) / MINUTE)
        now = settled.not_before
    assert settled.progress is Progress.REFUSED
    assert settled.kind is Kind.SOFT
    for pause, expected in zip(pauses, [1, 2, 4, 8, 16, 32, 60, 60], strict=False):
        assert expected * 0.75 <= pause <= expected * 1.25
    assert timedelta(hours=22) < now - NOW < timedelta(hours=24)


def test_readers_do_not_all_come_back_at_the_same_moment():
    moments = {defer(Due(number, "", "", NL, 0), FULL, MAILING, NOW).not_before for number in range(50)}
    assert len(moments) > 25


def find_due(scene: Scene) -> Any:
    with (
        enlist(scene.database, WEEK, scene.now) as number,
        closing(Ledger(scene.database, WEEK, number)) as ledger,
    ):
        return ledger.next_due()


@pytest.mark.parametrize("moment", [Moment.CONNECT, Moment.MAIL, Moment.RCPT, Moment.DATA, Moment.DOT])
def test_a_relay_that_has_enough_slows_us_and_nobody_pays_for_it(make, moment):
    scene, pace = make(3), Hasty()
    scene.fail(once(moment, "421 4.7.0 too much"))
    scene.run(pace=pace)
    assert scene.run().accepted == 3
    assert set(scene.arrived.values()) == {1}
    assert pace.slowed <= 1
    assert all(delivery.attempts == 1 for delivery in scene.list(Progress.ACCEPTED))


@pytest.mark.parametrize(
    "reply, letters",
    [
        ("550 no", 3),
        ("550 5.4.1 no", 3),
        ("550 5.5.0 mailbox unavailable", 3),
        ("550 5.1.1 over quota", 3),
        ("550 User unknown", 1),
        ("550 5.4.1 Recipient address rejected: Access denied", 1),
        ("550 5.1.1 blocked using zen.spamhaus.org", None),
        ("550 5.1.3 bad address", 1),
        ("550 5.1.1 who?", 1),
        ("550 5.7.1 no", None),
    ],
)
def test_a_mailbox_that_refuses_every_letter_gets_no_more(make, reply, letters):
    """Twenty weeks of a reply that never counted were twenty letters to nobody."""
    scene = make(2)
    scene.fail(always(Moment.RCPT, reply, 1))
    for week in range(1, 5):
        scene.run()
        with scene.database.read() as transaction:
            found = subscriptions.find_subscriber(transaction, reader(1))
        assert found
        ended = letters is not None and week >= letters
        assert found.status is (Status.BOUNCED if ended else Status.CONFIRMED)
        scene.freeze_next()


def test_a_reader_who_always_slows_us_is_taken_for_the_reason(make):
    """Else one mailbox, whose server says 450 4.2.0 for ever, would hold up all others each time."""
    scene, pace = make(2), Hasty()
    scene.fail(always(Moment.RCPT, "450 4.2.0 later", 1))
    task = scene.task(pace=pace, patience=timedelta(seconds=2))
    scene.run(task)
    assert scene.tally().accepted == 1
    assert pace.slowed == 0, "the relay takes mail for the other one"
    scene.now += timedelta(seconds=5)
    scene.run(task)
    [delivery] = scene.list(Progress.DEFERRED)
    assert delivery.attempts == 1


def test_after_a_pause_those_who_were_refused_are_asked_first(make):
    scene, asked = make(5), []

    def fault(moment: Moment, who: str) -> str:
        if moment is Moment.RCPT:
            asked.append(who)
        return (
            "452 4.3.1 full"
            if moment is Moment.RCPT and asked.count(reader(2)) == 1 == asked.count(who)
            else ""
        )

    scene.fail(fault)
    assert scene.run(patience=timedelta(minutes=1)).accepted == 5
    assert asked == [reader(number) for number in (1, 2, 2, 3, 4, 5)]


@pytest.mark.parametrize(
    "moment, reply, why",
    [
        (Moment.MAIL, "550 5.7.1 not from you", "the relay accepts no mail from this sender (550 5.7.1)"),
        (Moment.RCPT, "530 5.7.0 log in first", "the relay accepts no mail from this sender (530 5.7.0)"),
        (Moment.DOT, "535 5.7.8 log in first", "the relay accepts no mail from this sender (535 5.7.8)"),
        (
            Moment.DOT,
            "550 5.7.26 not authenticated",
            "refused 3 letters in a row because of the sender (550 5.7.26)",
        ),
    ],
)
def test_what_is_about_us_stops_the_run_and_costs_no_reader(make, moment, reply, why):
    scene = make(8)
    scene.fail(always(moment, reply))
    task = scene.task()
    tally = scene.run(task)
    assert why in task.trouble
    assert scene.find().trouble == task.trouble
    assert tally.refused == tally.accepted == tally.in_doubt == 0
    scene.fail(None)
    assert scene.run().accepted == 0  # it stays stopped
    resume(scene)
    scene.now += HOUR
    assert scene.run().accepted == 8


def resume(scene: Scene) -> None:
    with scene.database.begin() as transaction:
        mailings.stop(transaction, WEEK, "")


def test_many_refusals_stop_the_run(make):
    scene = make(40)
    scene.fail(lambda moment, who: "550 5.2.2 no" if moment is Moment.RCPT and who[6] in "12" else "")
    task = scene.task()
    assert scene.run(task).refused == 10
    assert task.trouble.startswith("10 of the last ")
    assert task.trouble.endswith("letters were refused or left in doubt")


# --- Connections that break ---


@pytest.mark.parametrize("moment", [Moment.CONNECT, Moment.MAIL, Moment.RCPT, Moment.DATA, Moment.BODY])
def test_a_connection_that_ends_before_the_dot_costs_nobody_anything(make, moment):
    scene = make(5)
    scene.fail(once(moment, DROP))
    scene.run()
    tally = scene.run()
    assert (tally.accepted, tally.in_doubt) == (5, 0)
    assert set(scene.arrived.values()) == {1}


@pytest.mark.parametrize("moment, arrives", [(Moment.DOT, 0), (Moment.TAKEN, 1)])
def test_a_connection_that_ends_after_the_dot_leaves_one_in_doubt_for_ever(make, moment, arrives):
    scene = make(5)
    scene.fail(once(moment, DROP, reader(3)))
    tally = scene.run()
    assert (tally.accepted, tally.in_doubt) == (4, 1)
    assert scene.list(Progress.IN_DOUBT)[0].address == reader(3)
    assert scene.arrived.get(reader(3), 0) == arrives
    assert scene.run() == tally
    assert scene.arrived.get(reader(3), 0) == arrives


def test_a_relay_that_always_hangs_up_after_the_dot_is_soon_left_alone(make):
    scene = make(20)
    scene.fail(always(Moment.TAKEN, DROP))
    task = scene.task(patience=HOUR)
    assert scene.run(task).in_doubt == 3
    assert task.trouble == "3 times in a row the relay closed the connection without confirming the letter"


def test_a_letter_that_always_ends_the_connection_waits_like_one_that_is_deferred(make):
    scene = make(3)
    scene.fail(always(Moment.DATA, DROP, 2))
    tally = scene.run(patience=timedelta(seconds=2))
    assert (tally.accepted, tally.deferred) == (2, 1)
    assert scene.list(Progress.DEFERRED)[0].attempts == 1
    assert find_due(scene) > NOW


def test_a_relay_that_is_not_there_ends_the_run_soon(make, relay):
    scene = make(3)
    scene.port = 1
    task = scene.task(patience=HOUR)
    assert scene.run(task).remaining == 3
    assert task.failure == "smtp://127.0.0.1:1 cannot be reached: Connection refused"
    assert (
        scene.said[-1] == "smtp://127.0.0.1:1 cannot be reached: Connection refused; retrying in 0 seconds."
    )
    assert not scene.find().trouble  # the next run may find it


def test_a_relay_that_went_away_is_waited_for_until_patience_ends(make):
    scene = make(5)
    task = scene.task(patience=timedelta(seconds=0.2))
    scene.fail(lambda moment, who: DROP if moment is Moment.CONNECT and "x" in gone else "")
    gone: list[str] = []

    def leave(moment: Moment, who: str) -> str:
        if who == reader(3) and moment is Moment.REPLIED:
            gone.append("x")
            return DROP
        return DROP if gone and moment is Moment.CONNECT else ""

    scene.fail(leave)
    tally = scene.run(task)
    assert tally.accepted >= 3
    assert tally.in_doubt == 0
    assert "closed the connection" in task.failure
    gone.clear()
    scene.fail(None)
    assert scene.run().accepted == 5


# --- The ledger ---


class Flaky(Ledger):
    """A ledger on a disk that is full at times."""

    def __init__(self, *arguments: Any, fails: Callable[[str, int], bool]) -> None:
        super().__init__(*arguments)
        self._fails, self._calls = fails, 0

    def _maybe(self, what: str) -> None:
        self._calls += 1
        if self._fails(what, self._calls):
            raise DatabaseError("the disk is full")

    def advance(self, settled: Any, following: Any, now: Any) -> bool:
        self._maybe("advance")
        return super().advance(settled, following, now)

    def reserve(self, now: Any, most: int = 200) -> list[Due]:
        self._maybe("reserve")
        return super().reserve(now, most)


def test_nothing_is_sent_while_the_ledger_cannot_be_written(make):
    scene, sent = make(4), []

    def full(what: str, call: int) -> bool:
        sent.append(len(scene.arrived))
        return call == 3

    scene.send(scene.task(), partial(Flaky, fails=full))
    assert sent[2] == sent[3]
    assert scene.tally().accepted == 4
    assert scene.said == ["the disk is full; sending continues when the ledger can be written."]


def test_a_ledger_that_stays_shut_ends_the_run_with_at_most_one_in_doubt(make):
    scene = make(4)
    task = scene.task(persistence=timedelta(0))
    with pytest.raises(DatabaseError, match="the disk is full"):
        scene.send(task, partial(Flaky, fails=lambda what, call: what == "advance" and call > 3))
    assert task.failure == "the disk is full"
    before = dict(scene.arrived)
    tally = scene.run()
    assert tally.in_doubt <= 1
    assert tally.accepted + tally.in_doubt == 4
    assert set(scene.arrived.values()) == {1}
    assert before.items() <= scene.arrived.items()


def test_a_bug_in_the_ledger_still_writes_down_what_was_accepted(make):
    scene = make(4)

    class Broken(Ledger):
        def advance(self, settled: Any, following: Any, now: Any) -> bool:
            if following and len(scene.arrived) == 2:
                raise RuntimeError("a bug")
            return super().advance(settled, following, now)

    with pytest.raises(RuntimeError, match="a bug"):
        scene.send(scene.task(), Broken)
    tally = scene.tally()
    assert (tally.accepted, tally.remaining) == (2, 2)


def test_who_unsubscribes_in_the_middle_gets_nothing_more(make):
    scene = make(4)

    def leave(moment: Moment, who: str) -> str:
        if moment is Moment.RCPT and who == reader(3):
            with scene.database.begin() as transaction:
                found = subscriptions.find_subscriber(transaction, reader(3))
                subscriptions.unsubscribe(transaction, found, NOW, "a button")
        return ""

    scene.fail(leave)
    tally = scene.run()
    assert (tally.accepted, tally.skipped) == (3, 1)
    assert reader(3) not in scene.arrived


# --- Stopping ---


def test_stopping_finishes_what_is_in_flight_and_gives_back_the_rest(make):
    scene = make(10)
    task = scene.task()

    def stop(moment: Moment, who: str) -> str:
        if moment is Moment.DOT and who == reader(4):
            task.stop.set()
        return ""

    scene.fail(stop)
    scene.send(task)
    tally = scene.tally()
    assert (tally.accepted, tally.remaining, tally.in_doubt) == (4, 6, 0)
    scene.fail(None)
    assert scene.run().accepted == 10
    assert set(scene.arrived.values()) == {1}


def test_stopping_while_the_rate_holds_us_back_sends_nothing_more(make):
    scene = make(3)

    class Stopped(Hasty):
        def wait(self, stop: Event, before: Callable[[], None] = lambda: None) -> bool:
            stop.set()
            return False

    scene.send(scene.task(pace=Stopped()))
    assert scene.tally().remaining == 3
    assert not scene.arrived


# --- Copies that cannot be made ---


def test_one_address_that_is_odd_keeps_the_letter_from_nobody_else(make):
    scene = make(12)
    task = scene.task()

    class Odd(Copies):
        def make(self, due: Due) -> Any:
            if due.address in {reader(1), reader(5), reader(6)}:
                raise ValueError(due.address)
            return super().make(due)

    task.copies.__class__ = Odd
    tally = scene.run(task)
    assert (tally.accepted, tally.deferred) == (9, 3)
    assert "ValueError" in scene.said[0]
    assert not any("@" in sentence for sentence in scene.said)


def test_copies_that_can_never_be_made_stop_the_run(make):
    scene = make(30)
    task = scene.task()

    class Odd(Copies):
        def make(self, due: Due) -> Any:
            raise ValueError(due.address)

    task.copies.__class__ = Odd
    assert scene.run(task).deferred == 10
    assert task.trouble


def test_a_settled_row_is_never_shown_with_its_address():
    assert "@" not in repr(Settled(1, Progress.ACCEPTED, "250 2.0.0"))
    assert "@" not in repr(Due(1, "handle", "reader@example.org", "nl", 0))  # type: ignore[arg-type]


# --- Addresses beyond ASCII ---

JOSE, LEA = "josé@example.org", "用户@example.org"


def test_who_needs_smtputf8_gets_it_where_it_is_offered_and_nobody_else_does(make):
    """The relay asserts that every letter says SMTPUTF8 when its reader needs it, and that no other one does."""
    scene = make(3, JOSE, LEA)
    scene.door.utf8 = True
    assert scene.run().accepted == 5
    assert scene.arrived == {reader(1): 1, reader(2): 1, reader(3): 1, JOSE: 1, LEA: 1}


def test_who_needs_smtputf8_is_skipped_where_it_is_not_offered_and_tried_again_next_week(make):
    scene = make(3, JOSE, LEA)
    tally = scene.run()
    assert (tally.accepted, tally.skipped, tally.refused, tally.in_doubt) == (3, 2, 0, 0)
    assert scene.arrived == {reader(1): 1, reader(2): 1, reader(3): 1}
    assert {one.address for one in scene.list(Progress.SKIPPED)} == {JOSE, LEA}
    assert kinds(scene, JOSE) == [(Kind.SKIPPED, NO_UTF8)]
    assert scene.find().finished == NOW
    scene.freeze_next()
    scene.door.utf8 = True
    assert scene.run().accepted == 5
    assert scene.arrived[JOSE] == scene.arrived[LEA] == 1


@pytest.mark.parametrize("moment", [Moment.RCPT, Moment.DATA, Moment.DOT])
def test_a_relay_that_offers_what_it_does_not_take_loses_nobody_and_stops_nothing(make, moment):
    others = [f"josé{number}@example.org" for number in range(15)]
    scene = make(15, *others)
    scene.door.utf8 = True
    scene.fail(lambda now, recipient: "553 5.6.7 no" if now is moment and not recipient.isascii() else "")
    task = scene.task()
    tally = scene.run(task)
    assert (tally.accepted, tally.skipped, task.trouble) == (15, 15, "")
    assert kinds(scene, others[0]) == [(Kind.SKIPPED, NO_UTF8)]
    assert {one.reply for one in scene.list(Progress.SKIPPED)} == {"553 5.6.7"}
    with scene.database.read() as transaction:
        assert subscriptions.find_subscriber(transaction, others[0]).status is Status.CONFIRMED


def kinds(scene: Scene, address: str) -> list[tuple[Kind, str]]:
    """What happened to a reader, without what an accepted letter leaves."""
    with scene.database.read() as transaction:
        found = subscriptions.find_subscriber(transaction, address)
        return [(event.kind, event.detail) for event in mailings.list_events(transaction, found.id)]
