"""The database for the event loop: blocking calls run in a pool of threads, and wishes and reports are saved together
with those that wait (group commit).
"""

from __future__ import annotations

from asyncio import Future, Task, get_running_loop
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar

from generator.errors import DatabaseError
from generator.subscribers.ledger.reports import add_reports
from generator.subscribers.list.wishes import add_wishes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from generator.model import Report, Wish
    from generator.subscribers.store.database import Database, Transaction

T = TypeVar("T")

TOGETHER = 500
"""Requests that one commit saves, at most. A commit waits for the disk, and others arrive meanwhile."""

WAITING = 5000
"""Wishes that may wait for a commit, and as many requests with reports. With more, the service answers 503."""


class _Queue(Generic[T]):
    """Values that wait for a commit of many."""

    def __init__(self, save: Callable[[list[T]], Awaitable[None]], name: str) -> None:
        self._save, self._name = save, name
        self._waiting: deque[tuple[T, Future[None]]] = deque()
        self._writing: Task[None] | None = None

    async def put(self, value: T) -> None:
        """Return once it is on the disk. Raises DatabaseError: it was not saved."""
        if len(self._waiting) >= WAITING:
            raise DatabaseError(f"{self._name} is too slow for the number of requests; nothing was saved")
        loop = get_running_loop()
        saved: Future[None] = loop.create_future()
        self._waiting.append((value, saved))
        if self._writing is None or self._writing.done():
            self._writing = loop.create_task(self._write())
        await saved

    async def _write(self) -> None:
        while self._waiting:
            now = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
            error: Exception | None = None
            try:
                await self._save([value for value, _ in now])
            except Exception as caught:  # noqa: BLE001 (each request that waits gets it)
                error = caught
            for _, saved in now:
                if saved.done():
                    continue  # its request was cancelled
                if error is None:
                    saved.set_result(None)
                else:
                    saved.set_exception(error)


class AsyncDatabase:
    """Reads and writes the list without blocking the event loop. Its methods are called in the loop's thread only."""

    def __init__(self, database: Database, wake: Callable[[], None]) -> None:
        """`wake` is called after each write, to start the worker on what follows from it."""
        self._database, self._wake = database, wake
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="list")
        self._wishes = _Queue(self._write_wishes, database.name)
        self._reports = _Queue(self._write_reports, database.name)

    async def call(self, act: Callable[[], T]) -> T:
        """Run `act`, which opens its own transactions, in another thread. Raises what it raises."""
        return await get_running_loop().run_in_executor(self._threads, act)

    async def read(self, act: Callable[[Transaction], T]) -> T:
        """Run `act` in a read-only transaction, in another thread. Raises DatabaseError, and what `act` raises."""

        def read() -> T:
            with self._database.read() as transaction:
                return act(transaction)

        return await get_running_loop().run_in_executor(self._threads, read)

    async def write(self, act: Callable[[Transaction], T]) -> T:
        """Run `act` in a transaction, in another thread, and return once it is on the disk.

        Raises DatabaseError, and what `act` raises: then nothing was written.
        """

        def write() -> T:
            with self._database.begin() as transaction:
                return act(transaction)

        result = await get_running_loop().run_in_executor(self._threads, write)
        self._wake()
        return result

    async def save(self, wish: Wish) -> None:
        """Save a wish, and return once it is on the disk. Raises DatabaseError: it was not saved."""
        await self._wishes.put(wish)

    async def keep(self, reports: Sequence[Report]) -> None:
        """Keep reports of a relay in the same way."""
        await self._reports.put(reports)

    async def _write_wishes(self, wishes: list[Wish]) -> None:
        await self.write(partial(add_wishes, wishes=wishes))

    async def _write_reports(self, reports: list[Sequence[Report]]) -> None:
        await self.write(partial(add_reports, reports=list(chain.from_iterable(reports))))
