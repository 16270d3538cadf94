"""Letters in batches, to an engine that knows each by a key: nobody is lost, nobody is written to twice, and nothing is
in doubt, whatever the engine and the line do.
"""

import dataclasses
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from generator.delivery.engines.lettermint import Lettermint
from generator.delivery.engines.resend import Resend
from generator.model import Progress
from generator.settings import Settings, load_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import settle_dead
from generator.subscribers.list.subscriptions import erase, find_subscriber, unsubscribe
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import DELIVERY
from tests.delivery.sendings import Scene, frozen, reader
from tests.proof.engine import TOKEN, Engine
from tests.proof.relay import DROP, RESET, Moment, open_relay

READERS = 7
SAMPLE = Path(__file__).parents[2] / "sample"
ENGINES = ("lettermint", "resend")


@dataclasses.dataclass
class Rented(Scene):
    """A scene with an engine in the place of the relay."""

    engine: Engine = dataclasses.field(kw_only=True)

    @property
    def batches(self) -> list[int]:
        """How many letters each request had."""
        return [len(json.loads(one.body)) for one in self.engine.requests]

    @property
    def handed(self) -> list[str | None]:
        """What the engine calls the letter of each reader; of what is not being sent, nothing else is kept."""
        with self.database.read() as transaction:
            rows = transaction.connection.execute(DELIVERY.select().order_by(DELIVERY.c.subscriber_id)).all()
        for row in rows:
            begun = row.progress is Progress.SENDING
            assert {one is not None for one in (row.batch, row.content, row.until)} == {begun}
        return [row.handed for row in rows]

    def rent(self, kind: str) -> None:
        """Send through an engine of this kind."""
        self.mail = f"{kind}://{TOKEN}@127.0.0.1:{{port}}"


@pytest.fixture(scope="module")
def settings() -> Settings:
    found = load_settings(SAMPLE, [])
    assert found is not None
    return found


@pytest.fixture(params=ENGINES)
def scene(
    request: pytest.FixtureRequest, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rented]:
    monkeypatch.setattr(Lettermint, "limit", 3)
    monkeypatch.setattr(Resend, "limit", 3)
    with open_relay() as relay, frozen(database, settings, relay, READERS) as found:
        given = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
        engine = Engine(relay, lambda: scene.now)
        scene = Rented(**given, engine=engine)
        scene.door = engine.open_door()
        scene.rent(request.param)
        yield scene


def everybody(times: int = 1) -> dict[str, int]:
    return {reader(number): times for number in range(1, READERS + 1)}


def test_all_letters_leave_in_batches_and_are_accepted_with_the_name_that_the_engine_gave(
    scene: Rented,
) -> None:
    tally = scene.run()
    assert (tally.accepted, tally.planned) == (READERS, READERS)
    assert scene.batches == [3, 3, 1]
    assert scene.arrived == everybody()
    assert len(set(scene.handed)) == READERS
    assert None not in scene.handed
    assert [one.handed for one in scene.list(Progress.ACCEPTED)] == scene.handed


def test_connections_share_what_is_left(scene: Rented) -> None:
    assert scene.run(connections=2).accepted == READERS
    assert scene.arrived == everybody()
    assert max(scene.batches) <= 3


class Once:
    """A fault that comes at the so many-th time that a moment comes by."""

    def __init__(self, moment: Moment, says: str, *turns: int) -> None:
        self.moment, self.says, self.turns = moment, says, set(turns)
        self.seen = 0

    def __call__(self, moment: Moment, _: str) -> str:
        if moment is not self.moment:
            return ""
        self.seen += 1
        return self.says if self.seen in self.turns else ""


@pytest.mark.parametrize(
    "moment, says",
    [
        (Moment.CONNECT, DROP),
        (Moment.DATA, RESET),
        (Moment.DOT, DROP),
        (Moment.DOT, "502"),
        (Moment.TAKEN, DROP),
        (Moment.TAKEN, RESET),
        (Moment.TAKEN, "500"),
        (Moment.REPLIED, DROP),
        (Moment.DOT, "429 1"),
        (Moment.TAKEN, "408"),
    ],
)
def test_a_line_that_is_cut_costs_no_letter_and_doubles_none(
    scene: Rented, moment: Moment, says: str
) -> None:
    scene.fail(Once(moment, says, 1, 2))
    tally = scene.run(patience=timedelta(seconds=20))
    assert (tally.accepted, tally.in_doubt) == (READERS, 0)
    assert scene.arrived == everybody()
    assert scene.handed.count(None) == 0


