"""Pictures that some readers would not see, or would see torn, turned or in other colours."""

import io
from pathlib import Path
from unicodedata import normalize

import pytest
from PIL import Image

from generator.content import load_newsletter
from generator.errors import ContentError

FOLDER = "newsletter/issues/2026-W45"
LINE = 18


def make(kind: str, *, mode: str = "RGB", size: tuple[int, int] = (640, 480), turned: int = 0) -> bytes:
    """A picture with some noise, so that half of its bytes are not nearly all of it."""
    picture = Image.effect_noise(size, 50).convert(mode)
    exif = Image.Exif()
    if turned:
        exif[0x0112] = turned
    file = io.BytesIO()
    picture.save(file, kind, exif=exif)
    return file.getvalue()


def problems_of(root: Path, name: str, content: bytes | None, written: str = "") -> list[str]:
    """What is wrong with a letter that shows a picture."""
    if content is not None:
        (root / FOLDER / name).write_bytes(content)
    letter = root / FOLDER / "nl.md"
    lines = letter.read_text("utf-8").split("\n")
    lines.insert(LINE - 1, f"![Wat er te zien is]({written or name})\n")
    letter.write_text("\n".join(lines), "utf-8")
    try:
        load_newsletter(root)
    except ContentError as error:
        return [str(problem).removeprefix(f"{FOLDER}/") for problem in error.problems]
    return []


@pytest.mark.parametrize(
    "name, content",
    [
        ("x.png", make("PNG")),
        ("x.JPG", make("JPEG", turned=1)),
        ("x.jpeg", make("JPEG", mode="L")),
        ("x.gif", make("GIF", mode="P")),
    ],
)
def test_what_every_mail_program_shows_is_taken(sample, name, content):
    assert problems_of(sample, name, content) == []


@pytest.mark.parametrize("turned", [2, 3, 6, 8])
def test_a_photo_that_is_turned_only_by_a_note_in_it_is_refused(sample, turned):
    assert problems_of(sample, "x.jpg", make("JPEG", turned=turned)) == [
        "x.jpg: the photo lies on its side, with a note to turn it that some mail programs ignore; turn it and save it"
    ]


@pytest.mark.parametrize("name, kind", [("x.png", "PNG"), ("x.jpg", "JPEG"), ("x.gif", "GIF")])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.95])
def test_a_picture_that_is_cut_off_is_refused(sample, name, kind, part):
    whole = make(kind, mode="P" if kind == "GIF" else "RGB")
    assert problems_of(sample, name, whole[: int(len(whole) * part)]) == [
        f"{name}: the image cannot be read as {kind}; it may be cut off, so save or copy it again"
    ]


def test_the_colours_of_a_printer_are_refused(sample):
    assert problems_of(sample, "x.jpg", make("JPEG", mode="CMYK")) == [
        "x.jpg: the image has the colours of a printer (CMYK), which mail programs show wrongly; save it as RGB"
    ]


@pytest.mark.parametrize(
    "side, said",
    [(7_000, "has 7000 × 7000 pixels"), (20_000, "has more than 40 million pixels")],
)
def test_a_picture_with_few_bytes_and_many_pixels_is_refused_before_it_is_read(sample, side, said):
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG", optimize=True)
    [problem] = problems_of(sample, "x.png", file.getvalue())
    assert problem == f"x.png: the image {said}; make it smaller"


@pytest.mark.parametrize(
    "name, written, hint",
    [
        ("OK.png", "ok.png", "did you mean “OK.png”?"),
        ("staafjes.png", "stafjes.png", "did you mean “staafjes.png”?"),
        ("staafjes.png", "iets-anders.png", "put the pictures of a letter in its folder"),
        (normalize("NFD", "café.png"), normalize("NFC", "café.png"), "the file has the same name in another spelling"),
    ],
)  # fmt: skip
def test_a_name_that_is_nearly_right_is_guessed_for_the_author_and_never_taken(sample, name, written, hint):
    [problem] = problems_of(sample, name, make("PNG"), written)
    assert problem.startswith(f"nl.md:{LINE}: no image “{written}” in 2026-W45/; {hint}")


def test_a_name_that_no_file_can_have_is_told(sample):
    [problem] = problems_of(sample, "x.png", make("PNG"), f"{'a' * 300}.png")
    assert problem.startswith(f"nl.md:{LINE}: no image “aaa")


def test_a_symbolic_link_does_not_publish_what_is_elsewhere_on_the_machine(sample, tmp_path):
    outside = tmp_path / "outside.png"
    outside.write_bytes(make("PNG"))
    (sample / FOLDER / "x.png").symlink_to(outside)
    [problem] = problems_of(sample, "x.png", None)
    assert problem.startswith(f"nl.md:{LINE}: no image “x.png” in 2026-W45/")
