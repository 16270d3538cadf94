"""The commands of `newsletter subscribers`."""

# Imports of what does the work stand inside the commands: `newsletter --help` answers before a database has loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from generator.cli import Group, find_project
from generator.cli.options import LANGUAGE


@click.group(cls=Group)
def subscribers() -> None:
    """Add, import, export, list, show, remove and erase subscribers."""


_STATUS = click.Choice(["unconfirmed", "confirmed", "unsubscribed", "bounced", "complained"])


def _read_proof(context: click.Context, _: click.Parameter, value: str | None) -> str:
    if value is not None and not (value.strip() and value.isprintable()):
        raise click.BadParameter("expected words on one line that say where the proof is", context)
    return (value or "").strip()


_PROOF = click.option(
    "--proof",
    metavar="TEXT",
    callback=_read_proof,
    help="Where the proof of consent is kept; who has none otherwise is confirmed by it.",
)


@subscribers.command()
@click.argument("address")
@click.option("--language", type=LANGUAGE, default="nl", show_default=True, help="That of their letters.")
@click.option(
    "--certainty", "certainties", metavar="ID", multiple=True, help="Only letters about this one; repeatable."
)
@_PROOF
@click.pass_obj
def add(root: Path | None, address: str, language: str, certainties: tuple[str, ...], proof: str) -> None:
    """Put somebody on the list.

    With --proof they are confirmed at once. Without it they get a mail with the question, and are on the list when they
    have pressed its button.

    \b
    Examples:
      newsletter subscribers add reader@example.org
      newsletter subscribers add reader@example.org --language en --proof "Signed form, binder 2026"
    """
    from generator.cli.subscribers import add_subscriber
    from generator.model import Language

    add_subscriber(find_project(root), address, Language(language), certainties, proof, datetime.now(UTC))


@subscribers.command("import")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), help="Default: what the file begins with."
)
@click.option(
    "--from",
    "origin",
    type=click.Choice(["ours", "mailchimp", "buttondown", "substack", "listmonk"]),
    help="Whose export it is. Default: recognised by its columns.",
)
@_PROOF
@click.option("--ask", is_flag=True, help="Ask all of them by mail instead.")
@click.option("--status", type=_STATUS, help="Where all of them stand, when the file does not say.")
@click.option(
    "--language", type=LANGUAGE, default="nl", show_default=True, help="Of those for whom the file has none."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the rows that were not taken there, with the reasons.",
)
@click.pass_context
def import_(  # noqa: PLR0913 (one for each option)
    context: click.Context,
    file: Path,
    form: str | None,
    origin: str | None,
    proof: str,
    status: str | None,
    language: str,
    rejects: Path | None,
    *,
    ask: bool,
    dry_run: bool,
) -> None:
    """Take subscribers from FILE, or from standard input with -: our own exports, and those of four services.

    Who is on the list already is left as they are, and who was erased is not brought back; so it can be stopped, and
    run again. Nobody is confirmed without proof: ours holds it, for other files name it with --proof, or --ask
    everybody again. Ends with 1 when a row was rejected.

    \b
    Examples:
      newsletter subscribers import subscribers.csv
      newsletter subscribers import subscribed_members_export_1a2b.csv --dry-run --proof "Mailchimp, double opt-in"
      newsletter subscribers import listmonk.csv --status unsubscribed --rejects rejects.csv
    """
    from generator.cli.transfers import import_file, read_defaults
    from generator.model import Language, Status
    from generator.subscribers.importing import Order

    if proof and ask:
        raise click.UsageError(
            "--proof says that they agreed, --ask that they are to be asked; use one of them"
        )
    root = find_project(context.obj)
    order = Order(
        defaults=read_defaults(root, Language(language), datetime.now(UTC)),
        proof=proof,
        ask=ask,
        status=Status(status) if status else None,
        origin=origin or "",
        form=form or "",
        dry_run=dry_run,
    )
    if import_file(root, file, order, rejects):
        context.exit(1)


@subscribers.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json"]),
    default="csv",
    show_default=True,
    help="Both hold all.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write there, for your eyes only, instead of to standard output.",
)
@click.option(
    "--status", "statuses", type=_STATUS, multiple=True, help="Only those who stand there; repeatable."
)
@click.option("--language", type=LANGUAGE, help="Only those who read in this language.")
@click.pass_obj
def export(
    root: Path | None, form: str, output: Path | None, statuses: tuple[str, ...], language: str | None
) -> None:
    """Write the list with all that is kept of everybody; `import` takes it in again without loss.

    \b
    Examples:
      newsletter subscribers export --output subscribers.csv
      newsletter subscribers export --format json --status confirmed > subscribers.json
    """
    from generator.cli.transfers import export_file
    from generator.model import Language, Status

    export_file(
        find_project(root),
        output,
        form,
        [Status(one) for one in statuses],
        Language(language) if language else None,
    )


@subscribers.command("list")
@click.option(
    "--status", "statuses", type=_STATUS, multiple=True, help="Only those who stand there; repeatable."
)
@click.option("--language", type=LANGUAGE, help="Only those who read in this language.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Not more than so many.")
@click.pass_obj
def list_(root: Path | None, statuses: tuple[str, ...], language: str | None, limit: int) -> None:
    """Show who is on the list, in the order in which they came, and how many stand where.

    \b
    Examples:
      newsletter subscribers list
      newsletter subscribers list --status bounced --status complained --limit 500
    """
    from generator.cli.subscribers import list_subscribers
    from generator.model import Language, Status

    list_subscribers(
        find_project(root), [Status(one) for one in statuses], Language(language) if language else None, limit
    )


@subscribers.command()
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="For a program, or to send to whoever asked.")
@click.pass_obj
def show(root: Path | None, address: str, *, as_json: bool) -> None:
    """Show all that is kept about an address, wherever it stands: what a person has a right to see.

    \b
    Examples:
      newsletter subscribers show reader@example.org
      newsletter subscribers show reader@example.org --json
    """
    from generator.cli.subscribers import show_subscriber

    show_subscriber(find_project(root), address, as_json=as_json)


@subscribers.command()
@click.argument("address")
@click.option("--goodbye", is_flag=True, help="Tell them by mail.")
@click.pass_obj
def remove(root: Path | None, address: str, *, goodbye: bool) -> None:
    """Unsubscribe somebody who asked you to. The proof of what they agreed to is kept; see also `erase`.

    \b
    Example:
      newsletter subscribers remove reader@example.org --goodbye
    """
    from generator.cli.subscribers import remove_subscriber

    remove_subscriber(find_project(root), address, datetime.now(UTC), goodbye=goodbye)


@subscribers.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.pass_obj
def erase(root: Path | None, address: str, *, yes: bool) -> None:
    """Forget all about somebody but a keyed hash, which keeps an import from bringing them back.

    They get one last mail, if they had any before. Only they can come back, by the form.

    \b
    Example:
      newsletter subscribers erase reader@example.org
    """
    from generator.cli.subscribers import erase_subscriber

    erase_subscriber(find_project(root), address, datetime.now(UTC), asks=not yes)


# --- Sending ----------------------------------------------------------------------------------------------------------
