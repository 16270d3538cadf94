"""A Python program that lives on another day."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.days import FAR, SHARED, find_clock_change, live_on
from tests.machine import FAKETIME

pytestmark = pytest.mark.needs(FAKETIME)


def run(program: str) -> str:
    """Run it a year ahead and give what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **live_on("+365d")},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("month", range(1, 13))
def test_the_clocks_change_two_minutes_after_that_moment(month):
    now = datetime(2026, month, 28, tzinfo=UTC)
    moment = find_clock_change(now)
    assert FAR <= moment - now < timedelta(days=700)
    amsterdam = ZoneInfo("Europe/Amsterdam")
    before, after = ((moment + timedelta(minutes=more)).astimezone(amsterdam) for more in (0, 2))
    assert (f"{before:%H:%M}", f"{after:%H:%M}") == ("02:58", "02:00")


def test_it_sleeps_and_its_date_is_another():
    year = int(run("import time; time.sleep(0.01); print(time.gmtime().tm_year)"))
    assert year - 1 == int(run("import os, time; print(time.gmtime(os.stat('/proc/self').st_mtime).tm_year)"))


def test_its_children_get_the_environment_that_it_changed():
    assert (
        run(
            "import os, subprocess\n"
            "os.environ |= {'A': '1', 'B': 'é'}\n"
            "os.environ['A'] = '2'\n"
            "del os.environ['B']\n"
            "print(subprocess.getoutput('echo $A,$B,$HOME'))"
        )
        == f"2,,{os.environ['HOME']}"
    )


def test_it_leaves_nothing_behind_when_it_is_killed():
    """A later program with the same process id would fail on it."""
    killed = subprocess.run(
        ["bash", "-c", "echo $$; kill -9 $$"],
        env={**os.environ, **live_on("+365d")},
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    assert killed.returncode == -9
    assert not [file.name for file in SHARED.iterdir() if file.name.endswith(f"_{killed.stdout.strip()}")]


@pytest.mark.slow
def test_it_changes_its_environment_while_other_threads_wait():
    """Without tests/days/python, this ends with a segmentation fault within a second."""
    program = """
import os, sys, threading

sys.setswitchinterval(1e-6)

def spin():
    lock = threading.Condition()
    while True:
        with lock:
            sum(range(50))

for _ in range(2):
    threading.Thread(target=spin, daemon=True).start()
kept = []
for turn in range(200):
    names = [f"V{turn % 7}_{number}" for number in range(40)]
    for name in names:
        os.environ[name] = name
    kept.append(bytearray(600))
    for name in names:
        del os.environ[name]
print("done")
"""
    assert run(program) == "done"
