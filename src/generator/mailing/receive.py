"""Do what mails that come back, or ask, say: from a mail server, a maildir, a mailbox, or a queue of reports."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from subprocess import SubprocessError, run
from typing import TYPE_CHECKING

from generator.delivery.incoming.hooks.events import believe, read_queued
from generator.delivery.incoming.hooks.judging import judge
from generator.delivery.incoming.intake import Address, receive
from generator.delivery.incoming.mailboxes import TOKEN_VARIABLE, Place, open_mailbox
from generator.delivery.incoming.mailboxes import VARIABLE as MAILBOX
from generator.delivery.incoming.message import MOST
from generator.environment import list_secrets, open_list, read_variable
from generator.errors import DatabaseError, GeneratorError, SecretError, describe
from generator.model import Outcome
from generator.settings import read_settings
from generator.subscribers.ledger import returns
from generator.subscribers.ledger.reports import add_reports, settle_reports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from generator.delivery.incoming.mailboxes import Mailbox
    from generator.subscribers.store.database import Database

PLACE = "var/mailbox.json"
"""How far the mailbox was read; without it, the unseen mails are new."""

_CHUNK = 65_536

_PATIENCE = 60
"""Seconds that a command may take to print a token."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came of mails."""

    found: Mapping[Outcome, int]
    """How many there were of each kind; never from whom."""
    left: int
    """How many could not be read, or met a bug of ours, and stay where they are."""
    worn: int
    """How many subscribers get no more letters, because delivery failed too often."""
    held: int
    """How many reports are held back, now or since before, because there are far more than usual."""
    causes: Mapping[tuple[str, str], int]
    """How many letters were refused within a day for what is ours to mend: by domain, and delivery.verdict.Meaning."""


@dataclass
class _Reading:
    """Reads mails, one after the other, and counts."""

    database: Database
    now: datetime
    address: Address
    tell: Callable[[str], None]
    recipient: str = ""
    found: Counter[Outcome] = field(default_factory=Counter)
    left: int = 0

    def take(self, mail: bytes) -> Outcome:
        """Do what one mail asks; when this returns, it is kept."""
        with self.database.begin() as transaction:
            outcome = receive(transaction, mail, self.now, self.address, self.recipient)
        self.found[outcome] += 1
        return outcome

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
        self.tell(f"{name}: {said}")

    def _judge_reports(self) -> None:
        """What relays reported since the service judged them last, or while it does not run."""
        number = 0
        while True:
            with self.database.begin(later=True) as transaction:
                number, outcomes = settle_reports(transaction, judge, self.now, number)
            self.found.update(outcomes)
            if not number:
                return

    def conclude(self) -> Received:
        """Judge what relays reported, suppress whom delivery fails for too often, and count what is held."""
        self._judge_reports()
        with self.database.begin() as transaction:
            worn = returns.suppress_soft_bounced(transaction, self.now)
            held = sum(returns.count_held(transaction).values())
            causes = returns.count_causes(transaction, self.now)
        return Received(self.found, self.left, worn, held, causes)


def receive_mail(root: Path, file: BinaryIO, recipient: str, now: datetime) -> Received:
    """Do what one mail asks. When this returns, it is kept. Raises GeneratorError.

    `recipient`: that of its envelope, or empty. All of `file` is read: a mail server takes a closed pipe for a failure.
    """
    with closing(open_list(root)) as database:
        reading = _Reading(database, now, _find_address(root), lambda _: None, recipient)
        reading.take(_read(file))
        return reading.conclude()


def receive_maildir(root: Path, folder: Path, now: datetime, tell: Callable[[str], None]) -> Received:
    """Do what each new mail of a maildir asks, which is then seen. `tell` hears which one was left, and why.

    Raises GeneratorError.
    """
    with closing(open_list(root)) as database:
        reading = _Reading(database, now, _find_address(root), tell)
        _read_folder(reading, folder)
        return reading.conclude()


