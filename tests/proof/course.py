"""Seven simulated weeks of the course, with letters between: senders are killed while they plan, freeze and send."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from generator.model import CourseStep, Progress, Week
from generator.subscribers.store.schema import DELIVERY
from tests.proof.accounts import Account, settle_account
from tests.proof.faults import Gate, expect
from tests.proof.kills import Attack, Blow, blows, note
from tests.proof.projects import add_course, add_letters
from tests.proof.readers import LESSONS, Diary, Mail
from tests.proof.relay import Moment
from tests.proof.world import Sender, World

MONDAY = date(2026, 11, 9)
PLANNING = (
    *("plan:before", "plan:after", "plan:after", "plan:before"),
    *(f"commit:before {number}" for number in (1, 2, 3, 4)),
)
FREEZING = (
    *("freeze:before", "freeze:after", "freeze:after", "enlist:before"),
    *(f"commit:before {number}" for number in (1, 2, 3, 4)),
)
SERVING = {"generator.web.first:IDLE": 0.2, "generator.web.first:REST": 0.5}
"""Seconds: the service looks for first letters, and for those that were put off."""


@dataclass
class Weeks:
    """What happens in them."""

    world: World
    account: Account
    seed: random.Random
    diary: Diary
    connections: int
    attacks: dict[date, list[Blow]] = field(default_factory=dict)
    """Who dies on which day."""
    letters: int = 1
    """Of a day, within which a sender dies."""
    seen: Counter[str] = field(default_factory=Counter)
    """Copies of everybody, until now."""
    doubted: set[tuple[str, str]] = field(default_factory=set)

    def teach(self, day: date) -> dict[str, Mail]:
        """The lessons of a day: half past seven in Amsterdam. Who got one."""
        began = _at(day, 6, 30)
        self.diary.expect_lessons(day)
        self._send(day, began, partial(self._start, began, "send", "--course", "--without-git"))
        return self._settle(day)

    def write(self, week: Week, day: date, had: Sequence[str] = ()) -> None:
        """The letter of a week, on its Friday, or by hand on a day with lessons."""
        began = _at(day, 5 if day == week.friday else 11, 30)
        self.diary.expect_letter(str(week), week.friday, had)

        def begin(*arguments: str, **named: Any) -> Sender:
            frozen = self.world.has_frozen(week)
            words = ("resume", str(week)) if frozen else ("send", str(week), "--now", "--without-git")
            return self._start(began, *words, *arguments, **named)

        self._send(day, began, begin)
        self._settle(day)

    def catch_up(self, week: Week, day: date) -> None:
        """The service sends what was put off; once it is killed."""
        self.diary.expect_owed(week.friday)
        began = _at(day, 12, 30)
        serve = partial(self._start, began, "serve", "--port", "0", hurry=SERVING)
        if len(self.diary.today) >= 5:
            attack = Attack(lambda *_, **named: serve(**named), Blow("advance:after", 3), 1)
            note(self.account, attack, attack.begin().wait())
        service = serve()
        until = time.monotonic() + 60
        while self._count_open(week) and time.monotonic() < until:
            time.sleep(0.1)
        service.signal(signal.SIGTERM)
        expect(self.account, service, 0)
        self._settle(day)

    def rest(self, day: date) -> None:
        """In the evening some readers change their mind."""
        self.diary.change_some(max(1, len(self.world.people) // 200), _at(day, 20, 0))

    def _start(self, began: datetime, *arguments: str, **named: Any) -> Sender:
        """A command at a simulated moment. The course is prepared anew each week, and a letter once."""
        kept = self.world.root / "var" / f"kept-{began:%G-%V}"
        kept.mkdir(parents=True, exist_ok=True)
        return self.world.start(*arguments, at=began.isoformat(), kept=str(kept), **named)

    def _send(self, day: date, began: datetime, begin: Callable[..., Sender]) -> None:
        """Kill as often as this day has it, let some readers change something, and send the rest, two at once."""
        if not self.diary.today:
            expect(self.account, begin(), 0)
            return
        for blow in self.attacks.pop(day, []):
            attack = Attack(begin, blow, self.connections, most=self.letters)
            note(self.account, attack, attack.begin().wait())
            self.world.relay.wait()
        senders = []
        if len(self._list_new()) < len(self.diary.today) // 2:
            senders.append(self._interrupt(begin, began))
        senders += [begin("--connections", str(self.connections)), begin()]
        for sender in senders:
            expect(self.account, sender, 0)

    def _interrupt(self, begin: Callable[..., Sender], began: datetime) -> Sender:
        """Change something while one sender waits for the relay."""
        gate = Gate(max(1, len(self.diary.today) // 5), Moment.RCPT)
        flying: list[str] = []

        def fault(moment: Moment, recipient: str) -> str:
            if recipient:
                flying[:] = [recipient]
            return gate(moment, recipient)

        sender = begin(fault=fault)
        with gate.closed():
            had = {*self._list_new(), *flying, *self._list_doubtful_today()}
            self.diary.change_some(max(2, len(self.world.people) // 100), began, had)
        return sender

    def _list_new(self) -> dict[str, list[Mail]]:
        """What has come since the day began."""
        found = {}
        for address, copies in dict(self.world.relay.arrivals).items():
            mails = [
                (one.mailing, one.language) for one in copies if one.mailing.startswith(("20", "course-"))
            ]
            if new := mails[self.seen[address] :]:
                found[address] = new
        return found

    def _list_doubtful_today(self) -> set[str]:
        """Who may have got theirs. Those of a dead sender are among them before anybody has settled them."""
        return {address for address, _ in self._list_rows(Progress.IN_DOUBT, Progress.SENDING) - self.doubted}

    def _list_rows(self, *progress: Progress) -> set[tuple[str, str]]:
        names = {number: address for address, number in self.world.people.items()}
        with self.world.database.read() as transaction:
            rows = transaction.connection.execute(
                select(DELIVERY.c.subscriber_id, DELIVERY.c.week).where(DELIVERY.c.progress.in_(progress))
            ).all()
        return {(names[number], week) for number, week in rows}

    def _count_open(self, week: Week) -> int:
        open_ = {Progress.PLANNED, Progress.SENDING, Progress.DEFERRED}
        return sum(progress in open_ for progress in self.world.ledger(week).values())

    def _settle(self, day: date) -> dict[str, Mail]:
        """The day is over: who got what, and whether it was what they were to get, and not more."""
        self.world.relay.wait()
        new, doubtful = self._list_new(), self._list_rows(Progress.IN_DOUBT)
        got = {address: mails[0] for address, mails in new.items()}
        for address, name in doubtful - self.doubted:
            got.setdefault(address, (name, ""))
        several = {address: mails for address, mails in new.items() if len(mails) > 1}
        wrong = [f"{address} got {mails} on one day" for address, mails in several.items()]
        wrong += self.diary.settle(got)
        self.account.faults += [f"{day:%A %d %B}: {one}" for one in wrong[:5]]
        if len(wrong) > 5:
            self.account.faults.append(f"{day:%A %d %B}: {len(wrong)} more like these")
        self.doubted = doubtful
        for address, mails in new.items():
            self.seen[address] += len(mails)
        if len(doubtful) > self.account.allowed:
            self.account.faults.append(
                f"{day}: {len(doubtful)} in doubt; at most {self.account.allowed} are allowed"
            )
        return got

    def conclude(self, weeks: Sequence[Week]) -> Account:
        """Account for all that was sent. Who stayed to the end has had all lessons before their next one, in order."""
        lessons = filter(self.world.has_frozen, map(CourseStep, range(1, LESSONS + 1)))
        for name in (*weeks, *lessons):
            settle_account(self.world, self.account, audience=len(self.world.ledger(name)), week=name)
        taken = self.world.arrivals()
        doubtful = self._list_rows(Progress.IN_DOUBT)
        for reader in self.diary.readers.values():
            lessons = [
                one.mailing for one in taken.get(reader.address, ()) if one.mailing.startswith("course")
            ]
            due = [f"course-{number}" for number in range(1, reader.step)]
            if [name for name in due if (reader.address, name) not in doubtful or name in lessons] != lessons:
                self.account.faults.append(f"{reader.address} had {lessons}; expected {due}")
        return self.account


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def run_course(  # noqa: PLR0913
    world: World, name: str, seed: random.Random, kills: int, *, connections: int = 1, lessons: int = LESSONS
) -> Account:
    """Each reader has each lesson and each letter once, in order, and never two on a day.

    One week more than there are lessons, for those who were away. In the middle one letter is sent by hand on a day of
    lessons, and the service sends it on the next day to those who had a lesson.
    """
    account = Account(name)
    mondays = [MONDAY + timedelta(weeks=number) for number in range(lessons + 1)]
    weeks = [Week.of(monday) for monday in mondays[:-1]]
    add_letters(world.root, weeks)
    add_course(world.root)
    diary = Diary(world, seed, MONDAY)
    middle = len(weeks) // 2
    days = [monday + timedelta(days=later) for monday in mondays[:-1] for later in range(5)]
    days.remove(weeks[middle].friday)
    attacks = spread(seed, kills, days, len(world.people) // 4 // 6)
    state = Weeks(world, account, seed, diary, connections, attacks, max(1, len(world.people) // 4 // 3))
    for number, monday in enumerate(mondays):
        by_hand = number == middle
        for day in (monday + timedelta(days=later) for later in range(5)):
            if day.weekday() < 4:
                had = state.teach(day)
                if by_hand and day.weekday() == 2:
                    state.write(weeks[number], day, [*had])
                elif by_hand and day.weekday() == 3:
                    state.catch_up(weeks[number], day)
            elif number < len(weeks) and not by_hand:
                state.write(weeks[number], day)
            state.rest(day)
    return state.conclude(weeks)


def spread(seed: random.Random, kills: int, days: Sequence[date], letters: int) -> dict[date, list[Blow]]:
    """So many blows: at steps of planning, of freezing, and of sending, on these days."""
    fifth = max(1, kills // 5)
    chosen = [(seed.choice([day for day in days if day.weekday() < 4]), one) for one in PLANNING[:fifth]]
    chosen += [(seed.choice([day for day in days if day.weekday() == 4]), one) for one in FREEZING[:fifth]]
    found: dict[date, list[Blow]] = {}
    for day, step in chosen:
        name, _, count = step.partition(" ")
        found.setdefault(day, []).append(Blow(name, int(count or 1)))
    for blow in blows(seed, kills - len(chosen), max(1, letters)):
        found.setdefault(seed.choice(days), []).append(blow)
    return found
