"""What is known of an export of another program, as data: which columns it has, and what their values mean.

Most origins are a row of the table in `foreign`, made by `lay_out`. What a row does not say in words that are known is
refused, never guessed; of several columns that say where somebody stands, the one that is worst for us counts.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from generator.errors import TableError
from generator.model import Consent, NewSubscriber, Status, Step
from generator.subscribers.list.networks import shorten_address
from generator.subscribers.transfer.formats import RowError, read_address, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from generator.subscribers.transfer.formats import Defaults


@dataclass(frozen=True, slots=True)
class Origin:
    """A program whose export we read."""

    name: str
    """As `--from` knows it."""
    title: str
    wrote: Callable[[frozenset[str]], bool]
    """Whether a file with these columns comes from there."""
    read: Callable[[Mapping[str, Any], Defaults, Status | None], NewSubscriber]
    """A row, and what the file as a whole or the operator says of its rows. Raises RowError."""
    find_status: Callable[[str, frozenset[str], Status | None], Status | None]
    """Where the people in a file stand, by its name, its columns and what the operator says. Raises TableError."""
    columns: frozenset[str]
    """Those that it writes, in lower case or normalised: their meaning is known, or does not matter."""
    telling: frozenset[str] = frozenset()
    """Those of `columns` that say where somebody stands: none may be missing in a row of a file that has it."""
    open: bool = False
    """Whether it also writes columns that the owner of a list has made."""
    addresses: frozenset[str] = frozenset()
    """Names of the column with the address, when a file may have only one of them."""
    spare: frozenset[str] = frozenset()
    """Those of `columns` that the operator may have ignored."""
    lost: str = ""
    """What of it we do not keep."""
    proves: bool = False
    """Whether its consents prove anything: only ours do."""

    def knows(self, name: str) -> bool:
        """Whether it writes a column with this name."""
        return name in self.columns or normalise(name) in self.columns


@lru_cache(maxsize=1000)
def normalise(text: str) -> str:
    """A name or a value as it is compared: `Subscribed At`, `subscribed_at` and `subscribed-at` are one."""
    return re.sub(r"[\s_-]+", " ", text.strip().casefold()).strip()


# --- Layouts ----------------------------------------------------------------------------------------------------------

_ORDER = (Status.CONFIRMED, Status.UNCONFIRMED, Status.BOUNCED, Status.UNSUBSCRIBED, Status.COMPLAINED)
"""From good to bad; what a person said goes before what their mail server did."""


def find_worst(statuses: Iterable[Status]) -> Status:
    """The status that counts when several are said of one person. Raises ValueError when there is none."""
    return max(statuses, key=_ORDER.index)


@dataclass(frozen=True, slots=True)
class Clue:
    """A column that says where somebody stands."""

    columns: tuple[str, ...]
    """Names that it may have; normalised."""
    says: Mapping[str, Status | None]
    """What each value means; None: nothing. Any other value is refused, an empty one too."""
    otherwise: Status | None = None
    """What any other value means, such as a date below “unsubscribed at”."""
    vital: bool = False
    """Without it a file does not say who left."""

    def read(self, cells: Mapping[str, Any]) -> Iterator[tuple[str, Status]]:
        """Each of the columns that says something of a row, and what. Raises RowError."""
        for name in self.columns:
            if name not in cells:
                continue
            value = normalise(write_cell(cells[name]))
            said = self.says.get(value, self.otherwise)
            if said is None and value not in self.says:
                words = ", ".join(_spell(word) for word in self.says if word)
                raise RowError(f"{_spell(name)} is {shorten(value)}; expected {words}")
            if said:
                yield name, said


def tell(columns: str, *, vital: bool = True, nothing: str | None = None, **words: str) -> Clue:
    """A column whose words are known: names after `|`, words after commas, and those that say nothing in `nothing`."""
    says: dict[str, Status | None] = {
        normalise(word): Status(status) for status, listed in words.items() for word in listed.split(",")
    }
    says |= {normalise(word): None for word in nothing.split(",")} if nothing is not None else {}
    return Clue(split_names(columns), says, vital=vital)


def date_of(columns: str, status: Status) -> Clue:
    """A column that is empty until something happens, such as “unsubscribed at”."""
    return Clue(split_names(columns), {"": None}, otherwise=status)


@dataclass(frozen=True, slots=True)
class Moments:
    """Columns with the time of each step, and with the address on the network it came from."""

    asked: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()
    """Confirmed there, which proves nothing here by itself."""
    withdrawn: tuple[str, ...] = ()
    network: str = ""


def lay_out(  # noqa: PLR0913 - the columns of the table
    name: str,
    title: str,
    *,
    headers: Sequence[str],
    address: str = "email",
    clues: Sequence[Clue],
    moments: Moments = Moments(),
    language: str = "",
    rest: str = "",
    own: bool = False,
    silent: str = "",
    lost: str,
) -> Origin:
    """An origin whose columns mean what they say. Several names are separated by `|`, and normalised.

    headers: columns by which it is recognised, besides the address; any of them. rest: columns of which nothing is
    kept. own: whether owners of a list add columns. silent: what to say of a file that does not tell who left.
    """
    signs = [split_names(header) for header in headers]
    addresses, languages = split_names(address), split_names(language)
    vital = [clue for clue in clues if clue.vital]
    needed = frozenset(addresses).union(*(clue.columns for clue in clues))
    times = (*moments.asked, *moments.imported, *moments.withdrawn, *split_names(moments.network))
    spare = frozenset(times).union(languages, split_names(rest), *signs) - needed

    def wrote(columns: frozenset[str]) -> bool:
        names = {normalise(column) for column in columns}
        return not names.isdisjoint(addresses) and any(names.issuperset(sign) for sign in signs)

    def find_status(_: str, columns: frozenset[str], said: Status | None) -> Status | None:
        require_address(columns, addresses)
        names = {normalise(column) for column in columns}
        tells = bool(vital) and not any(names.isdisjoint(clue.columns) for clue in vital)
        if said is None and not tells:
            expected = " and ".join(f"“{_spell(clue.columns[0])}”" for clue in vital)
            raise TableError(
                silent
                or f"does not say who unsubscribed, as an export of {title} does in {expected}; use the original "
                "file, or add --status"
            )
        return said

    def read(cells: Mapping[str, Any], defaults: Defaults, told: Status | None) -> NewSubscriber:
        named = {normalise(column): cell for column, cell in cells.items()}
        if len(named) != len(cells):
            raise RowError("has two fields with the same name")
        found = dict(said for clue in clues for said in clue.read(named))
        statuses = [*found.values(), *([told] if told else [])]
        if not statuses:
            raise RowError("does not say whether this person is subscribed; say it with --status")
        status = find_worst(statuses)
        steps = _find_steps(named, title, moments, status)
        if status is Status.UNSUBSCRIBED and not steps[Step.WITHDRAWN][0]:
            reason = next((column for column, one in found.items() if one is status), "--status")
            steps[Step.WITHDRAWN] = (defaults.now, f"{title}: {_spell(reason)}", None)
        column = next((name for name in addresses if name in named), "")
        return make_person(named, column, status, find_language(named, defaults, *languages), steps)

    return Origin(
        name,
        title,
        wrote,
        read,
        find_status,
        columns=needed | spare,
        telling=needed.difference(addresses),
        open=own,
        addresses=frozenset(addresses),
        spare=spare,
        lost=lost,
    )


def split_names(names: str) -> tuple[str, ...]:
    """`a|b` → a and b; none of an empty text."""
    return tuple(filter(None, names.split("|")))


def _spell(name: str) -> str:
    """A normalised name as most programs write it."""
    return name.replace(" ", "_")


def require_address(columns: Iterable[str], addresses: Sequence[str]) -> None:
    """Refuse a file without a column with the address. Raises TableError."""
    if not {normalise(column) for column in columns} & {normalise(name) for name in addresses}:
        raise TableError(f"has no column with the address; expected one of: {', '.join(addresses)}")


_Steps = dict[Step, tuple[datetime | None, str, Any]]


def _find_steps(cells: Mapping[str, Any], title: str, moments: Moments, status: Status) -> _Steps:
    """The steps with the times of a row. Who gets no letters is taken in whatever became of a time."""
    steps: _Steps = {}
    for step, names, network in (
        (Step.ASKED, moments.asked, moments.network),
        (Step.IMPORTED, moments.imported, ""),
        (Step.WITHDRAWN, moments.withdrawn, ""),
    ):
        name = next((name for name in names if cells.get(name)), "")
        moment = None
        with suppress(*(() if status is Status.CONFIRMED else (RowError,))):
            moment = find_time({_spell(name): cells.get(name)}, _spell(name))
        steps[step] = (moment, f"{title}: {_spell(name)}", cells.get(network))
    return steps


def write_cell(value: Any) -> str:
    """A cell of CSV, or a value of JSON, as text: true, 1, nothing for null."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


