"""How long a letter to 600 takes behind a relay that greylists each reader: `python -m tests.bench.greylisting`.

The relay says 450 4.2.0 to a reader until 30, 70 or 300 seconds after it was first asked. The three run at the same
time, and mostly sleep. *Asked* counts RCPT. `make proof` does it with hundredths of these seconds, and with kills.
"""

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.proof.relay import open_relay
from tests.proof.ways import Grey
from tests.proof.world import Nursery, open_nursery, open_world

READERS, DELAYS = 600, (30, 70, 300)


def measure(nursery: Nursery, delay: int) -> str:
    """A row of the table."""
    grey = Grey(delay)
    with (
        tempfile.TemporaryDirectory(prefix="greylisting") as folder,
        open_relay() as relay,
        open_world(Path(folder), relay, nursery, READERS) as world,
    ):
        began = time.monotonic()
        sender = world.send("--patience", "30", fault=grey)
        while sender.code is None and time.monotonic() < began + 3 * delay + 60:
            time.sleep(0.05)
        took = time.monotonic() - began
        sender.kill()
        once = sum(len(copies) == 1 for copies in world.arrivals().values())
        accepted = world.tally().accepted
    began, asked = min(grey.first.values()), max(grey.first.values())
    heard, ended = min(grey.last.values()), max(grey.last.values())
    spans = (asked - began, heard - began, ended - heard, ended - began, took)
    counts = (accepted, once, grey.asked.total(), max(grey.asked.values()))
    cells = (delay, *(f"{one:.1f}" for one in spans), *(f"{one:,}" for one in counts))
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    head = (
        *("greylisted for", "to ask all", "until the first yes", "to send all", "together", "the command"),
        *("accepted", "once", "asked", "most often"),
    )
    print(f"| {' | '.join(head)} |\n|{' ---: |' * len(head)}")
    with open_nursery() as nursery, ThreadPoolExecutor(len(DELAYS)) as pool:
        for row in pool.map(lambda delay: measure(nursery, delay), DELAYS):
            print(row, flush=True)


if __name__ == "__main__":
    main()
