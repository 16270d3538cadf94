"""Each Markdown element as a person would type it."""

import re
import textwrap

from hypothesis import given
from hypothesis import strategies as st

from generator.content import Newsletter
from generator.render.email.lines import WIDTH, beside, hang, set_columns, underline, wrap
from tests.render.mails import edition_of, mail, thought_text

LONG = "Hottentottententententoonstellingsterreinhuurdersvereniging/" * 2


def test_a_paragraph_is_wrapped_between_words(newsletter: Newsletter) -> None:
    words = "Bel een klant bij wie je negentig dagen geleden leverde. " * 5
    lines = thought_text(newsletter, words).split("\n")
    assert len(lines) == 5
    assert all(len(line) <= WIDTH for line in lines)
    assert " ".join(lines) == words.strip()


def test_no_line_of_a_letter_is_too_wide_but_for_what_cannot_be_broken(newsletter: Newsletter) -> None:
    text = mail(newsletter, edition_of(newsletter).sections[0].markdown).text
    wide = [line for line in text.split("\n") if len(line) > WIDTH]
    assert all(len(line.split()) <= 2 for line in wide), wide


def test_a_very_long_word_stays_whole(newsletter: Newsletter) -> None:
    assert LONG in thought_text(newsletter, f"Een {LONG} woord.").split("\n")


def test_text_that_stands_very_deep_has_short_lines(newsletter: Newsletter) -> None:
    """Deeper than a line is wide there would be no room for it."""
    text = thought_text(newsletter, "> " * 60 + "Een woord.")
    assert text.replace("> ", "") == "Een woord."


def test_a_hard_break_stays_and_a_soft_one_goes(newsletter: Newsletter) -> None:
    assert thought_text(newsletter, "een  \ntwee\ndrie") == "een\ntwee drie"


def test_emphasis_is_marked_as_people_do(newsletter: Newsletter) -> None:
    assert thought_text(newsletter, "*een* **twee** ~~drie~~ `vier`") == "_een_ *twee* ~drie~ vier"


def test_a_link_is_numbered_and_its_address_stands_below_the_part(newsletter: Newsletter) -> None:
    text = thought_text(newsletter, "Lees [dit](https://example.com/a) en [dat](https://example.com/b).")
    assert text == "Lees dit [1] en dat [2].\n\n[1] https://example.com/a\n[2] https://example.com/b"


def test_the_same_address_has_one_number(newsletter: Newsletter) -> None:
    text = thought_text(newsletter, "[Dit](https://example.com/a) en [nog eens](https://example.com/a).")
    assert text == "Dit [1] en nog eens [1].\n\n[1] https://example.com/a"


def test_numbers_of_links_go_on_in_the_next_part(newsletter: Newsletter) -> None:
    text = mail(newsletter, "Lees [dit](https://example.com/a).[^ref-kumar-2013]").text
    assert re.findall(r"^\[(\d+)\] ", text, re.MULTILINE) == ["1", "2", "3"]


def test_an_address_that_is_its_own_text_needs_no_number(newsletter: Newsletter) -> None:
    assert thought_text(newsletter, "Zie <https://example.com/a>.") == "Zie https://example.com/a."
    assert thought_text(newsletter, "Mail <post@example.org>.") == "Mail post@example.org."


def test_a_number_is_never_parted_from_its_text(newsletter: Newsletter) -> None:
    for length in range(60, 80):
        text = thought_text(newsletter, f"{'x' * length} [dit](https://example.com/a)")
        assert "dit [1]" in text


def test_an_open_item_has_an_empty_box_and_its_address_below(newsletter: Newsletter) -> None:
    text = thought_text(newsletter, "- [ ] Een tekst. { #ref-2 }")
    address = "https://example.org/certainties/referral/#ref-2"
    assert text == (
        f"[ ] Een tekst.\n    {address}\n    Gedaan: {address}-done\n"
        "    Herinner me maandag: https://example.org/assets/calendar/ref-2.ics"
    )


