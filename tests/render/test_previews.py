"""What an editor sees of the emails while writing."""

from pathlib import PurePosixPath

from generator.model import Language, Week
from generator.render.emails import render_email
from generator.render.previews import LATEST, render_previews
from tests.render.editions import change_issue, grow_archive


def test_an_email_is_shown_as_it_will_be_delivered_and_as_plain_text(newsletter):
    made = {artifact.path: artifact.content for artifact in render_previews(newsletter, Language.EN)}
    email = render_email(newsletter, newsletter.archive.issue(Week(2026, 47)).editions[Language.EN])
    assert made[PurePosixPath("preview/2026-W47/en/email.html")] == email.html.encode()
    assert made[PurePosixPath("preview/2026-W47/en/email.txt")] == email.text.encode()


def test_only_the_latest_issues_are_shown_and_drafts_are_marked(newsletter):
    newsletter = change_issue(grow_archive(newsletter, LATEST + 2), "2026-W47", draft=True)
    page, *emails = render_previews(newsletter, Language.NL)
    assert len(emails) == 2 * LATEST
    lines = [line for line in page.content.decode().splitlines() if line.startswith("- ")]
    assert len(lines) == LATEST
    assert lines[0].startswith("- 2026-W47 (concept): [email.html](2026-W47/nl/email.html)")
    assert lines[1].startswith("- 2026-W46: ")
