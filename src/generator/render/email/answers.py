"""What a reader can answer beside an open item of a letter: that it is done, or that a calendar should remind them.

Both are plain links. The page of the item asks once more before it ticks (`done.js`), so that no program that opens the
links of a mail ticks anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    Calendar = Callable[[str], str]
    """The id of an item → the address of the file that reminds of it."""

DONE = "-done"
"""What stands behind the id of an item in the address that asks whether it is done; the scripts know it, too."""


def find_answers(item: HtmlElement, calendar: Calendar) -> tuple[str, str] | None:
    """The addresses for “done” and “remind me” of an item that is open, or None."""
    link = find_link(item) if item.get("class") == "open" else None
    if link is None:
        return None
    address = link.attrib["href"]
    return address + DONE, calendar(address.rpartition("#")[2])


def find_link(item: HtmlElement) -> HtmlElement | None:
    """The link of a checklist item to its place in the playbook: the first, for its text begins with it."""
    return next(item.iter("a"), None)
