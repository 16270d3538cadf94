"""`newsletter`: the list of subscribers, the service that they meet, and their mail.

It changes the world; `generate` does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import ROOT, Group, add_commands, begin

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@ROOT
@click.version_option(package_name="zekerheden", message="%(version)s")
@click.pass_context
def main(context: click.Context, root: Path | None) -> None:
    """Keep the list of subscribers, serve the sign-up pages, and send the letter.

    \b
    Try the sign-up:  newsletter serve
    See the list:     newsletter subscribers list
    On Friday:        newsletter send
    """
    begin(context, root)


add_commands(main, __name__, __path__)
