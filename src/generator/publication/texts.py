"""The texts of a project, read for one command of `generate`."""

# Commands import this module for `pausing_collection`, before anything that takes time to load.
# ruff: noqa: PLC0415
from __future__ import annotations

import gc
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from generator.cache import Cache
    from generator.content import Newsletter
    from generator.content.documents import Document
    from generator.content.needs import Needs

BUILD = "build"
"""Where `generate issue` publishes, below the root of the project; git ignores it."""

DOCUMENTS = PurePosixPath("cache/documents")
"""Below that: the texts as the last run read them."""

BODIES = PurePosixPath("cache/bodies")
"""Beside it: the letters as the last run rendered them for feeds."""


def load_documents(root: Path) -> Cache[Document[Any]]:
    """The texts as the last `generate issue` read them."""
    from generator.cache import load_cache

    return load_cache(root / BUILD / DOCUMENTS)


def keep_caches(root: Path, caches: Mapping[PurePosixPath, Cache[Any]]) -> None:
    """Write caches below build/ for the next run. When that fails, the next run only takes longer."""
    from generator.atomic import publish_artifacts
    from generator.errors import PublishError
    from generator.model import Artifact

    kept = {path: cache.dump() for path, cache in caches.items()}
    with suppress(PublishError):
        publish_artifacts(
            [Artifact(path, content) for path, content in kept.items() if content is not None], root / BUILD
        )


def load_texts(
    root: Path, now: datetime, documents: Cache[Document[Any]] | None = None, needs: Needs | None = None
) -> Newsletter:
    """The newsletter of a project, read without pauses for the collector. Raises ContentError."""
    from generator.content import load_newsletter

    with pausing_collection():
        return load_newsletter(root, documents, now=now, needs=needs)


@contextmanager
def pausing_collection() -> Iterator[None]:
    """What is read stays to the end: looking through it again and again would take a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()
