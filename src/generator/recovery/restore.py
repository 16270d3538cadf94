"""Go back to a back-up: put it in the place of the list, and take off again who left since."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.environment import find_log, read_lost_keys, read_variable
from generator.errors import DatabaseError, RequestError, SecretError
from generator.recovery.units import Units, as_owner
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.departures import replay
from generator.subscribers.list.listing import count_statuses
from generator.subscribers.store.database import DEFAULT, PATIENCE, find_file
from generator.subscribers.store.database import VARIABLE as DATABASE
from generator.subscribers.store.keys import VARIABLE as KEYS
from generator.subscribers.store.locks import InUseError, have_alone
from generator.subscribers.store.restoring import open_staged, replace_list, stage
from generator.subscribers.store.stamp import find_mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.model import Mailing
    from generator.subscribers.store.keys import Keys
    from generator.subscribers.store.log import Happened


@dataclass(frozen=True, slots=True)
class Restored:
    """A list that was brought back."""

    file: Path
    made: datetime | None
    """When its copy was made."""
    subscribers: int
    left: Mapping[Happened, int]
    """How many left since, and were taken off again."""
    unreadable: Sequence[str]
    """Lines of the log that could not be read."""
    aside: Path | None
    """Where the list is that was there; None when there was none."""
    stopped: Sequence[str]
    """The services that were stopped."""
    started: Sequence[str]
    """Those that were started again."""


def restore_list(root: Path, copy: Path, now: datetime, units: Units | None = None) -> Restored:
    """Put a copy in the place of the list, and mark it as restored.

    The copy is examined before anything is stopped. Who has the list open is told by a lock, and stopped if that is for
    us to do. Raises RequestError for a list that is not a file, and GeneratorError: then the list is as it was.
    """
    place = find_file(read_variable(root, DATABASE, DEFAULT), root)
    if place is None:
        raise RequestError(
            "the list is on PostgreSQL: restore a dump with pg_restore --clean --if-exists --single-transaction "
            "(or into a new database), then run `newsletter resume --restored`"
        )
    place = place.resolve()
    if copy.resolve() == place:
        raise RequestError(f"{copy} is the list itself; expected a back-up of it")
    if copy.exists() and not copy.is_file():  # a pipe would be waited for
        raise DatabaseError(f"{copy} is not a file; nothing was restored")
    try:
        source = copy.open("rb")  # before we work as another account, which may not read it
    except OSError as error:
        raise DatabaseError(
            f"{copy} cannot be read: {error.strerror or error}; nothing was restored"
        ) from None
    units, stopped = units or Units(), []
    with ExitStack() as stack:
        stack.enter_context(source)
        with as_owner(place.parent):
            keys = read_lost_keys(root)
            staged = stack.enter_context(stage(copy, source, place))
        try:
            try:
                found = _put_in_place(root, copy, staged, place, keys, now)
            except InUseError as error:
                stopped = units.stop(error.holders, str(error))
                found = _put_in_place(root, copy, staged, place, keys, now)
        finally:
            started = units.start(stopped)
    return Restored(*found, stopped, started)


def _put_in_place(  # noqa: PLR0913 (what, where, when, and with which keys)
    root: Path, copy: Path, staged: Path, place: Path, keys: Keys, now: datetime
) -> tuple[Path, datetime | None, int, Mapping[Happened, int], Sequence[str], Path | None]:
    """While nobody has the list open, so that nobody leaves between the replay and the end."""
    with as_owner(place.parent), have_alone(place, PATIENCE):
        recorded = find_log(root).read()
        with open_staged(copy, staged, keys) as database:
            with database.begin() as transaction:
                _check_keys(copy, keys, mailings.list_mailings(transaction))
                left = replay(transaction, recorded.entries)
            with database.read() as transaction:
                made = find_mark(transaction.connection)
                number = sum(count_statuses(transaction).values())
        aside = replace_list(staged, place, now)
    return place, made, number, left, recorded.unreadable, aside


def _check_keys(copy: Path, keys: Keys, sent: Sequence[Mailing]) -> None:
    """Raise SecretError for keys of another list: links in old mail would die, and nobody in the log be found again."""
    if sent and not any(keys.knows(mailing.key) for mailing in sent):
        raise SecretError(
            f"{copy}: its letters were signed with other keys than those in {KEYS}; restore newsletter.env first; "
            "nothing was restored"
        )
