"""Whether the links of letters to other sites can still be opened. The only check that leaves this machine.

Each host is asked one question at a time, and the answers are kept for a week. A host that refuses
programs (403, 429) or fails (5xx, a time-out) gives a warning, not an error.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from generator.check.manuscripts import read_letter
from generator.check.rules.links import EXTERNAL, links_of
from generator.check.web.client import PATIENCE, Answer, Kind, ask_all, is_external
from generator.model import Message, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from generator.content import Newsletter
    from generator.model import Edition

WEEK = timedelta(days=7)

_REMEDIES = {
    "gone": Message("Use the new address, or remove the link."),
    "moved": Message("Open it, and use the address that it redirects to."),
    "unknown": Message("Open it in a browser."),
}


def check_links_online(
    newsletter: Newsletter,
    editions: Iterable[Edition],
    now: datetime,
    cache_path: Path,
    patience: float = PATIENCE,
) -> list[Problem]:
    """Open every link of some editions to another site; answers younger than a week are taken from the cache."""
    known = _load(cache_path, now)
    agent = f"Mozilla/5.0 (compatible; zekerheden link check; +{newsletter.settings.site_url})"
    found = [
        (edition, link.target, spot)
        for edition in editions
        for link, spot in links_of(read_letter(newsletter, edition))
        if is_external(link.target) and not link.target.startswith(newsletter.settings.site_url)
    ]
    wanted = {_page(target) for _, target, _ in found}
    asked = ask_all(wanted - known.keys(), agent, patience)
    _save(cache_path, known, asked, now)
    answers = {address: answer for address, (answer, _) in known.items()} | asked
    problems = []
    for edition, target, spot in found:
        answer = answers[_page(target)]
        if message := _say(target, answer):
            problems.append(
                Problem(
                    edition.source.relative_to(newsletter.root),
                    spot.line,
                    message,
                    EXTERNAL,
                    severity=Severity.ERROR if answer.kind is Kind.GONE else Severity.WARNING,
                    column=spot.column,
                    length=spot.length,
                    remedy=_REMEDIES[answer.kind],
                    waived=edition.waive.get(EXTERNAL, ""),
                )
            )
    return problems


def _page(target: str) -> str:
    return target.partition("#")[0]


def _say(target: str, answer: Answer) -> Message | None:
    if answer.kind is Kind.GONE:
        return Message("“{}” cannot be opened: {}", target, answer.detail)
    if answer.kind is Kind.MOVED:
        return Message("“{}” now redirects to “{}”", target, answer.detail)
    return (
        Message("“{}” could not be checked: {}", target, answer.detail)
        if answer.kind is Kind.UNKNOWN
        else None
    )


# --- The cache ---


def _load(path: Path, now: datetime) -> dict[str, tuple[Answer, datetime]]:
    """The answers of the last week; none when the file is missing or cannot be read."""
    try:
        entries = json.loads(path.read_text("utf-8"))
        found = {
            str(address): (
                Answer(Kind(entry["kind"]), str(entry["detail"])),
                datetime.fromisoformat(entry["at"]),
            )
            for address, entry in entries.items()
        }
        return {address: value for address, value in found.items() if timedelta() <= now - value[1] < WEEK}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _save(
    path: Path, known: Mapping[str, tuple[Answer, datetime]], asked: Mapping[str, Answer], now: datetime
) -> None:
    """Write the certain answers to the cache. When that fails, the next run only takes longer."""
    kept = dict(known) | {
        address: (answer, now) for address, answer in asked.items() if answer.kind is not Kind.UNKNOWN
    }
    entries = {
        address: {"at": at.astimezone(UTC).isoformat(), "kind": answer.kind, "detail": answer.detail}
        for address, (answer, at) in sorted(kept.items())
    }
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", "utf-8")
        beside.replace(path)
