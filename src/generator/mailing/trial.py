"""Letters that are not sent to readers from here.

All of them in a folder (`send --dry-run`), a proof for an editor (`send --to`), or a letter with its list for another
program (`subscribers campaign`).
"""

from __future__ import annotations

import secrets
import shutil
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.content import load_newsletter
from generator.content.needs import need_letter
from generator.delivery.engines.batches import BatchSession, Parcel
from generator.delivery.outgoing.copies import Copies
from generator.delivery.outgoing.maildirs import Maildir
from generator.delivery.outgoing.transports import DEFAULT
from generator.delivery.outgoing.transports import VARIABLE as MAIL
from generator.delivery.verdict import Verdict
from generator.environment import find_files, find_signer, find_trial, open_list, open_mail, read_variable
from generator.errors import GeneratorError, MailingError, RefusalError, TransportError
from generator.files import create_file, make_folder
from generator.mailing.freeze import Prepared, Recipe, prepare
from generator.mailing.preflight import find_missing, find_service
from generator.mailing.window import choose_week
from generator.model import NO_UTF8, Due, Mailing
from generator.render.email.message import render_parts
from generator.settings import read_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.list.audience import explain_nobody, list_audience
from generator.subscribers.store.keys import VARIABLE as KEYS
from generator.subscribers.store.keys import Keys
from generator.subscribers.transfer.campaigns import CHANGE, LEAVE, explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.delivery.sessions import Session
    from generator.model import Language, Problem, Week
    from generator.settings import Settings
    from generator.subscribers.transfer.campaigns import Engine

FOLDER = "var/dry-run"
CAMPAIGNS = "var/campaign"


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


@dataclass(frozen=True, slots=True)
class Campaign:
    """A letter and its list, written for another program."""

    week: Week
    folder: Path
    readers: Mapping[Language, int]
    suppressed: int
    """How many get nothing any more."""


def write_letters(root: Path, week: Week | None, output: Path | None, now: datetime) -> DryRun:
    """Write every letter into a maildir, as it would leave now; without a week, that of the window that is next.

    Raises RefusalError when the letter cannot be rendered, and GeneratorError when `output` holds something.
    """
    settings = read_settings(root)
    week = week or choose_week(settings, now)
    written = 0
    with closing(open_list(root)) as database:
        folder = _make_room(root / FOLDER / str(week)) if output is None else _find_room(output)
        prepared = prepare_letter(root, settings, week, now, looks=True)
        copies = _make_copies(root, settings, week, prepared, database.keys, now)
        with closing(Maildir(folder).open_session()) as session, database.read() as transaction:
            nobody = explain_nobody(transaction, prepared.certainty, week.friday)
            for due in list_audience(transaction, prepared.certainty, week.friday):
                _hand_over(session, copies, due)
                written += 1
    missing = find_missing(settings, week, read_variable(root, MAIL))
    obstacles = dict.fromkeys([*prepared.obstacles, *missing, *([nobody] if nobody else [])])
    return DryRun(week, folder, written, prepared.problems, tuple(obstacles))


def write_campaign(
    root: Path, week: Week | None, engine: Engine, output: Path | None, now: datetime
) -> Campaign:
    """Write a letter and its readers into a new folder, as another program imports them; nothing is recorded.

    Raises RefusalError with all reasons why the letter could not be sent, MailingError when it is sent from here, or
    contains what the other program takes for a tag, and GeneratorError when the folder holds something.
    """
    settings = read_settings(root)
    week = week or choose_week(settings, now)
    folder = _find_room(output or root / CAMPAIGNS / f"{week}-{engine.name}")
    prepared = prepare_letter(root, settings, week, now, looks=True, without_git=True)
    if prepared.obstacles:
        raise RefusalError(f"the letter of {week} cannot be sent", prepared.obstacles, prepared.problems)
    texts, subjects = _write_texts(root, week, engine, now)
    readers: dict[Language, int] = {}
    with closing(open_list(root)) as database, database.read() as transaction:
        if mailings.find_mailing(transaction, week) is not None:
            raise MailingError(
                f"the letter of {week} is sent from here, so another program would send it twice; see `newsletter "
                f"status {week}`"
            )
        if nobody := explain_nobody(transaction, prepared.certainty, week.friday):
            raise MailingError(nobody)
        for language in subjects:
            lines = engine.list_readers(transaction, prepared.certainty, week.friday, language)
            readers[language] = _keep(folder / f"readers.{language}.csv", lines) - 1
        suppressed = _keep(folder / "suppressed.csv", engine.list_gone(transaction)) - 1
    said = "\n".join(f"Subject ({language}): {subject}" for language, subject in subjects.items())
    for name, text in {**texts, "README.txt": explain(engine, said)}.items():
        _keep(folder / name, [text])
    return Campaign(week, folder, readers, suppressed)


def _write_texts(
    root: Path, week: Week, engine: Engine, now: datetime
) -> tuple[dict[str, str], dict[Language, str]]:
    """Text and HTML of each language by the name of their file, and the subjects. Raises MailingError."""
    newsletter = load_newsletter(root, now=now, needs=need_letter(root, week))
    texts, subjects = {}, {}
    issue = newsletter.archive.issue(week)
    for language, edition in issue.editions.items() if issue else ():
        # The links of one reader, and no page of ours that asks whether the letter was of use.
        text, html = render_parts(
            newsletter, edition, LEAVE if engine.leave else "", CHANGE if engine.change else ""
        )
        texts[f"letter.{language}.txt"] = engine.place_tags(text)
        texts[f"letter.{language}.html"] = engine.place_tags(html)
        subjects[language] = engine.place_tags(edition.subject)
    return texts, subjects


def _keep(path: Path, lines: Iterable[str]) -> int:
    """Write a new file for its owner only; how many lines it was given. Raises PublishError."""
    make_folder(path)
    with create_file(path) as file:
        return sum(1 for line in lines if file.write(line.encode()))


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
    prepared = prepare_letter(root, settings, week, now, looks=False)
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


def prepare_letter(  # noqa: PLR0913 (what a letter is prepared with)
    root: Path, settings: Settings, week: Week, now: datetime, *, looks: bool, without_git: bool = False
) -> Prepared:
    """The letter, whatever is wrong with it. Raises RefusalError when it cannot even be rendered."""
    service = find_service(root, settings, read_variable(root, MAIL, DEFAULT)) or find_trial(root)
    prepared = prepare(Recipe(root, week, now, service, looks, without_git))
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
