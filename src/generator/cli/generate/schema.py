"""`generate schema`: print the JSON Schema of a text's front matter."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import click

from generator.cli import Command
from generator.cli.parameters import OneOf


@click.command(cls=Command)
@click.argument(
    "kind", type=OneOf(["letter", "thought", "lesson", "certainty", "template", "page"]), required=False
)
def command(kind: str | None) -> None:
    """Print the JSON Schema of a text's front matter.

    Editors that know JSON Schema use it to complete keys and mark mistakes.

    \b
    Examples:
      generate schema thought
    """
    from generator.publication.schema import write_schema

    click.echo(write_schema(kind or "letter"), nl=False)
