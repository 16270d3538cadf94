"""The pictures that stand for a page where somebody shares its address."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from generator.errors import TemplateError
from generator.render.page.cards import (
    FONT,
    HEIGHT,
    SITE,
    WIDTH,
    break_lines,
    fit_title,
    list_cards,
    render_cards,
)
from tests.languages import EN, LANGUAGES, NL
from tests.render.editions import change_issue, empty_archive, grow_archive

TTF = Path(__file__).parents[3] / "templates" / FONT


def cards(newsletter, language=NL) -> dict[str, bytes]:
    return {artifact.path.stem: artifact.content for artifact in render_cards(newsletter, language)}


def width_of(text: str, size: int) -> float:
    return ImageFont.truetype(TTF, size).getlength(text)


def test_there_is_one_for_the_site_each_certainty_and_each_new_letter(newsletter):
    made = render_cards(newsletter, NL)
    certainties = [certainty.id for certainty in newsletter.playbook.certainties[NL]]
    weeks = [str(edition.week) for edition in newsletter.archive.editions(NL)]
    assert [str(card.path) for card in made] == [
        f"assets/cards/{name}.png" for name in [SITE, *certainties, *weeks]
    ]
    assert len(weeks) == 3


def test_a_card_has_the_size_that_is_asked_for_and_weighs_little(newsletter):
    for name, content in cards(newsletter).items():
        picture = Image.open(io.BytesIO(content))
        assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT)) == ("PNG", (1200, 630)), name
        assert picture.getchannel("A").getextrema() == (255, 255), name
        assert len(content) < 65_000, name


def test_the_same_gives_the_same_bytes_and_each_card_is_another(newsletter):
    dutch, english = cards(newsletter), cards(newsletter, EN)
    assert dutch == cards(newsletter)
    assert len({*dutch.values(), *english.values()}) == len(dutch) + len(english)


@pytest.mark.usefixtures("sample")
def test_no_font_of_this_machine_is_used(newsletter):
    drawn = cards(newsletter)[SITE]
    template = newsletter.root / "templates/card/card.svg"
    template.write_text(template.read_text().replace("{{ family }}", "DejaVu Sans"))
    plain = cards(newsletter)[SITE]  # the text is gone, where another font would have drawn it
    assert len(plain) < len(drawn) / 2


def test_only_the_latest_letters_have_their_own_and_older_ones_that_of_their_certainty(newsletter):
    many = grow_archive(newsletter, newsletter.settings.feed_issues + 2)
    letters = list(many.archive.editions(NL))
    listed = list_cards(many, NL)
    made = {path.stem for path in (artifact.path for artifact in render_cards(many, NL))}
    assert [listed[letter.page] for letter in letters[:20]] == [str(letter.week) for letter in letters[:20]]
    assert [listed[letter.page] for letter in letters[20:]] == [letters[20].certainty] * 2
    assert {*listed.values(), SITE} == made


def test_a_draft_has_none(newsletter):
    draft = change_issue(newsletter, "2026-W47", draft=True)
    assert "2026-W47" not in cards(draft)
    assert "archive/2026-W47.md" not in list_cards(draft, NL)


def test_before_the_first_letter_there_are_the_others(newsletter):
    assert len(cards(empty_archive(newsletter))) == 8


def test_a_page_of_a_certainty_shows_it_and_other_pages_show_the_site(newsletter):
    listed = list_cards(newsletter, EN)
    assert listed["certainties/referral.md"] == "referral"
    assert "index.md" not in listed
    assert "archive/index.md" not in listed


@pytest.mark.parametrize("title", ["</text><script>&", "“Één” – 100% & 'meer' €", "1 < 2 ]]>"])
def test_whatever_a_title_holds_it_is_text(newsletter, title):
    changed = cards(change_issue(newsletter, "2026-W47", title=title))
    assert changed["2026-W47"] != cards(newsletter)["2026-W47"]


def test_every_title_of_the_sample_is_whole(newsletter):
    for language in LANGUAGES:
        for edition in newsletter.archive.editions(language):
            lines, _ = fit_title(edition.title, TTF, 760)
            assert " ".join(lines) == edition.title


@given(st.text(st.sampled_from("aeimtéW7’ -–"), min_size=1, max_size=300).filter(str.strip))
@settings(max_examples=40, deadline=None)
def test_a_title_always_fits(title):
    lines, size = fit_title(title, TTF, 760)
    assert 1 <= len(lines) <= 3
    assert size >= 54
    assert all(width_of(line, size) <= 760 for line in lines)
    whole = " ".join(lines)
    assert whole == " ".join(title.split()) or "…" in whole


def test_a_short_title_is_large_and_a_long_one_is_cut():
    assert fit_title("Referral", TTF, 760) == (["Referral"], 96)
    lines, size = fit_title("woord " * 60, TTF, 760)
    assert (len(lines), size) == (3, 54)
    assert lines[2].endswith("…")
    (line,), _ = fit_title("Donaudampfschifffahrt" * 4, TTF, 760)
    assert line.endswith("…")


def test_lines_are_about_as_long_as_each_other():
    lines = break_lines("een twee drie vier vijf zes zeven acht negen tien elf", TTF, 36, 760)
    assert len(lines) == 2
    assert abs(width_of(lines[0], 36) - width_of(lines[1], 36)) < 200


def test_a_summary_that_has_no_room_is_left_out_and_not_cut(newsletter):
    short = cards(change_issue(newsletter, "2026-W47", summary="Kort."))["2026-W47"]
    long = cards(change_issue(newsletter, "2026-W47", summary="woord " * 200))["2026-W47"]
    longer = cards(change_issue(newsletter, "2026-W47", summary="anders " * 200))["2026-W47"]
    assert long == longer
    assert long != short


@pytest.mark.usefixtures("sample")
def test_a_font_that_cannot_be_read_is_told_with_its_file(newsletter):
    (newsletter.root / "templates" / FONT).write_bytes(b"no font")
    with pytest.raises(TemplateError, match=re.escape(f"templates/{FONT}: is not a font that can be read")):
        cards(newsletter)
