"""`generate site`: build the site into site/, with the published letters."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

import click

from generator.cli import Command, say_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.cli import Project
    from generator.publication.site import BuiltSite


@click.command(cls=Command)
@click.option("--future", is_flag=True, help="Also include letters that are not published yet, with a mark.")
@click.option("--published", is_flag=True, hidden=True)
@click.pass_obj
def command(project: Project, *, future: bool, published: bool) -> None:
    """Build the site into site/, with the published letters.

    \b
    Examples:
      generate site
      generate site --future
    """
    from generator.publication.site import build_site

    if published:
        click.echo(
            "--published is the default now; leave it out. --future includes letters that are not published yet.",
            err=True,
        )
    with _showing_progress() as watch:
        built = build_site(project.root, project.now(), future=future, tell=say_aside, watch=watch)
    _show(built, future=future)


@contextmanager
def _showing_progress() -> Iterator[Callable[[int, int], None] | None]:
    """On a terminal, a line that says how far a build is, from its second second on."""
    if not sys.stderr.isatty():
        yield None
        return
    began = monotonic()

    def watch(written: int, pages: int) -> None:
        if (seconds := monotonic() - began) > 1:
            doing = f"{written:,} of {pages:,} pages written" if written else f"reading {pages:,} pages"
            click.echo(f"\r\033[KBuilding: {doing}, {seconds:.0f} s", nl=False, err=True)

    try:
        yield watch
    finally:
        click.echo("\r\033[K", nl=False, err=True)


def _show(built: BuiltSite, *, future: bool) -> None:
    """Say what was built, and name the letters that readers do not get to see yet, or not at all."""
    from generator.cli.reports import say_ignored
    from generator.publication.site import SITE
    from generator.sentences import count, say_how_to_keep, say_kept

    size = f"{built.size / 1e6:.1f} MB"
    click.echo(f"Built {SITE}{os.sep}: {count(built.pages, 'page')}, {size}, in {built.seconds:.1f} s.")
    if built.ignored:
        click.echo(say_ignored(built.ignored))
    if built.waiting:
        weeks = ", ".join(map(str, built.waiting))
        if future:
            click.echo(f"Included, although not published yet: {weeks}. Do not publish this site.")
        else:
            click.echo(f"Left out, because not published yet: {weeks}. To include them, add --future.")
    for issue in built.unpublished:
        if issue.skipped:
            click.echo(f"Left out: {say_kept(issue.week)}. {say_how_to_keep(issue.week)}.")
        else:
            click.echo(f"Left out: {issue.week} is still a draft.")
    if built.changed:
        languages = " and ".join(built.changed)
        click.echo(f"The book is of an earlier text ({languages}). To make it anew: generate book.")
    click.echo("Next: view it with “generate serve”, or copy the folder to any web server.")
