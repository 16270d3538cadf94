"""`newsletter serve`: serve the sign-up pages and send their mail."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

import click

from generator.cli import Command, say_aside
from generator.cli.parameters import WholeNumber

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.cli import Project
    from generator.clock import Clock
    from generator.web.program import Ready


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=WholeNumber(0, 65535),
    default=8001,
    show_default=True,
    help="Port to listen on; 0 selects a free port.",
)
@click.option(
    "--url",
    default="",
    metavar="URL",
    help="Address that readers see. Default: service.url of the settings; in a trial, where the service listens.",
)
@click.option(
    "--proxy",
    "proxies",
    metavar="ADDRESS",
    multiple=True,
    default=("127.0.0.1", "::1"),
    show_default=True,
    help="Address or network whose X-Forwarded-For header is trusted; repeatable.",
)
@click.pass_obj
def command(project: Project, host: str, port: int, url: str, proxies: tuple[str, ...]) -> None:
    """Serve the sign-up pages and send their mail.

    Readers sign up, confirm, change their subscription and leave on these pages. Without further settings this is a
    trial: the list is var/newsletter.db, and mail is written to the folder var/mail, where you can read it. For real
    use, NEWSLETTER_MAIL names a mail server; see deploy/SET-UP.md.

    \b
    Examples:
      newsletter serve
      newsletter serve --port 8025 --url https://letter.example.org/
    """
    run_service(project.root, host, port, url, proxies, project.clock)


def run_service(  # noqa: PLR0913 (one for each option)
    root: Path, host: str, port: int, url: str, proxies: Sequence[str], clock: Clock, *, limits: bool = True
) -> None:
    """Serve until Ctrl-C or SIGTERM, and say where to look. `limits` off: only to measure the service."""
    from generator.web.program import serve_list

    ready = partial(_show, clock)
    serve_list(root, host, port, url, proxies, clock, tell=say_aside, ready=ready, limits=limits)
    click.echo("Stopped.")


def _show(clock: Clock, ready: Ready) -> None:
    _start_log(clock)
    languages = ready.languages
    others = [
        f"  ({languages.names[one]}: {ready.url}{languages.prefix(one)}subscribe)" for one in languages.others
    ]
    click.echo(f"Sign up: {ready.url}subscribe{''.join(others)}")
    if ready.files:
        click.echo(f"This is a trial: mail is written to {ready.files}, and not sent.")
    else:
        click.echo(f"Mail goes to {ready.relay}.")
    click.echo(f"Listening on {ready.address}. Press Ctrl-C to stop.")


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
