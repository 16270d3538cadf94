"""A proof: a letter as readers get it, in every form, with its manuscript."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lxml import html

from generator.check.manuscripts import Manuscript, read_letter
from generator.render.email.master import render_master
from generator.render.email.message import render_email
from generator.render.feed.entries import render_entry
from generator.render.page.pages import render_edition

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from generator.content import Newsletter
    from generator.model import Edition, Email, Issue
    from generator.render.feed.entries import Entry


@dataclass(frozen=True, eq=False)
class Proof:
    """An edition in every form in which readers get it."""

    newsletter: Newsletter
    issue: Issue
    edition: Edition
    rendered: Email | None = None
    """The email, when the caller has rendered it already."""
    suggests: bool = True
    """See Manuscript."""

    @cached_property
    def manuscript(self) -> Manuscript:
        """What the author wrote."""
        return read_letter(self.newsletter, self.edition, suggests=self.suggests)

    @cached_property
    def original(self) -> Proof | None:
        """The same letter in the default language; None when this is it."""
        first = self.issue.first
        return Proof(self.newsletter, self.issue, first) if first.language != self.edition.language else None

    @property
    def name(self) -> str:
        """The name of its file, such as nl.md."""
        return f"{self.edition.language}.md"

    @cached_property
    def email(self) -> Email:
        """The email that `generate issue` writes to a file."""
        return self.rendered or render_email(self.newsletter, self.edition)

    @cached_property
    def copy(self) -> bytes | None:
        """The message that `newsletter send` makes for one reader; None when the settings have no `[service]`.

        Raises MailingError: no copies can be made of it.
        """
        service = self.newsletter.settings.service_url
        return (
            render_master(self.newsletter, self.edition, service, self.edition.published) if service else None
        )

    @cached_property
    def tree(self) -> HtmlElement:
        """The HTML of the email as a document."""
        return html.document_fromstring(self.email.html)

    @cached_property
    def page(self) -> str:
        """The page of the archive, in Markdown."""
        return render_edition(self.newsletter, self.edition).decode()

    @cached_property
    def entry(self) -> Entry:
        """The entry in the feeds."""
        return render_entry(self.newsletter, self.edition)
