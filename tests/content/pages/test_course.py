"""The lessons of the course: one for each certainty in every language, and every mistake is one sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.content import load_newsletter
from generator.content.certainties import IDS
from generator.content.configuration import find_configuration_problems
from generator.content.needs import need_nothing, need_site
from generator.errors import ContentError
from generator.model import Problem
from tests.clocks import STOPPED
from tests.courses import FOLDER, write_course
from tests.languages import EN, LANGUAGES, NL

Change = Callable[[Path], object]
LESSON = f"{FOLDER}/referral.nl.md"


@pytest.fixture
def course(sample: Path) -> Path:
    """The sample with a course."""
    write_course(sample)
    return sample


def replace(path: str, old: str, new: str) -> Change:
    def change(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text
        (root / path).write_text(text.replace(old, new, 1))

    return change


def problems(root: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load_newsletter(root)
    return [str(problem) for problem in caught.value.problems]


def test_a_project_may_go_without_a_course(newsletter) -> None:
    assert newsletter.playbook.lessons == dict.fromkeys(LANGUAGES, ())


def test_a_lesson_reads_like_a_letter(course: Path) -> None:
    lessons = load_newsletter(course).playbook.lessons
    assert [(one.order, one.certainty) for one in lessons[NL]] == list(enumerate(IDS, start=1))
    lesson = lessons[NL][2]
    assert [section.heading for section in lesson.sections] == ["Food for thought", "Food for action"]
    item = load_newsletter(course).playbook.item(NL, lesson.actions[0])[1]
    assert lesson.markdown.endswith(f"{lesson.action}\n\n- [ ] {item.text} {{ #{item.id} }}")
    assert lesson.page == "course/referral.md"
    assert lesson.updated == lesson.published


@pytest.mark.parametrize(
    "change, message",
    [
        (
            lambda root: (root / LESSON).unlink(),
            f"{LESSON}: lesson 3 of the course is missing in Dutch; write it, or begin with: generate course",
        ),
        (
            lambda root: (root / LESSON).rename(root / FOLDER / "referal.nl.md"),
            f"{FOLDER}/referal.nl.md: unknown certainty “referal”; did you mean “referral”?",
        ),
        (
            lambda root: (root / LESSON).rename(root / FOLDER / "referral.nl.MD"),
            f"{FOLDER}/referral.nl.MD: is not a lesson; rename it to referral.nl.md",
        ),
        (
            lambda root: (root / LESSON).rename(root / FOLDER / "referral.md"),
            f"{FOLDER}/referral.md: the name of a lesson must end in .nl.md or .en.md",
        ),
        (
            replace(LESSON, "[ref-1]", "[ref-9]"),
            f"{LESSON}:5: unknown action “ref-9”; did you mean “ref-3”?",
        ),
        (
            replace(LESSON, "[ref-1]", "[rel-1]"),
            f"{LESSON}:5: the action “rel-1” belongs to relations, not to referral",
        ),
        (
            replace(LESSON, 'action: "Als ik maandag begin,', 'action: "Begin maandag,'),
            f"{LESSON}:4: the action must say when the reader does what, in one sentence like “Als ik …, …”",
        ),
        (
            replace(LESSON, "\n---\n\n", "\n---\n\n## Een kop\n\n"),
            f"{LESSON}:10: a lesson must not have headings, because it becomes one section of a letter",
        ),
        (
            replace(LESSON, "\n---\n\n", "\n---\n\nLees [dit](../../docs/nl/weg.md).\n\n"),
            f"{LESSON}:10: no such file: “../../docs/nl/weg.md”",
        ),
        (
            replace(LESSON, "published: ", "publisht: "),
            f"{LESSON}:7: unknown key “publisht”; did you mean “published”?",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(course: Path, change: Change, message: str) -> None:
    change(course)
    assert message in problems(course)


def test_a_folder_with_nearly_the_right_name_is_told(course: Path) -> None:
    (course / FOLDER).rename(course / "newsletter/Course")
    (problem,) = find_configuration_problems(course)
    assert str(problem) == "newsletter/Course: is not read under this name; rename it to course"


def test_both_languages_have_the_same_item(course: Path) -> None:
    replace(LESSON, "[ref-1]", "[ref-2]")(course)
    english = LESSON.replace(".nl.", ".en.")
    assert problems(course) == [
        f"{english}:5: the action “ref-1” is in the English text only",
        f"{LESSON}:5: the action “ref-2” is in the Dutch text only",
    ]


def test_a_course_with_a_missing_step_is_left_out_whole_and_stops_the_site(course: Path) -> None:
    (course / LESSON).unlink()
    found = load_newsletter(course, needs=need_nothing)
    assert found.playbook.lessons == {NL: (), EN: ()}
    assert [problem.path for problem in found.ignored] == [Path(LESSON)]
    with pytest.raises(ContentError, match="lesson 3 of the course is missing"):
        load_newsletter(course, needs=need_site(course, STOPPED()))


def test_texts_may_link_to_lessons_and_lessons_to_each_other(course: Path) -> None:
    replace(
        LESSON,
        "\n---\n\n",
        "\n---\n\nNa [les 2](reputation.nl.md), zie [hier](../../docs/nl/privacy.md).\n\n",
    )(course)
    replace("docs/nl/privacy.md", "\n---\n", "\n---\n\nZie [les 3](course/referral.md).\n")(course)
    load_newsletter(course)


def test_a_page_cannot_stand_where_lessons_are_made(course: Path) -> None:
    for language in LANGUAGES:
        (course / f"docs/{language}/course/extra.md").write_text("---\ntitle: T\nsummary: S.\n---\n\nText.\n")
    found: list[Problem] = list(load_newsletter(course, needs=need_nothing).ignored)
    assert [problem.message for problem in found] == [
        "pages of the course are generated from newsletter/course/; move this page to another folder"
    ] * 2
