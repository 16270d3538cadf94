"""What a command costs: seconds, processor seconds, and memory of it and of all processes that it starts."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

MEGABYTE = 1_000_000

_INTERVAL = 0.02


class CommandFailedError(Exception):
    """A command that is measured ended with an error, so there is nothing to measure."""


@dataclass(frozen=True)
class Cost:
    """What a command took, from its start to its end."""

    seconds: float
    processor: float
    """Seconds on all cores together, in the command and the system."""
    memory: float
    """Megabytes at the highest moment, all processes together."""


def measure(commands: Sequence[Sequence[str]], folder: Path, environment: Mapping[str, str]) -> Cost:
    """Run commands one after the other. Raises CommandFailedError; no process outlives this call."""
    costs = [_measure(command, folder, environment) for command in commands]
    return Cost(
        sum(cost.seconds for cost in costs),
        sum(cost.processor for cost in costs),
        max(cost.memory for cost in costs),
    )


def _measure(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Cost:
    log = folder / ".bench.log"
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that one signal reaches all that it starts
        )
        try:
            with _Watch(process.pid) as watch:
                _, status, usage = os.wait4(process.pid, 0)
                seconds = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if process.returncode:
        said = log.read_text(encoding="utf-8", errors="replace").strip()
        raise CommandFailedError(f"{' '.join(command)} ended with {process.returncode}:\n{said[-2000:]}")
    log.unlink()
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(seconds, usage.ru_utime + usage.ru_stime, max(usage.ru_maxrss * unit, watch.peak) / MEGABYTE)


class _Watch(threading.Thread):
    """Looks at the memory of a process and its children, fifty times a second, where there is /proc.

    What the system reports afterwards is the largest process; `generate site` has two large ones at the same time.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._pid = pid
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        if Path("/proc/self/statm").exists():
            self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self.is_alive():
            self.join()

    def run(self) -> None:
        while not self._ended.wait(_INTERVAL):
            self.peak = max(self.peak, sum(_resident(pid) for pid in _family(self._pid)))


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:  # it has just ended
        return
    for child in children:
        yield from _family(int(child))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf(
            "SC_PAGE_SIZE"
        )
    except OSError:
        return 0
