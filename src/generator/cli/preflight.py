"""What `newsletter send` asks before anything is frozen: all that is wrong is listed at once."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NoReturn

import click

from generator.cli import count, say_error
from generator.delivery.transports import DEFAULT, is_trial
from generator.delivery.transports import VARIABLE as MAIL
from generator.settings import PATH as SETTINGS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.model import Week
    from generator.settings import Settings

FOLDERS = ("newsletter", "docs", "templates", "src")
"""What a letter is made from, below the root of the project."""

TRIAL = "http://127.0.0.1:8001/"
"""Where `newsletter serve` listens when it is started to try it out."""


def find_commit(root: Path) -> tuple[str, str]:
    """The commit that a letter is made from, and what keeps it from being that; one of them is empty."""
    try:
        inside = _ask_git(root, "rev-parse", "--is-inside-work-tree")
    except FileNotFoundError:
        return "", "git is not installed; --without-git sends without a note of what was sent"
    if inside.returncode:
        said = inside.stderr.strip().splitlines()
        if said and "not a git repository" not in said[0]:
            return "", f"git refuses: {said[0]}"
        return "", f"{root} is not in git; --without-git sends without a note of what was sent"
    head = _ask_git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if head.returncode:
        return "", "nothing was committed yet; --without-git sends without a note of what was sent"
    changed = _ask_git(root, "status", "--porcelain", "-z", "--", *FOLDERS).stdout.split("\0")
    paths = [line[3:] for line in changed if line[2:3] == " "]
    if paths:
        more = f" and {count(len(paths) - 3, 'more file')}" if len(paths) > 3 else ""  # noqa: PLR2004 (enough to know)
        return (
            "",
            f"not committed: {', '.join(paths[:3])}{more}; readers get what is committed, so commit it first",
        )
    return head.stdout.strip(), ""


def _ask_git(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (our own words)
        # On a server the project is root's, and read by the account of the list: git asks whether that is meant.
        ("git", "--no-optional-locks", "-c", "safe.directory=*", "-C", root, *words),  # noqa: S607 (the git that is there)
        capture_output=True,
        text=True,
        check=False,
    )


def find_missing(settings: Settings, mail: str) -> list[str]:
    """What must be set up before a letter is sent; a sentence for each."""
    missing = []
    if not mail:
        missing.append(
            f"{MAIL} names no relay, so nobody would get it; {MAIL}={DEFAULT} is for trying it out"
        )
    if not find_service(settings, mail):
        missing.append(f"{SETTINGS} has no table [service] with a url; the link to unsubscribe needs it")
    return missing


def find_service(settings: Settings, mail: str) -> str:
    """Where the links in a letter lead, in a trial to `newsletter serve` as it starts by itself; empty: nowhere."""
    return settings.service_url or (TRIAL if is_trial(mail) else "")


def find_closed_window(settings: Settings, week: Week, now: datetime) -> str:
    """Why the letter may not leave at this time; empty when it may."""
    window = settings.send_window(week)
    if window.holds(now):
        return ""
    moment = window.opens if now < window.opens else window.closes
    local = moment.astimezone(settings.timezone)
    when = f"on {say_moment(local)} ({settings.timezone.key})"
    if now < window.opens:
        return f"its window opens {when}; --wait waits for it, --now sends at once"
    return f"its window closed {when}; --now sends it all the same"


def say_moment(local: datetime) -> str:
    """Friday 27 November 2026 at 07:00."""
    return f"{local:%A} {local.day} {local:%B %Y} at {local:%H:%M}"


def refuse(week: Week, obstacles: Sequence[str]) -> NoReturn:
    """List what is in the way, and end with 1."""
    if len(obstacles) > 1:
        for obstacle in obstacles:
            click.echo(f"- {obstacle}", err=True)
    why = obstacles[0] if len(obstacles) == 1 else f"{len(obstacles)} reasons above; nothing was sent"
    say_error(f"the letter of {week} cannot be sent: {why}")
    raise SystemExit(1)
