"""What `newsletter receive` does: reads mails to the unsubscribe address, from standard input or from a maildir."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli import count, say_error
from generator.cli.environment import open_list, read_variable
from generator.delivery.receiving import MOST, Outcome, receive
from generator.errors import ContentError, GeneratorError, SecretError, describe
from generator.settings import load_settings
from generator.subscribers.keys import VARIABLE as KEYS

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from generator.model import Problem
    from generator.subscribers.database import Database

TRY_AGAIN = 75
"""EX_TEMPFAIL: a mail server keeps the mail and comes back. For every other failure it would tell a reader so."""

_CHUNK = 65_536


def receive_mail(root: Path, folder: Path | None, now: datetime) -> int:
    """Do what mails ask; the exit code, 0 or 75. Says how many there were of each kind, and never from whom."""
    try:
        source = f"mailto:{_find_address(root)}"
        with closing(_open(root)) as database:
            if folder is None:
                mail = _read(sys.stdin.buffer)
                with database.begin() as transaction:
                    found = Counter([receive(transaction, mail, now, source)])
                left = 0
            else:
                found, left = _receive_folder(database, folder, now, source)
    except Exception as error:  # noqa: BLE001 (after a bug too the mail is kept, and nobody hears what went wrong here)
        say_error(f"{describe(error)}; the mail is to be brought again")
        return TRY_AGAIN
    click.echo(
        ", ".join(f"{found[outcome]} {outcome}" for outcome in Outcome if found[outcome]) or "No mail."
    )
    if left:
        say_error(f"{count(left, 'mail')} could not be read or moved; see {folder}")
    return TRY_AGAIN if left else 0


def _open(root: Path) -> Database:
    """The list that is there. Not a new one: its keys would know no link that is in anybody's mail."""
    if not read_variable(root, KEYS):
        raise SecretError(f"there are no {KEYS}; run it with the environment of the service")
    return open_list(root)


def _find_address(root: Path) -> str:
    problems: list[Problem] = []
    settings = load_settings(root, problems)
    if settings is None:
        raise ContentError(problems)
    return settings.unsubscribe


def _receive_folder(
    database: Database, folder: Path, now: datetime, source: str
) -> tuple[Counter[Outcome], int]:
    """Each mail of a maildir that is new, which is then seen; how many there were of each kind, and how many failed."""
    if not (folder / "new").is_dir():
        raise GeneratorError(f"{folder} is no maildir: it has no folder new/")
    found: Counter[Outcome] = Counter()
    left = 0
    for path in sorted((folder / "new").iterdir()):
        if path.name.startswith("."):
            continue
        try:
            with path.open("rb") as file:
                mail = _read(file)
            # In this order: a mail that is read twice asks for the same twice, and one that is never read asks nothing.
            with database.begin() as transaction:
                outcome = receive(transaction, mail, now, source)
            (folder / "cur").mkdir(mode=0o700, exist_ok=True)
            path.replace(folder / "cur" / f"{path.name.partition(':')[0]}:2,S")
        except OSError:
            left += 1
        else:
            found[outcome] += 1
    return found, left


def _read(file: BinaryIO) -> bytes:
    """The beginning of a mail. The rest is read and let go: a mail server takes a closed pipe for a failure."""
    mail = file.read(MOST)
    while file.read(_CHUNK):
        pass
    return mail