def leave_begun(scene: Rented, moment: Moment = Moment.TAKEN) -> None:
    """A run that ends while the second batch has no answer."""
    scene.fail(Once(moment, DROP, *range(2, 100)))
    scene.run()
    scene.fail(None)
    tally = scene.tally()
    assert (tally.accepted, tally.in_doubt, tally.remaining) == (3, 0, 4)


@pytest.mark.parametrize("moment", [Moment.DOT, Moment.TAKEN])
def test_the_next_run_sends_the_same_again_and_nothing_is_in_doubt(scene: Rented, moment: Moment) -> None:
    leave_begun(scene, moment)
    sent = scene.engine.requests[-1]
    scene.now += timedelta(hours=22)
    assert scene.run().accepted == READERS
    again = next(one for one in scene.engine.requests[-3:] if one.body == sent.body)
    assert again.headers.get("idempotency-key") == sent.headers.get("idempotency-key")
    assert scene.arrived == everybody()


def test_after_the_window_what_was_begun_is_in_doubt_and_never_sent_again(scene: Rented) -> None:
    leave_begun(scene)
    scene.now += timedelta(hours=23, minutes=1)
    tally = scene.run()
    assert (tally.accepted, tally.in_doubt) == (4, 3)
    assert scene.arrived == everybody()


def test_a_retry_within_the_window_doubles_nothing_where_letters_have_keys(scene: Rented) -> None:
    scene.rent("lettermint")  # the key of Resend is one of the request, and a retry is another request
    leave_begun(scene)
    settle_dead(scene.database, scene.mailing.week, scene.now, "")
    assert scene.tally().in_doubt == 3
    with scene.database.begin() as transaction:
        mailings.reopen(transaction, scene.mailing.week, Progress.IN_DOUBT, scene.now)
    assert scene.run().accepted == READERS
    assert scene.arrived == everybody()


def test_what_went_to_another_account_is_in_doubt_at_once(scene: Rented) -> None:
    leave_begun(scene)
    scene.mail, scene.door = "smtp://127.0.0.1:{port}", scene.relay.open_door()
    tally = scene.run()
    assert (tally.accepted, tally.in_doubt) == (4, 3)
    assert scene.arrived == everybody()


def test_an_engine_that_forgets_its_keys_is_found_out_by_the_proof(scene: Rented) -> None:
    """Nothing else can be done about that; so a fake that forgets must show letters that came twice."""
    leave_begun(scene)
    scene.engine.forgets = True
    assert scene.run().accepted == READERS
    assert Counter(scene.arrived.values()) == {1: 4, 2: 3}


def test_who_is_erased_meanwhile_cannot_be_sent_the_same_again(scene: Rented) -> None:
    leave_begun(scene)
    with scene.database.begin() as transaction:
        subscriber = find_subscriber(transaction, reader(4))
        assert subscriber is not None
        erase(transaction, subscriber, scene.now)
    tally = scene.run()
    doubtful = 3 if "resend" in scene.mail else 1  # a request with one key goes whole, or not
    assert (tally.accepted, tally.in_doubt) == (READERS - doubtful, doubtful)
    assert scene.arrived == everybody()


def test_who_left_meanwhile_gets_nothing_new_where_letters_have_keys(scene: Rented) -> None:
    leave_begun(scene, Moment.DOT)
    with scene.database.begin() as transaction:
        subscriber = find_subscriber(transaction, reader(4))
        assert subscriber is not None
        unsubscribe(transaction, subscriber, scene.now, "test")
    tally = scene.run()
    whole = "resend" in scene.mail
    assert (tally.accepted, tally.in_doubt) == (READERS - (not whole), int(not whole))
    assert scene.arrived.get(reader(4), 0) == int(whole)


