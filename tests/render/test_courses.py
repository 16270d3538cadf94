"""How far somebody is in the course, as people say it."""

from datetime import date

import pytest

from generator.model import Course, CourseState
from generator.render.courses import say_course
from tests.languages import EN, NL
from tests.site.hosting import ROOT

TUESDAY = date(2026, 12, 8)


@pytest.mark.parametrize(
    "course, dutch, english",
    [
        (None, "nee", "no"),
        (
            Course(CourseState.ASKED, 1, None),
            "gevraagd, nog niet bevestigd",
            "asked for, not confirmed yet",
        ),
        (
            Course(CourseState.RUNNING, 3, TUESDAY),
            "les 3 van 7, op of na dinsdag 8 december 2026",
            "lesson 3 of 7, on or after Tuesday 8 December 2026",
        ),
        (Course(CourseState.PAUSED, 3, None), "gepauzeerd vóór les 3 van 7", "paused before lesson 3 of 7"),
        (Course(CourseState.STOPPED, 4, None), "gestopt vóór les 4 van 7", "stopped before lesson 4 of 7"),
        (Course(CourseState.RUNNING, 8, TUESDAY), "alle 7 lessen gehad", "all 7 lessons received"),
    ],
)
def test_each_state_is_said_in_each_language(course: Course | None, dutch: str, english: str) -> None:
    assert (say_course(ROOT, NL, course), say_course(ROOT, EN, course)) == (dutch, english)


def test_another_day_may_be_said_than_when_it_is_due() -> None:
    said = say_course(ROOT, EN, Course(CourseState.RUNNING, 3, TUESDAY), date(2026, 12, 9))
    assert said.endswith("on or after Wednesday 9 December 2026")
