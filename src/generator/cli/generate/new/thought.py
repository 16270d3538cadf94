"""`generate new thought`: start a thought in both languages."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import sys
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
    from generator.publication.thought import STYLE, require_certainty, start_thought
    from generator.sentences import join_words

    root = project.root
    require_certainty(certainty)  # before anybody thinks of a name
    started = start_thought(root, certainty, _ask_name() if name is None else name)
    first, *others = started.files.values()
    click.echo(f"Wrote {join_words([str(first), *(other.name for other in others)])}.")
    click.echo(f"Next: read {STYLE}, write both, and run: generate check {first.parent}/{started.slug}.*")
    click.echo(
        "Both are drafts, which are not checked or used yet. When they are finished, delete “draft: true” in both."
    )


def _ask_name() -> str:
    from generator.publication.thought import EXAMPLE

    try:
        return str(click.prompt("What is it about? Two to six English words", err=True))
    except click.Abort:
        if not sys.stdin.isatty():  # nobody is there to answer; at a terminal it was Ctrl-C
            click.echo(err=True)
            raise click.UsageError(f"give a name after the certainty, {EXAMPLE}") from None
        raise
