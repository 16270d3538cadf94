"""Hand in: what changed in `newsletter/` becomes a commit on a branch, and is pushed, with the git of this machine.

Files elsewhere, and what is staged of them, stay as they are. No branch is moved but the one that is handed in, and
nothing is pushed by force.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from generator.atomic import STAGING
from generator.writing.refusals import Refusal
from generator.writing.texts import HOME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_PATIENCE = 90
"""Seconds that git may take; then the network has no answer for us."""

_NOBODY_SAVES = nullcontext()

_LONGEST = 200
"""Characters of a message."""

BRANCH = "letters/"
"""The beginning of the name of each branch of ours."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What would be handed in."""

    files: Sequence[str]
    """Below the root of the project."""
    branch: str
    """The branch it goes to; empty when there is no git to use."""
    remote: str
    """The name of the remote; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed in."""

    branch: str
    link: str
    """The address where a pull request is opened; empty when we do not know the host."""


def find_pending(root: Path, now: datetime) -> Pending:
    """What changed since the last commit, and where it would go. Raises Refusal while git is busy with something."""
    if not _has_git(root):
        return Pending((), "", "")
    return Pending(_list_changed(root), _choose_branch(root, now), _find_remote(root))


def hand_in(
    root: Path, message: str, now: datetime, saving: AbstractContextManager[object] = _NOBODY_SAVES
) -> Handed:
    """Commit what changed in `newsletter/` and push it. A commit that could not be pushed goes with the next one.

    `saving` is held while files are committed, so that none is half of a save; not while they are pushed, which takes
    as long as the network does. Raises Refusal: without git or a remote with what to do instead.
    """
    message = " ".join(message.split())
    if not message or len(message) > _LONGEST:
        raise Refusal("no_message", most=_LONGEST)
    if not _has_git(root):
        raise Refusal("no_git", folder=HOME)
    with saving:
        branch, files, remote = _choose_branch(root, now), _list_changed(root), _find_remote(root)
        if not remote:
            raise Refusal("no_remote", folder=HOME)
        if not files and not _find_unpushed(root, branch, remote):
            raise Refusal("nothing_to_hand")
        if branch != _find_branch(root):
            _git(root, "switch", "--quiet", "--no-track", "--create", branch)
        if files:
            _git(root, "add", "--all", "--", *files)
            _git(root, "commit", "--quiet", "--only", "--message", message, "--", *files)
    said = _git(root, "push", "--set-upstream", remote, f"HEAD:refs/heads/{branch}")
    return Handed(branch, _find_link(root, remote, branch, said))


def _has_git(root: Path) -> bool:
    if shutil.which("git") is None:
        return False
    return _try(root, "rev-parse", "--is-inside-work-tree").stdout.strip() == "true"


def _list_changed(root: Path) -> list[str]:
    """The files below `newsletter/` that are not as the last commit has them, those that are gone too."""
    said = _git(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", HOME)
    top = Path(_git(root, "rev-parse", "--show-toplevel").strip())
    found = [Path(top, entry[3:]) for entry in said.split("\0") if entry]
    real = Path(os.path.realpath(root))
    return sorted(
        path.relative_to(real).as_posix()
        for path in found
        if not any(one.startswith(STAGING) for one in path.parts)
    )


def _find_branch(root: Path) -> str:
    """The branch that is checked out. Raises Refusal when there is none, or a merge is not finished."""
    folder = Path(root, _git(root, "rev-parse", "--git-dir").strip())
    if any(
        (folder / name).exists()
        for name in ("MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD")
    ):
        raise Refusal("git_busy")
    branch = _try(root, "symbolic-ref", "--quiet", "--short", "HEAD").stdout.strip()
    if not branch:
        raise Refusal("git_busy")
    return branch


def _choose_branch(root: Path, now: datetime) -> str:
    """The branch to hand in on: the one that is checked out when it is one of ours, or else a new one."""
    branch = _find_branch(root)
    return branch if branch.startswith(BRANCH) else f"{BRANCH}{now.astimezone():%Y-%m-%d-%H%M%S}"


def _find_remote(root: Path) -> str:
    """The remote to push to: `origin`, or the only one; nothing when there is none."""
    remotes = _git(root, "remote").split()
    return "origin" if "origin" in remotes else remotes[0] if len(remotes) == 1 else ""


def _find_unpushed(root: Path, branch: str, remote: str) -> bool:
    """Whether our branch has a commit that an earlier push did not take along."""
    if branch != _find_branch(root):
        return False
    pushed = _try(root, "rev-parse", "--verify", "--quiet", f"refs/remotes/{remote}/{branch}").stdout.strip()
    return pushed != _git(root, "rev-parse", "HEAD").strip()


def _git(root: Path, *arguments: str) -> str:
    """What git says. Raises Refusal, with the last thing that it said, when it refuses."""
    done = _try(root, *arguments)
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        told = [line for line in lines if line.startswith(("fatal:", "error:", "! ["))] or lines[-1:]
        raise Refusal("git_failed", reason=(told[0] if told else f"code {done.returncode}").rstrip("."))
    return done.stdout + (done.stderr if arguments[0] == "push" else "")


def _try(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", "GIT_EDITOR": "true"}
    try:
        return subprocess.run(  # noqa: S603 (paths and a message, each one argument and no option)
            [shutil.which("git") or "git", "-c", "core.quotePath=false", *arguments],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=_PATIENCE,
            check=False,
            start_new_session=True,  # ssh would ask for a password on the terminal, which nobody looks at
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refusal("git_failed", reason=type(error).__name__) from None


_SCP = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!//)(.+)")
_LINK = re.compile(r"^remote:\s+(https?://\S+)\s*$", re.MULTILINE)


def _find_link(root: Path, remote: str, branch: str, said: str) -> str:
    """Where a pull request is opened: what the host said of it, or what is known of its kind."""
    address = _git(root, "remote", "get-url", remote).strip()
    if match := _SCP.fullmatch(address):
        host, path = match[1], match[2]
    else:
        parts = urlsplit(address)
        host, path = parts.hostname or "", parts.path
        if parts.scheme not in {"https", "http", "ssh", "git"} or not host:
            return ""
    for link in _LINK.findall(said):
        if urlsplit(link).hostname == host:
            return str(link)
    home, name = f"https://{host}/{path.strip('/').removesuffix('.git')}", quote(branch, safe="")
    if "gitlab" in host:
        return f"{home}/-/merge_requests/new?merge_request%5Bsource_branch%5D={name}"
    if "github" in host:
        return f"{home}/pull/new/{quote(branch)}"
    if any(kind in host for kind in ("gitea", "forgejo", "codeberg")):
        return f"{home}/compare/{_find_base(root, remote)}...{quote(branch)}"
    return ""


def _find_base(root: Path, remote: str) -> str:
    """The branch of the remote that others start from."""
    head = _try(root, "symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD").stdout.strip()
    return head.removeprefix(f"{remote}/") or "main"
