"""Which words are right, and what is said about those that are not."""

from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from generator.check.manuscripts import read_letter, read_thought
from generator.check.rules import spelling
from generator.content import Newsletter, load_newsletter
from generator.model import Language, Style
from tests.check.writing import write
from tests.languages import EN, LANGUAGES, NL

ROOT = Path(__file__).parents[3]


def find(newsletter: Newsletter, text: str, language: Language = NL, *words: str) -> list[str]:
    style = {**newsletter.style, language: Style(frozenset(words))}
    manuscript = write(replace(newsletter, style=style), text, language=language, title="", summary="")
    return [one.message.partition("”")[0].removeprefix("“") for one in spelling.check_spelling(manuscript)]


@pytest.mark.parametrize(
    "text",
    [
        "Zo’n klant heeft logo’s, euro’s en ’s ochtends 's avonds een vóórgesprek.",
        "Eén klant. Een oud-klant, een B2B-relatie, een NPS-voorstander en een KPI-dashboard.",
        "De KPI’s, CRM's en SLA’s van 2026-W48, v2 en 3x.",
        "Offerteversies, spoedritten en terugbelafspraken.",
        "O.a. bijv. d.w.z. enz. t/m.",
        "KLANTEN bellen. Níet doen, híj wel. Beïnvloeden, coördineren, financiële ideeën.",
        "Cafe\u0301s en ge\u00efnteresseerden.",
        "Zie [de klant](https://example.org/xqzz) en `xqzz`, of <xqzz@example.org>.[^xqzz]",
        "## Food for thought\n\nTekst.\n\n## Food for action\n\nMeer tekst.",
        "De Royal Dutch Updates van vrijdag.",
    ],
)
def test_good_dutch_is_left_alone(newsletter: Newsletter, text: str) -> None:
    assert find(newsletter, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The customer’s ring, the customers’ rings; don’t, I’ll, we’ve, o’clock.",
        "Out-of-office, face-to-face and B2B-minded people organise behaviour.",
        "The CEO’s KPIs in Q3, e.g. the 1st, i.e. first.",
        "‘Broadly satisfied’ is “your” summary.",
    ],
)
def test_good_english_is_left_alone(newsletter: Newsletter, text: str) -> None:
    assert find(newsletter, text, EN) == []


@pytest.mark.parametrize(
    "text, language, found",
    [
        ("Ik belde de klannt.", NL, ["klannt"]),
        ("De klant’s naam en zijn collega’s.", NL, ["klant’s"]),
        ("Een nieuwe-klannt.", NL, ["nieuwe-klannt"]),
        ("Onmiddelijk interresant, Onmiddelijk.", NL, ["Onmiddelijk", "interresant"]),
        ("**Klannt** en [klantt](https://example.org/).", NL, ["Klannt", "klantt"]),
        ("We recieve it seperately.", EN, ["recieve", "seperately"]),
        ("We organize it.", EN, ["organize"]),
        ("x" * 60, EN, ["x" * 60]),
    ],
)
def test_a_mistake_is_found(newsletter: Newsletter, text: str, language: Language, found: list[str]) -> None:
    assert find(newsletter, text, language) == found


def test_a_mistake_is_said_once_with_its_first_place_and_what_was_meant(newsletter: Newsletter) -> None:
    (found,) = spelling.check_spelling(write(newsletter, "Goed.\n\nEen prognoze is\neen prognoze.", title=""))
    assert found.message == "“prognoze” (used 2 times) is not in the dictionary; did you mean “prognose”?"
    assert (found.spot.line, found.spot.column, found.spot.length) == (8, 5, 8)


def test_a_word_of_the_other_language_is_said_to_be_one(newsletter: Newsletter) -> None:
    (found,) = spelling.check_spelling(write(newsletter, "Een renewal.", title=""))
    assert found.message == "“renewal” is not in the dictionary; it is English"


def test_a_paragraph_that_is_not_translated_is_left_to_the_rule_for_that(newsletter: Newsletter) -> None:
    text = "If it is bad, it is better to hear that now than when they will tell you what was wrong."
    assert find(newsletter, text) == []


def test_a_house_word_is_suggested_first(newsletter: Newsletter) -> None:
    assert spelling.suggest("refferal", NL, frozenset({"referral"}))[0] == "referral"
    assert len(spelling.suggest("seperate", EN)) == 3


def test_an_editor_adds_a_word(sample: Path) -> None:
    """The list of one language holds for that language, and small letters for capitals too, but not the reverse."""
    listed = sample / "newsletter/words.nl.txt"
    text = "Zo’n forecast. Forecast van Hubspot. FORECAST."
    for words, found in (
        ("# niets\n", ["forecast", "Forecast", "Hubspot", "FORECAST"]),
        ("forecast # Engels, maar van ons\n", ["Hubspot"]),
        ("forecast\nhubspot\n", []),
        ("Forecast\nHubspot", ["forecast", "FORECAST"]),
    ):
        listed.write_text(words, "utf-8")
        newsletter = load_newsletter(sample)
        manuscript = write(newsletter, text, title="", summary="")
        messages = [one.message for one in spelling.check_spelling(manuscript)]
        assert [one.split("”")[0].strip("“") for one in messages] == found, words
    assert find(newsletter, "A churnn.", EN) == ["churnn"]


def test_names_of_the_evidence_are_known(newsletter: Newsletter) -> None:
    fact = next(iter(newsletter.playbook.facts.values()))
    named = replace(fact, name=dict.fromkeys(LANGUAGES, "Xqzz & Xqyy (2011)"))
    playbook = replace(newsletter.playbook, facts={fact.id: named})
    assert find(replace(newsletter, playbook=playbook), "Xqzz en Xqyy.") == []


def test_a_text_in_no_language_is_not_gone_through_to_the_end(newsletter: Newsletter) -> None:
    text = " ".join(f"xq{chr(97 + one % 26)}{chr(97 + one // 26)}z" for one in range(500))
    found = list(spelling.check_spelling(write(newsletter, text, title="")))
    assert len(found) == spelling.UNKNOWN + 1
    assert "more than 40 words" in found[0].message


def test_a_dictionary_is_read_once(newsletter: Newsletter) -> None:
    find(newsletter, "klannt")
    assert spelling._load(NL) is spelling._load(NL)


def test_the_committed_letters_and_thoughts_have_no_unknown_word() -> None:
    newsletter = load_newsletter(ROOT)
    editions = chain.from_iterable(issue.editions.values() for issue in newsletter.archive.issues)
    texts = [read_letter(newsletter, edition) for edition in editions]
    texts += [read_thought(newsletter, one) for one in chain(*newsletter.playbook.thoughts.values())]
    assert {text.source.name: list(spelling.check_spelling(text)) for text in texts} == {
        text.source.name: [] for text in texts
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dictionary_comes_with_its_licence(language: Language) -> None:
    names = {path.name for path in spelling.DICTIONARIES.iterdir()}
    assert {f"{language}.aff", f"{language}.dic", f"LICENSE.{language}.txt", "README.md"} <= names


def test_nothing_is_suggested_to_who_cannot_wait(newsletter: Newsletter) -> None:
    manuscript = write(newsletter, "Een klannt.")
    hint = "; did you mean "
    assert any(hint in one.message for one in spelling.check_spelling(manuscript))
    quick = replace(manuscript, suggests=False)
    assert not any(hint in one.message for one in spelling.check_spelling(quick))
