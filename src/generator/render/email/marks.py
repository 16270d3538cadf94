"""The mark of each certainty as a PNG, because few mail programs show SVG."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.model import Artifact
from generator.render.png import render_png
from generator.render.templating import find_token, render_template

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Language

SIZE = 112
"""Width and height in pixels: twice the size on the page, for screens of high density."""

_FOLDER = PurePosixPath("assets/marks")


def render_marks(newsletter: Newsletter, language: Language) -> tuple[Artifact, ...]:
    """The marks of all certainties; paths are below the language's folder."""
    return tuple(
        Artifact(mark_path(certainty.id), _render(newsletter, certainty.id))
        for certainty in newsletter.playbook.certainties[language]
    )


def mark_path(certainty: str) -> PurePosixPath:
    """The path of the mark of a certainty below the folder of a language."""
    return _FOLDER / f"{certainty}.png"


def _render(newsletter: Newsletter, certainty: str) -> bytes:
    name = f"marks/{certainty}.svg"
    svg = render_template(newsletter.root, name)
    # The same in both schemes: mail programs swap the colours of a letter, and not those of a picture. So its lines are
    # not ink, as on the site, but between ink and paper.
    line, point = (find_token(newsletter.root, "both", one) for one in ("mark", "point"))
    return render_png(
        svg, name, width=SIZE, style=f"svg {{ color: {line} }} .mark__accent {{ fill: {point} }}"
    )
