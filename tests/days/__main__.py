"""Runs the tests on another day, under libfaketime: about a year ahead, in the night in which summer time ends.

Tests that need a browser, a database or a mail server stay out: those programs do not look at our clock, and a browser
does not start under libfaketime. Slow tests stay out for their time, and so do those of reading and checking texts: a
contract keeps the clock out of them.
"""

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime

from tests.days import find_clock_change, live_on
from tests.machine import FAKETIME, in_ci

WITHOUT_CLOCK = (
    "check",
    "content",
    "odd",
    "test_reading.py",
    "test_settings.py",
    "test_syntax.py",
    "test_texts.py",
    "writing/test_journey.py",
)
"""Tests of what reads and checks texts (rendering stays: feedgen and `email` take the time of day when not told).

And of the editor in a browser, whose clock the tests set."""


def main() -> int:
    """Exit with 1 when a test fails, or when libfaketime is missing in CI."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.days", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("arguments", nargs="*", help="for pytest; options behind --")
    arguments = parser.parse_args().arguments
    if not FAKETIME.find():
        print(f"Skipped the tests on another day: {FAKETIME.missing}.")
        return in_ci()
    now = datetime.now(UTC)  # noqa: TID251 (how far away that moment is)
    moment = find_clock_change(now)
    print(f"-- {moment:%A %-d %B %Y, %H:%M} UTC", flush=True)
    left_out = [f"--ignore=tests/{name}" for name in WITHOUT_CLOCK]
    command = [sys.executable, "-m", "pytest", "-m", "not slow and not outside", *left_out, *arguments]
    # A distance, and no moment: a program that a test starts must not begin at that moment again.
    environment = live_on(f"{(moment - now).total_seconds():+.0f}") | {"TZ": "Europe/Amsterdam"}
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
