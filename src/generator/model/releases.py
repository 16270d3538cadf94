"""What readers have got."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Release:
    """An edition as it went out: the id of its feed entry, a digest of what readers read, and its date of change."""

    id: str
    digest: str
    updated: datetime
