"""A new issue comes from the certainty that is longest ago, and from a thought that was never used."""

from dataclasses import replace
from pathlib import Path

import pytest

from generator.assemble import assemble_issue, count_unused, plan_weeks, write_edition
from generator.content import Newsletter, load_newsletter
from generator.errors import AssembleError
from generator.model import Archive, Language, Week

WEEK = Week(2026, 49)


def used(newsletter: Newsletter) -> set[tuple[str, str]]:
    return {(issue.certainty, issue.thought) for issue in newsletter.archive.issues}


def test_the_certainty_that_is_longest_ago_comes_first(newsletter: Newsletter) -> None:
    """The sample has letters on three certainties: the first of the others, in their order, is next."""
    written = {issue.certainty for issue in newsletter.archive.issues}
    order = [certainty.id for certainty in newsletter.playbook.certainties[Language.NL]]
    expected = next(certainty for certainty in order if certainty not in written)
    assert assemble_issue(newsletter, WEEK).certainty == expected


def test_both_languages_get_the_same_thought_actions_and_time(newsletter: Newsletter) -> None:
    editions = assemble_issue(newsletter, WEEK).editions
    nl, en = editions[Language.NL], editions[Language.EN]
    assert (nl.thought, nl.actions, nl.published) == (en.thought, en.actions, en.published)
    assert nl.published.isoformat() == "2026-12-04T06:00:00+01:00"
    assert nl.title != en.title


def test_what_is_written_is_read_again_as_the_same_issue(sample: Path) -> None:
    """Every assembled issue, whatever its thought, is sound Markdown that says what was meant."""
    newsletter, week = load_newsletter(sample), WEEK
    for thought in newsletter.playbook.thoughts[Language.NL]:
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
    thoughts = dict.fromkeys(Language, ())
    empty = replace(newsletter, playbook=replace(newsletter.playbook, thoughts=thoughts))
    with pytest.raises(
        AssembleError, match=r"every thought of \w+ was used; write one in newsletter/thoughts/"
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
    assert list(counts) == [certainty.id for certainty in newsletter.playbook.certainties[Language.NL]]
    assert sum(all_ - free for free, all_ in counts.values()) == len(used(newsletter))
    assert counts["referral"][1] == 2
