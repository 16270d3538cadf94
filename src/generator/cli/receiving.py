"""What `newsletter receive` does: reads mails that come back or ask, and decides about what was held."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from generator.cli import say_error
from generator.delivery.incoming.intake import Address, receive
from generator.delivery.incoming.mailboxes import VARIABLE as MAILBOX
from generator.delivery.incoming.mailboxes import open_mailbox
from generator.delivery.incoming.message import MOST
from generator.environment import open_list, read_variable
from generator.errors import DatabaseError, GeneratorError, SecretError, describe
from generator.model import Outcome
from generator.sentences import count
from generator.settings import read_settings
from generator.subscribers.ledger import returns

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from generator.delivery.incoming.mailboxes import Mailbox
    from generator.subscribers.store.database import Database

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
    address: Address
    recipient: str = ""
    found: Counter[Outcome] = field(default_factory=Counter)
    left: int = 0

    def take(self, mail: bytes) -> None:
        """Do what one mail asks; when this returns, it is kept."""
        with self.database.begin() as transaction:
            outcome = receive(transaction, mail, self.now, self.address, self.recipient)
        self.found[outcome] += 1

    def leave(self, name: str, error: Exception) -> None:
        """One that cannot be read, or that we have a bug with, does not keep the others waiting."""
        if isinstance(error, DatabaseError):
            raise error
        self.left += 1
        said = (
            f"cannot be read: {error.strerror}"
            if isinstance(error, OSError) and error.strerror
            else describe(error)
        )
        click.echo(f"{name}: {said}", err=True)


def receive_mail(root: Path, folder: Path | None, recipient: str, now: datetime) -> int:
    """Do what mails ask; the exit code: 0, 1 or 75. Says how many there were of each kind, and never from whom.

    One from standard input never ends with 1, though it be held: a mail server would send it back, with our words.
    """
    try:
        with closing(open_list(root)) as database:
            reading = _Reading(database, now, _find_address(root), recipient)
            if folder is None:
                reading.take(_read(sys.stdin.buffer))
            else:
                _read_folder(reading, folder)
            flood = _conclude(reading)
    except Exception as error:  # noqa: BLE001 (after a bug too the mail is kept, and nobody hears what went wrong here)
        say_error(f"{describe(error)}; deliver the mail again later")
        return TRY_AGAIN
    if reading.left:
        say_error(f"{count(reading.left, 'message')} could not be processed; see {folder}")
        return TRY_AGAIN
    return FLOOD if flood and folder is not None else 0


def receive_mailbox(root: Path, now: datetime) -> int:
    """Do what the unseen mails of a mailbox ask; the exit code: 0, 1 or 75."""
    try:
        with closing(open_list(root)) as database, closing(_find_mailbox(root)) as mailbox:
            reading = _Reading(database, now, _find_address(root))
            for number in mailbox.find_unseen():
                mail = mailbox.read(number)
                if mail is None:
                    continue
                try:
                    reading.take(mail)
                except Exception as error:  # noqa: BLE001 (a bug with one mail; see _Reading.leave)
                    reading.leave(f"message {number}", error)
                else:
                    # In this order: a mail that is read twice does nothing more, and one that is never read nothing.
                    mailbox.mark(number)
            flood = _conclude(reading)
    except Exception as error:  # noqa: BLE001 (as above)
        say_error(f"{describe(error)}; the remaining messages stay unseen")
        return TRY_AGAIN
    if reading.left:
        say_error(f"{count(reading.left, 'message')} could not be processed and stayed unseen")
        return TRY_AGAIN
    return FLOOD if flood else 0


def decide_held(root: Path, decision: str, now: datetime) -> None:
    """Say what is held, or act on it, or drop it. Raises GeneratorError."""
    with closing(open_list(root)) as database:
        if decision == "show":
            with database.read() as transaction:
                held = returns.count_held(transaction)
            for detail, number in held.most_common():
                click.echo(f"{number:6,}  {detail}")
            if not held:
                click.echo("Nothing is held back.")
            return
        with database.begin() as transaction:
            if decision == "act":
                click.echo(
                    f"{count(returns.act_on_held(transaction, now), 'subscriber')} will get no more letters."
                )
            else:
                click.echo(f"{count(returns.drop_held(transaction), 'report')} discarded.")
    click.echo("To continue a letter that was stopped, run `newsletter resume WEEK`.")


def _conclude(reading: _Reading) -> bool:
    """Say what there was; whether something is held, now or since before."""
    with reading.database.begin() as transaction:
        worn = returns.suppress_soft_bounced(transaction, reading.now)
        held = sum(returns.count_held(transaction).values())
    found = reading.found
    said = ", ".join(f"{found[outcome]} {outcome}" for outcome in Outcome if found[outcome])
    click.echo(said or "No mail.")
    if worn:
        click.echo(f"{count(worn, 'subscriber')} will get no more letters: delivery failed too often.")
    if held:
        say_error(
            f"far more bounces or complaints than usual: {held:,} held back and not applied; see "
            "`newsletter receive --held show`, then run it with --held act or --held drop"
        )
    return bool(held)


def _find_mailbox(root: Path) -> Mailbox:
    url = read_variable(root, MAILBOX)
    if not url:
        raise SecretError(f"{MAILBOX} is not set; expected imaps://user:password@host/INBOX")
    return open_mailbox(url)


def _find_address(root: Path) -> Address:
    settings = read_settings(root)
    others = {settings.reply_to.lower(), settings.sender_address.lower()}
    return Address(settings.unsubscribe, shared=settings.unsubscribe.lower() in others)


def _read_folder(reading: _Reading, folder: Path) -> None:
    """Each mail of a maildir that is new, which is then seen."""
    if not (folder / "new").is_dir():
        raise GeneratorError(f"{folder} is not a maildir: it has no folder new/")
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
