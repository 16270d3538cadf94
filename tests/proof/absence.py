"""The machine is off on a Friday, and the operator is away: what reaches a phone, and what the named command does."""

import json
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.proof.accounts import Account, settle_account
from tests.proof.faults import Gate, expect
from tests.proof.relay import Moment
from tests.proof.world import ROOT, WEEK, Sender, World
from tests.watch.hooking import Hooking, hooking

OPERATOR = "operator@example.org"
UP = datetime(2026, 11, 13, 12, 3, tzinfo=UTC)
"""When the machine is on again. The letter was due at six in Amsterdam, seven hours before."""
TIMER = (ROOT / "deploy/newsletter-check.timer").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Alert:
    """What the web hook and the mail of one alert have said, both the same."""

    kind: str
    command: str
    at: datetime


def missed_friday(world: World) -> Account:
    """The timer never fired. The machine comes up; its alerts name one command after the other, until it is sent."""
    account = Account("Friday is missed: the alerts name the commands; a kill in between")
    world.relay.kept[OPERATOR] = []
    with hooking() as phone:
        _set_up(world, account, phone)
        [first, second, *_] = ticks = _list_checks()
        with _service(world, account):
            _expect_check(world, account, first, 2)
            # Whatever else looks at the same moment: what it finds is told once.
            for check in [_check(world, at) for at in (first, first, second)]:
                expect(account, check, 2)
            missed = _hear(world, account, phone, "missed", 1)
            if not timedelta() <= missed.at - UP < ticks[2] - second:
                account.faults.append(f"it was told {missed.at - UP} after the machine came up")
            _kill_on_the_way(world, account, missed, second + timedelta(minutes=1))
            for at in ticks[2:5]:
                _expect_check(world, account, at, 2, "--alert")
            stopped = _hear(world, account, phone, "stopped", 2)
            expect(account, _type(world, stopped, ticks[5]), 0)
            _hear(world, account, phone, "done", 3)
            for at in ticks[5:14]:
                _expect_check(world, account, at + timedelta(minutes=1), 0, "--alert")
            _hear(world, account, phone, "done", 3)
    account.allowed = 1
    return settle_account(world, account)


def _set_up(world: World, account: Account, phone: Hooking) -> None:
    """As on a server: in git, with alerts, and with a back-up of Thursday."""
    settings = world.root / "newsletter/settings.toml"
    settings.write_text(f'{settings.read_text("utf-8")}\n[alerts]\nmail = "{OPERATOR}"\n', "utf-8")
    world.more["NEWSLETTER_ALERT_HOOK"] = f"{phone.url}/secret"
    git = ("git", "-C", str(world.root), "-c", "user.name=Editor", "-c", "user.email=editor@example.org")
    for words in (("init",), ("add", "newsletter", "docs", "templates"), ("commit", "--message=The letter")):
        subprocess.run([*git, *words], check=True, capture_output=True)
    if world.address.startswith("sqlite"):
        expect(account, world.start("backup", at=(UP - timedelta(hours=16)).isoformat()), 0)


def _list_checks() -> list[datetime]:
    """When systemd would look: at once, because a run was missed, and then as the timer says."""
    assert "Persistent=true" in TIMER
    [(minute, pause)] = re.findall(r"(?m)^OnCalendar=\*:(\d+)/(\d+)$", TIMER)
    first, interval = UP.replace(minute=int(minute)), timedelta(minutes=int(pause))
    while first < UP:
        first += interval
    return [UP, *(first + interval * number for number in range(20))]


@contextmanager
def _service(world: World, account: Account) -> Iterator[None]:
    """The service comes up with the machine, and looks as well."""
    service = world.start("serve", "--port", "0", at=UP.isoformat())
    try:
        yield
    finally:
        service.signal(signal.SIGTERM)
        expect(account, service, 0)


def _check(world: World, at: datetime) -> Sender:
    """What the timer starts."""
    [words] = re.findall(
        r"(?m)^ExecStart=\S+/newsletter (.+)$", (ROOT / "deploy/newsletter-check.service").read_text("utf-8")
    )
    return world.start(*shlex.split(words), at=at.isoformat())


def _expect_check(world: World, account: Account, at: datetime, code: int, *more: str) -> None:
    """It ends as a plug-in of Nagios does, with one line; a letter that waits is named with its command."""
    check = world.run("status", "--check", *more, at=at.isoformat())
    word = ("OK", "WARNING", "CRITICAL")[code]
    expect(account, check, code)
    if not check.said.startswith(f"{word} - ") or check.said.count("\n") != 1:
        account.faults.append(f"the check at {at:%H:%M} said: {check.said[-800:]}")
    if code and not re.search(rf"letter of {WEEK} .*run `newsletter (send|resume) {WEEK}", check.said):
        account.faults.append(
            f"the check at {at:%H:%M} does not name letter and command: {check.said[-800:]}"
        )


def _hear(world: World, account: Account, phone: Hooking, kind: str, number: int) -> Alert:
    """The newest alert, which must be of this kind, came both ways, and is the so many-th."""
    until = time.monotonic() + 10
    while time.monotonic() < until and min(len(phone.asked), len(world.relay.kept[OPERATOR])) < number:
        time.sleep(0.02)  # the service may be the one that tells
    calls, mails = phone.asked, world.relay.kept[OPERATOR]
    if (len(calls), len(mails)) != (number, number):
        account.faults.append(
            f"“{kind}”: {len(calls)} calls and {len(mails)} mails; expected {number} of each"
        )
    call, mail = json.loads(calls[-1].body), message_from_bytes(mails[-1], policy=default)
    assert isinstance(mail, EmailMessage)
    named = [line.strip() for line in mail.get_content().splitlines() if line.startswith("    ")]
    if (call["kind"], call["week"], named) != (kind, str(WEEK), list(filter(None, [call["command"]]))):
        account.faults.append(f"expected “{kind}”; the call said {call}, the mail {named}")
    return Alert(call["kind"], call["command"], datetime.fromisoformat(call["at"]))


def _type(world: World, alert: Alert, at: datetime, gate: Gate | None = None) -> Sender:
    """The command of an alert, to the letter."""
    program, *words = shlex.split(alert.command)
    assert program == "newsletter", alert.command
    return world.start(*words, fault=gate, at=at.isoformat())


def _kill_on_the_way(world: World, account: Account, alert: Alert, at: datetime) -> None:
    """The machine runs out of memory with half of it sent, and a letter on the wire."""
    gate = Gate(len(world.people) // 2, Moment.TAKEN)
    sender = _type(world, alert, at, gate)
    with gate.closed():
        sender.kill()
    expect(account, sender, -signal.SIGKILL)
    account.kills += 1
