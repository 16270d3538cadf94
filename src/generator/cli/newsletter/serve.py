"""`newsletter serve`: serve the sign-up pages and send their mail."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.parameters import WholeNumber

if TYPE_CHECKING:
    from generator.cli import Project


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
    from generator.cli.serving import serve_list

    serve_list(project.root, host, port, url, proxies, project.clock)
