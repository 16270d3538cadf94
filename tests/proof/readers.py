"""What each reader of the course should find in their mailbox, day by day, worked out without the program."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto

from generator.model import Language, Subscriber
from generator.subscribers.ledger import courses
from generator.subscribers.list import subscriptions
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.store.database import Transaction
from tests.languages import EN, NL
from tests.proof.world import World

LESSONS = 7
WEEK = timedelta(weeks=1)


Mail = tuple[str, str]
"""Which letter or lesson, in which language; that is empty for one that is in doubt and has not arrived."""


class Change(Enum):
    """What a reader can do between two mails."""

    HOLD = auto()
    """Pause the course."""
    STOP = auto()
    GO_ON = auto()
    LANGUAGE = auto()
    AWAY = auto()
    """Pause all mail for some days."""
    LEAVE = auto()
    ERASE = auto()


@dataclass
class Reader:
    """Somebody on the list, as they know it themselves."""

    address: str
    language: Language
    due: date | None
    """From when their next lesson may come; None while they have the course stopped or paused."""
    step: int = 1
    """Of that lesson."""
    kept: date | None = None
    """From when it could have come, while they have the course stopped or paused: no sooner for that."""
    away: date | None = None
    """The day on which they are back."""
    gone: bool = False
    owed: Mail | None = None
    """A letter that is put off until tomorrow, because they had a lesson today."""

    def gets_mail(self, day: date) -> bool:
        return not self.gone and not (self.away and self.away > day)


def next_lesson_day(day: date) -> date:
    """From Monday to Thursday, after this day."""
    return next(after for after in (day + timedelta(days=n) for n in range(1, 5)) if after.weekday() < 4)


class Diary:
    """What everybody is to get."""

    def __init__(self, world: World, seed: random.Random, first: date) -> None:
        """All begin the course, so that the first lessons leave on the days from `first` on, a Monday."""
        self.world, self.seed = world, seed
        self.readers: dict[str, Reader] = {}
        self.today: dict[str, Mail] = {}
        """What is still to arrive today."""
        with world.database.begin() as transaction:
            for number, address in enumerate(world.people):
                begun = first + timedelta(days=number % 4 - 1)
                subscriber = find_subscriber(transaction, address)
                assert subscriber
                now = datetime.combine(begun, time(8), UTC)
                assert courses.begin(transaction, subscriber, begun, now)
                self.readers[address] = Reader(address, subscriber.language, next_lesson_day(begun))

    def expect_lessons(self, day: date) -> None:
        """The lessons of a day; nobody has had a mail on it."""
        for reader in self.readers.values():
            due = reader.due and reader.due <= day and reader.step <= LESSONS
            if due and not reader.owed and reader.gets_mail(day):
                self.today[reader.address] = f"course-{reader.step}", reader.language
                reader.due = next_lesson_day(day + WEEK - timedelta(days=1))

    def expect_letter(self, name: str, friday: date, had: Collection[str]) -> None:
        """The letter of a Friday; who `had` another mail today gets it tomorrow."""
        for reader in self.readers.values():
            if reader.gets_mail(friday):
                if reader.address in had:
                    reader.owed = name, reader.language
                else:
                    self.today[reader.address] = name, reader.language

    def expect_owed(self, friday: date) -> None:
        """The letters of yesterday that were put off."""
        for reader in self.readers.values():
            if reader.owed and reader.gets_mail(friday):
                self.today[reader.address] = reader.owed
            reader.owed = None

    def settle(self, got: dict[str, Mail]) -> list[str]:
        """Compare with who got (or may have got) which mail; what differs."""
        wrong = [
            f"{address}: expected {self.today.get(address)}, had {got.get(address)}"
            for address in self.today.keys() | got.keys()
            if not _agrees(self.today.get(address), got.get(address))
        ]
        for address, (name, _) in got.items():
            if name.startswith("course"):
                self.readers[address].step += 1
        self.today = {}
        return wrong

    def change_some(self, count: int, now: datetime, had: set[str] | None = None) -> None:
        """So many readers change something. `had`: while mail is sent, who got theirs or is getting it just now."""
        candidates = [
            one
            for one in self.readers.values()
            if not one.gone and (had is None or (one.address in self.today and one.address not in had))
        ]
        with self.world.database.begin() as transaction:
            for reader in self.seed.sample(candidates, min(count, len(candidates))):
                subscriber = find_subscriber(transaction, reader.address)
                assert subscriber
                change = self._choose(reader, while_sending=had is not None)
                self._apply(transaction, subscriber, reader, change, now)

    def _choose(self, reader: Reader, *, while_sending: bool) -> Change:
        finished = reader.step > LESSONS or (reader.step == LESSONS and reader.address in self.today)
        if reader.due is None and not finished and not while_sending:
            return Change.GO_ON
        some = set(Change) - {Change.GO_ON}
        if finished or reader.due is None:
            some -= {Change.HOLD, Change.STOP}
        return self.seed.choice(sorted(some, key=lambda one: one.value))

    def _apply(
        self, transaction: Transaction, subscriber: Subscriber, reader: Reader, change: Change, now: datetime
    ) -> None:
        name, _ = self.today.get(reader.address, ("", reader.language))
        match change:
            case Change.HOLD | Change.STOP:
                act = courses.pause if change is Change.HOLD else courses.stop
                assert act(transaction, subscriber, now)
                reader.kept, reader.due = reader.due, None
                if name.startswith("course"):
                    del self.today[reader.address]
                    reader.kept = now.date()  # they had nothing
            case Change.GO_ON:
                assert courses.begin(transaction, subscriber, now.date(), now)
                assert reader.kept
                reader.due = max(reader.kept, next_lesson_day(now.date()))
            case Change.LANGUAGE:
                reader.language = EN if reader.language == NL else NL
                subscriptions.change(transaction, subscriber, now, reader.language, subscriber.certainties)
            case Change.AWAY:
                reader.away = now.date() + timedelta(days=self.seed.randint(5, 20))
                subscriptions.pause(transaction, subscriber, reader.away, now)
                self.today.pop(reader.address, None)
                if name.startswith("course"):
                    reader.due = now.date()  # they had nothing: it waits for the day on which they are back
            case Change.LEAVE:
                assert subscriptions.unsubscribe(transaction, subscriber, now, "a link", goodbye=False)
                self._end(reader)
            case Change.ERASE:
                subscriptions.erase(transaction, subscriber, now, goodbye=False)
                self._end(reader)

    def _end(self, reader: Reader) -> None:
        reader.gone = True
        self.today.pop(reader.address, None)


def _agrees(expected: Mail | None, had: Mail | None) -> bool:
    if expected is None or had is None:
        return expected is had
    return had[0] == expected[0] and had[1] in {expected[1], ""}
