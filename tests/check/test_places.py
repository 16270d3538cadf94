"""The place of rendered words in the source."""

import pytest

from generator.check.places import find_place
from generator.content import Newsletter
from tests.check.proofs import FULL, proof_of


@pytest.mark.parametrize(
    "words, found",
    [
        ("Stel dat je beste vriend zoekt wat jij verkoopt.", "Stel dat je beste vriend zoekt"),
        ("hem zonder aarzelen door naar", "hem **zonder aarzelen** door naar"),
        ("je eigen bedrijf, of begin je over", "je *eigen* bedrijf, of begin je"),
        ("Een klant die je graag wil aanbevelen", "Een klant die je graag wil"),
        ("Zou je jezelf introduceren? Vijf regels", "Zou je jezelf introduceren? Vijf regels"),
        ("Zij losten dat bij ons op.", "Zij losten dat bij ons op."),
        ("Afmelden", "-"),
        ("", "-"),
    ],
)
def test_words_are_found_with_marks_between_them_or_not(
    newsletter: Newsletter, words: str, found: str
) -> None:
    manuscript = proof_of(newsletter, FULL).manuscript
    spot = find_place(manuscript, words)
    line = manuscript.text.splitlines()[spot.line - 1]
    start = (spot.column or 1) - 1
    assert line[start : start + (spot.length or 1)] == found
