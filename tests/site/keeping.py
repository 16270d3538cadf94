"""What a reader keeps in the browser: reading and writing it beside the page, and storage that refuses."""

import json
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.site.hosting import Site

REFUSED = "Access is denied for this document."
BLOCKED = f"""Object.defineProperty(window, "localStorage", {{
  get() {{ throw new DOMException("{REFUSED}", "SecurityError") }}
}})"""
"""A browser that is told to keep nothing."""

FULL = """Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError") }"""
"""A browser that reads, and has no room."""


def key(site: Site) -> str:
    return f"z7:{urlsplit(site.url).path}"


def keep(page: Page, site: Site, state: Any) -> None:
    """Keep a state, or any text, as an earlier visit would have; leaves the page somewhere on the site."""
    text = state if isinstance(state, str) else json.dumps(state)
    page.goto(f"{site.url}feed.json")  # of the site, without its scripts
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key(site), text])


def kept_text(page: Page, site: Site, suffix: str = "") -> str | None:
    return page.evaluate("key => localStorage.getItem(key)", key(site) + suffix)


def kept(page: Page, site: Site) -> Any:
    text = kept_text(page, site)
    return None if text is None else json.loads(text)


VERSION = 2
"""Of what the scripts keep today."""


def state(  # noqa: PLR0913 (what a browser keeps)
    items: dict[str, Any] | None = None,
    answers: dict[str, str] | None = None,
    snapshots: list[Any] | None = None,
    log: dict[str, list[str]] | None = None,
    notes: dict[str, dict[str, str]] | None = None,
    team: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What is kept; unless told otherwise, the log has the days of the items that are done."""
    days = {name: [tick["date"]] for name, tick in (items or {}).items() if tick["state"] == "done"}
    return {
        "version": VERSION,
        "items": items or {},
        "answers": answers or {},
        "snapshots": snapshots or [],
        "log": days if log is None else log,
        "notes": notes or {},
        "team": team or {"members": [], "deal": {"action": "", "owner": "", "date": ""}},
        "asked": "",
    }


def old_state(
    items: dict[str, Any] | None = None,
    answers: dict[str, str] | None = None,
    snapshots: list[Any] | None = None,
) -> dict[str, Any]:
    """What version 1 kept: no log, no notes and no team."""
    return {"version": 1, "items": items or {}, "answers": answers or {}, "snapshots": snapshots or []}


def note(owner: str = "", text: str = "") -> dict[str, str]:
    return {"owner": owner, "text": text}


def done(date: str = "2026-11-20") -> dict[str, str]:
    return {"state": "done", "date": date}


def unfit(date: str = "2026-11-20") -> dict[str, str]:
    return {"state": "na", "date": date}
