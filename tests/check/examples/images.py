"""Pictures."""

from dataclasses import replace

from generator.check.proofs import Proof
from tests.check.examples import Edit, Example

LETTER = "newsletter/issues/2026-W47/nl.md"
NAME = "two-contacts.png"
ALT = "![Twee stippen met een lijn ertussen]"


def make_heavy(proof: Proof) -> None:
    source = proof.edition.images[NAME].source
    source.write_bytes(source.read_bytes() + bytes(200_000))


def make_narrow(proof: Proof) -> None:
    proof.edition.images[NAME] = replace(proof.edition.images[NAME], width=300)


EXAMPLES = {
    "image-alt": Example(bad=(Edit(ALT, "![two contacts]", LETTER),), at=NAME, file=LETTER),
    "image-weight": Example(alter=make_heavy, at=NAME, file=LETTER),
    "image-pixels": Example(alter=make_narrow, at=NAME, file=LETTER),
}
