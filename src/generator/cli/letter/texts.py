"""The texts of a project, read for one command of `generate`."""

# ruff: noqa: PLC0415 (as in the commands)
from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from generator.cli import BUILD, DOCUMENTS, Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.cache import Cache
    from generator.content import Newsletter
    from generator.content.frontmatter import Document
    from generator.content.needs import Needs


def load_documents(root: Path) -> Cache[Document[Any]]:
    """The texts as the last `generate issue` read them."""
    from generator.cache import load_cache

    return load_cache(root / BUILD / DOCUMENTS)


def load(
    project: Project, documents: Cache[Document[Any]] | None = None, needs: Needs | None = None
) -> Newsletter:
    from generator.content import load_newsletter

    with pausing_collection():
        return load_newsletter(project.root, documents, now=project.now(), needs=needs)


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
