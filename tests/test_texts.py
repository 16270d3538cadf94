"""The real texts of this repository keep what the product promises of them."""

import re
from itertools import chain
from pathlib import Path

import pytest

from generator.content import Newsletter, load_newsletter
from generator.model import Language, Thought

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def project() -> Newsletter:
    """Loading compares both languages: files, sections, items and sources are the same, or it fails."""
    return load_newsletter(ROOT)


def count_words(thought: Thought) -> int:
    return len(re.sub(r"\[\^[^\]]+\]", "", thought.markdown).split())


@pytest.mark.parametrize("language", Language)
def test_each_certainty_has_six_items_and_two_thoughts(project: Newsletter, language: Language) -> None:
    certainties = project.playbook.certainties[language]
    assert len(certainties) == 7
    for certainty in certainties:
        assert len(certainty.items) == 6
        own = [one for one in project.playbook.thoughts[language] if one.certainty == certainty.id]
        assert len(own) >= 2


@pytest.mark.parametrize("language", Language)
def test_a_thought_is_short_and_begins_like_no_other(project: Newsletter, language: Language) -> None:
    thoughts = project.playbook.thoughts[language]
    for thought in thoughts:
        assert 80 <= count_words(thought) <= 160, thought.source
    assert len({thought.markdown.split()[0] for thought in thoughts}) == len(thoughts)


@pytest.mark.parametrize("language", Language)
def test_the_assessment_asks_21_questions_with_four_different_answers(
    project: Newsletter, language: Language
) -> None:
    assessment = project.playbook.assessment[language]
    questions = [question for asked in assessment.questions.values() for question in asked.values()]
    assert len(set(questions)) == len(questions) == 21
    assert all(question.endswith("?") for question in questions)
    assert [aspect.id for aspect in assessment.aspects] == ["idea", "strategy", "execution"]
    answers = [answer for aspect in assessment.aspects for answer in (*aspect.anchors, assessment.unknown)]
    assert len(answers) == 15
    assert all(len({*aspect.anchors, assessment.unknown}) == 5 for aspect in assessment.aspects)
    assert not re.search(r"!|<|\*|\d ?%", " ".join([*questions, *answers]))


def test_the_figures_of_the_article_stand_on_their_page_only(project: Newsletter) -> None:
    """32, 92 and 84 % are the author's; nothing else may lean on them."""
    playbook = project.playbook
    texts = [
        (one.source, one.markdown)
        for one in chain(*playbook.certainties.values(), *playbook.thoughts.values())
    ]
    texts += [
        (page.source, page.markdown)
        for page in chain(*playbook.pages.values())
        if page.name != "about-the-numbers"
    ]
    texts += [
        (one.source, one.markdown) for issue in project.archive.issues for one in issue.editions.values()
    ]
    for source, text in texts:
        assert not re.search(r"\b(32|92|84) ?%", text), source


def test_nobody_shouts(project: Newsletter) -> None:
    for text in chain(*project.playbook.thoughts.values(), *project.playbook.pages.values()):
        assert "!" not in re.sub(r"<!--.*?-->", "", text.markdown), text.source
