"""A reader on their way: a browser, a mailbox, and the list that they should stand on."""

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from generator.words import load_words
from tests.site.hosting import ROOT

PATIENCE = 60
NARROW = {"width": 360, "height": 740}
NL, EN = (words["service"] for words in load_words(ROOT).values())
"""What is written on pages and buttons."""


@dataclass
class Post:
    """The mail that has come to this machine: each kind of mailbox gives all of it, oldest first."""

    read: Callable[[], list[bytes]]
    seen: dict[str, int] = field(default_factory=dict)

    def next_to(self, address: str) -> EmailMessage:
        """The next mail to an address, when it comes."""
        number = self.seen.get(address, 0)
        ends = time.monotonic() + PATIENCE
        while len(found := self.all_to(address)) <= number:
            assert time.monotonic() < ends, f"No mail came to {address}"
            time.sleep(0.05)
        self.seen[address] = number + 1
        return found[number]

    def all_to(self, address: str) -> list[EmailMessage]:
        mails = (BytesParser(policy=default).parsebytes(content) for content in self.read())
        return [mail for mail in mails if mail["To"] == address]  # type: ignore[misc] # the policy makes EmailMessage


class Mailbox:
    """Takes all mail that is brought over SMTP."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd calls it so)
        self.mails.append(envelope.content)
        return "250 OK"


@dataclass
class Place:
    """Everything on this machine: the project, the site and the service."""

    root: Path
    site: str
    port: int
    service: str

    def status(self, address: str) -> str | None:
        """How somebody stands on the list."""
        with closing(sqlite3.connect(self.root / "var/newsletter.db")) as database:
            row = database.execute("SELECT status FROM subscriber WHERE key = ?", [address]).fetchone()
        return row and row[0]


def look(page: Page) -> None:
    """See that a page fits a narrow phone, and that axe finds nothing, in the light and in the dark."""
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], page.url
    page.emulate_media(color_scheme="light")
    barriers = _find_barriers(
        page, {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    page.emulate_media(color_scheme="dark")
    barriers += _find_barriers(page, {"runOnly": ["color-contrast"]})
    assert barriers == [], page.url


def _find_barriers(page: Page, options: dict[str, Any]) -> list[tuple[str, str]]:
    found = Axe().run(page, options=options).response["violations"]
    return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


def link_in(mail: EmailMessage, page: str) -> str:
    """The address in a mail that leads to a page of the service, the same in HTML and text."""
    html, text = body_of(mail, "html"), body_of(mail, "plain")
    pattern = rf"https?://[\w.]+:\d+/(?:en/)?{page}/[\w.-]*[\w-]"
    (link,) = set(re.findall(pattern, text))
    assert set(re.findall(pattern, html)) == {link}
    return link


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content())


@dataclass
class Journey:
    """One reader, with a browser and a mailbox."""

    place: Place
    page: Page
    box: Post
    address: str
    words: dict[str, str]

    @property
    def status(self) -> str | None:
        """How they stand on the list."""
        return self.place.status(self.address)

    def sees(self, title: str, *, looks: bool = False) -> None:
        """The page that is open has this title; `looks` also sees whether everybody can read it."""
        expect(self.page.locator("h1")).to_have_text(self.words[title])
        if looks:
            look(self.page)

    def asks(self, address: str = "") -> None:
        """Fill in the only form for an address."""
        self.page.locator("input[name=email]").fill(address or self.address)
        self.page.locator("form:has(input[name=email]) [type=submit]").click()

    def presses(self, button: str) -> None:
        """Press a button, after as long as the service takes a person to need for reading."""
        self.page.wait_for_timeout(1100)
        self.page.get_by_role("button", name=self.words[button], exact=True).click()

    def hears(self, notice: str) -> None:
        """Their own page says what was done."""
        expect(self.page.get_by_role("status")).to_have_text(self.words[notice])

    def confirms(self, *, looks: bool = False) -> None:
        """Read the mail, and press its button."""
        link = link_in(self.box.next_to(self.address), "confirm")
        before = self.status
        for _ in range(2):
            self.page.goto(link)
            self.sees("confirm_title", looks=looks)
        assert self.status == before != "confirmed"  # whoever only opens it, as scanners do, changes nothing
        self.presses("confirm_button")
        self.sees("confirmed_title", looks=looks)
        assert self.status == "confirmed"
