"""Runs the tests on two other days, under libfaketime: a year ahead, and in the night in which summer time ends.

Tests that need a browser, a database or a mail server stay out: those programs do not look at our clock, and a browser
does not start under libfaketime. Slow tests stay out as well, and in that night the tests of texts, which know no hour.
"""

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from tests.days import live_on
from tests.machine import FAKETIME, in_ci

CLOCK_CHANGE = datetime(2027, 10, 31, 0, 58, tzinfo=UTC)
"""02:58 in Amsterdam; two minutes later it is 02:00."""


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
    codes = []
    for name, moment, without in (
        ("A year ahead", now + timedelta(days=365), ()),
        ("The night of a clock change", CLOCK_CHANGE, ("check", "content", "render")),
    ):
        print(f"-- {name}: {moment:%A %-d %B %Y, %H:%M} UTC", flush=True)
        # A distance, and no moment: a program that a test starts must not begin at that moment again.
        environment = live_on(f"{(moment - now).total_seconds():+.0f}") | {"TZ": "Europe/Amsterdam"}
        command = [sys.executable, "-m", "pytest", "-m", "not slow and not outside", *arguments]
        command += [f"--ignore=tests/{folder}" for folder in without]
        codes.append(subprocess.run(command, env={**os.environ, **environment}, check=False).returncode)
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
