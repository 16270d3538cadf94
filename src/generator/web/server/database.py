"""The list, as a request may use it: in threads, so that others are answered meanwhile, and wishes many at a time."""

from __future__ import annotations

from asyncio import Future, Task, get_running_loop
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from generator.errors import DatabaseError
from generator.subscribers.list.wishes import add_wishes

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.model.subscribers import Wish
    from generator.subscribers.store.database import Database, Transaction

T = TypeVar("T")

TOGETHER = 500
"""Wishes that one commit keeps. A commit waits for the disk, and others arrive meanwhile."""

WAITING = 5000
"""Requests that may wait for the disk. Above that the service answers 503."""


class Keeper:
    """Reads and writes the list from the event loop."""

    def __init__(self, database: Database, wake: Callable[[], None]) -> None:
        """`wake` is called when there are new wishes."""
        self._database, self._wake = database, wake
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="list")
        self._waiting: list[tuple[Wish, Future[None]]] = []
        self._writing: Task[None] | None = None

    async def read(self, act: Callable[[Transaction], T]) -> T:
        """Do something that changes nothing. Raises DatabaseError."""

        def read() -> T:
            with self._database.read() as transaction:
                return act(transaction)

        return await get_running_loop().run_in_executor(self._threads, read)

    async def write(self, act: Callable[[Transaction], T]) -> T:
        """Do something, all or nothing, and wake the worker for what follows from it. Raises DatabaseError."""

        def write() -> T:
            with self._database.begin() as transaction:
                return act(transaction)

        result = await get_running_loop().run_in_executor(self._threads, write)
        self._wake()
        return result

    async def keep(self, wish: Wish) -> None:
        """Return when the wish is on the disk. Raises DatabaseError when it is not."""
        if len(self._waiting) >= WAITING:
            raise DatabaseError(
                f"{self._database.name} is too slow for the number of requests; nothing was saved"
            )
        loop = get_running_loop()
        kept: Future[None] = loop.create_future()
        self._waiting.append((wish, kept))
        if self._writing is None or self._writing.done():
            self._writing = loop.create_task(self._write_wishes())
        await kept

    async def _write_wishes(self) -> None:
        while self._waiting:
            now, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            wishes = [wish for wish, _ in now]
            error: Exception | None = None
            try:
                await self.write(partial(add_wishes, wishes=wishes))
            except Exception as caught:  # noqa: BLE001 (whoever waits is told)
                error = caught
            for _, kept in now:
                if kept.done():
                    continue  # nobody waits any more
                if error is None:
                    kept.set_result(None)
                else:
                    kept.set_exception(error)
