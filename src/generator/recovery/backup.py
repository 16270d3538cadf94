"""Make a back-up where the settings say, take it off the machine, and delete the oldest ones."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.environment import find_backups, list_secrets
from generator.errors import DatabaseError, GeneratorError
from generator.settings import FILE
from generator.subscribers.store.backup import back_up, name_backup, prune_backups

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from generator.settings import Settings
    from generator.subscribers.store.database import Database

PATIENCE = 600.0
"""Seconds that the command may take; while a letter waits for it, `SHORT`."""

SHORT = 60.0


@dataclass(frozen=True, slots=True)
class Backup:
    """A back-up that was made."""

    file: Path
    subscribers: int
    taken: bool
    """Whether a command has taken it off the machine; False when the settings name none."""


def make_backup(
    root: Path, settings: Settings, database: Database, now: datetime, patience: float = PATIENCE
) -> Backup:
    """Copy the list into the folder of the settings; what is old is deleted when the new one is whole.

    Raises DatabaseError and PublishError when there is no copy, and GeneratorError when it is there and the command of
    the settings has failed.
    """
    known = find_backups(root, settings)
    if known is None:
        raise DatabaseError(
            f"{database.name} is not a file; copy it with pg_dump --format=custom, and restore it with pg_restore"
        )
    file = name_backup(known.folder, now)
    number = back_up(database, file, now)
    prune_backups(known.folder, settings.backup.keep)
    if settings.backup.command:
        _take_away(root, settings, file, patience)
    return Backup(file, number, taken=bool(settings.backup.command))


def make_backup_of_letter(
    root: Path, settings: Settings, database: Database, now: datetime, patience: float
) -> str:
    """The same beside a letter, which does not depend on it: why there is none, or empty."""
    if database.file is None:
        return ""
    try:
        make_backup(root, settings, database, now, patience)
    except GeneratorError as error:
        return f"no back-up: {error}"
    return ""


def _take_away(root: Path, settings: Settings, file: Path, patience: float) -> None:
    words = [word.replace(FILE, str(file.resolve())) for word in settings.backup.command]
    name = words[0]
    try:
        done = subprocess.run(  # noqa: S603 (the operator's own command, and no shell)
            words,
            cwd=root,
            env=list_secrets(root),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        why = f"did not end within {patience:.0f} seconds"
    except OSError as error:
        why = f"cannot be run: {error.strerror or error}"
    else:
        if not done.returncode:
            return
        last = next(reversed(done.stderr.strip().splitlines()), "")
        why = f"ended with {done.returncode}" + (f" and said “{last[:200]}”" if last else "")
    raise GeneratorError(f"{file} was made, but the command in [backup] that takes it away ({name}) {why}")
