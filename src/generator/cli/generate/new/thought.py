"""`generate new thought`: start a thought in both languages."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.argument("certainty", metavar="CERTAINTY")
@click.argument("name", metavar="[NAME]", required=False)
@click.pass_obj
def command(project: Project, certainty: str, name: str | None) -> None:
    """Start a thought in both languages.

    It writes two files with questions to the author as comments, which no reader sees. CERTAINTY is relations,
    reputation, referral, repeating, revenue, rebound or repetition. NAME is two to six English words; without it you
    are asked. It never overwrites a file.

    \b
    Examples:
      generate new thought referral
      generate new thought referral a-name-from-the-fair
    """
    from generator.cli.letter.thought import start_thought

    start_thought(project.root, certainty, name)
