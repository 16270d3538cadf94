"""What is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class Artifact:
    """Finished bytes, and the path where they belong below the folder that they are published to."""

    path: PurePosixPath
    content: bytes | Path = field(repr=False)
    """The bytes, or for a picture the file that holds them."""
