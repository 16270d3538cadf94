"""`newsletter doctor`: check everything that a letter needs to arrive."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import click

from generator.cli import Command


@click.command(cls=Command)
@click.option("--online", is_flag=True, help="Query the DNS too: SPF, DKIM, DMARC, MX and PTR.")
@click.option(
    "--selector",
    default="",
    metavar="NAME",
    help="DKIM selector that the relay signs with. Default: dkim.selector of the settings.",
)
@click.pass_context
def command(context: click.Context, selector: str, *, online: bool) -> None:
    """Check everything that a letter needs to arrive.

    For each thing that is missing it says what to do. It connects to the relay, but sends nothing. It exits with 1
    when a letter could not leave, or would be refused.

    \b
    Examples:
      newsletter doctor
      newsletter doctor --online --selector s1
    """
    from generator.cli.doctor import examine
    from generator.doctor.names import Names

    if examine(context.obj.root, context.obj.now(), selector, Names() if online else None):
        context.exit(1)
