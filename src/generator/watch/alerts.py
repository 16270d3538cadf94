"""Which findings operators are told, and when: each kind once an hour at most, and less often while it lasts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from generator.errors import GeneratorError
from generator.watch.channels import open_channels
from generator.watch.findings import Kind
from generator.watch.memory import change_memory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.settings import Settings
    from generator.watch.findings import Finding

HOUR = timedelta(hours=1)
"""No kind is told sooner again. While it lasts, it is told after one hour, two, four, and then every day."""

_DAY = timedelta(days=1)
_MEMORY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class _Told:
    """When a kind was told for the last time."""

    at: datetime
    times: int
    """In a row; 0 when it was well since."""
    week: str

    def may_tell(self, finding: Finding, now: datetime) -> bool:
        """Whether it may be told again."""
        if finding.kind is Kind.DONE:
            return False
        age = now - self.at
        if age < -HOUR:  # the clock was set back
            return True
        often = self.times if self.week == str(finding.week) else 0
        pause: timedelta = HOUR * 2 ** min(max(often - 1, 0), 10)
        return age >= min(pause, _DAY)


def alert(root: Path, settings: Settings, findings: Sequence[Finding], now: datetime) -> list[str]:
    """Tell the operator what was not told lately; what went wrong with that, a clause each.

    Whatever process it is in: all of them share one memory, so nothing is told twice.
    """
    channels = open_channels(root, settings)
    if not channels.any:
        return [channels.trouble] if channels.trouble else []
    try:
        with change_memory(root) as memory:
            told = _read(memory)
            due = _claim(told, findings, now)
            before = {_key(one): told.get(_key(one)) for one in due}
            _note(told, due, now)
            _write(memory, told)
    except GeneratorError as error:
        return [str(error)]
    if not due:
        return []
    heard, complaints = channels.tell(due, now)
    unheard = [_key(one) for number, one in enumerate(due) if number not in heard]
    if unheard:
        try:
            with change_memory(root) as memory:  # so that the next look may try
                told = _read(memory)
                for key in unheard:
                    last = before[key]
                    if last is None:
                        told.pop(key, None)
                    else:
                        told[key] = last
                _write(memory, told)
        except GeneratorError as error:
            complaints.append(str(error))
    return complaints


def _claim(told: dict[str, _Told], findings: Sequence[Finding], now: datetime) -> list[Finding]:
    """The findings that are due. Forgets what is long ago, and that something which is well now was told often."""
    current = {_key(one) for one in findings}
    for key, last in list(told.items()):
        if now - last.at > _MEMORY:
            del told[key]
        elif key not in current:
            told[key] = replace(last, times=0)
    due: dict[str, Finding] = {}
    for finding in findings:
        key = _key(finding)
        if key not in due and (key not in told or told[key].may_tell(finding, now)):
            due[key] = finding
    return list(due.values())


def _note(told: dict[str, _Told], due: Sequence[Finding], now: datetime) -> None:
    for finding in due:
        key, week = _key(finding), str(finding.week)
        last = told.get(key)
        told[key] = _Told(now, last.times + 1 if last and last.week == week else 1, week)


def _key(finding: Finding) -> str:
    """What is told once an hour: a kind, and one unit of systemd. That a letter is done is told once."""
    if finding.kind is Kind.DONE:
        return f"{finding.kind} {finding.week}"
    return f"{finding.kind} {finding.about}".strip()


def _read(memory: dict[str, Any]) -> dict[str, _Told]:
    """What was told, without what somebody has spoilt."""
    noted = memory.get("told")
    found = {}
    for key, one in noted.items() if isinstance(noted, dict) else ():
        try:
            told = _Told(datetime.fromisoformat(one["at"]), int(one["times"]), str(one["week"]))
        except (ValueError, KeyError, TypeError):
            continue
        if told.at.tzinfo is not None:
            found[key] = told
    return found


def _write(memory: dict[str, Any], told: dict[str, _Told]) -> None:
    memory["told"] = {
        key: {"at": one.at.isoformat(), "times": one.times, "week": one.week} for key, one in told.items()
    }
