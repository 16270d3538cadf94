"""The archive."""

from dataclasses import replace

from generator.check.proofs import Proof
from generator.model import Archive
from tests.check.examples import Edit, Example

NEXT = "newsletter/issues/2026-W46/nl.md"
RELEASED = "newsletter/released.json"
PUBLISHED = "published: 2026-11-06T06:00:00+01:00"
ID = "tag:example.org,2026:issue/2026-W45/nl"


def release(entry: str, digest: str = "0" * 32) -> Edit:
    """The letter went out as something else than it is now."""
    updated = "2026-11-06T06:00:00+01:00"
    text = f'{{"2026-W45": {{"nl": {{"id": "{entry}", "digest": "{digest}", "updated": "{updated}"}}}}}}\n'
    return Edit("", text, RELEASED)


def repeat(proof: Proof) -> None:
    """The week before had the same text."""
    *later, first = proof.newsletter.archive.issues
    editions = {
        language: replace(edition, sections=proof.issue.editions[language].sections)
        for language, edition in first.editions.items()
    }
    archive = Archive((*later, replace(first, editions=editions)))
    object.__setattr__(proof, "newsletter", replace(proof.newsletter, archive=archive))


EXAMPLES = {
    "send-day": Example(
        bad=(
            Edit(PUBLISHED, "published: 2026-11-05T06:00:00+01:00"),
            Edit(PUBLISHED, "published: 2026-11-05T06:00:00+01:00", "newsletter/issues/2026-W45/en.md"),
        ),
        at="published:",
    ),
    "published-twice": Example(alter=repeat, at="## Food for thought", file=NEXT),
    "changed-after-release": Example(
        bad=(release(ID),),
        at="published:",
        good=(
            release(ID),
            Edit(PUBLISHED, f"{PUBLISHED}\nupdated: 2026-11-09T09:00:00+01:00"),
            Edit(
                PUBLISHED,
                f"{PUBLISHED}\nupdated: 2026-11-09T09:00:00+01:00",
                "newsletter/issues/2026-W45/en.md",
            ),
        ),
    ),
    "feed-id": Example(bad=(release("tag:example.org,2020:issue/2026-W45/nl"),), good=(release(ID),)),
}
