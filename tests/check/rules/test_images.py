"""Pictures that mail programs cannot show are refused while they are read; the rest is looked at here."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Picture

from generator.check.proofs import Proof
from generator.check.rules.images import check_alt, check_pixels, check_weight
from generator.content import load_newsletter
from generator.errors import ContentError
from tests.check.examples import Edit
from tests.languages import LANGUAGES, NL

LETTER = "newsletter/issues/2026-W47/nl.md"
IMAGE = '![Twee stippen met een lijn ertussen](two-contacts.png "Eén lijn is te weinig")'


def proof_of(root: Path) -> Proof:
    newsletter = load_newsletter(root)
    issue = newsletter.archive.issues[0]
    return Proof(newsletter, issue, issue.editions[NL])


@pytest.mark.parametrize(
    "alt, said",
    [
        ("Afbeelding van twee stippen", "starts with “Afbeelding van”"),
        ("een foto: twee stippen", "starts with “een foto:”"),
        ("image", "starts with “image”"),
        ("two_contacts", "is a file name"),
        ("grafiek.png", "is a file name"),
        ("IMG_2034", "is a file name"),
        ("Lijn", "has 4 characters"),
        ("lang " * 26, "has 129 characters"),
    ],
)
def test_an_alt_text_that_tells_nothing(sample: Path, alt: str, said: str) -> None:
    Edit(IMAGE, f"![{alt}](two-contacts.png)", LETTER).apply(sample)
    (finding,) = check_alt(proof_of(sample))
    assert said in finding.message


@pytest.mark.parametrize(
    "alt", ["Fotograaf aan het werk", "Beelden van twee klanten", "Imagebureau met drie mensen"]
)
def test_an_alt_text_that_begins_alike_and_tells_something(sample: Path, alt: str) -> None:
    Edit(IMAGE, f"![{alt}](two-contacts.png)", LETTER).apply(sample)
    assert list(check_alt(proof_of(sample))) == []


@pytest.mark.parametrize("width, wrong", [(199, False), (200, True), (535, True), (536, False), (2001, True)])
def test_widths(sample: Path, width: int, wrong: bool) -> None:
    proof = proof_of(sample)
    proof.edition.images["two-contacts.png"] = replace(proof.edition.images["two-contacts.png"], width=width)
    assert bool(list(check_pixels(proof))) is wrong
    assert list(check_weight(proof)) == []


@pytest.mark.parametrize("kind", ["webp", "bmp", "tiff"])
def test_a_format_that_not_every_mail_program_shows_is_refused(sample: Path, kind: str) -> None:
    folder = sample / "newsletter/issues/2026-W47"
    Picture.new("RGB", (600, 300)).save(folder / f"two.{kind}")
    for language in LANGUAGES:
        path = folder / f"{language}.md"
        path.write_text(path.read_text("utf-8").replace("(two-contacts.png", f"(two.{kind}"), "utf-8")
    with pytest.raises(ContentError, match="use PNG, JPEG or GIF"):
        load_newsletter(sample)
    (folder / f"two.{kind}").rename(folder / "two-contacts.png")
    for language in LANGUAGES:
        path = folder / f"{language}.md"
        path.write_text(path.read_text("utf-8").replace(f"(two.{kind}", "(two-contacts.png"), "utf-8")
    with pytest.raises(ContentError, match="but its name says PNG"):
        load_newsletter(sample)
