"""Measures what a long list costs on PostgreSQL: `python -m tests.bench.growth 10000000`.

The readers are generated. Each letter is frozen and reserved by our own code; its rows then go through the two changes
that sending makes (`sending`, `accepted`), a few thousand in a commit, with autovacuum as PostgreSQL has it: to send
ten million letters one by one takes hours, and tests.bench.sending says what one costs. Ten million readers take 20 GB
below TMPDIR, and about half an hour.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from generator.model import Due, Language, Mailing, Progress, Settled, Week
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.accounts import find_account
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist, settle_dead
from generator.subscribers.list.pruning import HISTORY, prune
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.keys import Keys
from tests.machine import find_postgresql
from tests.postgresql import start_postgresql

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "build/bench-growth.json"
FIRST = Week.parse("2026-W40")
PART = 5_000
"""Rows in one commit, where sending is simulated."""
ROUNDS = 10
"""Of 200 letters, whose rows go through the ledger as a sender writes them."""

READERS = """
    INSERT INTO subscriber (handle, address, key, language, certainties, status, created, changed)
    SELECT 'h' || lpad(n::text, 15, '0'), a, a, CASE WHEN n % 3 = 0 THEN 'en' ELSE 'nl' END,
           CASE WHEN n % 7 = 0 THEN ' referral ' ELSE '' END, 'confirmed', now(), now()
    FROM (SELECT n, 'reader' || n || '@mail' || n % 500 || '.example.org' AS a FROM generate_series(1, :readers) n) made
"""
CONSENTS = """
    INSERT INTO consent (subscriber_id, step, at, source, network, version)
    SELECT id, step, now(), 'https://letter.example.org/', '192.0.2.0/24', 'bench'
    FROM subscriber CROSS JOIN (VALUES ('asked'), ('confirmed')) steps (step)
"""
SENDING = """
    UPDATE delivery SET progress = 'sending', sender = :sender, at = now()
    WHERE week = :week AND subscriber_id BETWEEN :first AND :last AND progress = 'planned'
"""
ACCEPTED = """
    UPDATE delivery SET progress = 'accepted', sender = NULL, reply = '250 2.0.0', at = now(), attempts = 1
    WHERE week = :week AND subscriber_id BETWEEN :first AND :last AND progress = 'sending'
