"""The watch of the service: a thread that looks every minute, and tells the operator what is wrong."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from generator.errors import describe
from generator.watch.alerts import alert
from generator.watch.look import look_at

if TYPE_CHECKING:
    from pathlib import Path

    from generator.clock import Clock
    from generator.settings import Settings
    from generator.subscribers.store.database import Database

PAUSE = 60.0
"""Seconds between two looks."""

_LOG = logging.getLogger(__name__)


class Watcher:
    """Looks, and tells. No error ends it. One thread calls `start` and `stop`."""

    def __init__(self, root: Path, settings: Settings, database: Database, clock: Clock) -> None:
        """Nothing is looked at yet."""
        self._root, self._settings, self._database, self._clock = root, settings, database, clock
        self._stopping = Event()
        self._said: list[str] = []

    def start(self) -> None:
        """Start the thread; it looks at once, because the machine may have been off when a letter was due."""
        # A daemon: nobody waits for an alert that is on its way.
        Thread(target=self._run, name="watch", daemon=True).start()

    def stop(self) -> None:
        """Look no more. What is being told is told by another look."""
        self._stopping.set()

    def watch(self) -> None:
        """One look."""
        now = self._clock()
        findings, _ = look_at(self._root, self._settings, self._database, now)
        said = alert(self._root, self._settings, findings, now)
        for one in said:
            if one not in self._said:  # once, not every minute
                _LOG.error("%s", one)
        self._said = said

    def _run(self) -> None:
        while True:
            try:
                self.watch()
            except Exception as error:  # noqa: BLE001 (a bug in one look must not end the watch)
                _LOG.error("the watch failed: %s", describe(error))
            if self._stopping.wait(PAUSE):
                return
