"""The back-ups: there is a recent one, it can be restored, and it holds what the list holds."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from generator.doctor.answers import fail, warn, well
from generator.errors import GeneratorError
from generator.sentences import count
from generator.subscribers.list.vitals import read_vitals
from generator.subscribers.store.restoring import open_staged, stage
from generator.subscribers.store.stamp import find_mark
from generator.watch.findings import BACKUP, say_age

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from generator.doctor.answers import Answer
    from generator.subscribers.list.vitals import Vitals
    from generator.subscribers.store.backup import Backups
    from generator.subscribers.store.keys import Keys
    from generator.subscribers.store.log import Log

_LEAST = 0.9
"""A back-up with fewer subscribers than this part of the list is not what anybody wants to go back to."""


def examine_backups(backups: Backups | None, vitals: Vitals, keys: Keys, now: datetime) -> Answer:
    """There is a recent back-up, which is restored into a temporary place and compared with the list."""
    if backups is None:
        return well("back-up", "not checked: for PostgreSQL, check that pg_dump runs")
    if backups.last is None:
        remedy = "Run `systemctl enable --now newsletter-backup.timer`, or `newsletter backup`."
        return warn("back-up", f"no back-up in {backups.folder}", remedy)
    newest = backups.files[-1]
    try:
        found = _try(newest, keys)
    except GeneratorError as error:
        return fail(
            "back-up", str(error), "Run `newsletter backup`, and look at the disk that holds the back-ups."
        )
    age = say_age(now - backups.last)
    said = (
        f"{newest.name} is {age} old and can be restored: {count(found.total, 'subscriber')}, {found.confirmed:,} "
        f"confirmed (the list: {vitals.total:,}, {vitals.confirmed:,}); {count(len(backups.files), 'back-up')} in all"
    )
    if now - backups.last > BACKUP:
        remedy = "Run `systemctl status newsletter-backup.service` to see why it stopped."
        return warn("back-up", f"the newest one is too old: {said}", remedy)
    if found.total < vitals.total * _LEAST:
        return warn(
            "back-up", f"holds far fewer than the list: {said}", "Run `newsletter backup`, and look again."
        )
    return well("back-up", said)


def examine_log(log: Log) -> Iterator[Answer]:
    """The log of who left can be written, because without it nobody can leave; and it can be read."""
    try:
        recorded = log.read()
    except GeneratorError as error:
        yield fail("log", str(error), f"Correct the permissions of {log.folder}.")
        return
    place = next(one for one in (log.folder, *log.folder.parents) if one.exists())
    if not os.access(place, os.W_OK | os.X_OK):
        yield fail("log", f"{log.folder} cannot be written, so nobody can leave", "Correct its permissions.")
    elif recorded.unreadable:
        found = f"{count(len(recorded.unreadable), 'line')} cannot be read, first {recorded.unreadable[0]}"
        yield warn("log", f"{log.folder}: {found}", "A power cut may have cut it off; delete the line.")
    else:
        yield well("log", f"who left is noted in {log.folder}: {count(len(recorded.entries), 'line')}")


def _try(backup: Path, keys: Keys) -> Vitals:
    """Restore it into a temporary folder. Raises GeneratorError."""
    with tempfile.TemporaryDirectory(prefix="newsletter-doctor-") as folder, backup.open("rb") as source:
        place = Path(folder) / "newsletter.db"
        with stage(backup, source, place) as staged, open_staged(backup, staged, keys) as database:
            with database.read() as transaction:
                marked = find_mark(transaction.connection)
            if marked is None:
                raise GeneratorError(f"{backup} does not say that it is a back-up")
            return read_vitals(database)