def test_who_left_before_a_batch_is_claimed_is_skipped(scene: Rented) -> None:
    class Leaving(Ledger):
        def claim_batch(self, *arguments, **named):  # type: ignore[no-untyped-def]
            with suppress(AssertionError), scene.database.begin() as transaction:
                subscriber = find_subscriber(transaction, reader(2))
                assert subscriber is not None
                unsubscribe(transaction, subscriber, scene.now, "test")
            return super().claim_batch(*arguments, **named)

    scene.send(scene.task(), Leaving)
    tally = scene.tally()
    assert (tally.accepted, tally.skipped) == (READERS - 1, 1)
    assert reader(2) not in scene.arrived


def test_other_content_by_a_key_that_is_known_stops_the_run_with_one_sentence(scene: Rented) -> None:
    leave_begun(scene)
    known = scene.engine._known
    for key, one in list(known.items()):
        known[key] = dataclasses.replace(one, digest="other")
    task = scene.task(patience=timedelta(seconds=20))
    scene.run(task)
    assert "knows the key of a letter by another content, so it took nothing" in task.trouble
    assert scene.find().trouble == task.trouble
    assert scene.arrived == {reader(number): 1 for number in range(1, 7)}


def test_a_part_that_is_accepted_is_recorded_and_the_rest_sent_later(scene: Rented) -> None:
    scene.engine.refused.add(reader(2))
    tally = scene.run(patience=timedelta(seconds=20))
    assert (tally.accepted, tally.refused) == (READERS - 1, 1)
    assert scene.arrived == {address: 1 for address in everybody() if address != reader(2)}
    [refused] = scene.list(Progress.REFUSED)
    assert refused.reply == "553"


def test_a_token_that_is_refused_stops_the_run_and_costs_no_letter(scene: Rented) -> None:
    scene.mail = scene.mail.replace(TOKEN, "wrong")
    task = scene.task()
    tally = scene.run(task)
    assert task.trouble == "the relay accepts no mail from this sender (535 5.7.8)"
    assert (tally.accepted, tally.deferred, tally.remaining) == (0, 3, 4)
    assert scene.batches == [3]


def test_a_pause_that_the_engine_asks_for_is_kept(scene: Rented) -> None:
    from generator.delivery.timing.pacing import Pace  # noqa: PLC0415

    class Waiting(Pace):
        asked: list[float] = []  # noqa: RUF012

        def slow(self, least: float = 0.0) -> float:
            self.asked.append(least)
            return 0.0

    scene.fail(Once(Moment.DOT, "429 7", 1))
    assert scene.run(pace=(pace := Waiting()), patience=timedelta(seconds=20)).accepted == READERS
    assert pace.asked == [7.0]


def test_two_senders_at_once_write_to_nobody_twice(scene: Rented) -> None:
    leave_begun(scene)
    threads = [
        threading.Thread(target=scene.run, kwargs={"patience": timedelta(seconds=20)}) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert scene.tally().accepted == READERS
    assert scene.arrived == everybody()


def test_an_address_beyond_ascii_is_skipped(database: Database, settings: Settings) -> None:
    with open_relay() as relay, frozen(database, settings, relay, 1, "zoë@example.org") as scene:
        engine = Engine(relay)
        scene.door, scene.mail = engine.open_door(), f"lettermint://{TOKEN}@127.0.0.1:{{port}}"
        tally = scene.run()
    assert (tally.accepted, tally.skipped) == (1, 1)


def test_the_key_of_resend_by_smtp_is_the_same_when_a_letter_is_sent_again(
    database: Database, settings: Settings
) -> None:
    with open_relay() as relay, frozen(database, settings, relay, 3) as scene:
        scene.door = Engine(relay).open_door(smtp=True)
        scene.mail = f"resend+smtp://{TOKEN}@127.0.0.1:{{port}}"
        scene.fail(Once(Moment.TAKEN, DROP, 1))
        tally = scene.run(patience=timedelta(seconds=20))
    assert (tally.accepted, tally.in_doubt) == (3, 0)
    assert scene.arrived == {reader(number): 1 for number in (1, 2, 3)}
