"""How many letters a receiving domain gets in a minute, an hour and a day; on a new sending address fewer at first."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from generator.settings import EVERY_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from generator.settings import Settings

HELD = "limit"
"""Stands in the ledger in place of a reply, where a limit holds a letter back."""

RUNG, RUNGS = 50, 14
"""Letters to each domain on the first day of a warm-up; then twice as many each day, for so many days."""


class Limits:
    """The limits of `[send.domains]` and `send.warm_up`. The threads of a run share it: any may call any method.

    Other processes that send at the same time have limits of their own.
    """

    def __init__(self, settings: Settings) -> None:
        """Of these settings; nothing was sent yet."""
        self._quotas, self._first, self._zone = settings.domains, settings.warm_up, settings.timezone
        self._lock = Lock()
        self._moments: dict[str, list[datetime]] = defaultdict(
            list
        )  # by domain: of letters, also of coming ones
        self._days: Counter[tuple[str, date]] = Counter()
        self._slots: dict[int, datetime] = {}  # by id: when this letter may leave

    def load(self, sent: Iterable[tuple[str, datetime]]) -> None:
        """Count letters that left before: their addresses, and when."""
        with self._lock:
            for address, at in sent:
                self._count(_domain(address), at)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._quotas) or self._first is not None

    def ask(self, number: int, address: str, now: datetime) -> datetime | None:
        """When the letter of a subscriber may leave; None for now. The same letter may ask again."""
        if not self:
            return None
        with self._lock:
            slot = self._slots.get(number)
            if slot is None:
                domain = _domain(address)
                slot = self._slots[number] = self._find_slot(domain, now)
                self._count(domain, slot)
            return slot if slot > now else None

    def _find_slot(self, domain: str, now: datetime) -> datetime:
        """The first moment at which no limit is in the way."""
        slot, moments = now, self._moments[domain]
        for span, most in self._find_quota(domain).items():
            if len(moments) >= most:
                slot = max(slot, moments[-most] + span)
        while (rung := find_rung(self._first, self._day(slot))) and self._days[
            domain, self._day(slot)
        ] >= rung:
            midnight = datetime.combine(self._day(slot) + timedelta(days=1), datetime.min.time(), self._zone)
            slot = midnight.astimezone(now.tzinfo)
        return slot

    def _find_quota(self, domain: str) -> dict[timedelta, int]:
        return self._quotas.get(domain, self._quotas.get(EVERY_DOMAIN, {}))

    def _count(self, domain: str, at: datetime) -> None:
        quota = self._find_quota(domain)
        if quota:
            moments = self._moments[domain]
            insort(moments, at)
            del moments[: -max(quota.values())]
        if self._first is not None:
            self._days[domain, self._day(at)] += 1

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def find_rung(first: date | None, day: date) -> int:
    """Letters to each domain on that day of a warm-up; 0 for no limit."""
    if first is None or (passed := (day - first).days) >= RUNGS:
        return 0
    return RUNG << max(passed, 0)


def describe_limits(settings: Settings, now: datetime) -> list[str]:
    """The limits at this moment, each in a few words."""
    said = [
        f"{'any other domain' if domain == EVERY_DOMAIN else domain} {say_quota(quota)}"
        for domain, quota in settings.domains.items()
    ]
    day = now.astimezone(settings.timezone).date()
    if rung := find_rung(settings.warm_up, day):
        said.append(f"warm-up: {rung:,} on {day} to each domain")
    return said


def say_quota(quota: dict[timedelta, int]) -> str:
    """As it stands in the settings."""
    words = {timedelta(minutes=1): "a minute", timedelta(hours=1): "an hour", timedelta(days=1): "a day"}
    return ", ".join(f"{most:,} {words[span]}" for span, most in quota.items())


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
