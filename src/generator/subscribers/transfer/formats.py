"""Our own form of the list in CSV and JSON, both ways, without loss: whatever goes out comes in the same.

CSV has the columns below; `consents` is JSON within its cell. JSON is an array with an object on each line.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from generator.errors import AddressError
from generator.model import (
    LESSONS,
    Consent,
    Course,
    CourseState,
    Language,
    NewSubscriber,
    Status,
    Step,
    Wording,
)
from generator.subscribers.list.addresses import LONGEST, parse_address

if TYPE_CHECKING:
    from collections.abc import Mapping

COURSE = ("course", "course_step", "course_due")
"""The columns of how far somebody is in the course; all of them are empty for who never asked for it."""

COLUMNS = (*(column.name for column in fields(NewSubscriber) if column.name != "course"), *COURSE)
"""All that is known of a subscriber; the id stays behind, which only counts."""

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no database keeps; lone surrogates are bytes that were not UTF-8."""
_NOT_UTF8 = "is not valid text; expected UTF-8 (“CSV UTF-8” in a spreadsheet)"


class RowError(ValueError):
    """A row cannot become a subscriber: what it says, and what was expected."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a row may leave out, and what its certainties may be."""

    language: Language
    now: datetime
    certainties: frozenset[str]
    """The ids that there are."""
    called: Mapping[str, Language]
    """What a file may call each language, its code included."""


# --- Out --------------------------------------------------------------------------------------------------------------


def describe(subscriber: NewSubscriber) -> dict[str, Any]:
    """All that the list holds about a person, as JSON knows it."""
    course = subscriber.course
    said = (course.state, course.step, course.due) if course else (None,) * len(COURSE)
    return {
        **{name: _plain(getattr(subscriber, name)) for name in COLUMNS if name not in COURSE},
        **dict(zip(COURSE, map(_plain, said), strict=True)),
    }


def _plain(value: Any) -> Any:
    """A value as JSON knows it, by its type: a column with another type of value needs a case here."""
    match value:
        case StrEnum():
            return value.value
        case datetime():
            return write_moment(value)
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(one) for one in value]
        case Consent():
            return _describe_consent(value)
        case _:
            return value


def _describe_consent(consent: Consent) -> dict[str, Any]:
    wording = consent.wording and {"language": consent.wording.language, "text": consent.wording.text}
    return {
        "step": consent.step.value,
        "at": write_moment(consent.at),
        "source": consent.source,
        **({"network": consent.network} if consent.network else {}),
        **({"wording": wording} if wording else {}),
    }


