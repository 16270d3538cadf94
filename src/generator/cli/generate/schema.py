"""`generate schema`: print the JSON Schema of a text's front matter."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.parameters import OneOf

if TYPE_CHECKING:
    from generator.cli import Project


@click.command(cls=Command)
@click.argument("kind", type=OneOf(["letter", "thought", "certainty", "page"]), required=False)
@click.option("--write", is_flag=True, help="Write the files in .vscode/schemas/ instead.")
@click.pass_obj
def command(project: Project, kind: str | None, *, write: bool) -> None:
    """Print the JSON Schema of a text's front matter.

    Editors that know JSON Schema use it to complete keys and mark mistakes. VS Code is set up for it.

    \b
    Examples:
      generate schema thought
      generate schema --write
    """
    from generator.cli.letter.schema import FOLDER, render_schemas, write_schema
    from generator.publish import publish_artifacts

    if write and kind:
        raise click.UsageError("--write writes all schemas; leave the kind out")
    if write:
        published = publish_artifacts(render_schemas(), project.root)
        click.echo(f"{len(published.written)} written, {published.unchanged} unchanged, in {FOLDER}/.")
    else:
        click.echo(write_schema(kind or "letter"), nl=False)
