"""`generate`: from Markdown to letters, feeds and site. Only writes files; never sees a subscriber."""

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
    """Make the Friday letter, its feeds and the site from the Markdown of this project.

    \b
    What comes next:    generate plan
    Write the letter:   generate write
    Make its files:     generate issue
    Build the site:     generate site
    """
    begin(context, root)


add_commands(main, __name__, __path__)
