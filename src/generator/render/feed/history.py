"""All letters of a feed, divided over documents that readers' programs can walk (RFC 5005, section 4).

The document that people follow has the latest letters. Older ones are in archives: each has the letters of one stretch
of the calendar, and is made once all of them have left the first document. Weeks never change, so a letter stays in
its archive whatever comes after it, or is withdrawn beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.model import Edition, Lesson, Week
    from generator.render.feed.feedlist import Feed


@dataclass(frozen=True, slots=True)
class Part:
    """A document of a feed, and those that come before and after it."""

    feed: Feed
    editions: Sequence[Edition | Lesson]
    """Newest first; of the course the first lesson first."""
    stretch: str = ""
    """Which part of the calendar it archives: `2026-q3`; empty for the document that people follow."""
    older: str | None = None
    """The stretch of the archive before it; None when there is none."""
    newer: str | None = None
    """That of the archive after it; None when there is none yet."""


def divide(feed: Feed, editions: Iterable[Edition], least: int) -> list[Part]:
    """The documents of a feed, newest first; the first has at least the `least` newest letters, and no letter is twice.

    What that one has beyond them are the other letters of their oldest stretch.
    """
    latest: list[Edition] = []
    archived: list[tuple[str, list[Edition]]] = []
    for stretch, letters in groupby(editions, lambda edition: _name_stretch(feed, edition.week)):
        if len(latest) < least:
            latest += letters
        else:
            archived.append((stretch, list(letters)))
    names = [None, *(name for name, _ in archived), None]
    archives = [
        Part(feed, found, name, older=names[place + 2], newer=names[place])
        for place, (name, found) in enumerate(archived)
    ]
    return [Part(feed, latest, older=names[1]), *archives]


def _name_stretch(feed: Feed, week: Week) -> str:
    """A quarter, which is 13 letters; for one certainty a year, which is 7 or 8."""
    if feed.certainty is not None:
        return f"{week.year}"
    return f"{week.year}-q{min((week.number - 1) // 13, 3) + 1}"  # week 53 is in the last one
