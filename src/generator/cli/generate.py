"""`generate`: from Markdown to letters, feeds and site. Only writes files; never sees a subscriber."""

# Imports of what does the work stand inside the commands: `generate --help` answers before a mail library has loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import gc
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli import BUILD, DOCUMENTS, ROOT, Group, find_project
from generator.cli.options import WeekType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.cache import Cache
    from generator.content import Newsletter
    from generator.content.frontmatter import Document
    from generator.model import Week


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@ROOT
@click.version_option(package_name="zekerheden", message="%(version)s")
@click.pass_context
def main(context: click.Context, root: Path | None) -> None:
    """Make the Friday letter, its feeds and the site from the Markdown of this project.

    \b
    Every week:   generate issue
    Before that:  generate plan
    Afterwards:   generate site
    """
    context.obj = root


@main.command()
@click.option(
    "--week",
    type=WeekType(),
    metavar="WEEK",
    help="The week, like 2026-W48. Default: that of the coming Friday.",
)
@click.option(
    "--certainty", metavar="ID", help="The certainty of a new issue. Default: the one that is longest ago."
)
@click.option(
    "--thought", metavar="SLUG", help="The thought of a new issue. Default: the first that was never used."
)
@click.option("--dry-run", is_flag=True, help="Show what would be made, and write nothing.")
@click.option("--open", "open_", is_flag=True, help="Open the emails in the browser afterwards.")
@click.pass_obj
def issue(  # noqa: PLR0913 (one for each option)
    root: Path | None,
    week: Week | None,
    certainty: str | None,
    thought: str | None,
    *,
    dry_run: bool,
    open_: bool,
) -> None:
    """Make the letter of a week: assemble it when it is new, then render emails, feeds and archive page.

    What a person wrote is never overwritten: run it again after every edit.

    \b
    Examples:
      generate issue
      generate issue --week 2026-W48
      generate issue --certainty referral --dry-run
    """
    with _collecting_no_garbage():
        from generator.cli.letters import make_issue

        documents = _load_documents(find_project(root))
        newsletter = _load(root, documents)
        make_issue(
            newsletter,
            documents,
            week or newsletter.settings.coming_week(datetime.now(UTC)),
            certainty,
            thought,
            dry_run=dry_run,
            open_=open_,
        )


@main.command()
@click.argument("targets", nargs=-1, metavar="[WEEK|PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For a person, a program, or a workflow on GitHub.",
)
@click.option("--online", is_flag=True, help="Also ask other sites whether the links to them work.")
@click.option("--strict", is_flag=True, help="Let warnings count as errors do.")
@click.pass_obj
def check(root: Path | None, targets: tuple[str, ...], form: str, *, online: bool, strict: bool) -> None:
    """Check what was written, and write nothing: everything, or the weeks, files and folders that you name.

    Reads all files and asks each rule of newsletter/CHECKS.md about the letters and thoughts. Ends with 1 when there
    is an error to mend; a warning should be looked at, and does not count.

    \b
    Examples:
      generate check
      generate check 2026-W48
      generate check newsletter/thoughts --strict
    """
    with _collecting_no_garbage():
        from generator.cli.checking import check_project
        from generator.content import load_newsletter

        now, project = datetime.now(UTC), find_project(root)
        load = partial(load_newsletter, project, _load_documents(project))
        check_project(project, load, targets, form, now, online=online, strict=strict)


@main.command()
@click.option(
    "--weeks",
    type=click.IntRange(1, 520),
    default=12,
    show_default=True,
    help="How many weeks to look ahead.",
)
@click.pass_obj
def plan(root: Path | None, weeks: int) -> None:
    """Show which certainty and thought come when, and what is still to be written.

    \b
    Example:
      generate plan --weeks 26
    """
    from generator.cli.planning import show_plan

    newsletter = _load(root)
    show_plan(newsletter, newsletter.settings.coming_week(datetime.now(UTC)), weeks)


@main.group()
def new() -> None:
    """Start a text that a person goes on with. So far: thoughts.

    \b
    Example:
      generate new thought referral who-calls-you
    """


@new.command()
@click.argument("certainty", metavar="CERTAINTY")
@click.argument("name", metavar="[NAME]", required=False)
@click.pass_obj
def thought(root: Path | None, certainty: str, name: str | None) -> None:
    """Start a thought: its two files, with questions that no reader sees.

    CERTAINTY is relations, reputation, referral, repeating, revenue, rebound or repetition. NAME is English, two to
    six words; without it you are asked. Nothing that exists is ever overwritten.

    \b
    Examples:
      generate new thought referral
      generate new thought referral who-calls-you
    """
    from generator.cli.starting import start_thought

    start_thought(find_project(root), certainty, name)


