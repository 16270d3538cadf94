"""`generate book`: the whole playbook as a book, PDF and EPUB."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from generator.cli import Command, show_table
from generator.publication.texts import load_texts

if TYPE_CHECKING:
    from generator.cli import Project
    from generator.publication.book import MadeBook


@click.command(cls=Command)
@click.pass_obj
def command(project: Project) -> None:
    """Make the playbook as a book: a PDF and an EPUB in each language.

    They are written to build/book/, when the text has changed. The next “generate site” publishes them, with links.
    The edition and its day stand in newsletter/settings.toml. The PDF is set by Typst: “make book” installs it.

    \b
    Example:
      generate book
    """
    from generator.cli.reports import say_ignored
    from generator.content.needs import need_book
    from generator.publication.book import make_books

    newsletter = load_texts(project.root, project.now(), needs=need_book(project.root))
    made = make_books(newsletter, newsletter.settings.languages, _say_progress)
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    show_table(("book", "form", "size", "pages", "made"), [row for book in made for row in _list_rows(book)])
    click.echo()
    if newsletter.ignored:
        click.echo(say_ignored(newsletter.ignored))
    click.echo("Next: “generate site”, which publishes them.")


def _say_progress(sentence: str) -> None:
    """On a terminal, what is being done; it takes a few seconds."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{sentence}", nl=False, err=True)


def _list_rows(book: MadeBook) -> list[tuple[str, ...]]:
    when = f"now, in {book.seconds:.1f} s" if book.new else "before; the text is the same"
    return [
        (
            str(PurePath(*one.path.parts[-4:])),
            one.form.upper(),
            f"{one.size / 1e6:.2f} MB",
            str(book.pages) if one.form == "pdf" else "",
            when,
        )
        for one in book.files
    ]
