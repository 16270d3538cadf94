"""`newsletter explain`: show everything that happened to one address."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(project: Project, address: str, *, as_json: bool) -> None:
    """Show everything that happened to one address.

    The list is in order of time: consent, letters, bounces, and why no more letters are sent.

    \b
    Example:
      newsletter explain reader@example.org
    """
    from generator.cli.mailing.explain import explain_address

    explain_address(project.root, address, project.now(), as_json=as_json)
