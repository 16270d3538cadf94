"""The service as a program: it opens the list, the port and the way for mail, and serves until it is stopped."""

from __future__ import annotations

import logging
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.content.welcome import load_welcome
from generator.delivery.outgoing.transports import DEFAULT as MAIL_DEFAULT
from generator.delivery.outgoing.transports import VARIABLE as MAIL
from generator.delivery.outgoing.transports import is_trial
from generator.delivery.outgoing.worker import Worker
from generator.environment import (
    announce_service,
    find_files,
    find_signer,
    make_list,
    open_mail,
    read_hooks,
    read_variable,
)
from generator.errors import GeneratorError, SecretError, ServiceError
from generator.outline import load_outline
from generator.render.email.first import write_welcome
from generator.render.notice.notices import render_notice
from generator.render.page.signup import list_wordings
from generator.subscribers.ledger.firsts import keep_welcome
from generator.subscribers.list.consents import keep_wordings
from generator.watch.channels import open_channels
from generator.watch.memory import note_relay
from generator.watch.watcher import Watcher
from generator.web.first import FirstLetters
from generator.web.insiders import VARIABLE as STATUS_TOKEN
from generator.web.listener import open_port, serve
from generator.web.server.limits import Limits
from generator.web.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from generator.clock import Clock
    from generator.model import Language, Languages, Posting, Problem
    from generator.settings import Settings
    from generator.subscribers.store.database import Database
    from generator.web.listener import Background


_LOG = logging.getLogger(__name__)

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (what to write in a link instead)


@dataclass(frozen=True, slots=True)
class Ready:
    """The service listens, and is about to answer."""

    url: str
    """Of its pages, with a slash at the end."""
    languages: Languages
    """Of its pages."""
    address: str
    """Where it listens: host and port."""
    relay: str
    """Where mail goes."""
    files: Path | None
    """Where mail is written in a trial; None when it is sent."""


def serve_list(  # noqa: PLR0913 (what may be asked for, and how it is followed)
    root: Path,
    host: str,
    port: int,
    url: str,
    proxies: Sequence[str],
    clock: Clock,
    *,
    tell: Callable[[str], None],
    ready: Callable[[Ready], None],
    limits: bool = True,
) -> None:
    """Serve the pages and send their mail until Ctrl-C or SIGTERM.

    `tell` hears of a list and a key that are made first; `ready` is called once, before the first request is answered.
    `limits` off: only to measure the service. Raises ServiceError, DatabaseError, SecretError and ContentError.
    """
    outline = load_outline(root)
    settings = outline.settings
    mail = read_variable(root, MAIL, MAIL_DEFAULT)
    transport = open_mail(root)
    signer = find_signer(root, settings)
    hooks = read_hooks(root)
    _check_proxies(proxies)
    channels = open_channels(root, settings)
    if channels.trouble:
        raise SecretError(channels.trouble)
    trial = is_trial(mail)
    url = _check_url(url) if url else "" if trial else _choose_url(settings, host, port, trial=False)
    with closing(make_list(root, tell)) as database, open_port(host, port) as listening:
        port = listening.getsockname()[1]
        url = url or _choose_url(settings, host, port, trial=trial)
        with database.begin() as transaction:
            keep_wordings(transaction, list_wordings(root, settings))
        welcomes = _keep_welcomes(root, database) if settings.welcome else None

        def render(posting: Posting) -> bytes:
            message = render_notice(outline, url, posting).message
            return signer.sign(message) if signer else message

        hear = _Relay(root, clock).hear
        hear("")  # what was wrong before may be mended
        worker = Worker(database, transport, render, settings.sender_address, clock, hear)
        service = Service(
            outline,
            database,
            worker.wake,
            clock,
            url,
            Limits(on=limits),
            worker.healthy,
            takes=transport.takes,
            token=read_variable(root, STATUS_TOKEN),
            hooks=hooks,
            welcomes=welcomes,
        )
        files = find_files(root)
        # Without anybody to tell, /health looks when it is asked.
        watchers = [Watcher(root, settings, database, clock)] if channels.any else []
        ready(Ready(url, settings.languages, _join(host, port), transport.name, files))
        with announce_service(root, url) if files else nullcontext(), suppress(KeyboardInterrupt):
            singles = FirstLetters(settings, database, open_mail(root), signer, clock)
            beside: list[Background] = [worker, *watchers, singles]
            serve(service, beside, listening, proxies)


def _keep_welcomes(root: Path, database: Database) -> dict[Language, str]:
    """Keep the words of welcome as they are now; their digests. No mistake in them keeps anybody from subscribing."""
    problems: list[Problem] = []
    words = load_welcome(root, problems)
    for problem in problems:
        _LOG.warning("first letters go without words of welcome: %s", problem)
    welcomes = {} if problems else {one: write_welcome(root, text) for one, text in words.items()}
    with database.begin() as transaction:
        for welcome in welcomes.values():
            keep_welcome(transaction, welcome)
    return {language: welcome.digest for language, welcome in welcomes.items()}


@dataclass(slots=True)
class _Relay:
    """Keeps what the relay says for those who look. For one thread at a time."""

    root: Path
    clock: Clock
    last: str | None = None

    def hear(self, trouble: str) -> None:
        """Keep it when it is something else than the last time."""
        if trouble == self.last:
            return
        try:
            note_relay(self.root, trouble, self.clock())
        except GeneratorError as error:
            _LOG.error("what the relay says is not kept: %s", error)
        else:
            self.last = trouble


def _choose_url(settings: Settings, host: str, port: int, *, trial: bool) -> str:
    """Where links lead. In a trial nobody else reads the mail, so they lead to where it listens."""
    if trial:
        return f"http://{_join(_EVERYWHERE.get(host, host), port)}/"
    if not settings.service_url:
        raise ServiceError(
            "newsletter/settings.toml has no table [service] with the public url; links in mail need it"
        )
    return settings.service_url


def _check_url(url: str) -> str:
    """What --url names, with its last slash. Raises ServiceError."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ServiceError(f"--url is {url!r}; expected a URL like https://letter.example.org/")
    return url if url.endswith("/") else f"{url}/"


def _check_proxies(proxies: Sequence[str]) -> None:
    """Raise ServiceError for what is no address: every request would count as the proxy's own, or be believed."""
    for proxy in proxies:
        try:
            ip_network(proxy)
        except ValueError:
            raise ServiceError(
                f"--proxy is {proxy!r}; expected an address or a network, like 10.0.0.5 or 10.0.0.0/24"
            ) from None


def _join(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