def test_an_item_that_is_done_has_a_cross(newsletter: Newsletter) -> None:
    assert thought_text(newsletter, "- [x] Gedaan. { #ref-2 }").startswith("[x] Gedaan.\n    https://")


def test_a_long_item_hangs_beside_its_box(newsletter: Newsletter) -> None:
    text = thought_text(newsletter, f"- [ ] {'woord ' * 20}einde. {{ #ref-2 }}")
    first, second, address, *_ = text.split("\n")
    assert first.startswith("[ ] woord")
    assert re.match(r" {4}woord", second)
    assert address == "    https://example.org/certainties/referral/#ref-2"


def test_items_and_lists_below_an_item_stand_deeper(newsletter: Newsletter) -> None:
    text = thought_text(newsletter, "- [ ] Boven. { #ref-1 }\n    - [x] Onder. { #ref-2 }\n- gewoon")
    site = "https://example.org/certainties/referral/"
    answers = f"    Gedaan: {site}#ref-1-done\n    Herinner me maandag: https://example.org/assets/calendar/ref-1.ics\n"
    assert text == f"[ ] Boven.\n    {site}#ref-1\n{answers}    [x] Onder.\n        {site}#ref-2\n\n- gewoon"


def test_lists_have_marks_numbers_and_depth(newsletter: Newsletter) -> None:
    text = thought_text(newsletter, "- een\n    - twee\n\n9. negen\n10. tien\n    - onder")
    assert text == "- een\n  - twee\n\n9. negen\n10. tien\n    - onder"


def test_a_list_of_paragraphs_has_air(newsletter: Newsletter) -> None:
    assert (
        thought_text(newsletter, "- een\n\n    en een half\n\n- twee") == "- een\n\n  en een half\n\n- twee"
    )


def test_a_footnote_is_a_small_number_here_and_below(newsletter: Newsletter) -> None:
    text = mail(newsletter, "Bewezen.[^ref-kumar-2013]").text
    assert "Bewezen.¹" in text
    assert "BRONNEN\n-------\n\n¹ Kumar, V., Petersen, J.A. & Leone, R.P. (2013)." in text
    assert "\n  and Managing Business Reference Value." in text, "the other lines stand below the first"


def test_two_footnotes_side_by_side_are_not_number_twelve(newsletter: Newsletter) -> None:
    assert thought_text(newsletter, "Bewezen.[^ref-kumar-2013][^ref-kumar-2007]") == "Bewezen.¹ ²"


def test_a_footnote_of_two_paragraphs_stands_below_its_number(newsletter: Newsletter) -> None:
    text = mail(newsletter, "Bewezen.[^eigen]\n\n[^eigen]: Een.\n\n    Twee.").text
    assert "¹ Een.\n\n  Twee.\n" in text


def test_a_raised_letter_is_text(newsletter: Newsletter) -> None:
    assert thought_text(newsletter, "x<sup>n</sup> en CO<sub>2</sub>") == "xn en CO₂"


def test_an_image_is_what_its_alt_says(newsletter: Newsletter) -> None:
    assert thought_text(newsletter, "![Twee stippen](two-contacts.png)") == "[Beeld: Twee stippen]"


def test_a_linked_image_keeps_its_link(newsletter: Newsletter) -> None:
    text = thought_text(newsletter, "[![Twee stippen](two-contacts.png)](https://example.com/a)")
    assert text == "[Beeld: Twee stippen] [1]\n\n[1] https://example.com/a"


def test_code_is_indented_and_never_wrapped(newsletter: Newsletter) -> None:
    code = f"def f(x):\n\n    return {'x + ' * 30}1"
    assert thought_text(newsletter, f"```python\n{code}\n```") == textwrap.indent(code, "    ")


def test_a_quote_is_marked_on_each_line(newsletter: Newsletter) -> None:
    text = thought_text(newsletter, f"> {'woord ' * 20}\n>\n> > dieper")
    assert [line[:2] for line in text.split("\n")] == ["> ", "> ", ">", "> "]
    assert text.endswith("\n> > dieper")
    assert max(map(len, text.split("\n"))) <= WIDTH


