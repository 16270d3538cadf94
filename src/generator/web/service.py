"""The settings and parts of the service that the command line gives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.delivery.incoming.hooks.notifications import Notifications
from generator.web.server.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from generator.delivery.incoming.hooks.relays import Relay
    from generator.model import Language
    from generator.outline import Outline
    from generator.settings import Settings
    from generator.subscribers.store.database import Database


def _always(_: object) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Service:
    """The list, the titles of the certainties, the URL, and the link to the worker."""

    outline: Outline
    database: Database
    wake: Callable[[], None]
    """Starts a round of the worker; called from any thread, and never blocks."""
    clock: Callable[[], datetime]
    """The time in UTC."""
    url: str
    """The public URL, ending in a slash. Links are made from it, never from a header of a request."""
    limits: Limits = field(default_factory=Limits)
    healthy: Callable[[datetime], bool] = _always
    """Whether the worker runs at that moment, and is not stuck."""
    token: str = field(default="", repr=False)
    """What opens the details of /health, and /metrics, from another machine; empty for none."""
    takes: Callable[[str], bool] = _always
    """Whether mail can go to an address, as far as is known; never blocks."""
    hooks: Mapping[Relay, str] = field(default_factory=dict, repr=False)
    """The relays that may report, each with its secret."""
    welcomes: Mapping[Language, str] | None = None
    """The words of welcome of each language that has some, by their digest; None when who confirms gets no letter at
    once."""
    notifications: Notifications = field(default_factory=Notifications)
    """Checks those of Amazon."""

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
        """The path of the URL, with a slash at both ends: every link on a page begins with it."""
        return urlsplit(self.url).path

    def titles(self, language: Language) -> Mapping[str, str]:
        """The certainties that a reader can choose from, by id."""
        return self.outline.titles[language]