# --- Cells ------------------------------------------------------------------------------------------------------------

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6})\d*)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?(?: [A-Z]+)?"
)


def find_time(cells: Mapping[str, Any], *names: str) -> datetime | None:
    """The first of these columns with a time: ISO 8601, or as PHP, Go and PostgreSQL write it; UTC without a zone."""
    for name in names:
        if text := str(cells.get(name) or "").strip():
            try:
                return _parse_time(text)
            except (ValueError, OverflowError):
                raise RowError(
                    f"{name} is {shorten(text)}; expected a time like 2026-11-23 18:00:00 "
                    "(a spreadsheet may have changed it; use the original file)"
                ) from None
    return None


def _parse_time(text: str) -> datetime:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, clock, fraction, zone = found.groups()
    moment = datetime.fromisoformat(f"{day}T{clock or '00:00'}")
    moment = moment.replace(microsecond=int((fraction or "").ljust(6, "0")), tzinfo=_find_zone(zone))
    return moment.astimezone(UTC)


def _find_zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    sign, digits = (-1 if text[0] == "-" else 1), text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0)))


def find_language(cells: Mapping[str, Any], defaults: Defaults, *columns: str) -> Defaults:
    """With the language that a column or a JSON object in one says: nl, nl_NL, Dutch, Nederlands; if any does."""
    for column in columns:
        found = cells.get(column)
        if isinstance(found, str) and found.lstrip().startswith("{"):
            try:
                found = json.loads(found)
            except (ValueError, RecursionError):
                continue
        if isinstance(found, dict):
            found = next((found[name] for name in ("language", "lang", "locale") if name in found), None)
        word = re.match(r"[a-z]*", str(found or "").strip().lower())
        if word and word[0] in defaults.called:
            return replace(defaults, language=defaults.called[word[0]])
    return defaults


def make_person(
    cells: Mapping[str, Any],
    address: str,
    status: Status,
    defaults: Defaults,
    steps: Mapping[Step, tuple[datetime | None, str, Any]],
) -> NewSubscriber:
    """A person with the steps that have a time: step → (when, which column says so, the address on the network)."""
    consents = sorted(
        (
            Consent(step, moment, source, shorten_address(str(ip)))
            for step, (moment, source, ip) in steps.items()
            if moment
        ),
        key=lambda consent: consent.at,
    )
    moments = [consent.at for consent in consents]
    return NewSubscriber(
        address=read_address(cells.get(address)),
        language=defaults.language,
        certainties=(),
        status=status,
        created=min([*moments, defaults.now]),
        changed=max(moments, default=defaults.now),
        consents=tuple(consents),
    )
