"""Letters that reach no reader: all of them in a folder (`send --dry-run`), or a proof for an editor (`send --to`)."""

from __future__ import annotations

import secrets
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli import count
from generator.cli.accounts import read_settings
from generator.cli.environment import open_list, read_variable
from generator.cli.preflight import TRIAL, find_missing
from generator.cli.preparing import Prepared, Recipe, prepare
from generator.cli.running import find_signature
from generator.cli.sending import choose_week
from generator.delivery.copies import Copies
from generator.delivery.maildirs import Maildir
from generator.delivery.sessions import Verdict, open_session
from generator.delivery.transports import DEFAULT, open_transport
from generator.delivery.transports import VARIABLE as MAIL
from generator.errors import GeneratorError, MailingError, TransportError
from generator.model import Due, Mailing
from generator.subscribers import mailings
from generator.subscribers.addresses import parse_address

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from generator.delivery.sessions import Session
    from generator.model import Language, Week
    from generator.settings import Settings
    from generator.subscribers.keys import Keys

FOLDER = "var/dry-run"


def write_letters(root: Path, week: Week | None, output: Path | None, now: datetime) -> None:
    """Write every letter into a maildir, as it would leave now, and say what would keep it from being sent."""
    settings = read_settings(root)
    week = week or choose_week(settings, now)
    folder = _make_room(root / FOLDER / str(week)) if output is None else _find_room(output)
    prepared = _prepare(root, settings, week, now, looks=True)
    written = 0
    with closing(open_list(root)) as database, closing(open_session(Maildir(folder))) as session:
        copies = _make_copies(root, settings, week, prepared, database.keys, now)
        with database.read() as transaction:
            for due in mailings.list_audience(transaction, prepared.certainty, week.friday):
                _hand_over(session, copies, due)
                written += 1
    click.echo(f"{count(written, 'letter')} in {folder}/new. Nothing was sent, and nothing is kept of it.")
    for obstacle in (*prepared.obstacles, *find_missing(settings, read_variable(root, MAIL))):
        click.echo(f"`newsletter send {week}` would refuse: {obstacle}", err=True)


def send_proof(root: Path, week: Week | None, address: str, language: Language | None, now: datetime) -> None:
    """Send the letter of a week, a draft too, to one address: with all headers, and a token that opens nothing."""
    address = parse_address(address)
    settings = read_settings(root)
    week = week or choose_week(settings, now)
    transport = open_transport(read_variable(root, MAIL, DEFAULT), root)
    prepared = _prepare(root, settings, week, now, looks=False)
    with closing(open_list(root)) as database:
        copies = _make_copies(root, settings, week, prepared, database.keys, now)
    with closing(open_session(transport)) as session:
        for one in (language,) if language else prepared.masters:
            # Nobody has this handle: whoever presses a link in a proof unsubscribes nobody.
            codes = _hand_over(session, copies, Due(0, secrets.token_urlsafe(12), address, one, 0))
            click.echo(
                f"The letter of {week} ({one}) went to {address}, by {transport.name} ({codes or 'kept'})."
            )


def _prepare(root: Path, settings: Settings, week: Week, now: datetime, *, looks: bool) -> Prepared:
    """The letter, whatever is wrong with it. Raises MailingError when it cannot even be rendered."""
    prepared = prepare(Recipe(root, week, now, settings.service_url or TRIAL, looks))
    for line in prepared.report:
        click.echo(line, err=True)
    if not prepared.masters:
        raise MailingError(f"the letter of {week} cannot be rendered: {'; '.join(prepared.obstacles)}")
    return prepared


def _make_copies(  # noqa: PLR0913 (what a mailing is made of)
    root: Path, settings: Settings, week: Week, prepared: Prepared, keys: Keys, now: datetime
) -> Copies:
    mailing = Mailing(week, now, prepared.commit, prepared.certainty, keys.fingerprint)
    return Copies(mailing, prepared.masters, keys, settings, find_signature(root, settings))


def _hand_over(session: Session, copies: Copies, due: Due) -> str:
    """Send one; the codes of the reply. Raises TransportError."""
    copy = copies.make(due)
    reply = session.offer(copy.envelope)
    if reply.verdict is Verdict.YES:
        reply = session.hand_over(copy.message)
    if reply.verdict is not Verdict.YES:
        raise TransportError(f"the letter was not taken: {reply.codes}")
    return reply.codes


def _make_room(folder: Path) -> Path:
    """Our own folder, without what an earlier run wrote."""
    for part in ("new", "cur", "tmp"):
        shutil.rmtree(folder / part, ignore_errors=True)
    return folder


def _find_room(folder: Path) -> Path:
    """A folder that somebody chose: what is in there is theirs."""
    if folder.is_dir() and any(folder.iterdir()):
        raise GeneratorError(f"{folder} is not empty; name a new folder")
    return folder.resolve()