def receive_mailbox(root: Path, now: datetime, tell: Callable[[str], None]) -> Received:
    """Do what each new mail of a mailbox asks. It is then seen, unless it is left for people.

    How far it was read is kept in `PLACE`. `tell` hears which mail was left, and why. Raises GeneratorError.
    """
    with closing(open_list(root)) as database, closing(_find_mailbox(root)) as mailbox:
        reading = _Reading(database, now, _find_address(root), tell)
        numbers, place = mailbox.find_new(_read_place(root, mailbox.name))
        again = []
        for number in numbers:
            mail = mailbox.read(number)
            if mail is None:
                continue
            try:
                outcome = reading.take(mail)
            except Exception as error:  # noqa: BLE001 (a bug with one mail; see _Reading.leave)
                reading.leave(f"message {number}", error)
                again.append(number)
            else:
                # In this order: a mail that is read twice does nothing more, and one that is never read nothing.
                if outcome is not Outcome.LEFT:
                    mailbox.mark(number)
        _write_place(root, mailbox.name, replace(place, again=tuple(again)), tell)
        return reading.conclude()


def receive_queue(root: Path, now: datetime, tell: Callable[[str], None]) -> Received:
    """Keep what Amazon SES reports in a queue, and judge it. Each message is deleted there once it is kept here.

    One that is no report of SES stays in the queue, and counts as left. Raises GeneratorError.
    """
    from generator.delivery.engines.sqs import VARIABLE, open_queue  # noqa: PLC0415 (httpx, for those who use SES)

    url = read_variable(root, VARIABLE)
    if not url:
        raise SecretError(f"{VARIABLE} is not set; expected sqs://eu-west-1/123456789012/letters")
    with closing(open_list(root)) as database, closing(open_queue(url, list_secrets(root))) as queue:
        reading = _Reading(database, now, _find_address(root), tell)
        while messages := queue.fetch():
            read = []
            with database.begin() as transaction:
                for message in messages:
                    if (found := read_queued(message.name, message.body)) is None:
                        reading.left += 1
                        continue
                    read.append(message)
                    reports = believe(database.keys, "ses", found, now)
                    add_reports(transaction, reports)
                    if not reports:
                        reading.found[Outcome.SKIPPED] += 1
            # In this order: a report that comes twice is kept once, and one that is never kept is lost.
            queue.delete(read)
        return reading.conclude()


def _read_place(root: Path, name: str) -> Place | None:
    """How far the mailbox of that name was read; None when nobody knows."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads((root / PLACE).read_text("utf-8"))
        if kept.pop("mailbox") == name:
            return Place(int(kept["validity"]), int(kept["last"]), tuple(map(int, kept["again"])))
    return None


def _write_place(root: Path, name: str, place: Place, tell: Callable[[str], None]) -> None:
    path = root / PLACE
    staged = path.with_suffix(".new")
    try:
        staged.write_text(json.dumps({"mailbox": name, **asdict(place)}), "utf-8")
        staged.replace(path)
    except OSError as error:
        tell(f"{PLACE} cannot be written, so mail that was read is read again: {error.strerror}")


def _find_mailbox(root: Path) -> Mailbox:
    url = read_variable(root, MAILBOX)
    if not url:
        raise SecretError(f"{MAILBOX} is not set; expected imaps://user:password@host/INBOX")
    command = read_variable(root, TOKEN_VARIABLE)
    return open_mailbox(url, _ask_for_token(command) if command else "")


def _ask_for_token(command: str) -> str:
    """What the operator's command prints. Raises SecretError, which shows nothing of it."""
    try:
        done = run(shlex.split(command), capture_output=True, text=True, timeout=_PATIENCE, check=True)  # noqa: S603 (the operator's own)
    except (OSError, ValueError, SubprocessError) as error:
        raise SecretError(
            f"{TOKEN_VARIABLE}: the command failed ({type(error).__name__}); run it by hand to see why"
        ) from None
    if token := done.stdout.strip():
        return token
    raise SecretError(f"{TOKEN_VARIABLE}: the command printed nothing; expected an access token")


def _find_address(root: Path) -> Address:
    settings = read_settings(root)
    others = {settings.reply_to.lower(), settings.sender_address.lower()}
    return Address(
        settings.unsubscribe,
        settings.languages.default,
        shared=settings.unsubscribe.lower() in others,
        tagged=settings.bounces,
    )


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
            seen = "" if reading.take(mail) is Outcome.LEFT else "S"
            (folder / "cur").mkdir(mode=0o700, exist_ok=True)
            path.replace(folder / "cur" / f"{path.name.partition(':')[0]}:2,{seen}")
        except Exception as error:  # noqa: BLE001 (a bug with one mail; see _Reading.leave)
            reading.leave(path.name, error)


def _read(file: BinaryIO) -> bytes:
    """The beginning of a mail. The rest is read and let go: a mail server takes a closed pipe for a failure."""
    mail = file.read(MOST)
    while file.read(_CHUNK):
        pass
    return mail
