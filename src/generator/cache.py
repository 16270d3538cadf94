"""What an earlier run worked out, so that twenty years of letters need not be read anew each Friday.

Only ever an answer to the very same question: what a value was made from is part of its key, and what made it (this
program and its libraries) part of the file. Without the file everything is worked out again, which takes a second.
"""

from __future__ import annotations

import pickle
import sys
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

V = TypeVar("V")

_LIBRARIES = (
    "babel",
    "chunspell",
    "css-inline",
    "cssselect",
    "feedgen",
    "jinja2",
    "lxml",
    "Markdown",
    "markdown-it-py",
    "mdit-py-plugins",
    "nh3",
    "pydantic",
    "pymdown-extensions",
    "PyYAML",
    "tinycss2",
)
"""Whose work may be kept."""

_WORTHWHILE = 50
"""A file is written again when one in so many values is new: writing it takes longer than a few values."""


class Cache(Generic[V]):
    """Values by what they were made from: first those of an earlier run, in the end those that were needed."""

    def __init__(self, known: dict[Hashable, V] | None = None) -> None:
        """Begin with what is known; nothing of it is kept that is not found in this run."""
        self._known = known or {}
        self._kept: dict[Hashable, V] = {}
        self._new = 0

    def find(self, key: Hashable) -> V | None:
        """The value that was made from the same, if there is one."""
        value = self._known.get(key)
        if value is not None:
            self._kept[key] = value
        return value

    def keep(self, key: Hashable, value: V) -> None:
        """Keep a value that nobody knew."""
        self._kept[key] = value
        self._new += 1

    def again(self) -> Cache[V]:
        """A cache for the next run in the same process, which knows what this one needed."""
        return Cache(self._kept)

    def dump(self) -> bytes | None:
        """The file to write, or None while the one that is there does well enough."""
        if self._new * _WORTHWHILE <= len(self._known):
            return None
        return _maker() + pickle.dumps(self._kept, pickle.HIGHEST_PROTOCOL)


def load_cache(path: Path) -> Cache[V]:
    """Read what an earlier run left; a file of another version, half a file or none is an empty cache."""
    try:
        content = path.read_bytes()
        if content.startswith(_maker()):
            # Unpickling runs code. An account that can write this file can write the program as well.
            return Cache(pickle.loads(memoryview(content)[len(_maker()) :]))  # noqa: S301
    except Exception:  # noqa: BLE001, S110 (there is no end to what half a pickle can raise)
        pass
    return Cache()


def digest(*parts: object) -> bytes:
    """A key for something large: equal when its parts are written in the same way."""
    found = blake2b(digest_size=16)
    for part in parts:
        text = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        found.update(b"%d:" % len(text) + text)
    return found.digest()


@cache
def _maker() -> bytes:
    """A digest of all that makes values: this program, its libraries and Python."""
    program = [path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py"))]
    return digest(sys.version, *(version(library) for library in _LIBRARIES), *program)
