"""Length, levels and worn words: what is counted, and how."""

from dataclasses import replace
from pathlib import Path

import pytest

from generator.check.language.readability import count_syllables, count_words, rate_ease
from generator.check.proofs import Proof
from generator.check.rules import prose
from generator.content import Newsletter, load_newsletter
from generator.errors import ContentError
from generator.model import Language
from tests.check.examples import LETTER, Edit
from tests.check.writing import write
from tests.languages import EN, NL

# By hand, with the hyphens of a dictionary.
DUTCH = """
klant-waar-de nieuw le-ve-ran-cier of-fer-te si-tu-a-tie be-ïn-vloe-den ide-eën|3 bij-een-komst ei-ge-naar vrouw mooi
draai-en ra-di-o ge-ïn-te-res-seerd co-ör-di-ne-ren ja-nu-a-ri bu-reau roy-aal fre-quent kwa-li-teit één ver-trou-wen
ver-ant-woor-de-lijk-heid zo’n fo-to’s 446
"""
ENGLISH = """
cus-tom-er asked want-ed ta-ble ta-bles rule makes pri-ces de-ci-sion re-li-a-ble buy-ing an-nu-al qual-i-ty mil-lion
pe-ri-od the peo-ple com-pa-nies car-ried lan-guage some-one re-la-tion-ship price ma-te-ri-al watch-es queue be-yond
opin-ion|3 446
"""


@pytest.mark.parametrize(
    "word, language",
    [(word, NL) for word in DUTCH.split()] + [(word, EN) for word in ENGLISH.split()],
)
def test_syllables_are_those_that_one_hears(word: str, language: Language) -> None:
    written, _, told = word.partition("|")
    assert count_syllables(written.replace("-", ""), language) == int(told or written.count("-") + 1)


def test_reading_ease_is_the_formula() -> None:
    # Two sentences of four words, ten syllables in Dutch and twelve in English.
    dutch = ["De klant belt jou.", "Jij belt later terug."]
    english = ["The customer calls you.", "You will answer later."]
    assert rate_ease(dutch, NL) == pytest.approx(206.84 - 0.93 * 4 - 77 * 10 / 8)
    assert rate_ease(english, EN) == pytest.approx(206.835 - 1.015 * 4 - 84.6 * 12 / 8)


def test_a_number_and_a_compound_are_one_word() -> None:
    assert count_words("In 15.500 interviews, business-to-business, zei 80% zo’n ding.") == 8


def test_a_few_heavy_words_are_no_heavy_text(newsletter: Newsletter) -> None:
    body = "Organisatieverantwoordelijkheid impliceert relatiebeheerprocedures."
    assert list(prose.check_reading_level(write(newsletter, body))) == []
    (found,) = prose.check_reading_level(write(newsletter, f"Eerst dit.\n\n{20 * (body + ' ')}"))
    assert found.spot.line == 6
    assert "Flesch–Douma" in found.message


@pytest.mark.parametrize(
    "text, count",
    [
        ("een " * 30 + "einde.", 1),
        ("een " * 29 + "einde.", 0),
        ("een " * 20 + "rust; " + "twee " * 20 + "einde.", 0),
        ("een " * 20 + "rust: " + "twee " * 20 + "einde.", 0),
        ("een " * 20 + "om 6:00 " + "twee " * 20 + "einde.", 1),
        ("een " * 20 + "punt. En " + "twee " * 20 + "einde.", 0),
        ("een " * 29 + "[link met een adres](https://example.org/dat/heel/lang/is).", 1),
        ("een " * 28 + "einde.[^rel-palmatier-2008]", 0),
    ],
)
def test_a_sentence_is_long_without_a_rest(newsletter: Newsletter, text: str, count: int) -> None:
    assert len(list(prose.check_long_sentence(write(newsletter, text)))) == count


@pytest.mark.parametrize(
    "text, found",
    [
        ("Een STIP op\nde horizon.", ["STIP op\nde horizon"]),
        ("Een win-winsituatie, of win win.", ["win-winsituatie", "win win"]),
        ("Wij ontzorgen en ontzorgden.", ["ontzorgen", "ontzorgden"]),
        ("Een stip, op de horizon. De stippen op de horizon.", []),
        ("Winnen is geen winst.", []),
        ("Laaghangend-fruit van today’s markt", ["Laaghangend-fruit", "today’s markt"]),
        ("Een stip op de", []),
    ],
)
def test_a_cliche_is_its_words_in_a_row(text: str, found: list[str]) -> None:
    phrases = ("stip op de horizon", "win-win*", "ontzorg*", "laaghangend fruit", "today's markt", "stip aan")
    assert [text[start:end] for start, end in prose.find_phrases(text, phrases)] == found


