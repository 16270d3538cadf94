"""Web hooks of the real service: a flood of 5,000 reports, and kill -9. What was answered with 2xx is judged."""

import http.client
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from generator.clock import read_clock
from generator.environment import find_keys
from generator.model import NewSubscriber, Status, Week
from generator.outline import load_outline
from generator.subscribers.ledger.tags import make_tag
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import open_database
from generator.subscribers.store.schema import EVENT, REPORT
from tests.delivery import hooks
from tests.languages import NL
from tests.web.reading import copy_sample, open_worker
from tests.web.running import Running, run_service

pytestmark = [pytest.mark.outside, pytest.mark.slow]

LIST = "sqlite:///var/newsletter.db"
READERS, SENDERS = 5000, 8
HOOK = {"NEWSLETTER_HOOK_LETTERMINT": hooks.SECRETS["lettermint"]}
WEEK = Week.parse("2026-W48")


@pytest.fixture
def project(tmp_path) -> Path:
    return copy_sample(tmp_path)


@pytest.fixture
def tags(project) -> list[str]:
    """Those of the letter of a week, one for each reader."""
    keys, now = find_keys(project, lambda _: None), read_clock()
    handles = [f"reader{number:04}" for number in range(READERS)]
    with closing(open_database(LIST, keys, project)) as database, database.begin() as transaction:
        add_many(
            transaction,
            [
                NewSubscriber(
                    f"{handle}@d{handle}.example.org", NL, (), Status.CONFIRMED, now, now, handle=handle
                )
                for handle in handles
            ],
        )
    return [make_tag(keys, WEEK, handle) for handle in handles]


class Load:
    """A relay that reports over a few connections as fast as it can, and remembers what was accepted."""

    def __init__(self, running: Running, tags: list[str]) -> None:
        self._running = running
        self.accepted: list[str] = []
        self.others: list[int] = []
        self._threads = [
            threading.Thread(target=self._send, args=(tags[number::SENDERS],)) for number in range(SENDERS)
        ]
        for thread in self._threads:
            thread.start()

    def _send(self, tags: list[str]) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self._running.port, timeout=60)) as connection:
            self._send_all(connection, tags)

    def _send_all(self, connection: http.client.HTTPConnection, tags: list[str]) -> None:
        for tag in tags:
            event = hooks.bounce("lettermint", tag, hooks.FULL)
            body, headers = hooks.sign("lettermint", event, read_clock())
            try:
                connection.request("POST", "/hooks/lettermint", body, headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):  # it has been killed
                return
            # Only now: whoever has read the whole answer has been told.
            (self.accepted.append(tag) if answer.status == 200 else self.others.append(answer.status))

    def join(self) -> None:
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive()


def judge(project: Path) -> int:
    """Let a worker judge what is left; how many letters bounced."""
    keys = find_keys(project, lambda _: None)
    with open_worker(load_outline(project), LIST, keys, read_clock) as (worker, _):
        while worker.work():
            pass
        with worker._database.read() as transaction:
            waiting = select(func.count()).where(REPORT.c.judged.is_(None))
            assert transaction.connection.execute(waiting).scalar() == 0
            return transaction.connection.execute(select(func.count()).select_from(EVENT)).scalar() or 0


def test_a_flood_keeps_the_service_answering_and_loses_nothing(project, tags):
    with run_service(project, **HOOK) as running:
        load = Load(running, tags)
        while any(thread.is_alive() for thread in load._threads):
            assert running.ask("GET", "/subscribe")[0] == 200
            assert running.ask("GET", "/health")[0] == 200
            time.sleep(0.05)
        load.join()
        assert "Traceback" not in running.said
    assert set(load.others) <= {503}
    assert len(load.accepted) + len(load.others) == READERS
    assert judge(project) == len(load.accepted)


def test_kill_9_loses_no_accepted_report(project, tags):
    accepted = 0
    for number in range(3):
        with run_service(project, **HOOK) as running:
            load = Load(running, tags[number::3])
            while len(load.accepted) < 100 * (number + 1):
                time.sleep(0.01)
            running.kill()
            load.join()
            accepted += len(load.accepted)
    # One that was kept, and whose answer was never read, counts too.
    assert accepted <= judge(project) <= accepted + 3 * SENDERS