def test_an_admonition_has_a_line_beside_it(newsletter: Newsletter) -> None:
    text = thought_text(newsletter, '!!! note "Let op"\n    Vraag het eerst.')
    assert text == "| Let op\n|\n| Vraag het eerst."


def test_definitions_stand_below_their_terms(newsletter: Newsletter) -> None:
    text = thought_text(newsletter, "Een\n:   Uitleg.\n:   Nog een.\n\nTwee\n:   Meer.")
    assert text == "Een\n    Uitleg.\n    Nog een.\n\nTwee\n    Meer."


def test_headings_below_a_section_are_underlined(newsletter: Newsletter) -> None:
    assert (
        thought_text(newsletter, "### Waar het misgaat\n\nHier.")
        == "Waar het misgaat\n----------------\n\nHier."
    )


def test_a_rule_is_three_stars(newsletter: Newsletter) -> None:
    assert thought_text(newsletter, "een\n\n---\n\ntwee") == "een\n\n* * *\n\ntwee"


def test_a_narrow_table_has_columns(newsletter: Newsletter) -> None:
    text = thought_text(
        newsletter, "| Naam | Getal | Wie |\n|:--|--:|:-:|\n| a | 1 | x |\n| langer | 10 | y |"
    )
    assert text == "Naam    Getal  Wie\n------  -----  ---\na           1   x\nlanger     10   y"


def test_a_wide_table_has_a_line_for_each_cell(newsletter: Newsletter) -> None:
    wide = "een cel met meer woorden dan er op een regel passen, als er nog een naast staat"
    text = thought_text(newsletter, f"| Naam | | Uitleg |\n|--|--|--|\n| a | b | {wide} |\n| c | | kort |")
    assert text == (
        "Naam: a\nb\nUitleg: een cel met meer woorden dan er op een regel passen, als er nog\n"
        "  een naast staat\n\nNaam: c\nUitleg: kort"
    )


def test_a_link_in_a_table_is_numbered(newsletter: Newsletter) -> None:
    text = thought_text(newsletter, "| Naam |\n|--|\n| [dit](https://example.com/a) |")
    assert text == "Naam\n-------\ndit [1]\n\n[1] https://example.com/a"


def test_raw_html_leaves_its_text_only(newsletter: Newsletter) -> None:
    assert thought_text(newsletter, "<b onclick='x()'>Vet</b> <script>x()</script>en < 3.") == "Vet en < 3."


def test_the_title_is_wrapped_and_underlined_as_wide_as_it_is() -> None:
    assert underline("Kort", "=") == "Kort\n===="
    assert underline("woord " * 20, "=").split("\n")[-1] == "=" * 71


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])), st.integers(20, 80))
def test_wrapping_loses_no_word_and_breaks_none(text: str, width: int) -> None:
    lines = wrap(text, width).split("\n")
    assert " ".join(lines).split() == text.split()
    assert all(len(line) <= width or " " not in line for line in lines)


def test_lines_hang_beside_a_mark_without_trailing_spaces() -> None:
    assert hang("een\n\ntwee", "- ") == "- een\n\n  twee"
    assert beside("> ", "een\n\ntwee") == "> een\n>\n> twee"


def test_columns_that_fit_exactly_stay_columns() -> None:
    rows = [["kop", "voet"], ["1", "2"]]
    assert set_columns(rows, ["", ""], width=9) == "kop  voet\n---  ----\n1    2"
    assert set_columns(rows, ["", ""], width=8) == "kop: 1\nvoet: 2"


def test_the_letter_begins_with_who_and_when_and_its_title(newsletter: Newsletter) -> None:
    text = mail(newsletter, "Kort.").text
    assert text.startswith(
        "Royal Dutch Updates\nnr 3 · vrijdag 20 november 2026 · 1 minuut\n\n\n"
        "Zou je jezelf introduceren? Vijf regels & één naam\n====="
    )
