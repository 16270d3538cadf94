"""A new issue comes from the certainty that is longest ago, and from a thought that was never used."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.assemble import assemble_issue, count_unused, plan_weeks, say_season, write_edition
from generator.content import Newsletter, load_newsletter
from generator.errors import AssembleError
from generator.model import MONTHS, Archive, Issue, Playbook, Week
from tests.languages import EN, LANGUAGES, NL

WEEK = Week(2026, 49)

Seasons = Mapping[str, Sequence[tuple[str, ...]]]
"""Of each certainty the seasons of its thoughts, which are named a, b, c, … in this order."""


@cache
def sample_newsletter() -> Newsletter:
    """The sample as values, for tests that change them and run a hundred times."""
    return load_newsletter(Path(__file__).parent / "sample")


def with_seasons(seasons: Seasons) -> Playbook:
    """The sample with other thoughts."""
    playbook = sample_newsletter().playbook
    return replace(
        playbook,
        thoughts={
            language: tuple(
                replace(playbook.thoughts[language][0], certainty=certainty, slug=slug, season=season)
                for certainty, own in seasons.items()
                for slug, season in zip("abcdefghij", own, strict=False)
            )
            for language in LANGUAGES
        },
    )


def with_history(letters: Sequence[tuple[str, str]]) -> Archive:
    """The letters of the weeks before WEEK, newest first: what they were about, and from which thought."""
    sample, week = sample_newsletter().archive.issues[0], WEEK
    issues: list[Issue] = []
    for certainty, slug in letters:
        week = Week.of(week.friday - timedelta(weeks=1))
        editions = {
            language: replace(edition, week=week, certainty=certainty, thought=slug)
            for language, edition in sample.editions.items()
        }
        issues.append(Issue(week, editions))
    return Archive(tuple(issues))


def used(newsletter: Newsletter) -> set[tuple[str, str]]:
    return {(issue.certainty, issue.thought) for issue in newsletter.archive.issues}


def test_the_certainty_that_is_longest_ago_comes_first(newsletter: Newsletter) -> None:
    """The sample has letters on three certainties: the first of the others, in their order, is next."""
    written = {issue.certainty for issue in newsletter.archive.issues}
    order = [certainty.id for certainty in newsletter.playbook.certainties[NL]]
    expected = next(certainty for certainty in order if certainty not in written)
    assert assemble_issue(newsletter, WEEK).certainty == expected


def test_both_languages_get_the_same_thought_actions_and_time(newsletter: Newsletter) -> None:
    editions = assemble_issue(newsletter, WEEK).editions
    nl, en = editions[NL], editions[EN]
    assert (nl.thought, nl.actions, nl.published) == (en.thought, en.actions, en.published)
    assert nl.published.isoformat() == "2026-12-04T06:00:00+01:00"
    assert nl.title != en.title


def test_what_is_written_is_read_again_as_the_same_issue(sample: Path) -> None:
    """Every assembled issue, whatever its thought, is sound Markdown that says what was meant."""
    newsletter, week = load_newsletter(sample), WEEK
    for thought in newsletter.playbook.thoughts[NL]:
        issue = assemble_issue(newsletter, week, thought.certainty, thought.slug)
        for edition in issue.editions.values():
            edition.source.parent.mkdir(exist_ok=True)
            edition.source.write_text(write_edition(edition))
        read = load_newsletter(sample).archive.issue(week)
        assert read is not None
        for language, edition in issue.editions.items():
            again = read.editions[language]
            assert again.markdown == edition.markdown
            assert replace(again, sections=edition.sections) == edition
        week = week.next()


def test_a_thought_is_never_used_twice(newsletter: Newsletter) -> None:
    before = used(newsletter)
    chosen = [
        (plan.certainty, plan.thought)
        for plan in plan_weeks(newsletter.playbook, newsletter.archive, WEEK, 30)
        if plan.thought
    ]
    assert len(chosen) == len(set(chosen))
    assert not before & set(chosen)


def test_the_plan_is_what_comes_true(newsletter: Newsletter) -> None:
    """Assembling week after week gives just what the plan promised."""
    for plan in plan_weeks(newsletter.playbook, newsletter.archive, WEEK, 4):
        issue = assemble_issue(newsletter, plan.week)
        assert (issue.certainty, issue.thought) == (plan.certainty, plan.thought)
        newsletter = replace(newsletter, archive=Archive((issue, *newsletter.archive.issues)))


# --- Season ---


@pytest.mark.parametrize(
    "seasons, expected",
    [
        # WEEK is in December: its own season comes first, what fits all year next, another season last.
        ([(), ("december",), ("june",)], "b"),
        ([("june",), (), ("july",)], "b"),
        ([("june",), ("W48",)], "a"),
        ([("december",), ("W49",), ()], "a"),
        ([("W49", "june"), ("december",)], "a"),
    ],
)
def test_the_season_chooses_and_then_the_alphabet(seasons: Sequence[tuple[str, ...]], expected: str) -> None:
    (plan,) = plan_weeks(with_seasons({"rebound": seasons}), Archive(()), WEEK, 1)
    assert (plan.certainty, plan.thought) == ("rebound", expected)


def test_a_thought_in_season_does_not_jump_the_queue_of_its_certainty() -> None:
    """The rotation is strict: whose turn it is, is not asked of the season."""
    playbook = with_seasons({"relations": [("june",)], "rebound": [("december",)]})
    assert plan_weeks(playbook, Archive(()), WEEK, 1)[0].certainty == "relations"


def test_the_issue_of_a_week_is_made_from_the_thought_of_its_season(newsletter: Newsletter) -> None:
    """In December and in June another one; asked for by its certainty or not."""
    playbook = with_seasons({"rebound": [("june",), ("december",)]})
    changed = replace(newsletter, playbook=playbook, archive=Archive(()))
    for thought, week in (("b", WEEK), ("a", Week(2027, 24))):
        assert assemble_issue(changed, week).thought == thought
        assert assemble_issue(changed, week, "rebound").thought == thought


CERTAINTIES = [certainty.id for certainty in sample_newsletter().playbook.certainties[NL]]
SEASONS = st.lists(st.sampled_from([*MONTHS, "W01", "W22", "W53"]), max_size=3).map(tuple)
PLAYBOOKS = st.fixed_dictionaries(dict.fromkeys(CERTAINTIES, st.lists(SEASONS, min_size=3, max_size=6)))
HISTORIES = st.lists(st.tuples(st.sampled_from(CERTAINTIES), st.sampled_from("abxyz")), max_size=12)


@given(PLAYBOOKS, HISTORIES)
def test_any_fourteen_weeks_hold_each_certainty_twice(
    seasons: Seasons, letters: list[tuple[str, str]]
) -> None:
    """Whatever the seasons are and whatever went out before, as long as every certainty has a thought left."""
    playbook, archive = with_seasons(seasons), with_history(letters)
    full = len(CERTAINTIES) * min(free for free, _ in count_unused(playbook, archive).values())
    plans = [plan.certainty for plan in plan_weeks(playbook, archive, WEEK, full + 1)][:full]
    for start in range(len(plans) - 13):
        assert Counter(plans[start : start + 14]) == dict.fromkeys(CERTAINTIES, 2)
    for start in range(len(plans) - 6):
        assert len({*plans[start : start + 7]}) == 7


@given(PLAYBOOKS, HISTORIES)
def test_the_season_takes_and_loses_nothing(seasons: Seasons, letters: list[tuple[str, str]]) -> None:
    """Each unused thought comes once, and none is passed over for one whose season it is not."""
    playbook, archive = with_seasons(seasons), with_history(letters)
    unused = sum(free for free, _ in count_unused(playbook, archive).values())
    plans = plan_weeks(playbook, archive, WEEK, unused + 1)
    assert plans == plan_weeks(playbook, archive, WEEK, unused + 1)
    assert plans[-1].thought is None
    left = {(plan.certainty, plan.thought) for plan in plans[:-1]}
    assert len(left) == unused
    for plan in plans[:-1]:
        chosen = playbook.thought(NL, plan.certainty, plan.thought)
        others = [
            other
            for other in playbook.thoughts[NL]
            if other.certainty == plan.certainty and (other.certainty, other.slug) in left
        ]
        assert chosen
        if not chosen.suits(plan.week):
            assert not any(other.suits(plan.week) for other in others)
            assert not chosen.season or all(other.season for other in others)
        left.remove((plan.certainty, plan.thought))


def test_a_season_is_said_in_short(newsletter: Newsletter) -> None:
    thought = newsletter.playbook.thoughts[NL][0]
    assert say_season(replace(thought, season=("december", "W01")), WEEK) == "dec W01"
    assert say_season(replace(thought, season=("june",)), WEEK) == "jun (not now)"
    assert say_season(thought, WEEK) == say_season(None, WEEK) == ""


def test_the_plan_shows_issues_that_are_written(newsletter: Newsletter) -> None:
    first = plan_weeks(newsletter.playbook, newsletter.archive, Week(2026, 47), 2)
    assert [plan.written for plan in first] == [True, False]


def test_a_certainty_without_an_unused_thought_is_passed_over(newsletter: Newsletter) -> None:
    """The rotation goes on with the next one that has something to say."""
    playbook = newsletter.playbook
    without = {
        language: tuple(thought for thought in thoughts if thought.certainty != "repeating")
        for language, thoughts in playbook.thoughts.items()
    }
    changed = replace(newsletter, playbook=replace(playbook, thoughts=without))
    assert assemble_issue(changed, WEEK).certainty != "repeating"


def test_with_every_thought_used_it_says_where_to_write_one(newsletter: Newsletter) -> None:
    thoughts = dict.fromkeys(LANGUAGES, ())
    empty = replace(newsletter, playbook=replace(newsletter.playbook, thoughts=thoughts))
    with pytest.raises(
        AssembleError, match=r"all thoughts of \w+ are used; write one in newsletter/thoughts/"
    ):
        assemble_issue(empty, WEEK)


@pytest.mark.parametrize(
    "certainty, thought, message",
    [
        ("reboud", None, "unknown certainty “reboud”; did you mean “rebound”?"),
        (None, "who-call-you", "unknown thought “who-call-you”; did you mean “who-calls-you”?"),
        ("rebound", "who-calls-you", "unknown thought “who-calls-you”"),
    ],
)
def test_a_wrong_choice_is_named(
    newsletter: Newsletter, certainty: str | None, thought: str | None, message: str
) -> None:
    with pytest.raises(AssembleError, match="unknown") as error:
        assemble_issue(newsletter, WEEK, certainty, thought)
    assert str(error.value).startswith(message)


def test_coverage_counts_what_is_left(newsletter: Newsletter) -> None:
    """Two thoughts about referral, of which the letters used some; one of each other."""
    counts = count_unused(newsletter.playbook, newsletter.archive)
    assert list(counts) == [certainty.id for certainty in newsletter.playbook.certainties[NL]]
    assert sum(all_ - free for free, all_ in counts.values()) == len(used(newsletter))
    assert counts["referral"][1] == 2
