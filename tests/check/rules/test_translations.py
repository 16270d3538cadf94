"""What two editions must share, and which language a text is in."""

from pathlib import Path

import pytest

from generator.check.language.detection import is_in
from generator.check.language.knowledge import KNOWLEDGE
from generator.check.proofs import Proof
from generator.check.rules import spelling, translations
from generator.content import Newsletter, load_newsletter
from generator.model import Language, Week
from tests.check.examples import LETTER, Edit
from tests.check.examples.translations import ENGLISH, ILLUSTRATED
from tests.check.writing import write
from tests.languages import EN, LANGUAGES, NL


def prove(root: Path, *edits: Edit, week: str = "2026-W45", language: Language = EN) -> Proof:
    for edit in edits:
        edit.apply(root)
    newsletter = load_newsletter(root)
    issue = newsletter.archive.issue(Week.parse(week))
    assert issue
    return Proof(newsletter, issue, issue.editions[language])


def both(english: str, dutch: str) -> tuple[Edit, Edit]:
    return Edit("No idea.", english, ENGLISH), Edit("Geen idee.", dutch, LETTER)


@pytest.mark.parametrize(
    "english, dutch",
    [
        ("[a](../../../docs/en/glossary.md)", "[a](../../../docs/nl/glossary.md)"),
        ("[a](../2026-W46/en.md)", "[a](../2026-W46/nl.md)"),
        ("[the Dutch one](nl.md)", "[de Engelse](en.md)"),
        (
            "[a](https://example.org/en/certainties/relations/)",
            "[a](https://example.org/certainties/relations)",
        ),
        ("[a](https://example.com/x) twice [a](https://example.com/x/)", "<https://example.com/x>"),
        (
            "[a](../../../docs/en/about-the-numbers.md#rel-palmatier-2008)",
            "[a](../../../docs/nl/about-the-numbers.md#rel-palmatier-2008)",
        ),
    ],
)
def test_a_link_is_the_same_in_both_languages(sample: Path, english: str, dutch: str) -> None:
    assert list(translations.check_links_differ(prove(sample, *both(english, dutch)))) == []


def test_a_link_that_english_lacks_is_named_with_its_line_in_dutch(sample: Path) -> None:
    edits = both("[a](https://example.com/a)", "[b](https://example.com/b)")
    assert [one.message for one in translations.check_links_differ(prove(sample, *edits))] == [
        "the link “https://example.com/a” is not in nl.md",
        "the link “https://example.com/b” of nl.md, line 12, is missing here",
    ]


def test_what_differs_is_said_in_english_only(sample: Path) -> None:
    edits = both(
        "[a](https://example.com/a)[^rep-bain-2005] " + 90 * "word ",
        "\n\n### Nee\n\n[b](https://example.com/b)",
    )
    proof = prove(sample, *edits)
    found = [list(rule.check(proof)) for rule in translations.PROOF_RULES]
    assert [bool(one) for one in found] == [False, True, True, True, True]
    assert [list(rule.check(proof.original)) for rule in translations.PROOF_RULES] == [[]] * 5


def test_a_picture_may_have_words_in_each_language(sample: Path) -> None:
    folder = sample / ILLUSTRATED
    picture = (folder / "two-contacts.png").read_bytes()
    for language in LANGUAGES:
        (folder / f"two-contacts.{language}.png").write_bytes(picture)
        Edit("(two-contacts.png", f"(two-contacts.{language}.png", f"{ILLUSTRATED}/{language}.md").apply(
            sample
        )
    (folder / "two-contacts.png").unlink()
    assert list(translations.check_images_differ(prove(sample, week="2026-W47"))) == []


@pytest.mark.parametrize("words, differs", [(14, False), (90, True)])
def test_the_ratio_is_of_all_words(sample: Path, words: int, differs: bool) -> None:
    proof = prove(sample, Edit("No idea.", words * "word ", ENGLISH))
    assert bool(list(translations.check_length_ratio(proof))) is differs


# --- Which language ---

LOANS = "all are but does get have never no not on out so the to without"
"""Small English words that Dutch knows from “all-in”, “must-have”, “not done” and the like, or in another sense."""


@pytest.mark.parametrize(
    "text, language",
    [
        ("This is a paragraph that was never translated, and nobody has seen it before.", EN),
        ("Deze alinea is nooit vertaald, en niemand heeft dat voor vandaag gezien of gezegd.", NL),
        (
            "De deal was in de lead, maar de forecast en het target hielden niet over: geen follow-up.",
            NL,
        ),
        ("Lees How to Win Friends and Influence People of Never Split the Difference.", None),
        ("Ik las “What they do when nobody is there to see it and why that is so” en legde het weg.", None),
        ("Getting to Yes", None),
        ("446 B2B", None),
        ("", None),
    ],
)
def test_a_text_is_in_the_language_of_its_small_words(text: str, language: Language | None) -> None:
    assert [one for one in LANGUAGES if is_in(one, text)] == ([language] if language else [])


def test_small_words_are_of_one_language() -> None:
    """The exceptions are loan words and such: hardly one of them stands in a letter."""
    dutch, english = KNOWLEDGE[NL].small_words, KNOWLEDGE[EN].small_words
    assert min(len(dutch), len(english)) >= 60
    assert {word for word in dutch if spelling.knows(word, EN)} <= {"en", "er", "om", "op", "van"}
    assert {word for word in english if spelling.knows(word, NL)} <= set(LOANS.split())
    assert all(spelling.knows(word, NL) for word in dutch)
    assert all(spelling.knows(word, EN) for word in english)


def test_title_and_summary_are_looked_at_together(newsletter: Newsletter) -> None:
    manuscript = write(
        newsletter, title="Who calls you when your contact leaves?", summary="You had only one of them."
    )
    (found,) = translations.check_other_language(manuscript)
    assert (found.message, found.spot.line) == ("title and summary are in English", 2)


def test_items_that_are_short_are_looked_at_together(newsletter: Newsletter) -> None:
    body = "- [ ] Asked who calls them. { #rel-1 }\n- [ ] Spoke with them and their boss. { #rel-5 }"
    (found,) = translations.check_other_language(write(newsletter, f"Dit is goed.\n\n{body}"))
    assert (found.message, found.spot.line) == ("the items are in English", 8)
