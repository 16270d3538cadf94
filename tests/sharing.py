"""Starts what takes long to start once, for all workers of a test run."""

import fcntl
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any


@contextmanager
def share(path: Path, start: Callable[[], AbstractContextManager[Any]]) -> Iterator[Any]:
    """What `start` yields, which must be plain JSON.

    The first process that needs it starts it, and ends it when no other uses it. `path`: a file that does not exist
    yet, in a folder that belongs to this run. The system releases the locks of a process that is killed.
    """
    with (
        ExitStack() as started,
        path.with_suffix(".users").open("w") as users,
        path.with_suffix(".lock").open("w") as lock,
    ):
        with _hold(lock):
            if is_first := not path.exists():
                path.write_text(json.dumps(started.enter_context(start())), "utf-8")
            made = json.loads(path.read_text("utf-8"))
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield made
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            while is_first and not _end(path, users, lock):
                time.sleep(0.05)


@contextmanager
def _hold(lock: IO[str]) -> Iterator[None]:
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


def _end(path: Path, users: IO[str], lock: IO[str]) -> bool:
    """Take it away for others, unless somebody uses it."""
    with _hold(lock):  # nobody begins to use it meanwhile
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        path.unlink()
        return True