@main.command()
@click.argument("week", type=WeekType(), metavar="[WEEK]", required=False)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="Where to serve, on this machine only.",
)
@click.option(
    "--no-open", "open_", is_flag=True, flag_value=False, default=True, help="Leave the browser alone."
)
@click.option(
    "--static",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the page as files into DIR instead, to show them to others.",
)
@click.pass_obj
def preview(root: Path | None, week: Week | None, port: int, static: Path | None, *, open_: bool) -> None:
    """Show a letter as it will be read, with everything that is wrong with it; follows every save.

    Inbox, both languages side by side, phone and desktop, light and dark, without images, plain text, headers, feed
    entry. Without WEEK it shows the coming letter, or the newest.

    \b
    Examples:
      generate preview
      generate preview 2026-W48 --static preview
    """
    from generator.cli.previewing import keep_preview, serve_preview

    if static is not None:
        keep_preview(find_project(root), week, static)
    else:
        serve_preview(find_project(root), week, port, open_=open_)


@main.command()
@click.argument("week", type=WeekType(), required=False)
@click.option("--dry-run", is_flag=True, help="Show what would be recorded, and write nothing.")
@click.pass_obj
def release(root: Path | None, week: Week | None, *, dry_run: bool) -> None:
    """Record the letters that are out, or that of WEEK, so that nobody changes them unseen.

    From then on a change needs a later “updated”. A letter with an error is refused.

    \b
    Examples:
      generate release
      generate release 2026-W48 --dry-run
    """
    from generator.cli.releasing import release_letters

    release_letters(_load(root), week, datetime.now(UTC), dry_run=dry_run)


@main.command()
@click.option(
    "--published", is_flag=True, help="Leave out letters whose Friday has not come, as on the live site."
)
@click.pass_obj
def site(root: Path | None, *, published: bool) -> None:
    """Build the site in both languages into site/.

    \b
    Examples:
      generate site
      generate site --published
    """
    from generator.cli.building import build_site

    newsletter = _load(root)
    build_site(newsletter, until=datetime.now(UTC) if published else None)


@main.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="Where to serve, on this machine only.",
)
@click.option("--open", "open_", is_flag=True, help="Open the browser.")
@click.pass_obj
def serve(root: Path | None, port: int, *, open_: bool) -> None:
    """Serve the site, and at /preview/ the letters and what is coming, built again whenever a file is saved.

    \b
    Example:
      generate serve --open
    """
    from generator.cli.building import serve_site

    serve_site(find_project(root), port, open_=open_)


@main.command()
@click.argument("kind", type=click.Choice(["letter", "thought", "certainty", "page"]), required=False)
@click.option("--write", is_flag=True, help="Renew the files below .vscode/schemas/ instead.")
@click.pass_obj
def schema(root: Path | None, kind: str | None, *, write: bool) -> None:
    """Print the JSON Schema of the front matter of a kind of text, by default of a letter.

    Editors that know JSON Schema complete keys by it and mark mistakes; for VS Code it is set up.

    \b
    Examples:
      generate schema thought
      generate schema --write
    """
    from generator.cli.schema import FOLDER, render_schemas, write_schema
    from generator.publish import publish_artifacts

    if write and kind:
        raise click.UsageError("--write renews all of them; leave the kind out")
    if write:
        published = publish_artifacts(render_schemas(), find_project(root))
        click.echo(f"{len(published.written)} written, {published.unchanged} unchanged, in {FOLDER}/.")
    else:
        click.echo(write_schema(kind or "letter"), nl=False)


def _load_documents(root: Path) -> Cache[Document[Any]]:
    """The texts as the last `generate issue` read them."""
    from generator.cache import load_cache

    return load_cache(root / BUILD / DOCUMENTS)


def _load(root: Path | None, documents: Cache[Document[Any]] | None = None) -> Newsletter:
    from generator.content import load_newsletter

    with _collecting_no_garbage():
        return load_newsletter(find_project(root), documents)


@contextmanager
def _collecting_no_garbage() -> Iterator[None]:
    """What is read stays to the end: looking through it again and again would take a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()
