"""What the service is made of; `cli` puts it together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.web.server.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from generator.content.markdown.outline import Outline
    from generator.model import Language
    from generator.settings import Settings
    from generator.subscribers.store.database import Database


def _always(_: datetime) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Service:
    """The list, what it is about, and where readers find it."""

    outline: Outline
    database: Database
    wake: Callable[[], None]
    """Tells the worker that there is something to do."""
    clock: Callable[[], datetime]
    """In UTC."""
    url: str
    """Where readers reach the service, ending in a slash. Links are made from it, never from what a request says."""
    limits: Limits = field(default_factory=Limits)
    healthy: Callable[[datetime], bool] = _always
    """Whether the worker is at work."""

    @property
    def root(self) -> Path:
        """The folder of the project."""
        return self.outline.root

    @property
    def settings(self) -> Settings:
        """The names and addresses of the operator."""
        return self.outline.settings

    @property
    def base(self) -> str:
        """The path of the service, with a slash at both ends: every link of its pages begins with it."""
        return urlsplit(self.url).path

    def titles(self, language: Language) -> Mapping[str, str]:
        """The certainties that a reader can choose from, by id."""
        return self.outline.titles[language]
