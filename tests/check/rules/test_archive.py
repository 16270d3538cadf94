"""What went out stays what it was, and goes out once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from generator.check import check_proof
from generator.check.proofs import Proof
from generator.check.rules.archive import check_changed, check_day, check_id, check_twice
from generator.content import Newsletter, load_newsletter
from generator.content.releases import digest_edition
from generator.model import Archive, Edition, Release, Section, Severity
from tests.languages import NL

ROOT = Path(__file__).parents[3]


def proof_of(newsletter: Newsletter, number: int = -1, **changes: object) -> Proof:
    """The proof of a letter of the sample, the oldest unless told otherwise, with some changes."""
    issue = newsletter.archive.issues[number]
    edition = replace(issue.editions[NL], **changes)
    return Proof(newsletter, replace(issue, editions={**issue.editions, NL: edition}), edition)


@pytest.mark.parametrize(
    "later, severity",
    [
        (timedelta(days=1), Severity.ERROR),
        (timedelta(hours=-7), Severity.ERROR),
        (timedelta(hours=2), Severity.WARNING),
    ],
)
def test_another_day_is_an_error_and_another_hour_a_warning(
    newsletter: Newsletter, later: timedelta, severity: Severity
) -> None:
    proof = proof_of(newsletter)
    proof = proof_of(newsletter, published=proof.edition.published + later)
    (finding,) = check_day(proof)
    assert (finding.severity or Severity.ERROR, finding.spot.line) == (severity, 7)


def test_the_day_is_that_of_the_time_zone_of_the_settings(newsletter: Newsletter) -> None:
    published = proof_of(newsletter).edition.published
    assert list(check_day(proof_of(newsletter, published=published.astimezone(tz=None)))) == []


def test_the_same_thought_once_more_is_a_warning_at_the_later_letter(newsletter: Newsletter) -> None:
    *_, second, first = newsletter.archive.issues
    again = {
        language: replace(edition, thought=first.thought, certainty=first.certainty)
        for language, edition in second.editions.items()
    }
    newsletter = replace(newsletter, archive=Archive((replace(second, editions=again), first)))
    (finding,) = check_twice(proof_of(newsletter, 0))
    assert finding.message == "the letter of 2026-W45 already used the thought “who-calls-you”"
    assert (finding.severity, finding.spot.line) == (Severity.WARNING, 6)
    assert list(check_twice(proof_of(newsletter, 1))) == []


# --- After the release ---

Change = Callable[[Edition], Edition]


def released(newsletter: Newsletter, number: int = -1) -> Newsletter:
    """The newsletter after a letter went out as it is."""
    edition = newsletter.archive.issues[number].editions[NL]
    release = Release(
        f"tag:example.org,2026:issue/{edition.week}/nl", digest_edition(edition), edition.updated
    )
    return replace(newsletter, releases={(edition.week, NL): release})


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Een andere titel"},
        {"subject": "Een ander onderwerp"},
        {"summary": "Een andere samenvatting"},
        {"certainty": "referral"},
        {"sections": (Section("Food for thought", "Iets anders.", 10),)},
    ],
)
def test_a_change_after_the_release_needs_a_later_date(
    newsletter: Newsletter, changes: dict[str, object]
) -> None:
    newsletter = released(newsletter)
    (finding,) = check_changed(proof_of(newsletter, **changes))
    assert finding.message.endswith("“updated” is not later than 6 November 2026")
    later = proof_of(newsletter).edition.updated + timedelta(seconds=1)
    assert list(check_changed(proof_of(newsletter, updated=later, **changes))) == []


@pytest.mark.usefixtures("sample")
def test_another_picture_of_the_same_name_is_a_change(newsletter: Newsletter) -> None:
    newsletter = released(newsletter, 0)
    assert list(check_changed(proof_of(newsletter, 0))) == []
    picture = newsletter.archive.issues[0].editions[NL].images["two-contacts.png"].source
    picture.write_bytes(picture.read_bytes() + b"\0")
    assert len(list(check_changed(proof_of(newsletter, 0)))) == 1


@pytest.mark.parametrize("changes", [{"waive": {"emoji": "why not"}}, {"thought": "another"}, {}])
def test_what_no_reader_sees_is_no_change(newsletter: Newsletter, changes: dict[str, object]) -> None:
    assert list(check_changed(proof_of(released(newsletter), **changes))) == []


def test_a_letter_that_went_out_is_no_draft_again(newsletter: Newsletter) -> None:
    (finding,) = check_changed(proof_of(released(newsletter), draft=True))
    assert "is a draft again" in finding.message


def test_an_entry_keeps_its_id(newsletter: Newsletter) -> None:
    assert list(check_id(proof_of(released(newsletter)))) == []
    settings = replace(newsletter.settings, id_authority="example.com,2026")
    (finding,) = check_id(proof_of(replace(released(newsletter), settings=settings)))
    assert "“tag:example.com,2026:issue/2026-W45/nl”" in finding.message


def test_the_digest_is_the_same_for_ever(newsletter: Newsletter) -> None:
    """Written down here, because another way to work it out would accuse every letter that went out."""
    edition = proof_of(
        newsletter, title="Wie?", summary="Iemand 🙂", sections=(Section("A", "b\n", 1),)
    ).edition
    assert digest_edition(edition) == "77c1e320db413ec2d837c474d12ad41d"


def test_what_online_finds_may_be_waived_although_nothing_here_finds_it(newsletter: Newsletter) -> None:
    proof = proof_of(newsletter, waive={"external-link": "their server is slow"})
    assert [problem for problem in check_proof(proof) if problem.rule == "waive"] == []


def test_the_letters_that_are_out_are_recorded_as_they_are() -> None:
    real = load_newsletter(ROOT)
    for issue in real.archive.issues:
        for edition in issue.editions.values():
            proof = Proof(real, issue, edition)
            assert [*check_day(proof), *check_twice(proof), *check_changed(proof), *check_id(proof)] == []
    assert len(real.releases) >= 6
