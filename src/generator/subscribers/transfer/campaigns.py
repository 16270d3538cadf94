"""A letter and its readers as files for a program that sends campaigns: its columns, and its tags for links.

What these programs read was taken from their documentation in 2026; each is a row of the table below.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.errors import MailingError
from generator.model import Status, Step
from generator.subscribers.list.audience import list_audience
from generator.subscribers.transfer.exporting import walk_all
from generator.subscribers.transfer.formats import write_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from generator.model import Language, Subscriber
    from generator.subscribers.store.database import Transaction

LEAVE, CHANGE = "https://leave.campaign.invalid/", "https://change.campaign.invalid/"
"""What stands in a letter where the tag for leaving, and the tag for changing one's choices, are put."""

_GONE = (Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED)


@dataclass(frozen=True, slots=True)
class Engine:
    """A program that sends campaigns."""

    name: str
    """As it is typed."""
    title: str
    leave: str
    """Its tag for the address at which a reader leaves; empty when it adds such a link to each letter itself."""
    change: str
    """Its tag for the address at which a reader changes what it knows; empty when the letter goes without."""
    signs: tuple[str, ...]
    """What it takes for the beginning of a tag, wherever it stands."""
    columns: tuple[str, ...]
    write: Callable[[Subscriber], tuple[str, ...]]
    steps: str
    """What to do there: numbered lines."""

    def place_tags(self, text: str) -> str:
        """A text or HTML with the tags of this program. Raises MailingError for what it would take for another tag."""
        for sign in self.signs:
            if sign in text:
                raise MailingError(
                    f"the letter contains “{sign}”, which {self.title} takes for a tag; write it another way"
                )
        return text.replace(LEAVE, self.leave).replace(CHANGE, self.change)

    def list_readers(
        self, transaction: Transaction, certainty: str, day: date, language: Language
    ) -> Iterator[str]:
        """CSV with those who would get a letter about a certainty on a day in a language, and their consent.

        The first line has the columns.
        """
        wanted = {due.subscriber_id for due in list_audience(transaction, certainty, day)}
        yield _write(self.columns)
        for subscriber in walk_all(transaction, [Status.CONFIRMED], language):
            if subscriber.id in wanted:
                yield _write(self.write(subscriber))

    def list_gone(self, transaction: Transaction) -> Iterator[str]:
        """CSV with those who get nothing any more: who left, complained, or whose address does not exist."""
        yield _write(self.columns[:1])
        for subscriber in walk_all(transaction, _GONE):
            yield _write((subscriber.address,))


def find_consent(subscriber: Subscriber) -> tuple[str, str]:
    """When a reader agreed, and where; the last time. Empty where nothing says so."""
    steps = [one for one in subscriber.consents if one.step in {Step.CONFIRMED, Step.IMPORTED}]
    return (write_moment(steps[-1].at), steps[-1].source) if steps else ("", "")


def _write(cells: tuple[str, ...]) -> str:
    """A line of CSV for a program. An apostrophe that keeps spreadsheets from calculating would change an address."""
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _write_attributes(subscriber: Subscriber) -> tuple[str, ...]:
    moment, source = find_consent(subscriber)
    attributes = {"language": subscriber.language, "consent_at": moment, "consent_source": source}
    return subscriber.address, "", json.dumps(attributes, ensure_ascii=False)


def _write_columns(subscriber: Subscriber) -> tuple[str, ...]:
    return subscriber.address, subscriber.language, *find_consent(subscriber)


_LISTMONK = """\
1. Subscribers, Import: take suppressed.csv with the mode “blocklist”.
2. Import each readers.LANGUAGE.csv into an empty list of its own, as confirmed.
3. Make a campaign for each list: raw HTML from letter.LANGUAGE.html, the alternative plain text from
   letter.LANGUAGE.txt, and a template that holds nothing but {{ template "content" . }}.
4. Settings, Privacy: switch the tracking of single subscribers off. Use neither TrackLink nor TrackView.
"""
_BREVO = """\
1. Import suppressed.csv into the blocklist.
2. Make the text attributes LANGUAGE, CONSENT_AT and CONSENT_SOURCE. Import each readers.LANGUAGE.csv into an empty
   list of its own.
3. Make a campaign for each list: paste letter.LANGUAGE.html as your own code, and letter.LANGUAGE.txt as the plain
   text.
4. Switch the tracking of opens and clicks off, as far as your plan allows it.
"""
_LAPOSTA = """\
1. Import suppressed.csv, and set these people to unsubscribed.
2. Make the fields language, consent_at and consent_source. Import each readers.LANGUAGE.csv into an empty list of its
   own.
3. Make a campaign for each list from your own HTML, letter.LANGUAGE.html. Laposta puts its link for unsubscribing below
   each letter, so this one has none.
4. Switch the tracking of opens and clicks off, as far as Laposta allows it.
"""

ENGINES = (
    Engine(
        "listmonk",
        "listmonk",
        "{{ UnsubscribeURL }}",
        "{{ ManageURL }}",
        ("{{", "@TrackLink"),
        ("email", "name", "attributes"),
        _write_attributes,
        _LISTMONK,
    ),
    Engine(
        "brevo",
        "Brevo",
        "{{ unsubscribe }}",
        "{{ update_profile }}",
        ("{{", "{%"),
        ("EMAIL", "LANGUAGE", "CONSENT_AT", "CONSENT_SOURCE"),
        _write_columns,
        _BREVO,
    ),
    Engine(
        "laposta",
        "Laposta",
        "",
        "",
        (),
        ("email", "language", "consent_at", "consent_source"),
        _write_columns,
        _LAPOSTA,
    ),
)
"""Tags: listmonk.app/docs/templating; help.brevo.com; docs.laposta.nl/article/101 (Laposta adds its link itself)."""

ENDS = "From here on {title} sends. These promises of this program end there:"

_README = """\
A letter for {title}

{subjects}

{ends}

- Once and only once: {title} keeps no record by which a campaign that broke off goes on without sending twice or
  leaving somebody out. Do not send this letter with `newsletter send` too.
- Leaving: who unsubscribes there is still a reader here. Before the next letter, export who left from {title}, and
  run `newsletter subscribers import`.
- Consent: the proof stays here; {title} gets its moment and its source.
- Erased readers: no address of them is kept, so suppressed.csv cannot name them. Whom you erase here, delete there.
- Tracking: this program has none. {title} tracks opens and clicks until you switch that off by hand.
- The lists are of this moment: who pauses, leaves or chooses other subjects later is not in them. Make them anew for
  each letter, and delete these files when they are imported.

What to do, before anything is sent to readers:

{steps}5. Send a test to yourself. Follow the link that unsubscribes, and compare all links with letter.LANGUAGE.html.
"""


def explain(engine: Engine, subjects: str) -> str:
    """What the operator has to know and to do, as text. `subjects` are the lines with that of each language."""
    ends = ENDS.format(title=engine.title)
    return _README.format(title=engine.title, subjects=subjects, ends=ends, steps=engine.steps)
