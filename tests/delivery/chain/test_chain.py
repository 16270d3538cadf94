"""From the form to the last letter, through real mail programs: what no test of a part can show."""

import json
import os
import re
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import dkim
import pytest
from playwright.sync_api import Browser

from tests.delivery.chain.programs import PASSWORD, USER, Chain, start_chain
from tests.delivery.reports import complaint
from tests.machine import MAIL, NOT_ROOT, find_root, in_ci
from tests.web.journeys import EN, NARROW, Journey, Place, Post
from tests.web.proxying import decrypt
from tests.web.running import PROGRAM, find_port, run_service

READER, LOYAL, ANGRY = "reader@example.org", "loyal@example.com", "angry@example.com"
JOSE = "josé@example.com"
RETURNS = "bounce@example.org"
MAILBOXES = {READER: "reader", LOYAL: "loyal", ANGRY: "angry", JOSE: "jose", RETURNS: "bounces"}
REFUSED, GONE, FULL = "refused@example.com", "gone@example.com", "full@example.com"
FIRST, SECOND = "2026-W45", "2026-W46"


@pytest.fixture
def chain(certificate: Path) -> Iterator[Chain]:
    MAIL.need()
    if find_root() is None:
        (pytest.fail if in_ci() else pytest.skip)(NOT_ROOT)
    refusing = {REFUSED: "550 5.1.1 Nobody of that name"}
    bouncing = {FULL: "552 5.2.2 The mailbox is full"}  # and gone@ is in no table
    with start_chain(certificate, MAILBOXES, refusing, bouncing) as chain:
        yield chain


@pytest.fixture
def place(sample: Path) -> Place:
    """The sample, with a service and an address that mail comes back to."""
    settings = sample / "newsletter/settings.toml"
    text = re.sub(
        r"^bounces = .*\n|^\[service\]\nurl = .*\n", "", settings.read_text("utf-8"), flags=re.MULTILINE
    )
    text = text.replace("[sender]\n", '[sender]\nbounces = "bounce@example.org"\n', 1)
    settings.write_text(f'{text}\n[service]\nurl = "https://localhost:1/"\n', "utf-8")
    return Place(sample, "https://example.org/", find_port(), "")


