"""Letters that reach no reader: all of them in a folder (`send --dry-run`), or a proof for an editor (`send --to`)."""

from __future__ import annotations

import secrets
import shutil
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.delivery.engines.batches import BatchSession, Parcel
from generator.delivery.outgoing.copies import Copies
from generator.delivery.outgoing.maildirs import Maildir
from generator.delivery.outgoing.transports import DEFAULT
from generator.delivery.outgoing.transports import VARIABLE as MAIL
from generator.delivery.verdict import Verdict
from generator.environment import find_files, find_signer, find_trial, open_list, open_mail, read_variable
from generator.errors import GeneratorError, RefusalError, TransportError
from generator.mailing.freeze import Prepared, Recipe, prepare
from generator.mailing.preflight import find_missing, find_service
from generator.mailing.window import choose_week
from generator.model import NO_UTF8, Due, Mailing
from generator.settings import read_settings
from generator.subscribers.list.audience import explain_nobody, list_audience
from generator.subscribers.store.keys import VARIABLE as KEYS
from generator.subscribers.store.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.delivery.sessions import Session
    from generator.model import Language, Problem, Week
    from generator.settings import Settings

FOLDER = "var/dry-run"


@dataclass(frozen=True, slots=True)
class DryRun:
    """Letters that were written into a folder."""

    week: Week
    folder: Path
    letters: int
    problems: Sequence[Problem]
    """The errors of its check."""
    obstacles: Sequence[str]
    """Why the letter could not be sent as things stand; a clause each."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A letter that was sent to one address."""

    week: Week
    language: Language
    address: str
    relay: str
    """Its name."""
    codes: str
    """Of its reply."""
    files: Path | None
    """Where it is, in a trial; None when it was sent."""


def write_letters(root: Path, week: Week | None, output: Path | None, now: datetime) -> DryRun:
    """Write every letter into a maildir, as it would leave now; without a week, that of the window that is next.

    Raises RefusalError when the letter cannot be rendered, and GeneratorError when `output` holds something.
    """
    settings = read_settings(root)
    week = week or choose_week(settings, now)
    written = 0
    with closing(open_list(root)) as database:
        folder = _make_room(root / FOLDER / str(week)) if output is None else _find_room(output)
        prepared = _prepare(root, settings, week, now, looks=True)
        copies = _make_copies(root, settings, week, prepared, database.keys, now)
        with closing(Maildir(folder).open_session()) as session, database.read() as transaction:
            nobody = explain_nobody(transaction, prepared.certainty, week.friday)
            for due in list_audience(transaction, prepared.certainty, week.friday):
                _hand_over(session, copies, due)
                written += 1
    missing = find_missing(settings, week, read_variable(root, MAIL))
    obstacles = dict.fromkeys([*prepared.obstacles, *missing, *([nobody] if nobody else [])])
    return DryRun(week, folder, written, prepared.problems, tuple(obstacles))


def send_proof(  # noqa: PLR0913 (what may be asked for)
    root: Path,
    week: Week | None,
    address: str,
    language: Language | None,
    now: datetime,
    tell: Callable[[Proof], None] = lambda _: None,
) -> list[Proof]:
    """Send the letter of a week, a draft too, to one address: with all headers, and a token that opens nothing.

    `tell` hears of each letter that was handed over. Raises RefusalError when it cannot be rendered, and
    TransportError when it cannot be handed over.
    """
    settings = read_settings(root)
    week = week or choose_week(settings, now)
    transport, files = open_mail(root), find_files(root)
    prepared = _prepare(root, settings, week, now, looks=False)
    text = read_variable(root, KEYS)
    keys = Keys.parse(text) if text else Keys.make()  # its links open nothing, so any key will do
    copies = _make_copies(root, settings, week, prepared, keys, now)
    sent: list[Proof] = []
    with closing(transport.open_session()) as session:
        for one in (language,) if language else prepared.masters:
            # No subscriber has this handle, so links in a proof unsubscribe nobody.
            codes = _hand_over(session, copies, Due(0, secrets.token_urlsafe(12), address, one, 0))
            sent.append(Proof(week, one, address, transport.name, codes, files))
            tell(sent[-1])
    return sent


def _prepare(root: Path, settings: Settings, week: Week, now: datetime, *, looks: bool) -> Prepared:
    """The letter, whatever is wrong with it. Raises RefusalError when it cannot even be rendered."""
    service = find_service(root, settings, read_variable(root, MAIL, DEFAULT)) or find_trial(root)
    prepared = prepare(Recipe(root, week, now, service, looks))
    if not prepared.masters:
        raise RefusalError(f"the letter of {week} cannot be rendered", prepared.obstacles, prepared.problems)
    return prepared


def _make_copies(  # noqa: PLR0913 (what a mailing is made of)
    root: Path, settings: Settings, week: Week, prepared: Prepared, keys: Keys, now: datetime
) -> Copies:
    mailing = Mailing(week, now, prepared.commit, prepared.certainty, keys.fingerprint)
    return Copies(mailing, prepared.masters, keys, settings, find_signer(root, settings))


def _hand_over(session: Session | BatchSession, copies: Copies, due: Due) -> str:
    """Send one; the codes of the reply. Raises TransportError."""
    copy = copies.make(due)
    if isinstance(session, BatchSession):
        key = f"proof.{due.handle}"
        packed = session.pack(copy.envelope, copy.message, key)
        reply = session.send(key, [packed])[0] if isinstance(packed, Parcel) else packed
    else:
        reply = session.offer(copy.envelope)
        if reply.verdict is Verdict.YES:
            reply = session.hand_over(copy.message)
    if reply is None:
        raise TransportError("the engine did not come to the letter")
    if reply.verdict is not Verdict.YES:
        unable = f"{NO_UTF8}, which this address needs " if reply.verdict is Verdict.UNABLE else ""
        raise TransportError(f"the relay did not accept the letter: {unable}{reply.codes}".strip())
    return reply.codes


def _make_room(folder: Path) -> Path:
    """Our own folder, without what an earlier run wrote."""
    for part in ("new", "cur", "tmp"):
        shutil.rmtree(folder / part, ignore_errors=True)
    return folder


def _find_room(folder: Path) -> Path:
    """A folder that somebody chose: what is in there is theirs."""
    if folder.is_dir() and any(folder.iterdir()):
        raise GeneratorError(f"{folder} is not empty; choose a new folder")
    return folder.resolve()
