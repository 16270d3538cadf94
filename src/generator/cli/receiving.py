"""What `newsletter receive` does: reads mails that come back or ask, and decides about what was held."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from generator.cli import count, say_error
from generator.cli.environment import open_list, read_variable
from generator.delivery.incoming import MOST
from generator.delivery.mailboxes import VARIABLE as MAILBOX
from generator.delivery.mailboxes import open_mailbox
from generator.delivery.receiving import Outcome, receive
from generator.errors import ContentError, DatabaseError, GeneratorError, SecretError, describe
from generator.settings import load_settings
from generator.subscribers import returns
from generator.subscribers.keys import VARIABLE as KEYS

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from generator.delivery.mailboxes import Mailbox
    from generator.model import Problem
    from generator.subscribers.database import Database

FLOOD = 1
"""Something is held, and waits for an operator."""

TRY_AGAIN = 75
"""EX_TEMPFAIL: a mail server keeps the mail and comes back. For every other failure it would tell a reader so."""

_CHUNK = 65_536


@dataclass
class _Reading:
    """Reads mails, one after the other, and counts."""

    database: Database
    now: datetime
    source: str
    recipient: str = ""
    found: Counter[Outcome] = field(default_factory=Counter)
    left: int = 0

    def take(self, mail: bytes) -> None:
        """Do what one mail asks; when this returns, it is kept."""
        with self.database.begin() as transaction:
            outcome = receive(transaction, mail, self.now, self.source, self.recipient)
        self.found[outcome] += 1

    def leave(self, name: str, error: Exception) -> None:
        """One that cannot be read, or that we have a bug with, does not keep the others waiting."""
        if isinstance(error, DatabaseError):
            raise error
        self.left += 1
        said = error.strerror if isinstance(error, OSError) else None
        click.echo(f"{name}: {said or describe(error)}", err=True)


def receive_mail(root: Path, folder: Path | None, recipient: str, now: datetime) -> int:
    """Do what mails ask; the exit code: 0, 1 or 75. Says how many there were of each kind, and never from whom.

    One from standard input never ends with 1, though it be held: a mail server would send it back, with our words.
    """
    try:
        with closing(_open(root)) as database:
            reading = _Reading(database, now, f"mailto:{_find_address(root)}", recipient)
            if folder is None:
                reading.take(_read(sys.stdin.buffer))
            else:
                _read_folder(reading, folder)
            flood = _conclude(reading)
    except Exception as error:  # noqa: BLE001 (after a bug too the mail is kept, and nobody hears what went wrong here)
        say_error(f"{describe(error)}; the mail is to be brought again")
        return TRY_AGAIN
    if reading.left:
        say_error(f"{count(reading.left, 'mail')} could not be read or moved; see {folder}")
        return TRY_AGAIN
    return FLOOD if flood and folder is not None else 0


def receive_mailbox(root: Path, now: datetime) -> int:
    """Do what the unseen mails of a mailbox ask; the exit code: 0, 1 or 75."""
    try:
        with closing(_open(root)) as database, closing(_find_mailbox(root)) as mailbox:
            reading = _Reading(database, now, f"mailto:{_find_address(root)}")
            for number in mailbox.find_unseen():
                mail = mailbox.read(number)
                if mail is None:
                    continue
                try:
                    reading.take(mail)
                except Exception as error:  # noqa: BLE001 (a bug with one mail; see _Reading.leave)
                    reading.leave(f"Mail {number}", error)
                else:
                    # In this order: a mail that is read twice does nothing more, and one that is never read nothing.
                    mailbox.mark(number)
            flood = _conclude(reading)
    except Exception as error:  # noqa: BLE001 (as above)
        say_error(f"{describe(error)}; what was not read stays unseen")
        return TRY_AGAIN
    if reading.left:
        say_error(f"{count(reading.left, 'mail')} could not be read, and stayed unseen")
        return TRY_AGAIN
    return FLOOD if flood else 0


def decide_held(root: Path, decision: str, now: datetime) -> None:
    """Say what is held, or act on it, or drop it. Raises GeneratorError."""
    with closing(_open(root)) as database:
        if decision == "show":
            with database.read() as transaction:
                held = returns.count_held(transaction)
            for detail, number in held.most_common():
                click.echo(f"{number:6,}  {detail}")
            if not held:
                click.echo("Nothing is held.")
            return
        with database.begin() as transaction:
            if decision == "act":
                click.echo(f"{count(returns.act_on_held(transaction, now), 'subscriber')} will get no more.")
            else:
                click.echo(f"{returns.drop_held(transaction):,} dropped.")
    click.echo("A mailing that was stopped goes on with `newsletter resume WEEK`.")


def _conclude(reading: _Reading) -> bool:
    """Say what there was; whether something is held, now or since before."""
    with reading.database.begin() as transaction:
        worn = returns.suppress_worn(transaction, reading.now)
        held = sum(returns.count_held(transaction).values())
    found = reading.found
    said = ", ".join(f"{found[outcome]} {outcome}" for outcome in Outcome if found[outcome])
    click.echo(said or "No mail.")
    if worn:
        click.echo(f"{count(worn, 'subscriber')} will get no more: their mailboxes refused too often.")
    if held:
        say_error(
            f"far more bounces or complaints came in than usual: {held:,} held, and nothing is done about them; look "
            "with `newsletter receive --held show`, then decide with --held act or --held drop"
        )
    return bool(held)


def _open(root: Path) -> Database:
    """The list that is there. Not a new one: its keys would know no link that is in anybody's mail."""
    if not read_variable(root, KEYS):
        raise SecretError(f"there are no {KEYS}; run it with the environment of the service")
    return open_list(root)


def _find_mailbox(root: Path) -> Mailbox:
    url = read_variable(root, MAILBOX)
    if not url:
        raise SecretError(f"there is no {MAILBOX}; expected imaps://user:password@host/INBOX")
    return open_mailbox(url)


def _find_address(root: Path) -> str:
    problems: list[Problem] = []
    settings = load_settings(root, problems)
    if settings is None:
        raise ContentError(problems)
    return settings.unsubscribe


def _read_folder(reading: _Reading, folder: Path) -> None:
    """Each mail of a maildir that is new, which is then seen."""
    if not (folder / "new").is_dir():
        raise GeneratorError(f"{folder} is no maildir: it has no folder new/")
    for path in sorted((folder / "new").iterdir()):
        if path.name.startswith("."):
            continue
        try:
            with path.open("rb") as file:
                mail = _read(file)
            # In this order: a mail that is read twice does nothing more, and one that is never read does nothing.
            reading.take(mail)
            (folder / "cur").mkdir(mode=0o700, exist_ok=True)
            path.replace(folder / "cur" / f"{path.name.partition(':')[0]}:2,S")
        except Exception as error:  # noqa: BLE001 (a bug with one mail; see _Reading.leave)
            reading.leave(path.name, error)


def _read(file: BinaryIO) -> bytes:
    """The beginning of a mail. The rest is read and let go: a mail server takes a closed pipe for a failure."""
    mail = file.read(MOST)
    while file.read(_CHUNK):
        pass
    return mail
