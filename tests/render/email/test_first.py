"""A first letter: the bytes of Friday's, with words of welcome before them and a Date of its own."""

import quopri
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from generator.content import Newsletter
from generator.errors import MailingError
from generator.model import Language
from generator.render.email.first import add_welcome, set_date, write_welcome
from generator.render.email.master import STAND_IN, Master, render_master
from tests.languages import LANGUAGES
from tests.render.mails import edition_of

WORDS = "Welkom, en fijn dat je er bent: wij schrijven op vrijdag <kort> & één keer. Dit is de nieuwste brief. = én ü."
ROOT = Path(__file__).parents[3]
FROZEN = datetime(2026, 11, 20, 6, 0, 1, tzinfo=UTC)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def master_of(newsletter: Newsletter, language: Language) -> bytes:
    return render_master(
        newsletter, edition_of(newsletter, language=language), "https://letter.test/", FROZEN
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_come_first_and_nothing_else_changes(newsletter: Newsletter, language: Language):
    master, welcome = master_of(newsletter, language), write_welcome(ROOT, WORDS)
    first = add_welcome(master, welcome)
    assert first.replace(welcome.text, b"", 1).replace(welcome.html, b"", 1) in {
        master,
        master.replace(b'<tr><td class=3D"masthead"', b'=\r\n<tr><td class=3D"masthead"', 1),
    }
    assert max(map(len, first.split(b"\r\n\r\n", 1)[1].split(b"\r\n"))) <= 76
    before, after = (message_from_bytes(one, policy=policy.default) for one in (master, first))
    assert before.items() == after.items()
    text, html = (part.get_content() for part in after.iter_parts())
    text_before, html_before = (part.get_content() for part in before.iter_parts())
    words, rest = text[: -len(text_before)], text[-len(text_before) :]
    assert (" ".join(words.split()), rest) == (WORDS, text_before)
    row = quopri.decodestring(welcome.html).decode()
    assert html.count(row) == 1
    assert html.replace(row, "") == html_before
    assert html.index("Welkom, en fijn") < html.index('class="masthead"')
    assert "&lt;kort&gt; &amp; één" in html
    Master(first).copy(STAND_IN)


def test_each_soft_line_break_in_the_row_of_the_masthead_is_seen(newsletter: Newsletter):
    master, welcome = master_of(newsletter, LANGUAGES[0]), write_welcome(ROOT, WORDS)
    row = b'<tr><td class=3D"masthead"'
    assert master.count(row) == 1
    for place in range(1, len(row)):
        if row[place - 1 : place] != b"=" and row[place - 2 : place] != b"=3":
            broken = master.replace(row, row[:place] + b"=\r\n" + row[place:])
            assert add_welcome(broken, welcome).count(welcome.html) == 1


@pytest.mark.parametrize("wrong", [b'class=3D"masthead"', b"text/plain; charset=utf-8"])
def test_a_letter_without_a_place_for_them_is_refused(newsletter: Newsletter, wrong: bytes):
    master = master_of(newsletter, LANGUAGES[0])
    with pytest.raises(MailingError, match="no place for the words of welcome"):
        add_welcome(master.replace(wrong, b"x"), write_welcome(ROOT, WORDS))


def test_its_date_is_that_of_its_reader(newsletter: Newsletter):
    master = master_of(newsletter, LANGUAGES[0])
    other = set_date(master, datetime(2026, 11, 25, 12, 0, 5, tzinfo=UTC), AMSTERDAM)
    assert message_from_bytes(other)["Date"] == "Wed, 25 Nov 2026 13:00:05 +0100"
    assert set_date(other, FROZEN, AMSTERDAM) == master
    assert set_date(master, FROZEN, AMSTERDAM) == master
