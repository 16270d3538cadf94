"""What is asked before anything is frozen: all that is wrong is found at once."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from generator.delivery.known_relays import check_signature
from generator.delivery.outgoing.transports import DEFAULT, is_trial
from generator.delivery.outgoing.transports import VARIABLE as MAIL
from generator.environment import find_trial
from generator.errors import SecretError
from generator.sentences import count, say_skipped
from generator.settings import PATH as SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

    from generator.model import Week
    from generator.settings import Settings

FOLDERS = ("newsletter", "docs", "templates", "src")
"""What a letter is made from, below the root of the project."""


def find_commit(root: Path) -> tuple[str, str]:
    """The commit that a letter is made from, and what keeps it from being that; one of them is empty."""
    try:
        inside = _ask_git(root, "rev-parse", "--is-inside-work-tree")
    except FileNotFoundError:
        return "", "git is not installed; to send without recording the commit, add --without-git"
    if inside.returncode:
        said = inside.stderr.strip().splitlines()
        if said and "not a git repository" not in said[0]:
            return "", f"git does not work in {root}: run `git status` there to see why"
        return "", f"{root} is not in git; to send without recording the commit, add --without-git"
    head = _ask_git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if head.returncode:
        return "", "the repository has no commits; to send without recording the commit, add --without-git"
    # Without renames: the old name of a file would follow without its status.
    changed = _ask_git(root, "status", "--porcelain", "-z", "--no-renames", "--", *FOLDERS).stdout.split("\0")
    paths = [line[3:] for line in changed if line]
    if paths:
        more = f" and {count(len(paths) - 3, 'more file')}" if len(paths) > 3 else ""  # noqa: PLR2004 (enough to know)
        return (
            "",
            f"not committed: {', '.join(paths[:3])}{more}; commit before sending",
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


def find_missing(settings: Settings, week: Week | None, mail: str) -> list[str]:
    """What must be set up before a letter is sent, or lessons (no week); a sentence for each."""
    missing: list[str] = []
    if week and settings.skips(week):
        missing.append(say_skipped(week))
    if not mail:
        missing.append(
            f"{MAIL} names no relay, so nobody would get the letter; for a trial, set {MAIL}={DEFAULT}"
        )
    if not settings.service_url and not is_trial(mail):
        missing.append(f"{SETTINGS} has no table [service] with a url; unsubscribe links need it")
    try:
        if any(settings.dkim):
            check_signature(mail)
    except SecretError as error:
        missing.append(str(error))
    return missing


def find_service(root: Path, settings: Settings, mail: str) -> str:
    """Where the links in a letter lead: to the service of the settings, in a trial to where one listens here."""
    return find_trial(root) if is_trial(mail) else settings.service_url
