"""Which columns of a file we understand. One that we do not may say who wants no letters, so such a file is refused."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, NoReturn

from generator.errors import TableError
from generator.model import Status
from generator.subscribers.transfer.foreign import ORIGINS
from generator.subscribers.transfer.formats import shorten
from generator.subscribers.transfer.layouts import normalise, write_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from generator.subscribers.transfer.layouts import Origin
    from generator.subscribers.transfer.meanings import Meanings
    from generator.subscribers.transfer.tables import Broken, Row

SAMPLE = 20
"""Rows in which an example is looked for of what stands in a column."""

_SHOWN = 30
"""Columns that are listed."""

_FEW = 6
"""Values of a column that are listed."""

_LONG = 100
"""Characters of a name: somebody may have to type it."""

# Parts of names, in the languages in which services of these countries write them. Too many words do little harm:
# somebody has to delete a column. Too few let a column pass that says who left.
_PARTS = (
    # on the list, or off it
    r"subscri|unsub|suscri|inscri|abonn|inschrij|ingeschr|uitschr|uitgeschr|schrijf|aanmeld|aangemeld|afmeld|afgemeld",
    r"anmeld|angemeld|abmeld|abgemeld|abbestell|opzeg|opgezegd|cancel|geannul|churn|\bbaja\b|newsletter|nieuwsbrief",
    r"mailing ?li[sj]",
    # agreed, or refused
    r"consent|toestem|akkoord|einwillig|zustimm|permis|gdpr|dsgvo|rgpd|\bavg\b|privacy|marketing|\bopt|optin|optout",
    r"opted|accept|agree|allow|toegestaan|refus|weiger|wants|wens|receiv|ontvang|confirm|bevestig|bestatig|verif|donot",
    r"do not|\bdn[mc]\b|(no|geen|niet) ?(e ?)?mail|exclu|uitgesl|\bstop",
    # where somebody stands
    r"status|statut|(?<!e)state\b|estado|activ|aktiv|actief|aktief|enable|disable|uitgesch|suspen|paus|on hold|archiv",
    r"valid|geldig|reason|reden|\bgrund\b",
    # mail that did not arrive, or was called spam
    r"bounc|undeliv|deliverab|unreach|reachab|onbereik|blacklist|block|blokk|suppress|quarant|compla|klacht|spam|abuse",
    r"cleaned|\bclean\b|opgeschoond|delet|remov|verwijder|gewist|gelosch|\bleft\b|vertrok|\bban(ned)?\b",
)
_CONSENT = re.compile("|".join(_PARTS))

# What stands in a column when somebody left. Fewer words than in names: notes may say much that is no consent.
_LEFT = re.compile(
    r"unsub|un ?suscri|desabonn|desinscri|uitgeschr|uitschrijv|afgemeld|afmeld|abgemeld|abbestell|opgezegd|opzegg"
    r"|opgeschoond|\bopt(ed)? ?out|do ?not ?(contact|e ?mail|mail)|\b(no|geen|niet) (e ?)?mail|geen nieuwsbr|no newsl"
    r"|black ?list|block ?list|\bblocked|geblokk|\bbounced?\b|undeliver|onbestelb|onbereikb|\bcomplain|klacht|\bspam"
    r"|suppress|cancell?ed|geannul|inactive|inactief|inaktiv|deactiv|disabled|uitgeschakeld|deleted|verwijderd|removed"
    r"|withdrawn|withdrew|ingetrokken|geweigerd|refused|not subscr|\bleft\b|vertrokken"
)


# A column in which something stands when somebody left, rather than a word for each.
_MARK = re.compile(
    r"unsub|uitgeschr|uitschr|afgemeld|afmeld|abgemeld|desabonn|desinscr|opgezegd|opzeg|cancel|delet|verwijder|remov"
    r"|blacklist|block|geblokk|complain|klacht|opt(ed)? ?out|suppress|\b(date|datum|at|op|am|le)$"
)


class UnknownColumnsError(TableError):
    """A file has columns that we do not understand, or none with addresses; a person may say what they mean."""

    def __init__(self, problem: str, origin: Origin, unknown: Sequence[str]) -> None:
        super().__init__(problem)
        self.origin = origin
        self.unknown = tuple(unknown)
        """Columns without a meaning, as `--column` and `--ignore` name them."""


def smells_of_consent(name: str) -> bool:
    """Whether a column with this name may say who wants letters, and who does not."""
    return bool(_CONSENT.search(_simplify(name)))


def marks_leaving(name: str) -> bool:
    """Whether a column with this name seems to hold something for each who left, such as a date."""
    return bool(_MARK.search(_simplify(name)))


def smells_of_leaving(value: str) -> bool:
    """Whether somebody of whom this is said may have left."""
    return bool(_LEFT.search(_simplify(value)))


def _simplify(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[\W_]+", " ", plain)


def find_unknown(origin: Origin, names: Iterable[str], meanings: Meanings) -> list[str]:
    """The columns that an export of this origin does not have, and that nobody told us to ignore."""
    return [
        name
        for name in names
        if not origin.knows(name)
        and not meanings.skips(name)
        and (not origin.open or smells_of_consent(name))
    ]


def find_unread(origin: Origin, names: Iterable[str], meanings: Meanings) -> list[str]:
    """The columns that are let pass without being read, and in which nobody may be said to have left."""
    return [name for name in names if name and not origin.knows(name) and not meanings.vouches(name)]


def check_columns(
    origin: Origin, columns: Sequence[str], meanings: Meanings, sample: Sequence[Row | Broken]
) -> None:
    """Refuse a file with a column that we do not understand. Raises TableError that names each, with an example.

    A column without a name may be there, as spreadsheets leave them, as long as nothing stands in it.
    """
    _check_ignored(origin, meanings)
    if address := next((name for name in columns if "@" in name), ""):
        raise TableError(
            f"has {shorten(address)} where the names of the columns are expected; add a row with names above it, "
            "such as email and status"
        )
    names = [name for name in columns if name or _find_example(name, sample)]
    twice = [name for name, number in Counter(filter(None, names)).items() if number > 1]
    if twice:
        raise TableError(f"has the column {shorten(twice[0])} twice; delete one of the two")
    addresses = [name for name in names if normalise(name) in origin.addresses]
    if len(addresses) > 1:
        both = " and ".join(f"“{name}”" for name in sorted(addresses))
        raise TableError(f"has the columns {both}; keep the one with the email addresses")
    unknown = find_unknown(origin, dict.fromkeys(names), meanings)
    if not addresses and (inner := _find_list(names, sample)):
        raise TableError(f"has its people within {shorten(inner)}; save only the list in it, and import that")
    lost = not addresses and origin.name == "ours"  # the others say it themselves
    if unknown or (lost and names):
        _refuse(origin, unknown, names if lost else unknown, sample)
    for name in find_unread(origin, names, meanings):
        value = next((value for value in _find_values(name, sample) if smells_of_leaving(value)), "")
        if value:
            raise TableError(
                f"has {shorten(value)} in the column {shorten(name, _LONG)}, which is not read but may say who left; "
                "say what it means with --column status=… and --values, or, if it says nothing about consent, name it "
                "with --ignore and --not-consent"
            )


def _refuse(
    origin: Origin, unknown: Sequence[str], listed: Sequence[str], sample: Sequence[Row | Broken]
) -> NoReturn:
    number = f"{len(unknown)} columns" if len(unknown) > 1 else "a column"
    lines = [f"has {number} that an export of {origin.title} does not have; nothing was imported:"]
    if listed is not unknown:
        lines = ["has no column that is known to hold addresses; nothing was imported. Its columns:"]
    listed = list(dict.fromkeys(listed))
    for name in listed[:_SHOWN]:
        mark = "  ← may say who unsubscribed" if smells_of_consent(name) else ""
        shown = shorten(name, _LONG) if name else "(no name)"
        lines.append(f"  {shown}: {_find_example(name, sample) or 'empty'}{mark}")
    if len(listed) > _SHOWN:
        lines.append(f"  … and {len(listed) - _SHOWN} more")
    problem = "\n".join([*lines, *_advise(origin, unknown, listed, sample)])
    raise UnknownColumnsError(problem, origin, unknown)


def _advise(
    origin: Origin, unknown: Sequence[str], listed: Sequence[str], sample: Sequence[Row | Broken]
) -> Iterator[str]:
    telling = [name for name in unknown if smells_of_consent(name)]
    if "" in listed:
        yield (
            "Each column in which something stands needs a name in the first row; delete what stands above "
            "the row with the names."
        )
        return
    if origin.name == "ours":
        titles = ", ".join(known.title for known in ORIGINS[1:])
        yield f"If the file is an export of {titles}, say which with --from."
        address = next(
            (name for name in listed if any("@" in text for text in _find_values(name, sample))), ""
        )
        said = {f"email={address}": ""} if address else {}
        left = [name for name in telling if marks_leaving(name)]
        said |= {f"left={name}": "" for name in left}
        said |= {f"status={name}": _list_values(name, sample) for name in telling if name not in left}
        if said:
            words = " ".join(f"--column {shlex.quote(column)}{values}" for column, values in said.items())
            yield f"Or say what its columns mean: {words}."
        if left:
            yield "  left: a date, or any word but “no”, “nee”, “false” and “0”, means that this person left."
        if len(left) < len(telling):
            yield (
                f"  status: for each “…”, write {', '.join(Status)}. Of several columns, the worst counts."
            )
    if telling:
        yield (
            "A column that may say who unsubscribed is not skipped by --ignore alone: first remove everybody who "
            "unsubscribed or never agreed, then add --not-consent with the same column, or delete it from the file."
        )
    if any(name and name not in telling for name in unknown):
        yield "To skip a column that says nothing about consent, add --ignore COLUMN."


def _check_ignored(origin: Origin, meanings: Meanings) -> None:
    if lone := sorted(meanings.harmless - meanings.ignored):
        raise TableError(f"--not-consent {lone[0]} goes with --ignore {lone[0]}: add both, or neither")
    for name in sorted(meanings.ignored):
        if name in meanings.columns:
            raise TableError(f"cannot be read without “{name}”, which --column names")
        # One of our own names steps aside for the column that is given it.
        if name not in meanings.taken and origin.knows(name) and normalise(name) not in origin.spare:
            raise TableError(f"cannot be read without “{name}”: an export of {origin.title} has that column")
        if smells_of_consent(name) and name not in meanings.harmless:
            raise TableError(
                f"cannot be read without “{name}”, which may say who unsubscribed; remove everybody who did or who "
                "never agreed, then add --not-consent with the same column, or delete it from the file"
            )


def _find_values(name: str, sample: Sequence[Row | Broken]) -> Iterator[str]:
    """What stands in a column, as text."""
    for row in sample:
        value = getattr(row, "cells", {}).get(name)
        if value not in ("", None, [], {}):
            yield write_cell(value)


def _find_list(names: Sequence[str], sample: Sequence[Row | Broken]) -> str:
    """The name in JSON whose value is a list of objects, as a web service answers."""
    for row in sample:
        for name in names:
            value = getattr(row, "cells", {}).get(name)
            if isinstance(value, list) and value and isinstance(value[0], dict):
                return name
    return ""


def _list_values(name: str, sample: Sequence[Row | Broken]) -> str:
    """How to say what the values of a column mean, when the first rows have few of them."""
    values = {normalise(value): value for value in _find_values(name, sample)}
    words = ",".join(f"{value}=…" for value in values.values() if value.isprintable())
    return (
        f" --values {shlex.quote(words)}"
        if 0 < len(values) <= _FEW
        else " --values …=confirmed,…=unsubscribed"
    )


def _find_example(name: str, sample: Sequence[Row | Broken]) -> str:
    """The first value in a column, as it may be shown; empty when there is none."""
    values = (getattr(row, "cells", {}).get(name) for row in sample)
    return next((shorten(value) for value in values if value not in ("", None, [], {})), "")