class Operator:
    """Whoever types `newsletter …` on the server."""

    def __init__(self, place: Place, chain: Chain) -> None:
        self._root = place.root
        self.variables = {
            "NEWSLETTER_MAIL": f"smtp://{USER}:{PASSWORD}@localhost:{chain.relay}",
            "NEWSLETTER_MAILBOX": f"imaps://bounces:{PASSWORD}@localhost:{chain.imap}/INBOX",
            "SSL_CERT_FILE": str(chain.certificate),
        }

    def types(self, *words: str) -> str:
        """A command that succeeds, and what it said."""
        done = subprocess.run(
            [*PROGRAM, "--root", str(self._root), *words],
            env={**os.environ, **self.variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def counts(self, week: str) -> dict[str, int]:
        """How far a letter is, and that everybody is accounted for."""
        account = json.loads(self.types("status", week, "--json"))
        tally = account["tally"]
        assert tally["planned"] == sum(number for name, number in tally.items() if name != "planned")
        return {name: number for name, number in tally.items() if number and name != "planned"}


@pytest.mark.slow
def test_a_letter_from_the_form_to_the_last_one(
    place: Place, chain: Chain, browser: Browser, tls: ssl.SSLContext
) -> None:
    """Subscribed in Chromium, signed by OpenDKIM, carried by Postfix, read by IMAP, bounced, ended by one click."""
    operator = Operator(place, chain)
    with ExitStack() as stack:
        place.service = f"https://localhost:{stack.enter_context(decrypt(place.port, tls))}/"
        settings = place.root / "newsletter/settings.toml"
        settings.write_text(
            settings.read_text("utf-8").replace("https://localhost:1/", place.service), "utf-8"
        )
        stack.enter_context(run_service(place.root, port=place.port, **operator.variables))
        context = stack.enter_context(browser.new_context(viewport=NARROW, ignore_https_errors=True))
        reader = Journey(place, context.new_page(), Post(lambda: chain.read("reader")), READER, EN)
        subscribe(reader)
        add_others(operator, place.root)

        operator.types("send", FIRST, "--now", "--without-git")
        assert operator.counts(FIRST) == {"accepted": 6, "refused": 1}
        assert place.status(REFUSED) == "bounced"
        letter = chain.wait_for("reader", 2)[1]
        see_that_the_signature_covers_how_to_leave(letter, chain)
        see_that_the_letter_to_another_script_is_the_same(chain)
        complain(chain)
        see_what_comes_back(operator, place, chain)

        leave_by_one_click(parse(letter), tls_of=chain.certificate)
        assert reader.status == "unsubscribed"
        operator.types("send", SECOND, "--now", "--without-git")
        assert operator.counts(SECOND) == {"accepted": 3}
        chain.wait_for("loyal", 2)
        chain.wait_for("bounces", 4)  # the full mailbox once more: by then all mail has found its way
        assert weeks_in(chain, "loyal") == [FIRST, SECOND]
        assert weeks_in(chain, "reader") == weeks_in(chain, "angry") == [FIRST]


def subscribe(reader: Journey) -> None:
    """On the page of the service, and with the button of the mail that IMAP gives."""
    reader.page.goto(f"{reader.place.service}en/subscribe")
    reader.asks()
    reader.sees("asked_title")
    reader.confirms()


def add_others(operator: Operator, root: Path) -> None:
    """Who came by another way: one reads on, one calls it spam, and three cannot be reached."""
    file = root / "others.csv"
    file.write_text(
        "email,language\n" + "".join(f"{who},nl\n" for who in (LOYAL, ANGRY, REFUSED, GONE, FULL, JOSE)),
        "utf-8",
    )
    operator.types("subscribers", "import", str(file), "--proof", "signed on paper")


def see_that_the_signature_covers_how_to_leave(letter: bytes, chain: Chain) -> None:
    """RFC 8058, 4: both headers are signed, so that nobody on the way changes where one click leads."""
    assert dkim.verify(letter, dnsfunc=chain.look_up)
    signed = re.search(r"\bh=([^;]+)", parse(letter)["DKIM-Signature"])
    assert signed
    names = {name.strip().lower() for name in signed[1].split(":")}
    assert {"from", "to", "subject", "date", "list-unsubscribe", "list-unsubscribe-post"} <= names
    for before, after in (
        (b"List-Unsubscribe: <https://", b"List-Unsubscribe: <https://other."),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Clicks"),
    ):
        changed = letter.replace(before, after)
        assert changed != letter
        assert not dkim.verify(changed, dnsfunc=chain.look_up)


def see_that_the_letter_to_another_script_is_the_same(chain: Chain) -> None:
    """By SMTPUTF8 (RFC 6531) through all of the chain, and signed (RFC 8616)."""
    (letter,) = chain.wait_for("jose", 1)
    (usual,) = chain.wait_for("loyal", 1)
    assert re.search(f"^To: {JOSE}\r?$".encode(), letter, re.MULTILINE)
    assert dkim.verify(letter, dnsfunc=chain.look_up)
    assert parse(letter)["Subject"] == parse(usual)["Subject"]


def complain(chain: Chain) -> None:
    """Somebody presses the button for spam, and their provider reports it (RFC 5965)."""
    (letter,) = chain.wait_for("angry", 1)
    tag, _, _ = str(parse(letter)["Message-ID"]).strip("<>").partition("@")
    chain.post(RETURNS, complaint(tag))


def see_what_comes_back(operator: Operator, place: Place, chain: Chain) -> None:
    """One address is gone and gets no more; a full mailbox may be empty again next week."""
    chain.wait_for("bounces", 3)
    assert place.status(GONE) == "confirmed"
    operator.types("receive", "--mailbox")
    assert place.status(GONE) == "bounced"
    assert place.status(ANGRY) == "complained"
    assert place.status(FULL) == "confirmed"
    assert "soft bounce" in operator.types("explain", FULL)
    assert "hard bounce" in operator.types("explain", GONE)


def leave_by_one_click(letter: EmailMessage, tls_of: Path) -> None:
    """As a mail program does for whoever presses its button (RFC 8058, 3)."""
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.match(r"<(https://[^>]+)>", letter["List-Unsubscribe"])
    assert link
    request = urllib.request.Request(link[1], b"List-Unsubscribe=One-Click")  # noqa: S310 (on this machine)
    trusting = ssl.create_default_context(cafile=str(tls_of))
    with urllib.request.urlopen(request, context=trusting) as answer:  # noqa: S310 (the same)
        assert answer.status == 200


def parse(mail: bytes) -> EmailMessage:
    return BytesParser(policy=default).parsebytes(mail)  # type: ignore[return-value] # the policy makes EmailMessage


def weeks_in(chain: Chain, mailbox: str) -> list[str]:
    """The letters that came there, by the week that their Message-ID begins with."""
    names = [str(parse(mail)["Message-ID"]) for mail in chain.read(mailbox)]
    return [name[1:9].upper() for name in names if re.match(r"<\d{4}-w\d{2}\.", name)]
