"""The state of everything on one line, as a plug-in for Nagios and its like prints it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.errors import GeneratorError
from generator.settings import read_settings
from generator.watch.alerts import alert
from generator.watch.findings import BACKUP, DISK, NOTICES, Finding, Kind, Level, find_worst
from generator.watch.look import look

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.watch.facts import Facts


@dataclass(frozen=True, slots=True)
class Check:
    """How everything is."""

    level: Level
    """What the plug-in exits with."""
    findings: Sequence[Finding]
    line: str
    """For people, then a bar, then numbers for programs."""


def check_all(root: Path, now: datetime, failed: str = "") -> Check:
    """Look at everything, and name the unit of systemd that has `failed`, if one has. Raises nothing that a person can
    mend: that is UNKNOWN.
    """
    try:
        findings, facts = look(root, now)
        if failed:
            command = f"journalctl --unit {failed} --lines 50"
            one = Finding(Kind.UNIT, Level.CRITICAL, f"{failed} has failed", command, about=failed)
            findings = [one, *findings]
    except GeneratorError as error:
        first = str(error).splitlines()[0]
        return Check(Level.UNKNOWN, (), _clean(f"UNKNOWN - the settings cannot be read: {first}"))
    level = find_worst(findings)
    said = "; ".join(one.say() for one in findings if one.level is not Level.OK)
    if level is Level.OK:
        said = "; ".join(one.text for one in findings) or "nothing is due, and nothing waits"
    line = _clean(f"{level.name} - {said}")
    return Check(level, findings, f"{line} | {' '.join(_measure(facts))}" if facts else line)


def alert_all(root: Path, check: Check, now: datetime) -> list[str]:
    """Tell the operator what was found; what went wrong with that, a clause each."""
    if check.level is Level.UNKNOWN:
        return []
    return alert(root, read_settings(root), check.findings, now)


def _clean(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")


def _measure(facts: Facts) -> list[str]:
    """Numbers as label=value[unit];warning;critical, as the guidelines for monitoring plug-ins have them."""
    oldest = max(0, round((facts.now - facts.oldest).total_seconds())) if facts.oldest else 0
    found = [
        f"notices={facts.notices}",
        f"oldest_notice={oldest}s;;{round(NOTICES.total_seconds())}",
        f"held={facts.held};;0",
        f"disk_free={facts.free}B;{DISK}:;{DISK // 10}:",
    ]
    if facts.backup:
        age = max(0, round((facts.now - facts.backup).total_seconds()))
        found.append(f"backup_age={age}s;{round(BACKUP.total_seconds())}")
    return found
