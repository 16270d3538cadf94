"""The report of a letter, as Markdown and as JSON: numbers only, so that it can be kept and shown."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.atomic import publish_artifacts
from generator.environment import open_list
from generator.files import create_file, make_folder, refuse_taken
from generator.mailing.lookup import get_account, get_mailing
from generator.model import Artifact, Progress
from generator.sentences import say_moment
from generator.settings import read_settings
from generator.subscribers.ledger import senders
from generator.subscribers.ledger.answers import SHOWN_FROM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from generator.model import MailingId, Tally
    from generator.settings import Settings
    from generator.subscribers.ledger.accounts import Account
    from generator.subscribers.store.database import Database

FOLDER = PurePosixPath("var/reports")
"""Below the root of the project."""


def make_report(root: Path, week: MailingId, now: datetime, form: str, output: Path | None = None) -> str:
    """The report of a letter as markdown or json; also written to a new file, when `output` names one.

    What dead senders left is settled first. Raises MailingError and PublishError.
    """
    settings = read_settings(root)
    if output is not None:
        refuse_taken(output)
    with closing(open_list(root)) as database:
        with database.read() as transaction:
            get_mailing(root, transaction, week)
        senders.settle_dead(database, week, now)
        with database.read() as transaction:
            account = get_account(root, transaction, week)
    text = _write(account, settings)[form]
    if output is not None:
        make_folder(output)
        with create_file(output) as file:
            file.write(text.encode())
    return text


def keep_report(root: Path, settings: Settings, database: Database, week: MailingId) -> PurePosixPath:
    """Write both forms as things stand, at the end of a run; gives the Markdown. Raises PublishError."""
    with database.read() as transaction:
        account = get_account(root, transaction, week)
    ends = {"markdown": "md", "json": "json"}
    publish_artifacts(  # into that folder itself: on a server the account of the list may write nowhere else
        [
            Artifact(PurePosixPath(f"{week}.{ends[form]}"), text.encode())
            for form, text in _write(account, settings).items()
        ],
        root / FOLDER,
    )
    return FOLDER / f"{week}.md"


def list_tally(tally: Tally) -> list[tuple[str, str]]:
    """The lines of a tally, in the order in which they are added up."""
    names = ("accepted", "refused", "deferred", "in_doubt", "skipped", "remaining")
    return [(name.replace("_", " "), f"{getattr(tally, name):,}") for name in names]


def _write(account: Account, settings: Settings) -> dict[str, str]:
    return {
        "markdown": "\n".join(_write_markdown(account, settings)) + "\n",
        "json": json.dumps(account.describe(), indent=2, ensure_ascii=False) + "\n",
    }


def _write_markdown(account: Account, settings: Settings) -> list[str]:
    mailing, tally = account.mailing, account.tally

    def say(moment: datetime | None) -> str:
        return say_moment(moment, settings.timezone) if moment else "–"

    facts = {
        "About": mailing.certainty,
        "Frozen": say(mailing.frozen),
        "First accepted": say(account.first),
        "Last accepted": say(account.last),
        "Letters a second": f"{account.rate:,.1f}" if account.rate else "–",
        "Finished": say(mailing.finished),
        "Commit": f"`{mailing.commit}`" if mailing.commit else "–",
        "Stopped": mailing.trouble or "–",
        **({"First letters": f"{account.joined:,}"} if account.joined else {}),
        **{f"SHA-256, {language}": f"`{digest}`" for language, digest in account.digests.items()},
    }
    lines = [
        f"# {mailing.week.name[0].upper()}{mailing.week.name[1:]}",
        "",
        *_table(("", ""), facts),
        "",
        "## Outcome",
        "",
    ]
    totals = dict(list_tally(tally)) | {"**planned**": f"**{tally.planned:,}**"}
    lines += _table(("", "letters"), totals, right=True)
    if not tally.balances:
        lines += ["", "These numbers do not add up. This is a bug; please report it."]
    for language, found in account.languages.items():
        numbers = {progress.value: f"{number:,}" for progress, number in found.items()}
        lines += ["", f"### In {language}", "", *_table(("", "letters"), numbers, right=True)]
    sections: dict[str, Mapping[str, int]] = {
        "Replies of the relay": {
            f"{progress}: {reply or 'no reply'}": number for progress, reply, number in account.replies
        },
        "Reasons for skipping": account.skipped,
        "Returned mail and unsubscribes": {kind.value: number for kind, number in account.events.items()},
    }
    for title, counted in sections.items():
        if counted:
            numbers = {name: f"{number:,}" for name, number in counted.items()}
            lines += ["", f"## {title}", "", *_table(("", "times"), numbers, right=True)]
    if account.answers:
        numbers = {useful.value: f"{number:,}" for useful, number in account.answers.items()}
        lines += ["", "## Was it of use?", "", *_table(("", "times"), numbers, right=True), "", *_HINT]
    if tally.in_doubt:
        lines += ["", f"## {Progress.IN_DOUBT.capitalize()}", "", *_DOUBT]
    return lines


_HINT = (
    f"What readers pressed below the letter, shown from {SHOWN_FROM} answers on. Nobody is known, so anybody can press",
    "twice: this is a hint, not a vote.",
)

_DOUBT = (
    "The sender or the connection failed during these letters, so they may or may not have arrived (RFC 1047).",
    "They are sent again only on request. `newsletter status --doubtful` lists them.",
)


def _table(heading: tuple[str, str], rows: Mapping[str, str], *, right: bool = False) -> list[str]:
    lines = [f"| {heading[0]} | {heading[1]} |", f"| --- | {'---:' if right else '---'} |"]
    return lines + [f"| {name} | {value} |" for name, value in rows.items()]
