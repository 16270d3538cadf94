"""Hand in: what changed in `newsletter/` becomes a commit on a branch, and is pushed, with the git of this machine.

Files elsewhere, and what is staged of them, stay as they are. No branch is moved but the one that is handed in, and
nothing is pushed by force.

The branch that is checked out stays so, and the texts stay in their files: who hands in goes on writing. What was
handed in stays staged, so that `git pull` takes it over when it comes back unchanged.
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
    from collections.abc import Collection, Iterable, Sequence
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
    unpushed: bool
    """Whether an earlier commit could not be pushed, and goes along."""
    branch: str
    """The branch it goes to."""
    remote: str
    """The name of the remote."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed in."""

    branch: str
    link: str
    """The address where a pull request is opened; empty when we do not know the host."""


def find_pending(root: Path, now: datetime) -> Pending:
    """What was not handed in yet, and where it would go.

    Raises Refusal: without git or a remote with what to do instead, and while git is busy with something.
    """
    if not _has_git(root):
        raise Refusal("no_git", folder=HOME)
    branch, remote = _choose_branch(root, now), _find_remote(root)
    if not remote:
        raise Refusal("no_remote", folder=HOME)
    return Pending(_list_changed(root, branch), _is_unpushed(root, branch, remote), branch, remote)


def hand_in(
    root: Path,
    message: str,
    now: datetime,
    chosen: Collection[str] | None = None,
    saving: AbstractContextManager[object] = _NOBODY_SAVES,
) -> Handed:
    """Commit what changed in `newsletter/` and push it. A commit that could not be pushed goes with the next one.

    `chosen` are the files to hand in, of those that find_pending lists; None stands for all. `saving` is held while
    files are committed, so that none is half of a save; not while they are pushed, which takes as long as the network
    does. Raises Refusal: without git or a remote with what to do instead.
    """
    message = " ".join(message.split())
    if not message or len(message) > _LONGEST:
        raise Refusal("no_message", most=_LONGEST)
    with saving:
        found = find_pending(root, now)
        branch, remote = found.branch, found.remote
        files = [file for file in found.files if chosen is None or file in chosen]
        if not files and not found.unpushed:
            raise Refusal("nothing_to_hand")
        if files:
            _commit(root, message, branch, _find_branch(root), files)
    said = _git(root, "push", "--set-upstream", remote, f"refs/heads/{branch}:refs/heads/{branch}")
    return Handed(branch, _find_link(root, remote, branch, said))


def is_handed_in(root: Path, files: Iterable[Path]) -> bool:
    """Whether git knows one of the files: it was handed in, or committed in another way. Raises Refusal."""
    paths = [str(path.relative_to(root)) for path in files]
    return _has_git(root) and bool(_git(root, "ls-files", "-z", "--", *paths))


def _commit(root: Path, message: str, branch: str, stays: str, files: Sequence[str]) -> None:
    """Commit files on a branch, while no file and nothing else that is staged changes. Raises Refusal."""
    is_new = not _has_branch(root, branch)
    if is_new:
        _git(root, "branch", "--no-track", branch)
    try:
        _git(root, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
        _git(root, "add", "--all", "--", *files)
        _git(root, "commit", "--quiet", "--only", "--message", message, "--", *files)
    except Refusal:
        _git(root, "symbolic-ref", "HEAD", f"refs/heads/{stays}")
        if is_new:
            _try(root, "branch", "--quiet", "-D", branch)
        raise
    _git(root, "symbolic-ref", "HEAD", f"refs/heads/{stays}")


def _has_git(root: Path) -> bool:
    if shutil.which("git") is None:
        return False
    return _try(root, "rev-parse", "--is-inside-work-tree").stdout.strip() == "true"


def _has_branch(root: Path, branch: str) -> bool:
    return _try(root, "show-ref", "--verify", "--quiet", f"refs/heads/{branch}").returncode == 0


def _list_changed(root: Path, branch: str) -> list[str]:
    """The files below `newsletter/` that are neither as the last commit has them nor as they were handed in.

    Those that are gone too.
    """
    said = _git(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", HOME)
    top = Path(_git(root, "rev-parse", "--show-toplevel").strip())
    real = Path(os.path.realpath(root))
    found = sorted(
        path.relative_to(real).as_posix()
        for path in (Path(top, entry[3:]) for entry in said.split("\0") if entry)
        if not any(one.startswith(STAGING) for one in path.parts)
    )
    if not found or not _has_branch(root, branch):
        return found
    said = _git(root, "ls-tree", "-r", "-z", f"refs/heads/{branch}", "--", f"{HOME}/")
    handed = {entry.partition("\t")[2]: entry.split()[2] for entry in said.split("\0") if entry}
    there = [path for path in found if (real / path).is_file()]
    hashes = _git(root, "hash-object", "--", *there).split() if there else []
    now = dict(zip(there, hashes, strict=True))
    return [path for path in found if now.get(path) != handed.get(path)]


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
    """The branch to hand in on: one of ours that is checked out, or is not part of what is; or else a new one."""
    branch = _find_branch(root)
    if branch.startswith(BRANCH):
        return branch
    said = _git(
        root, "for-each-ref", "--format=%(refname:lstrip=2)", "--sort=-committerdate", f"refs/heads/{BRANCH}"
    )
    newest = next(iter(said.split()), "")
    if newest and not _is_merged(root, newest):
        return newest
    return f"{BRANCH}{now.astimezone():%Y-%m-%d-%H%M%S}"


def _is_merged(root: Path, branch: str) -> bool:
    """Whether all that a branch changed is in what is checked out, also when it was merged as another commit."""
    base = _try(root, "merge-base", "HEAD", branch).stdout.strip()
    if not base:
        return True
    files = [file for file in _git(root, "diff", "--name-only", "-z", base, branch).split("\0") if file]
    top = Path(_git(root, "rev-parse", "--show-toplevel").strip())
    return not files or _try(top, "diff", "--quiet", "HEAD", branch, "--", *files).returncode == 0


def _find_remote(root: Path) -> str:
    """The remote to push to: `origin`, or the only one; nothing when there is none."""
    remotes = _git(root, "remote").split()
    return "origin" if "origin" in remotes else remotes[0] if len(remotes) == 1 else ""


def _is_unpushed(root: Path, branch: str, remote: str) -> bool:
    """Whether our branch has a commit that an earlier push did not take along."""
    if not _has_branch(root, branch):
        return False
    pushed = _try(root, "rev-parse", "--verify", "--quiet", f"refs/remotes/{remote}/{branch}").stdout.strip()
    return pushed != _git(root, "rev-parse", f"refs/heads/{branch}").strip()


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