def test_the_longest_cliche_is_found_once() -> None:
    phrases = ("de klant", "de klant centraal", "centraal")
    assert list(prose.find_phrases("Zet de klant centraal.", phrases)) == [(4, 21)]


def test_a_link_to_another_certainty_is_named_with_its_place(newsletter: Newsletter) -> None:
    body = "Lees\n[dit](../../../docs/nl/certainties/rebound.md) en [dat](https://example.org/certainties/relations/)."
    (found,) = prose.check_one_certainty(write(newsletter, body))
    assert (found.spot.line, found.spot.column) == (7, 7)
    assert found.message == "“dit” links to rebound, but this text is about relations"


def test_headings_go_down_one_level_and_have_words_of_their_own(sample: Path) -> None:
    headings = "### Eén\n\n#### Twee\n\n### eén\n\n###\n\n##### Diep\n\nTeken maandag"
    Edit("Teken maandag", headings).apply(sample)
    newsletter = load_newsletter(sample)
    issue = newsletter.archive.issues[-1]
    messages = [one.message for one in prose.check_headings(Proof(newsletter, issue, issue.editions[NL]))]
    assert messages == [
        "duplicate heading “eén”",
        "a heading has no text",
        "“Diep” has 5 marks (#), but the heading above it has 3",
    ]


# --- What the content does not let pass: no rule is needed for it ---


@pytest.mark.parametrize(
    "edit, message",
    [
        (Edit("certainty: relations", "certainty: [relations, referral]"), "“certainty” has the wrong type"),
        (Edit("certainty: relations", "certainty: relations\ncertainty: referral"), "“certainty”"),
        (
            Edit("thought: who-calls-you", "thought: [who-calls-you, whose-customer-is-it]"),
            "“thought” has the wrong",
        ),
        (Edit("actions: [rel-1, rel-5]", "actions: []"), "one to three"),
        (Edit("actions: [rel-1, rel-5]", "actions: [rel-1, rel-2, rel-3, rel-5]"), "one to three"),
        (
            Edit("## Food for action", "## Food for thought\n\nNog een.\n\n## Food for action"),
            "Food for thought",
        ),
    ],
)
def test_a_letter_has_one_certainty_one_thought_and_one_to_three_actions(
    sample: Path, edit: Edit, message: str
) -> None:
    edit.apply(sample)
    with pytest.raises(ContentError) as caught:
        load_newsletter(sample)
    assert [str(problem.path) for problem in caught.value.problems] == [LETTER]
    assert message in caught.value.problems[0].message


def test_a_section_is_as_long_as_is_read(newsletter: Newsletter) -> None:
    issue = newsletter.archive.issues[-1]
    edition = issue.editions[NL]
    sections = tuple(replace(section, markdown="Drie woorden.[^a] [x](y)") for section in edition.sections)
    found = list(prose.check_section_length(Proof(newsletter, issue, replace(edition, sections=sections))))
    assert [one.message for one in found] == [
        "“Food for thought” has 3 words; 60 to 200 are recommended",
        "“Food for action” has 3 words; 5 to 80 are recommended",
    ]
    assert [one.spot.line for one in found] == [section.line for section in edition.sections]


@pytest.mark.parametrize(
    "text, cure",
    [
        ("Teken een pijplijn.", "pipeline"),
        ("Pijplijn vol.", "Pipeline"),
        ("Een sleutelklantje.", ""),
        ("Een lid.", ""),
    ],
)
def test_a_word_has_a_cure_when_there_is_only_one(newsletter: Newsletter, text: str, cure: str) -> None:
    terms = {"pijplijn": "pipeline", "sleutelklant*": "key account", "lid": "lezer, of klant"}
    style = {**newsletter.style, NL: replace(newsletter.style[NL], terms=terms)}
    (found,) = prose.check_term(write(replace(newsletter, style=style, releases={}), text))
    assert found.cure == cure


def test_an_exclamation_mark_becomes_a_full_stop_unless_something_else_ends_the_sentence(
    newsletter: Newsletter,
) -> None:
    found = prose.check_exclamation(write(newsletter, "Bel! Echt?! Nu!!"))
    assert [one.cure for one in found] == [".", "", "."]
