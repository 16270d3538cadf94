"""`newsletter desk`: show the page of the operator."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command, show_in_browser
from generator.cli.parameters import WholeNumber

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.option(
    "--port",
    type=WholeNumber(0, 65535),
    default=8002,
    show_default=True,
    help="Port to listen on, for this machine only; 0 selects a free port.",
)
@click.option(
    "--no-open", "open_", is_flag=True, flag_value=False, default=True, help="Do not open the browser."
)
@click.pass_obj
def command(project: Project, port: int, *, open_: bool) -> None:
    """Show the page of the operator.

    What is wrong now, how the list grows, what comes back from which provider, and the last letters with their balance:
    numbers without an address. The page changes nothing, and answers this machine only. To see it from elsewhere, let
    SSH forward the port: ssh -L 8002:127.0.0.1:8002 letter.example.org

    \b
    Examples:
      newsletter desk
      newsletter desk --port 8090 --no-open
    """
    from generator.desk import open_desk

    server = open_desk(project.root, port, project.clock)
    with server:
        address = f"http://127.0.0.1:{server.server_port}/"
        click.echo(f"Desk: {address}\nIt changes nothing. Press Ctrl-C to stop.")
        if open_:
            show_in_browser(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("\nStopped.")
