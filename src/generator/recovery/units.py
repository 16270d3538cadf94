"""The services of this machine that have the list open: systemd stops and starts them, when we may ask it to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import MailingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SENDER = "newsletter-send.service"
"""Is not started again: a restored list sends nothing before the operator agrees."""

_PATIENCE = 180
"""Seconds; a sender finishes the letters in flight."""


class Units:
    """What systemd calls the processes that are in the way."""

    def __init__(self, processes: Path = Path("/proc"), *, allowed: bool | None = None) -> None:
        """`processes`: where the system tells about them; `allowed`: whether we may stop them, as root may."""
        self._processes = processes
        self._allowed = os.geteuid() == 0 if allowed is None else allowed

    def stop(self, holders: Sequence[int], what: str) -> list[str]:
        """Stop the services that these processes belong to; their names.

        Raises MailingError with the command that does it, when one of them belongs to none or we may not.
        """
        if not holders:
            raise MailingError(
                f"{what} by a process that the system does not name; stop the service and senders first; "
                "nothing was restored"
            )
        found = {number: self._find(number) for number in holders}
        names = list(dict.fromkeys(name for name in found.values() if name))
        lone = [number for number, name in found.items() if not name]
        if lone or not self._allowed or not shutil.which("systemctl"):
            commands = [f"systemctl stop {' '.join(names)}"] if names else []
            commands += [f"kill {' '.join(map(str, lone))}"] if lone else []
            who = " and ".join([*names, *(f"process {number}" for number in lone)])
            raise MailingError(f"{what} by {who}; run `{' && '.join(commands)}` first; nothing was restored")
        for name in names:
            _ask("stop", name)
        return names

    def start(self, names: Iterable[str]) -> list[str]:
        """Start again what was stopped, but no sender; the names of what runs. Raises MailingError."""
        started = [name for name in names if name != SENDER]
        for name in started:
            _ask("start", name)
        return started

    def _find(self, number: int) -> str:
        """The service of a process; empty when it belongs to none."""
        try:
            text = (self._processes / str(number) / "cgroup").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""
        found = re.findall(r"/([\w@.:-]+\.service)(?:/|$)", text, re.MULTILINE)
        return found[-1] if found else ""


def _ask(verb: str, name: str) -> None:
    program = shutil.which("systemctl") or "systemctl"
    try:
        done = subprocess.run(  # noqa: S603 (a fixed command, and no shell)
            [program, verb, name],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
        why = done.stderr.strip() if done.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        why = str(error)
    else:
        if not done.returncode:
            return
    raise MailingError(f"`systemctl {verb} {name}` failed: {why or done.returncode}")


@contextmanager
def as_owner(folder: Path) -> Iterator[None]:
    """Work as the account that owns a folder, when we are root: it must not be able to lead us elsewhere by a link."""
    owner = _find_owner(folder)
    if os.name == "nt" or os.geteuid() != 0 or owner is None or owner.st_uid == 0:
        yield
        return
    groups, group = os.getgroups(), os.getegid()
    os.setgroups([owner.st_gid])
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)


def _find_owner(folder: Path) -> os.stat_result | None:
    for one in (folder, *folder.parents):
        try:
            return one.stat()
        except OSError:
            continue
    return None
