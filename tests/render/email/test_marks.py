"""The marks of the certainties as pictures for mail programs."""

import io
import re

import pytest
from PIL import Image

from generator.errors import TemplateError
from generator.render.email.marks import SIZE, mark_path, render_marks
from generator.render.email.message import render_email
from generator.render.templating import find_token
from tests.languages import EN, NL
from tests.render.contrasts import contrast
from tests.render.mails import edition_of


def pictures(newsletter) -> dict[str, Image.Image]:
    return {
        artifact.path.stem: Image.open(io.BytesIO(artifact.content))
        for artifact in render_marks(newsletter, NL)
    }


def test_each_certainty_has_a_mark_of_its_own_on_both_sites(newsletter):
    made = {artifact.path: artifact.content for artifact in render_marks(newsletter, NL)}
    certainties = newsletter.playbook.certainties[NL]
    assert list(made) == [mark_path(certainty.id) for certainty in certainties]
    assert len(set(made.values())) == 7
    assert made == {artifact.path: artifact.content for artifact in render_marks(newsletter, EN)}


def test_a_mark_is_a_small_picture_with_nothing_behind_it(newsletter):
    for name, picture in pictures(newsletter).items():
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (SIZE, SIZE)), name
        corners = [picture.getpixel((x, y))[3] for x in (0, SIZE - 1) for y in (0, SIZE - 1)]
        assert corners == [0, 0, 0, 0], name
        drawn = sum(1 for alpha in picture.getchannel("A").tobytes() if alpha == 255)
        assert 0.05 < drawn / SIZE**2 < 0.5, name
    assert all(len(artifact.content) < 5000 for artifact in render_marks(newsletter, NL))


def test_a_mark_has_lines_of_one_colour_and_a_point_of_another(newsletter):
    colours = {find_token(newsletter.root, "both", name) for name in ("mark", "point")}
    for name, picture in pictures(newsletter).items():
        opaque = [(count, pixel) for count, pixel in picture.getcolors(SIZE**2) if pixel[3] == 255]
        most = {"#" + bytes(pixel[:3]).hex() for _, pixel in sorted(opaque)[-2:]}
        assert most == colours, name


def test_a_mark_is_seen_on_light_and_on_dark_paper(newsletter):
    light, dark = (find_token(newsletter.root, scheme, "paper") for scheme in ("light", "dark"))
    assert contrast(light, dark) > 15
    for name in ("mark", "point"):
        colour = find_token(newsletter.root, "both", name)
        assert min(contrast(colour, light), contrast(colour, dark)) >= 3, name


def test_a_letter_shows_the_mark_by_its_address_on_the_site(newsletter):
    html = render_email(newsletter, edition_of(newsletter, language=EN)).html
    (source,) = re.findall(r'<img[^>]*src="([^"]*/assets/marks/[^"]*)"', html)
    assert source == f"https://example.org/en/{mark_path('referral')}"


@pytest.mark.parametrize(
    "svg, message",
    [
        ("<svg", "templates/marks/referral.svg: cannot be drawn; expected an SVG picture"),
        ("{{ nobody }}", "templates/marks/referral.svg:1: “nobody” is not known here"),
        (None, "templates/marks/referral.svg: there is no such template"),
    ],
)
@pytest.mark.usefixtures("sample")
def test_a_mark_that_cannot_be_drawn_is_told_with_its_file(newsletter, svg, message):
    path = newsletter.root / "templates/marks/referral.svg"
    path.unlink() if svg is None else path.write_text(svg)
    with pytest.raises(TemplateError, match=re.escape(message)):
        render_marks(newsletter, NL)
