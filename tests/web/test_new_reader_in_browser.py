"""A new reader, from the form to the seventh week of the course: real mail, a real browser, and simulated days."""

import json
import os
import re
import subprocess
import sys
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import expect

from generator.model import Week
from tests.proof.projects import add_course, add_letters
from tests.site.hosting import ROOT, build
from tests.web.journeys import NARROW, NL, Journey, Mailbox, Place, Post, body_of, link_in
from tests.web.running import Running, find_port, run_service

VICTIM = (sys.executable, "-m", "tests.proof.victim")
FIRST = Week(2026, 45)
SATURDAY = datetime(2026, 11, 7, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 9, 6, 30, tzinfo=UTC)
FRIDAY = MONDAY + timedelta(days=4)
LESSONS = 7


@dataclass
class Machine:
    """What runs on it at a simulated moment, and the relay that its mail goes to."""

    place: Place
    relay: Controller

    def send(self, at: datetime, *arguments: str) -> None:
        """What the timer starts."""
        order = json.dumps({"at": at.isoformat()})
        command = [*VICTIM, order, "--root", str(self.place.root), "send", "--without-git", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **self._mail}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def serve(self, at: datetime) -> AbstractContextManager[Running]:
        program = (*VICTIM, json.dumps({"at": at.isoformat()}))
        return run_service(
            self.place.root, port=self.place.port, program=program, PYTHONPATH=str(ROOT), **self._mail
        )

    @property
    def _mail(self) -> dict[str, str]:
        return {"NEWSLETTER_MAIL": f"smtp://127.0.0.1:{self.relay.port}"}


def name_of(mail: EmailMessage) -> str:
    """The letter or the lesson: 2026-W46, course-3; of another mail, what it is about."""
    return str(mail["Message-ID"]).removeprefix("<").partition(".")[0].replace("-w", "-W")


def list_mails(reader: Journey) -> list[EmailMessage]:
    """Letters and lessons that reached somebody, in their order."""
    return [mail for mail in reader.box.all_to(reader.address) if re.match("20|course-", name_of(mail))]


@pytest.mark.slow
def test_a_new_reader_from_the_form_to_the_seventh_week(place, open_browser):
    """Both get their first letter at once and a lesson a week; one leaves in the fourth week, by the link in it."""
    add_letters(place.root, [Week(2026, number) for number in range(45, 53)])
    add_course(place.root)
    build(place.root)
    mailbox = Mailbox()
    post = Post(lambda: mailbox.mails)
    with ExitStack() as stack:
        relay = Controller(mailbox, hostname="127.0.0.1", port=find_port())
        relay.start()
        stack.callback(relay.stop)
        machine = Machine(place, relay)
        early, stays, leaves = (
            Journey(place, open_browser(viewport=NARROW), post, f"{name}@example.org", NL)
            for name in ("early", "stays", "leaves")
        )
        with machine.serve(SATURDAY - timedelta(days=2)):
            subscribe(early, course=False)
        machine.send(FRIDAY - timedelta(weeks=1))
        with machine.serve(SATURDAY):
            for reader in (stays, leaves):
                subscribe(reader, course=True)
                assert name_of(post.next_to(reader.address)) == str(FIRST), "within a minute"
        for number in range(LESSONS):
            monday = MONDAY + timedelta(weeks=number)
            machine.send(monday)
            if number == 1:
                tick(stays)
            if number == 3:
                with machine.serve(monday + timedelta(hours=4)):
                    leave(leaves)
            machine.send(FRIDAY + timedelta(weeks=number))
        lessons = [f"course-{number}" for number in range(1, LESSONS + 1)]
        letters = [f"2026-W{number}" for number in range(46, 53)]
        assert [name_of(mail) for mail in list_mails(early)] == [str(FIRST), *letters]
        both = [name for pair in zip(lessons, letters, strict=True) for name in pair]
        assert [name_of(mail) for mail in list_mails(stays)] == [str(FIRST), *both]
        assert [name_of(mail) for mail in list_mails(leaves)] == [str(FIRST), *both[:7]]
        assert name_of(post.all_to(leaves.address)[-1]) == "goodbye"
        days = [mail["Date"].datetime.date() for mail in list_mails(stays)]
        assert sorted(set(days)) == days, "never two on a day"


def subscribe(reader: Journey, *, course: bool) -> None:
    """On the page of the course, with its box ticked by hand; or on another."""
    page = reader.page
    page.goto(f"{reader.place.site}{'course/' if course else 'certainties/referral/'}")
    box = page.locator("input[name=course]")
    expect(box).not_to_be_checked()
    box.set_checked(course)
    reader.asks()
    reader.sees("asked_title")
    page.goto(link_in(reader.box.next_to(reader.address), "confirm"))
    reader.sees("confirm_title")
    reader.presses("confirm_button_course" if course else "confirm_button")
    reader.sees("confirmed_title")


def tick(reader: Journey) -> None:
    """The link beside the action of the newest lesson asks, and its button ticks."""
    page, mail = reader.page, list_mails(reader)[-1]
    assert name_of(mail) == "course-2"
    link, item = re.findall(r'href="([^"]+#([\w-]+)-done)"', body_of(mail, "html"))[0]
    page.goto(link)
    box = page.locator(f"#tick-{item}")
    expect(box).not_to_be_checked()
    page.locator(".item__ask").click()
    expect(box).to_be_checked()
    page.reload()
    expect(box).to_be_checked()


def leave(reader: Journey) -> None:
    """By the link in the newest lesson."""
    mail = list_mails(reader)[-1]
    assert name_of(mail) == "course-4"
    reader.page.goto(link_in(mail, "unsubscribe"))
    reader.sees("unsubscribe")
    assert reader.status == "confirmed"
    reader.box.seen[reader.address] = len(reader.box.all_to(reader.address))
    reader.presses("unsubscribe_button")
    reader.sees("unsubscribed_title")
    assert reader.status == "unsubscribed"
    assert name_of(reader.box.next_to(reader.address)) == "goodbye"
