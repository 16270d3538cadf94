"""What `newsletter serve` does: open the list, the port and the way for mail, say where to look, and serve."""

from __future__ import annotations

import logging
from contextlib import closing, nullcontext, suppress
from ipaddress import ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from generator.cli import say_aside
from generator.content.markdown.outline import load_outline
from generator.delivery.outgoing.signing import VARIABLE as DKIM_KEY
from generator.delivery.outgoing.signing import open_signer
from generator.delivery.outgoing.transports import DEFAULT as MAIL_DEFAULT
from generator.delivery.outgoing.transports import VARIABLE as MAIL
from generator.delivery.outgoing.transports import is_trial, open_transport
from generator.delivery.outgoing.worker import Worker
from generator.environment import announce_service, find_files, make_list, read_variable
from generator.errors import ServiceError
from generator.model import Language
from generator.render.notice.notices import render_notice
from generator.render.page.signup import wording
from generator.subscribers.list.wordings import keep_wordings
from generator.web.server.limits import Limits
from generator.web.server.server import open_port, serve
from generator.web.server.service import Service

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.clock import Clock
    from generator.model import Posting
    from generator.settings import Settings


_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (what to write in a link instead)


def serve_list(  # noqa: PLR0913 (one for each option)
    root: Path, host: str, port: int, url: str, proxies: Sequence[str], clock: Clock, *, limits: bool = True
) -> None:
    """Serve the pages and send their mail until Ctrl-C or SIGTERM. `limits` off: only to measure the service."""
    outline = load_outline(root)
    settings = outline.settings
    mail = read_variable(root, MAIL, MAIL_DEFAULT)
    transport = open_transport(mail, root)
    signer = open_signer(settings, read_variable(root, DKIM_KEY), root)
    _check_proxies(proxies)
    with closing(make_list(root, say_aside)) as database, open_port(host, port) as listening:
        port = listening.getsockname()[1]
        url = _check_url(url) if url else _choose_url(settings, host, port, trial=is_trial(mail))
        with database.begin() as transaction:
            keep_wordings(transaction, [wording(settings, language) for language in Language])

        def render(posting: Posting) -> bytes:
            message = render_notice(outline, url, posting).message
            return signer.sign(message) if signer else message

        _start_log(clock)
        worker = Worker(database, transport, render, settings.sender_address, clock)
        service = Service(outline, database, worker.wake, clock, url, Limits(on=limits), worker.healthy)
        click.echo(f"Sign up: {url}subscribe  (English: {url}en/subscribe)")
        if files := find_files(root):
            click.echo(f"This is a trial: mail is written to {files}, and not sent.")
        else:
            click.echo(f"Mail goes to {transport.name}.")
        click.echo(f"Listening on {_join(host, port)}. Press Ctrl-C to stop.")
        with announce_service(root, url) if files else nullcontext(), suppress(KeyboardInterrupt):
            serve(service, worker, listening, proxies)
        click.echo("Stopped.")


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


def _start_log(clock: Clock) -> None:
    """One line an event, with the time in UTC, on standard error: for a terminal, or for systemd."""
    handler = logging.StreamHandler()
    formatter = logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = lambda _: clock().timetuple()
    handler.setFormatter(formatter)
    for name, level in (("generator", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
