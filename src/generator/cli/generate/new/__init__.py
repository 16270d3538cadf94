"""`generate new`: start a new text."""

from __future__ import annotations

import click

from generator.cli import Group, add_commands


@click.group(cls=Group)
def command() -> None:
    """Start a new text: a thought.

    \b
    Example:
      generate new thought referral a-name-from-the-fair
    """


add_commands(command, __name__, __path__)
