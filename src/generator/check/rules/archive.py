"""The archive: a letter goes out on its day and once, and what readers have got stays what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.check.memo import survey
from generator.check.rule import Finding, Rule, Spot
from generator.content.releases import digest_edition
from generator.model import ENGLISH, Message, Severity
from generator.render.dates import say_date, say_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.check.proofs import Proof
    from generator.content import Newsletter
    from generator.model import Edition, Language, Week


def check_day(proof: Proof) -> Iterator[Finding]:
    """A letter goes out on the Friday of its week, at the hour of the settings."""
    settings, edition = proof.newsletter.settings, proof.edition
    moment, expected = edition.published.astimezone(settings.timezone), settings.send_time(edition.week)
    spot = Spot(proof.manuscript.line_of("published"))
    if moment.date() != expected.date():
        found, friday = (say_date(day, ENGLISH) for day in (moment, expected))
        yield Finding(
            Message(
                "“published” is {}, but the letter of {} is published on {}",
                found,
                edition.week,
                friday,
                moment,  # other languages write the date in their own way
                expected,
            ),
            spot,
        )
    elif moment != expected:
        message = Message(
            "“published” is at {:%H:%M}, but letters are published at {:%H:%M}", moment, settings.time
        )
        yield Finding(message, spot, Severity.WARNING)


def check_twice(proof: Proof) -> Iterator[Finding]:
    """A letter is not one that went out before, and not about the same thought."""
    edition = proof.edition
    texts, thoughts = survey_texts(proof.newsletter)
    if earlier := [
        week for week in texts.get((edition.language, text_of(edition)), ()) if week < edition.week
    ]:
        line = edition.sections[0].line if edition.sections else 1
        yield Finding(Message("the letter of {} has the same text", max(earlier)), Spot(line or 1))
    elif earlier := [
        week for week in thoughts.get((edition.certainty, edition.thought), ()) if week < edition.week
    ]:
        message = Message("the letter of {} already used the thought “{}”", max(earlier), edition.thought)
        yield Finding(message, Spot(proof.manuscript.line_of("thought")), Severity.WARNING)


def check_changed(proof: Proof) -> Iterator[Finding]:
    """A letter that went out says when it was changed."""
    edition = proof.edition
    release = proof.newsletter.releases.get((edition.week, edition.language))
    if release is None:
        return
    if edition.draft:
        spot = Spot(proof.manuscript.line_of("draft"))
        yield Finding(Message("the letter was already published, but is a draft again"), spot)
    elif edition.updated <= release.updated and digest_edition(edition) != release.digest:
        key = "updated" if edition.updated != edition.published else "published"
        since = say_day(release.updated, ENGLISH)
        message = Message(
            "the letter has changed since it was published, but “updated” is not later than {}",
            since,
            release.updated,
        )
        yield Finding(message, Spot(proof.manuscript.line_of(key)))


def check_id(proof: Proof) -> Iterator[Finding]:
    """The feed entry has the id with which it went out."""
    edition = proof.edition
    release = proof.newsletter.releases.get((edition.week, edition.language))
    if release is not None and release.id != proof.entry.id:
        yield Finding(
            Message(
                "the id of the feed entry is “{}”, but it was published as “{}”", proof.entry.id, release.id
            )
        )


@survey
def survey_texts(
    newsletter: Newsletter,
) -> tuple[dict[tuple[Language, tuple[str, ...]], list[Week]], dict[tuple[str, str], list[Week]]]:
    """The weeks of each text and of each thought."""
    texts: dict[tuple[Language, tuple[str, ...]], list[Week]] = {}
    thoughts: dict[tuple[str, str], list[Week]] = {}
    for issue in newsletter.archive.issues:
        thoughts.setdefault((issue.certainty, issue.thought), []).append(issue.week)
        for language, edition in issue.editions.items():
            texts.setdefault((language, text_of(edition)), []).append(issue.week)
    return texts, thoughts


def text_of(edition: Edition) -> tuple[str, ...]:
    """What two letters with the same text have in common."""
    return tuple(section.markdown.strip() for section in edition.sections)


PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule(
        "send-day",
        Severity.ERROR,
        Message("Use the Friday of the week, with the time of settings.toml."),
        check_day,
    ),
    Rule(
        "published-twice",
        Severity.ERROR,
        Message("Write another letter, or waive this to use a thought again."),
        check_twice,
    ),
    Rule(
        "changed-after-release",
        Severity.ERROR,
        Message("Undo the change, or set “updated” to its date and time."),
        check_changed,
    ),
    Rule(
        "feed-id",
        Severity.ERROR,
        Message("Restore id_authority in newsletter/settings.toml."),
        check_id,
    ),
)
