"""Which columns of a file we understand. One that we do not may say who wants no letters, so such a file is refused."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from generator.errors import TableError
from generator.subscribers.transfer.formats import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.subscribers.transfer.foreign import Origin
    from generator.subscribers.transfer.tables import Broken, Row

SAMPLE = 20
"""Rows in which an example is looked for of what stands in a column."""

_SHOWN = 30
"""Columns that are listed."""

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


def smells_of_consent(name: str) -> bool:
    """Whether a column with this name may say who wants letters, and who does not."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return bool(_CONSENT.search(re.sub(r"[\W_]+", " ", plain)))


def find_unknown(origin: Origin, names: Iterable[str], ignored: frozenset[str]) -> list[str]:
    """The columns that an export of this origin does not have, and that nobody told us to ignore."""
    return [
        name
        for name in names
        if name not in origin.columns and name not in ignored and (not origin.open or smells_of_consent(name))
    ]


def check_columns(
    origin: Origin, columns: Sequence[str], ignored: frozenset[str], sample: Sequence[Row | Broken]
) -> None:
    """Refuse a file with a column that we do not understand. Raises TableError that names each, with an example.

    A column without a name may be there, as spreadsheets leave them, as long as nothing stands in it.
    """
    _check_ignored(origin, ignored)
    names = [name for name in columns if name or _find_example(name, sample)]
    twice = [name for name, number in Counter(filter(None, names)).items() if number > 1]
    if twice:
        raise TableError(f"has the column {shorten(twice[0])} twice; delete one of the two")
    if origin.addresses.issubset(names) and len(origin.addresses) > 1:
        both = " and ".join(f"“{name}”" for name in sorted(origin.addresses))
        raise TableError(f"has the columns {both}; keep the one with the email addresses")
    unknown = find_unknown(origin, dict.fromkeys(names), ignored)
    if not unknown:
        return
    number = f"{len(unknown)} columns" if len(unknown) > 1 else "a column"
    lines = [f"has {number} that an export of {origin.title} does not have; nothing was imported:"]
    for name in unknown[:_SHOWN]:
        mark = "  ← may say who unsubscribed" if smells_of_consent(name) else ""
        shown = shorten(name, _LONG) if name else "(no name)"
        lines.append(f"  {shown}: {_find_example(name, sample) or 'empty'}{mark}")
    if len(unknown) > _SHOWN:
        lines.append(f"  … and {len(unknown) - _SHOWN} more")
    if any(smells_of_consent(name) for name in unknown):
        lines.append(
            "First remove everybody who unsubscribed or never agreed, then delete those columns; --ignore does not "
            "accept them."
        )
    if not all(smells_of_consent(name) for name in unknown):
        lines.append("To skip a column that says nothing about consent, add --ignore COLUMN.")
    raise TableError("\n".join(lines))


def _check_ignored(origin: Origin, ignored: frozenset[str]) -> None:
    for name in sorted(ignored):
        if name in origin.columns:
            raise TableError(f"cannot be read without “{name}”: an export of {origin.title} has that column")
        if smells_of_consent(name):
            raise TableError(
                f"cannot be read without “{name}”, which may say who unsubscribed; remove everybody who did or who "
                "never agreed, then delete that column"
            )


def _find_example(name: str, sample: Sequence[Row | Broken]) -> str:
    """The first value in a column, as it may be shown; empty when there is none."""
    values = (getattr(row, "cells", {}).get(name) for row in sample)
    return next((shorten(value) for value in values if value not in ("", None, [], {})), "")
