"""What subjects and summaries may be, at the edges of the rules."""

from dataclasses import replace

import pytest

from generator.check.proofs import Proof
from generator.check.rules import subjects
from generator.content import Newsletter
from generator.model import Week
from tests.check.writing import write
from tests.languages import NL


@pytest.mark.parametrize(
    "title, found",
    [
        ("WIE BELT JOU", ["“WIE BELT JOU” is in capitals"]),
        ("Wie belt JULLIE nog", ["“JULLIE” is in capitals"]),
        ("Wie belt JOU nog", []),
        ("Wat zeggen NPS, NRR en GRR", []),
        ("VOORRAADBEHEER, en waarom", ["“VOORRAADBEHEER” is in capitals"]),
    ],
)
def test_shouting_is_not_what_acronyms_do(newsletter: Newsletter, title: str, found: list[str]) -> None:
    assert [one.message for one in subjects.check_shouting(write(newsletter, title=title))] == found


def test_a_house_word_may_be_written_in_capitals(newsletter: Newsletter) -> None:
    style = {
        **newsletter.style,
        NL: replace(newsletter.style[NL], words=frozenset({"VINEX"})),
    }
    manuscript = write(replace(newsletter, style=style), title="Een VINEX voor verkopers")
    assert list(subjects.check_shouting(manuscript)) == []


@pytest.mark.parametrize(
    "subject, count",
    [
        ("Wie belt? 👋", 0),
        ("Wie belt? 👨‍👩‍👧‍👦", 0),
        ("Wie belt? 👋🏽", 0),
        ("Wie belt? 🇳🇱", 0),
        ("Wie belt? 3 × 5 ÷ 2 → 7 © 2026 ☐ ✓", 0),
        ("Wie belt? 👋👋", 2),
        ("Wie belt? 🇳🇱 🇧🇪", 2),
        ("Wie belt? ☎️ en 1️⃣ en ⭐", 3),
    ],
)
def test_an_emoji_counts_once_however_it_is_made(newsletter: Newsletter, subject: str, count: int) -> None:
    found = [one.message for one in subjects.check_emoji(write(newsletter, subject=subject))]
    assert [f"the subject has {count} emoji" in message for message in found] == [True] * bool(count)


@pytest.mark.parametrize(
    "text",
    [
        "Bel TK klanten.",
        "Dit is TODO.",
        "todo: nog bellen",
        "FIXME",
        "De prijs is TBD.",
        "Lorem ipsum dolor sit amet.",
        "Beste xxx,",
        "Beste [naam],",
        "Beste [naam van de klant],",
        "Dear [first name],",
        r"Beste \[naam\],",
        "Beste {{ voornaam }},",
        "De datum is n.t.b. en dat blijft zo.",
        "Dat scheelt … invullen … procent.",
        "Waarom???",
        "- [ ] Gebeld met [bedrijf]. { #rel-1 }",
    ],
)
def test_what_was_to_be_filled_in_is_found_at_its_place(newsletter: Newsletter, text: str) -> None:
    (found,) = subjects.check_placeholder(write(newsletter, f"Eerst dit.\n\n{text}"))
    assert found.spot.line == 8
    words = found.message.partition("”")[0].removeprefix("“")
    assert text.replace("\\[", " [").replace("\\]", "] ").startswith(words, found.spot.column - 1)


@pytest.mark.parametrize(
    "text",
    [
        "Gebruik `[naam]` of `{{ naam }}`.",
        "```text\nBeste [naam], TODO\n```",
        "Lees [naam](../../../docs/nl/glossary.md).",
        "Lees [naam][1].\n\n[1]: ../../../docs/nl/glossary.md",
        "Lees [naam].\n\n[naam]: ../../../docs/nl/glossary.md",
        "Toen [de klant] belde, was hij [sic] boos […].",
        "Maak een to-dolijst, of een TODO-lijst.",
        "- [ ] Gebeld. { #rel-1 }",
        "Hij werkt bij ATK en TKS.",
        "Een bron.[^rel-palmatier-2008]",
    ],
)
def test_what_only_looks_like_it_is_left_alone(newsletter: Newsletter, text: str) -> None:
    assert list(subjects.check_placeholder(write(newsletter, text))) == []


def test_the_front_matter_has_nothing_to_fill_in_either(newsletter: Newsletter) -> None:
    manuscript = write(newsletter, title="Wie belt [naam]?", summary="<naam> is weg, en TODO ook.")
    assert [one.spot.line for one in subjects.check_placeholder(manuscript)] == [2, 3, 3]


@pytest.mark.parametrize(
    "summary, says_nothing",
    [
        ("Wie belt jou als je contact weg is", True),
        ("wie belt jou, als je contact weg is?!", True),
        ("Als je contact weg is: wie belt jou dan nog op, denk je zelf?", True),
        ("Wie jou belt, is niet altijd wie je nodig hebt als het erop aankomt.", False),
        ("Je contact is weg.", True),
    ],
)
def test_a_summary_repeats_the_title_when_it_has_nearly_all_its_words(
    newsletter: Newsletter, summary: str, says_nothing: bool
) -> None:
    manuscript = write(newsletter, title="Wie belt jou als je contact weg is?", summary=summary)
    assert bool(list(subjects.check_summary_repeats_title(manuscript))) is says_nothing


def test_only_the_later_one_of_two_letters_repeats_the_subject(newsletter: Newsletter) -> None:
    for week, count in (("2026-W45", 0), ("2026-W46", 1)):
        issues = tuple(
            replace(
                issue,
                editions={
                    language: replace(edition, subject="Dezelfde?")
                    for language, edition in issue.editions.items()
                },
            )
            for issue in newsletter.archive.issues
        )
        again = replace(newsletter, archive=replace(newsletter.archive, issues=issues))
        issue = again.archive.issue(Week.parse(week))
        found = list(subjects.check_subject_repeated(Proof(again, issue, issue.editions[NL])))
        assert len(found) == count
