"""The machine: keys, list, back-ups, disk, clock, and what starts sending."""

from __future__ import annotations

import shutil
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from generator.doctor.answers import fail, warn, well

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.doctor.answers import Answer
    from generator.subscribers.store.vitals import Vitals

STALE = timedelta(hours=26)
"""A back-up is made every hour; one of yesterday may be what somebody makes by hand each day."""

SKEW = timedelta(minutes=5)
"""By so much two clocks may differ without anybody noticing."""

_ROW = 100
"""Bytes of a row of the ledger: 37 when it is planned, and some more for what becomes of it."""
_SPARE = 200_000_000
"""Bytes that stay free: logs, reports, and a write-ahead log that grows while somebody reads."""

_TIMER = "newsletter-send.timer"
_CRON = "newsletter send"


def examine_secrets(files: Sequence[Path]) -> Iterator[Answer]:
    """Files with keys and passwords are for their owner only."""
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
    """The list can be read, is up to date, and has somebody on it."""
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
"""Confirmed readers from which on the DNS should be looked at before each change of relay or domain."""


def examine_backups(database: Path | None, now: datetime) -> Answer:
    """There is a fresh copy of the list, where the timer puts it: in `backup/` beside the list."""
    if database is None:
        return well("back-up", "not checked: for PostgreSQL, check that pg_dump runs")
    folder = database.parent / "backup"
    times = [path.stat().st_mtime for path in folder.glob("*.db") if path.is_file()]
    if not times:
        return warn(
            "back-up", f"no back-up in {folder}", "Run `systemctl enable --now newsletter-backup.timer`."
        )
    age = now - datetime.fromtimestamp(max(times), UTC)
    if age > STALE:
        found = f"the newest one in {folder} is {_say(age)} old"
        return warn(
            "back-up", found, "Run `systemctl status newsletter-backup.service` to see why it stopped."
        )
    return well("back-up", f"the newest one is {_say(age)} old")


def examine_disk(folder: Path, size: int, readers: int) -> Answer:
    """There is room for the ledger of a letter, its write-ahead log, and a copy of the list."""
    free = shutil.disk_usage(folder).free
    needed = 2 * size + 2 * readers * _ROW + _SPARE
    found = f"{free / 1e6:,.0f} MB free for {folder}"
    if free < needed:
        remedy = f"Free some space: a letter and a copy of the list need {needed / 1e6:,.0f} MB."
        return fail("disk", found, remedy)
    return well("disk", found)


def examine_clock(now: datetime, newest: datetime | None) -> Answer:
    """The clock is right: the letter goes out by it."""
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
    """Something sends on Friday."""
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
    """The first line that a program of the system says; empty when it is not there, or takes too long."""
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


def _say(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 2:  # noqa: PLR2004
        return f"{max(0, round(hours * 60))} minutes"
    return f"{round(hours)} hours" if hours < 48 else f"{round(hours / 24)} days"  # noqa: PLR2004
