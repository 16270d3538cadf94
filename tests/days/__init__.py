"""Programs on another day: libfaketime gives them its date."""

import atexit
import ctypes
import os
import struct
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from tests.machine import find_libfaketime

FAR = timedelta(days=300)
"""From this far away on, a date that somebody wrote down for good is over."""


def live_on(moment: str) -> dict[str, str]:
    """The environment of a program that lives at another moment: `@2026-11-30 08:00:00`, or a distance like `+365d`.

    The time of files stays real, and so does the monotonic clock, by which programs wait. Python's `time.sleep` fails
    under libfaketime 0.9.10 with such a clock; python/sitecustomize.py mends that.
    """
    return {
        "FAKETIME_SHARED": share(),
        "LD_PRELOAD": str(find_libfaketime()),
        "FAKETIME": moment,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "PYTHONPATH": str(Path(__file__).parent / "python"),
    }


SHARED = Path("/dev/shm")  # noqa: S108 -- where Linux keeps what programs share; no file of ours is made up there
SEMAPHORE = "sem."
"""How glibc begins the name of a semaphore's file in that folder."""


def share() -> str:
    """A new semaphore and memory for programs on one day, until this process ends.

    Without them the first program makes a pair named after its process id, and any fork of it takes the pair away. A
    later program then makes its own, which fails when a killed program with the same id has left one behind.
    """
    name = f"faketime_{os.getpid()}_{os.urandom(4).hex()}"
    libc = ctypes.CDLL(None, use_errno=True)
    libc.sem_open.restype = ctypes.c_void_p
    if not libc.sem_open(f"/{name}".encode(), os.O_CREAT | os.O_EXCL, ctypes.c_uint(0o600), ctypes.c_uint(1)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), name)
    # `struct ft_shared_s`: two counters, then the start on four clocks, of which -1 nanoseconds says "not yet known".
    (SHARED / name).write_bytes(struct.pack("QQ" + "qq" * 4, 0, 0, *(0, -1) * 4))
    for file in (SHARED / name, SHARED / f"{SEMAPHORE}{name}"):
        atexit.register(file.unlink, missing_ok=True)
    return f"/{name} /{name}"


def find_clock_change(now: datetime) -> datetime:
    """02:58 in Amsterdam on the next last Sunday of October that is far away; two minutes later it is 02:00."""
    for year in count(now.year):
        last = datetime(year, 10, 31, 0, 58, tzinfo=UTC)
        change = last - timedelta(days=last.isoweekday() % 7)
        if change - now >= FAR:
            return change
    raise AssertionError