"""


class Growth:
    """One list, and what was measured on it."""

    def __init__(self, database: Database, readers: int) -> None:
        self.database, self.readers = database, readers
        self.figures: list[dict[str, Any]] = []

    def time(self, name: str, act: Callable[[], Any]) -> Any:
        """Do something, and say how long it took."""
        began = time.perf_counter()
        result = act()
        self.say(name, seconds=round(time.perf_counter() - began, 3))
        return result

    def say(self, name: str, **values: Any) -> None:
        """Print a figure, and keep it."""
        self.figures.append({"name": name, "readers": self.readers, **values})
        print(f"{name:58} " + "  ".join(f"{value:,} {key}" for key, value in values.items()), flush=True)

    def run(self, statement: str, **values: Any) -> None:
        """A statement, in a transaction of its own."""
        with self.database.begin() as transaction:
            transaction.connection.execute(text(statement), values)

    def measure_size(self, table: str) -> int:
        """Megabytes of a table and its indexes."""
        with self.database.read() as transaction:
            found = transaction.connection.execute(
                text("SELECT pg_total_relation_size(:table)"), {"table": table}
            )
            return int(found.scalar_one()) // 1_000_000

    def fill(self) -> None:
        """The readers, with two consents each."""
        self.run("INSERT INTO wording (version, language, text) VALUES ('bench', 'nl', 'x')")
        self.time("generate the readers", lambda: self.run(READERS, readers=self.readers))
        self.time("generate their consents", lambda: self.run(CONSENTS))
        self.say("subscriber, with indexes", MB=self.measure_size("subscriber"))
        self.say("consent, with indexes", MB=self.measure_size("consent"))

    def send(self, week: Week, now: datetime) -> None:
        """Freeze a letter, send a part of it as a sender does, and the rest in large steps; account for it."""
        before = self.measure_size("delivery")
        self.time(f"{week}: freeze", lambda: self._freeze(week, now))
        with enlist(self.database, week, now) as sender:
            ledger = Ledger(self.database, week, sender)
            dues = self.time(f"{week}: reserve the first 200", lambda: ledger.reserve(now))
            ledger.give_back(dues)
            half = self.readers // 2
            self.time(
                f"{week}: send to the first half, in large steps", lambda: self._send(week, 1, half, sender)
            )
            self.time(
                f"{week}: reserve 200 after the first half, as resume does", lambda: ledger.reserve(now)
            )
            self.time(f"{week}: settle what dead senders left", lambda: settle_dead(self.database, week, now))
            self._advance(week, ledger, now)
            self.time(f"{week}: status, half sent", lambda: self._tally(week))
            self._send(week, half + 1, self.readers, sender)
            ledger.close()
        self.time(f"{week}: status, all sent", lambda: self._tally(week))
        self.time(f"{week}: report", lambda: self._report(week))
        self.say(f"{week}: rows of the letter, with indexes", MB=self.measure_size("delivery") - before)

    def forget(self, now: datetime, letters: int) -> None:
        """What the service does once an hour, when letters are older than half a year: one letter at a time."""
        for number in range(1, letters + 1):
            self.time(f"prune letter {number}", lambda: self._prune(now))

    def _freeze(self, week: Week, now: datetime) -> None:
        mailing = Mailing(week, now, "", "referral", self.database.keys.fingerprint, 0, None, "")
        masters = {Language(code): b"x" * 20_000 for code in ("nl", "en")}
        with self.database.begin() as transaction:
            frozen = mailings.freeze(transaction, mailing, masters, week.friday, now)
        if frozen.planned != self.readers:
            raise RuntimeError(f"{frozen.planned} planned; expected {self.readers}")

    def _send(self, week: Week, first: int, last: int, sender: int) -> None:
        for start in range(first, last + 1, PART):
            some = {"week": str(week), "first": start, "last": min(start + PART - 1, last)}
            self.run(SENDING, **some, sender=sender)
            self.run(ACCEPTED, **some)

    def _advance(self, week: Week, ledger: Ledger, now: datetime) -> None:
        """What a sender does, without its relay."""
        done: list[Settled] = []
        reserving = advancing = 0.0
        for _ in range(ROUNDS):
            began = time.perf_counter()
            dues: list[Due] = ledger.reserve(now)
            reserved = time.perf_counter()
            for due in dues:
                ledger.advance(done, due, now)
                done = [Settled(due.subscriber_id, Progress.ACCEPTED, "250 2.0.0")]
            reserving += reserved - began
            advancing += time.perf_counter() - reserved
        ledger.advance(done, None, now)
        self.say(f"{week}: reserve 200, in the middle", ms=round(reserving * 1000 / ROUNDS, 1))
        self.say(f"{week}: advance one row, in the middle", ms=round(advancing * 1000 / ROUNDS / 200, 2))

    def _tally(self, week: Week) -> None:
        with self.database.read() as transaction:
            tally = mailings.tally(transaction, week)
        if not tally.balances:
            raise RuntimeError(f"{week} does not balance: {tally}")

    def _report(self, week: Week) -> None:
        with self.database.read() as transaction:
            find_account(transaction, week)

    def _prune(self, now: datetime) -> None:
        with self.database.begin() as transaction:
            prune(transaction, now)


def main(readers: int, letters: int, report: Path) -> None:
    """Measure, and write the report."""
    programs = find_postgresql()
    if programs is None:
        raise SystemExit("Growth is not measured: PostgreSQL is missing (apt install postgresql).")
    folder = Path(tempfile.mkdtemp(prefix="growth"))
    try:
        with start_postgresql(programs, durable=True) as server:
            database = open_database(server.format("postgres"), Keys.parse("k" * 43), folder)
            growth = Growth(database, readers)
            growth.fill()
            week = FIRST
            for _ in range(letters):
                now = datetime.combine(week.friday, datetime.min.time(), UTC) + timedelta(hours=5)
                growth.send(week, now)
                week = week.next()
            growth.forget(now + HISTORY + timedelta(days=1), letters)
            database.close()
    finally:
        shutil.rmtree(folder)
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps(growth.figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__.splitlines()[0])
    parser.add_argument("readers", type=int, nargs="?", default=1_000_000, help="how many (1,000,000)")
    parser.add_argument("--letters", type=int, default=3, help="letters to each of them (3)")
    asked = parser.parse_args()
    with suppress(KeyboardInterrupt):
        main(asked.readers, asked.letters, REPORT)
        sys.exit()
    sys.exit(130)
