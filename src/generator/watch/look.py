"""Look whether all is as it should be: from outside, or by who has the list open."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from generator.environment import open_list
from generator.errors import ContentError, GeneratorError
from generator.settings import read_settings
from generator.watch.facts import Facts, read_facts
from generator.watch.findings import DELAY, GRACE, Finding, Kind, Level, judge

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from pathlib import Path

    from generator.settings import Settings
    from generator.subscribers.store.database import Database


def look(
    root: Path, now: datetime, grace: timedelta = GRACE, delay: timedelta = DELAY
) -> tuple[list[Finding], Facts | None]:
    """What should be and is not (see `findings.judge`), and what was read for it; a list that cannot be read is a
    finding, without facts.

    Raises ContentError when the settings cannot be read: then nobody knows what should be.
    """
    settings = read_settings(root)
    try:
        with closing(open_list(root)) as database:
            return look_at(root, settings, database, now, grace, delay)
    except ContentError:
        raise
    except GeneratorError as error:
        return [say_unreadable(error)], None


def look_at(  # noqa: PLR0913 (where, by which rules, when)
    root: Path,
    settings: Settings,
    database: Database,
    now: datetime,
    grace: timedelta = GRACE,
    delay: timedelta = DELAY,
) -> tuple[list[Finding], Facts | None]:
    """The same for a list that is open; see `findings.judge`."""
    try:
        facts = read_facts(root, settings, database, now)
    except GeneratorError as error:
        return [say_unreadable(error)], None
    return judge(facts, grace, delay), facts


def say_unreadable(error: GeneratorError) -> Finding:
    """That the list cannot be read."""
    return Finding(Kind.LIST, Level.CRITICAL, f"the list cannot be read: {error}", "newsletter doctor")