def write_moment(moment: datetime) -> str:
    """2026-11-23T18:00:00Z, with as many digits of a second as there are."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def write_json(value: Any) -> str:
    """On one line; letters are left as they are."""
    return json.dumps(value, ensure_ascii=False)


def to_cells(subscriber: NewSubscriber) -> list[str]:
    """The cells below COLUMNS: lists of words between spaces, nothing for None, and JSON for what is no text."""
    said = describe(subscriber)
    said["consents"] = write_json(said["consents"])
    return [_to_cell(value) for value in said.values()]


def _to_cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else write_json(value)


# --- In ---------------------------------------------------------------------------------------------------------------


def read_person(cells: Mapping[str, Any], defaults: Defaults) -> NewSubscriber:
    """A row in our own form → what is to be put on the list. Raises RowError.

    Only the address is needed. A row that does not say where somebody stands says that they are confirmed; whether that
    is believed is for the caller to decide, by the consents.
    """
    cells = {name: cell for name, cell in cells.items() if cell not in ("", None)}
    created = _moment(cells, "created", defaults.now)
    return NewSubscriber(
        address=read_address(cells.get("address", cells.get("email", ""))),
        language=_language(cells, defaults, defaults.language),
        certainties=_certainties(cells, defaults),
        status=_one_of(Status, cells, "status", Status.CONFIRMED),
        created=created,
        changed=_moment(cells, "changed", created),
        paused_until=_day(cells, "paused_until"),
        consents=tuple(_consent(said, defaults) for said in _listed(cells, "consents")),
        handle=_handle(cells),
        course=_course(cells),
    )


def read_address(text: Any) -> str:
    """An address in its normal form. Raises RowError."""
    if not isinstance(text, str) or not text.strip():
        raise RowError("has no address")
    if wrapped := _WRAPPED.fullmatch(text.strip()[: 4 * LONGEST]):
        text = wrapped[1] or wrapped[2]
    if len(text) <= LONGEST and (plain := _PLAIN.fullmatch(text)) and (domain := _find_domain(plain[2])):
        return f"{plain[1]}@{domain}"
    if _NO_TEXT.search(text):
        raise RowError(f"address {_NOT_UTF8}")
    try:
        return parse_address(text)
    except AddressError as error:
        raise RowError(f"address {error}") from None


# As mail programs and spreadsheets write it: Jan Jansen <jan@example.org>, mailto:jan@example.org.
_WRAPPED = re.compile(r"[^<>@]*<\s*(?:mailto:)?([^<>\s]+)\s*>|mailto:([^<>\s?]+)", re.IGNORECASE)

# Most addresses are plain, at a domain that thousands of others have: then it is the domain alone that takes time.
# Only here: in a service, what is found sooner would tell who was there before.
_PLAIN = re.compile(r"((?=[^@]{1,64}@)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@([A-Za-z0-9.-]+)")


@lru_cache(maxsize=10_000)
def _find_domain(domain: str) -> str:
    """A domain in its normal form; empty when it is none, or nothing to write to."""
    try:
        return parse_address(f"a@{domain}").removeprefix("a@")
    except AddressError:
        return ""


def _text(cells: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = cells.get(name, default)
    if not isinstance(value, str):
        raise RowError(f"{name} is {shorten(value)}; expected text")
    if _NO_TEXT.search(value):
        raise RowError(f"{name} {_NOT_UTF8}")
    return value


Name = TypeVar("Name", bound=StrEnum)


def _one_of(kind: type[Name], cells: Mapping[str, Any], name: str, default: Name | None = None) -> Name:
    text = _text(cells, name, default)
    try:
        return kind(text.strip().lower())
    except ValueError:
        raise RowError(f"{name} is {shorten(text)}; expected {', '.join(kind)}") from None


def _language(cells: Mapping[str, Any], defaults: Defaults, default: Language | None = None) -> Language:
    text = _text(cells, "language", default)
    known = sorted(set(defaults.called.values()), key=list(defaults.called.values()).index)
    if (found := next((one for one in known if one == text.strip().lower()), None)) is None:
        raise RowError(f"language is {shorten(text)}; expected {', '.join(known)}")
    return found


def _moment(cells: Mapping[str, Any], name: str, default: datetime | None = None) -> datetime:
    if default is not None and name not in cells:
        return default
    text = _text(cells, name)
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowError(
            f"{name} is {shorten(text)}; expected a date and time like 2026-11-23T18:00:00Z"
        ) from None


def _day(cells: Mapping[str, Any], name: str) -> date | None:
    if name not in cells:
        return None
    text = _text(cells, name)
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise RowError(f"{name} is {shorten(text)}; expected a day like 2026-11-23") from None


def _certainties(cells: Mapping[str, Any], defaults: Defaults) -> tuple[str, ...]:
    said = cells.get("certainties", "")
    if isinstance(said, list):
        said = " ".join(_text({"certainties": one}, "certainties") for one in said)
    found = tuple(dict.fromkeys(_text({"certainties": said}, "certainties").split()))
    for one in found:
        if one not in defaults.certainties:
            known = ", ".join(sorted(defaults.certainties))
            raise RowError(f"unknown certainty {shorten(one)}; expected one of {known}")
    return found


def _course(cells: Mapping[str, Any]) -> Course | None:
    """How far somebody is in the course; None when all of its columns are empty."""
    state_name, step_name, due_name = COURSE
    if state_name not in cells:
        if found := next((name for name in COURSE if name in cells), None):
            raise RowError(f"{found} is {shorten(cells[found])}; expected nothing, because course is empty")
        return None
    state = _one_of(CourseState, cells, state_name)
    said = cells.get(step_name, "")
    text = str(said) if isinstance(said, int) and not isinstance(said, bool) else said
    if not isinstance(text, str) or not re.fullmatch(rf"[1-{LESSONS + 1}]", text.strip(), re.ASCII):
        raise RowError(
            f"{step_name} is {shorten(said)}; expected the number of the next lesson, from 1 to {LESSONS + 1}"
        )
    course = Course(state, int(text), _day(cells, due_name))
    if course.due and state is not CourseState.RUNNING:
        raise RowError(
            f"{due_name} is {shorten(cells[due_name])}; expected nothing unless the course is running"
        )
    if not course.due and state is CourseState.RUNNING and not course.finished:
        raise RowError(f"{due_name} is empty; expected the day of the next lesson, like 2026-11-23")
    return course


def _handle(cells: Mapping[str, Any]) -> str:
    handle = _text(cells, "handle", "")
    if handle and not re.fullmatch(r"[A-Za-z0-9_-]{16}", handle):
        raise RowError(f"handle is {shorten(handle)}; expected the 16 characters of an export, or nothing")
    return handle


def _listed(cells: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    said = cells.get(name, [])
    if isinstance(said, str):
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            said = None
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise RowError(f"{name} is not a JSON array of objects, as in an export")
    return said


def _consent(said: Mapping[str, Any], defaults: Defaults) -> Consent:
    wording = said.get("wording")
    if wording is not None and not isinstance(wording, dict):
        raise RowError(f"wording is {shorten(wording)}; expected an object")
    return Consent(
        step=_one_of(Step, said, "step"),
        at=_moment(said, "at"),
        source=_text(said, "source"),
        network=_text(said, "network", ""),
        wording=Wording(_language(wording, defaults), _text(wording, "text")) if wording else None,
    )


def shorten(value: Any, most: int = 40) -> str:
    """A value as it may be shown: on one line, not long, nothing that a terminal obeys."""
    text = value if isinstance(value, str) else json.dumps(value)
    text = "".join(letter if letter.isprintable() else "�" for letter in text[:most])
    return f"“{text}”" if text else "empty"
