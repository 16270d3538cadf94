"""What the checks know of a language: a whole table, or nothing, which is no error."""

import pytest

from generator.check.language.detection import is_in
from generator.check.language.figures import find_figures, find_numbers
from generator.check.language.knowledge import KNOWLEDGE, find_knowledge, list_others
from generator.check.language.readability import count_syllables, rate_ease
from generator.check.rules.spelling import has_dictionary
from generator.model import Language
from tests.languages import EN, LANGUAGES, NL

DE = Language("de")


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_our_own_languages_everything_is_known(language: Language) -> None:
    known = find_knowledge(language)
    assert known is not None
    assert known.thousands != known.decimal
    assert all(number.isdecimal() for number in known.numbers.values())
    assert has_dictionary(language)


def test_of_another_language_nothing_is_found_and_nothing_fails() -> None:
    assert find_knowledge(DE) is None
    assert not has_dictionary(DE)
    assert list(find_figures("80% von 362 Firmen", DE)) == []
    assert list(find_numbers("80% von 362 Firmen", DE)) == []
    assert rate_ease(["Das ist ein Satz."], DE) == float("inf")
    assert count_syllables("Gewissheit", DE) == 1
    assert not is_in(DE, "und die der das nicht mit auf für ein eine")


def test_a_small_word_tells_one_language_from_every_other() -> None:
    assert list_others(NL) == [EN]
    assert list_others(DE) == [NL, EN]
    for language, known in KNOWLEDGE.items():
        for other in list_others(language):
            assert known.small_words.isdisjoint(KNOWLEDGE[other].small_words)
