"""What is remembered between two looks, and by all programs of a project: the relay's last word, and who was told what.

It is a file beside the keys and not a table, because it must be readable when the list is not.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from generator.errors import GeneratorError
from generator.files import give_to_owner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "var/watch.json"
"""Below the root of the project."""


def note_relay(root: Path, trouble: str, now: datetime) -> None:
    """Keep what the relay had against the last mail, and since when; "" when it took it. Raises GeneratorError."""
    if not trouble and not (root / FILE).exists():
        return
    # A relay is named by its host; who sends is known, but an address is an address.
    trouble = re.sub(r"\S+@\S+", "the sender", trouble)
    with change_memory(root) as memory:
        if not trouble:
            memory.pop("relay", None)
        elif "relay" not in memory:
            memory["relay"] = {"trouble": trouble, "since": now.isoformat()}
        else:
            memory["relay"]["trouble"] = trouble


def read_relay(root: Path) -> tuple[str, datetime | None]:
    """What the relay had against the last mail, and since when; empty when it took it, or nobody knows."""
    try:
        found = _parse((root / FILE).read_bytes())["relay"]
        return str(found["trouble"]), datetime.fromisoformat(found["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", None


@contextmanager
def change_memory(root: Path) -> Iterator[dict[str, Any]]:
    """Give what is remembered, to be changed; other processes wait meanwhile. What cannot be read counts as forgotten.

    Raises GeneratorError when it cannot be kept.
    """
    path = root / FILE
    try:
        # With the keys in the environment and the list on PostgreSQL, nothing else has made it.
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            give_to_owner(path.parent, root)
        # Written in its place, so that there is room for it on a disk that has become full.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with open(descriptor, "r+b") as file:  # noqa: PTH123 (a descriptor)
            give_to_owner(
                descriptor, path.parent
            )  # an operator who sends as root must not keep the check out
            fcntl.flock(file, fcntl.LOCK_EX)
            before = file.read()
            memory = _parse(before)
            yield memory
            content = json.dumps(memory, indent=1).encode() + b"\n"
            if content != before:
                file.seek(0)
                file.write(content)
                file.truncate()
    except OSError as error:
        raise GeneratorError(f"{path} cannot be written: {error.strerror or error}") from None


def _parse(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
