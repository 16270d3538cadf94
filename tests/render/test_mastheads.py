"""The line below the name of the letter."""

from dataclasses import replace
from pathlib import Path

from generator.content import Newsletter, load_newsletter
from generator.content.needs import need_letter
from generator.model import Week
from generator.render.mastheads import say_masthead
from tests.languages import EN, NL
from tests.render.editions import change_text
from tests.render.mails import FULL, edition_of


def test_it_says_which_letter_of_what_date_and_how_long(newsletter: Newsletter) -> None:
    said = say_masthead(newsletter, edition_of(newsletter, "2026-W45"))
    assert said == "nr 1 · vrijdag 6 november 2026 · 1 minuut"
    long = change_text(newsletter, FULL, "word " * 400)
    assert say_masthead(long, edition_of(long, language=EN)) == "no. 3 · Friday 20 November 2026 · 3 minutes"


def test_a_letter_before_it_that_cannot_be_read_keeps_its_number(sample: Path) -> None:
    (sample / "newsletter/issues/2026-W45/nl.md").write_text("nothing")
    newsletter = load_newsletter(sample, needs=need_letter(sample, Week.parse(FULL)))
    assert newsletter.list_unread() == (Week(2026, 45),)
    assert say_masthead(newsletter, edition_of(newsletter)).startswith("nr 3 · ")


def test_a_letter_that_is_skipped_has_no_number(newsletter: Newsletter) -> None:
    newest, middle, oldest = newsletter.archive.issues
    archive = replace(newsletter.archive, issues=(newest, replace(middle, skipped=True), oldest))
    assert say_masthead(replace(newsletter, archive=archive), newest.editions[NL]).startswith("nr 2 · ")
