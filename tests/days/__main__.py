"""Runs the tests on two other days, under libfaketime: a year ahead, and in the night in which summer time ends.

Both runs go on at the same time, because each waits for programs now and then. Tests that need a browser, a database or
a mail server stay out: those programs do not look at our clock, and a browser does not start under libfaketime. Slow
tests stay out for their time, and so do those of reading and checking texts: a contract keeps the clock out of them.
"""

import argparse
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile

from tests.days import live_on
from tests.machine import FAKETIME, in_ci

CLOCK_CHANGE = datetime(2027, 10, 31, 0, 58, tzinfo=UTC)
"""02:58 in Amsterdam; two minutes later it is 02:00."""

WITHOUT_CLOCK = (
    "check",
    "content",
    "odd",
    "test_reading.py",
    "test_settings.py",
    "test_syntax.py",
    "test_texts.py",
)
"""Tests of what reads and checks texts (rendering stays: feedgen and `email` take the time of day when not told)."""


def main() -> int:
    """Exit with 1 when one of the two runs fails, or when libfaketime is missing in CI."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.days", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("arguments", nargs="*", help="for pytest; options behind --")
    arguments = parser.parse_args().arguments
    if not FAKETIME.find():
        print(f"Skipped the tests on other days: {FAKETIME.missing}.")
        return in_ci()
    now = datetime.now(UTC)  # noqa: TID251 (how far away those moments are)
    moments = {"A year ahead": now + timedelta(days=365), "The night of a clock change": CLOCK_CHANGE}
    left_out = [f"--ignore=tests/{name}" for name in WITHOUT_CLOCK]
    command = [sys.executable, "-m", "pytest", "-m", "not slow and not outside", *left_out, *arguments]
    with ExitStack() as stack:
        runs = []
        for moment in moments.values():
            # A distance, and no moment: a program that a test starts must not begin at that moment again.
            environment = live_on(f"{(moment - now).total_seconds():+.0f}") | {"TZ": "Europe/Amsterdam"}
            said = stack.enter_context(TemporaryFile())
            run = subprocess.Popen(
                command, env={**os.environ, **environment}, stdout=said, stderr=subprocess.STDOUT
            )
            stack.callback(run.terminate)
            runs.append((run, said))
        for (name, moment), (run, said) in zip(moments.items(), runs, strict=True):
            print(f"-- {name}: {moment:%A %-d %B %Y, %H:%M} UTC", flush=True)
            run.wait()
            said.seek(0)
            shutil.copyfileobj(said, sys.stdout.buffer)
            sys.stdout.flush()
    return int(any(run.returncode for run, _ in runs))


if __name__ == "__main__":
    sys.exit(main())
