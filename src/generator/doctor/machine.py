"""The machine: secret files, list, back-ups, disk, clock, and the timer that sends."""

from __future__ import annotations

import shutil
import stat
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from generator.doctor.answers import fail, warn, well
from generator.watch.findings import Kind, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from generator.doctor.answers import Answer
    from generator.subscribers.list.vitals import Vitals
    from generator.watch.findings import Finding

SKEW = timedelta(minutes=5)
"""How far two clocks may differ without harm."""

_ROW = 100
"""Bytes of a row of the ledger: 37 when it is planned, more with its outcome."""
_SPARE = 200_000_000
"""Bytes to keep free for logs, reports, and a write-ahead log that grows while somebody reads."""

_TIMER = "newsletter-send.timer"
_CRON = "newsletter send"


def examine_secrets(files: Sequence[Path]) -> Iterator[Answer]:
    """Only their owner can read files with keys and passwords."""
    for path in files:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError:
            yield fail(
                "secrets",
                f"{path} does not exist",
                "Restore the file, or correct the variable that names it.",
            )
        except OSError as error:
            yield fail(
                "secrets",
                f"{path} cannot be read: {error.strerror or error}",
                "Correct the permissions of its folder.",
            )
        else:
            if mode & 0o077:
                found = f"{path} has mode {mode:o}, so other users can read it"
                yield fail("secrets", found, f"Run `chmod 600 {path}`.")
            else:
                yield well("secrets", f"{path} is readable by its owner only")


def examine_list(vitals: Vitals, *, online: bool) -> Iterator[Answer]:
    """The list has confirmed subscribers; many of them call for a check of the DNS."""
    found = f"{vitals.name}, version {vitals.step} of the tables: {vitals.confirmed:,} confirmed of {vitals.total:,}"
    if vitals.confirmed:
        yield well("list", found)
    else:
        yield warn(
            "list",
            found,
            "Nobody would get a letter. Let readers subscribe, or import them with proof of consent.",
        )
    if vitals.confirmed > MANY and not online:
        yield warn(
            "domain",
            f"not checked, although the list has more than {MANY:,} readers",
            "Run `newsletter doctor --online` before you send; it checks SPF, DKIM, DMARC, MX and PTR.",
        )


MANY = 1000
"""With more confirmed readers, the DNS should be checked before a letter is sent."""


def examine_findings(findings: Iterable[Finding]) -> Iterator[Answer]:
    """What else should be and is not, as `newsletter status --check` says it."""
    for one in findings:
        if one.level is not Level.OK and one.kind is not Kind.BACKUP:
            tell = warn if one.level is Level.WARNING else fail
            yield tell(one.kind, one.text, f"Run `{one.command}`.")


def examine_disk(folder: Path, size: int, readers: int) -> Answer:
    """There is room for the ledger of a letter, its write-ahead log, and a copy of the list of `size` bytes."""
    free = shutil.disk_usage(folder).free
    needed = 2 * size + 2 * readers * _ROW + _SPARE
    found = f"{free / 1e6:,.0f} MB free for {folder}"
    if free < needed:
        remedy = f"Free some space: a letter and a copy of the list need {needed / 1e6:,.0f} MB."
        return fail("disk", found, remedy)
    return well("disk", found)


def examine_clock(now: datetime, newest: datetime | None) -> Answer:
    """The clock is right, because it decides when a letter is sent. `newest`: when the last subscriber came."""
    if newest is not None and newest > now + SKEW:
        found = f"the clock shows {now:%Y-%m-%d %H:%M} UTC, but the newest subscriber is of {newest:%Y-%m-%d %H:%M}"
        return fail("clock", found, "Run `timedatectl set-ntp true` to synchronise the clock.")
    said = _ask("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if said == "no":
        return warn(
            "clock", "not synchronised with the network, so it drifts", "Run `timedatectl set-ntp true`."
        )
    by = (
        "synchronised with the network"
        if said == "yes"
        else "not behind the newest subscriber; whether it is synchronised cannot be determined"
    )
    return well("clock", f"{now:%Y-%m-%d %H:%M} UTC, {by}")


def examine_timer(cron: Sequence[Path] = (Path("/etc/crontab"), Path("/etc/cron.d"))) -> Answer:
    """A timer of systemd or cron sends the letter."""
    said = _ask("systemctl", "is-enabled", _TIMER)
    if said == "enabled":
        return well("timer", f"{_TIMER} is enabled")
    for path in (file for one in cron for file in (sorted(one.glob("*")) if one.is_dir() else [one])):
        try:
            if any(_CRON in line for line in path.read_text("utf-8").splitlines() if line.strip()[:1] != "#"):
                return well("timer", f"{path} starts `newsletter send`")
        except (OSError, UnicodeDecodeError):
            continue
    remedy = f"Run `systemctl enable --now {_TIMER}`, use cron, or send by hand; see deploy/SET-UP.md."
    return warn("timer", "no timer sends the letter", remedy)


def _ask(*command: str) -> str:
    """The first word that a system program prints; empty when it is missing or takes 5 seconds."""
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 (a fixed command, and no shell)
            [program, *command[1:]], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return next(iter(done.stdout.split()), "")
