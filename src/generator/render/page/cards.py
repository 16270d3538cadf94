"""Social cards (Open Graph images): one for the site, for each certainty, and for the latest letters."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from PIL import ImageFont

from generator.errors import TemplateError
from generator.model import Artifact
from generator.render.dates import say_day
from generator.render.png import render_png
from generator.render.templating import render_template
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from generator.content import Newsletter
    from generator.model import Certainty, Edition, Language

WIDTH, HEIGHT = 1200, 630
"""The size that Open Graph consumers recommend."""

SITE = "site"
"""The name of the card of every page that has none of its own."""

FONT = "card/newsreader-display.ttf"
"""Below `templates/`; Pillow cannot read the WOFF2 of the site."""

_FOLDER = PurePosixPath("assets/cards")
_TEMPLATE = "card/card.svg"
_BESIDE_MARK, _WHOLE = 760, 1040
_TITLES = ((1, 96), (2, 84), (3, 72), (3, 62), (3, 54))
"""Layouts of a title, best first: how many lines, and their size in pixels."""
_TEXT = 36
_TEXT_LINES = {1: 4, 2: 3, 3: 1}
"""How many lines of text fit below a title of so many lines."""
_KERNING = 0.97  # Pillow measures without kerning, so what is drawn is a little narrower or wider


def render_cards(newsletter: Newsletter, language: Language) -> tuple[Artifact, ...]:
    """All cards of a language; paths are below its folder. Raises TemplateError."""
    cards = {SITE: _render_site(newsletter, language)}
    for certainty in newsletter.playbook.certainties[language]:
        cards[certainty.id] = _render_certainty(newsletter, certainty)
    for edition in _letters(newsletter, language):
        cards[str(edition.week)] = _render_letter(newsletter, edition)
    return tuple(Artifact(card_path(name), content) for name, content in cards.items())


def list_cards(newsletter: Newsletter, language: Language) -> dict[str, str]:
    """The name of the card of each page that has its own; all others have SITE."""
    cards = {certainty.page: certainty.id for certainty in newsletter.playbook.certainties[language]}
    for template in newsletter.playbook.templates[language]:
        cards[template.page] = template.certainty
    for lesson in newsletter.playbook.lessons[language]:
        cards[lesson.page] = lesson.certainty
    for edition in newsletter.archive.editions(language):
        cards[edition.page] = edition.certainty
    for edition in _letters(newsletter, language):
        cards[edition.page] = str(edition.week)
    return cards


def card_path(name: str) -> PurePosixPath:
    """The path of a card below the folder of a language."""
    return _FOLDER / f"{name}.png"


def _letters(newsletter: Newsletter, language: Language) -> Iterator[Edition]:
    """The letters with a card of their own. Hardly anyone shares an older one, and a thousand would take a minute."""
    return islice(newsletter.archive.editions(language), newsletter.settings.feed_issues)


def _render_site(newsletter: Newsletter, language: Language) -> bytes:
    channel = newsletter.settings.channels[language]
    marks = [certainty.id for certainty in newsletter.playbook.certainties[language]]
    return _render(newsletter, ("", channel.site_name, channel.description, channel.tagline), marks)


def _render_certainty(newsletter: Newsletter, certainty: Certainty) -> bytes:
    language = certainty.language
    count = len(newsletter.playbook.certainties[language])
    kicker = load_words(newsletter.root)[language]["site"]["order"].format(order=certainty.order, count=count)
    foot = newsletter.settings.channels[language].site_name
    return _render(newsletter, (kicker, certainty.title, certainty.summary, foot), [certainty.id])


def _render_letter(newsletter: Newsletter, edition: Edition) -> bytes:
    language, settings = edition.language, newsletter.settings
    kicker = f"{settings.letter} · {say_day(edition.published.astimezone(settings.timezone), language)}"
    foot = settings.channels[language].site_name
    return _render(newsletter, (kicker, edition.title, edition.summary, foot), [edition.certainty])


def _render(newsletter: Newsletter, says: tuple[str, str, str, str], marks: Sequence[str]) -> bytes:
    """A card with a line above its title, the title, a text below it, and a line at the bottom."""
    kicker, title, text, foot = says
    font = newsletter.root / "templates" / FONT
    width = _BESIDE_MARK if len(marks) == 1 else _WHOLE
    lines, size = fit_title(title, font, width)
    below = break_lines(text, font, _TEXT, width)
    svg = render_template(
        newsletter.root,
        _TEMPLATE,
        kicker=kicker,
        title=lines,
        size=size,
        text=below if len(below) <= _TEXT_LINES[len(lines)] else (),
        marks=[f"marks/{mark}.svg" for mark in marks],
        foot=foot,
        family=_load(font, _TEXT).getname()[0],
    )
    return render_png(svg, _TEMPLATE, width=WIDTH, font=font)


def fit_title(title: str, font: Path, width: int) -> tuple[list[str], int]:
    """The lines of a title and their size, as large as fits; a title that never fits ends in an ellipsis."""
    for count, size in _TITLES:
        lines = break_lines(title, font, size, width)
        if len(lines) <= count and all(_measure(line, font, size) <= width for line in lines):
            return lines, size
    lines = [_cut(line, font, size, width) for line in lines]
    if len(lines) > count:
        lines = [*lines[: count - 1], _cut(" ".join(lines[count - 1 :]), font, size, width)]
    return lines, size


def break_lines(text: str, font: Path, size: int, width: int) -> list[str]:
    """Words on as few lines as possible, of about the same length; a word that is too wide has a line of its own."""
    lines = _fill(text, font, size, width)
    for narrower in range(width, width // 2, -20):
        found = _fill(text, font, size, narrower)
        if len(found) > len(lines):
            break
        best = found
    return best


def _fill(text: str, font: Path, size: int, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and _measure(f"{lines[-1]} {word}", font, size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _cut(line: str, font: Path, size: int, width: int) -> str:
    """A line, cut to the width with an ellipsis."""
    if _measure(line, font, size) <= width:
        return line
    while line and _measure(f"{line}…", font, size) > width:
        line = line[:-1].rstrip()
    return f"{line}…"


@lru_cache(maxsize=4096)
def _measure(text: str, font: Path, size: int) -> float:
    return _load(font, size).getlength(text) / _KERNING


@lru_cache(maxsize=16)
def _load(font: Path, size: int) -> ImageFont.FreeTypeFont:
    try:
        # The basic layout is the same on every machine; the better one needs a library that not all of them have.
        return ImageFont.truetype(font, size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise TemplateError(f"templates/{FONT}: is not a font that can be read") from error
