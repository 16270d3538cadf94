"""What the service needs of a project can be read whatever is wrong with its texts."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.content import Newsletter
from generator.content.certainties import IDS
from generator.errors import ContentError
from generator.outline import load_outline
from tests.languages import EN, LANGUAGES, NL

PAGE = "docs/nl/certainties/revenue.md"


def write(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8")


BREAKS: dict[str, Callable[[Path], object]] = {
    "no front matter": write("# Rendement\n"),
    "front matter without an end": write("---\ntitle: Rendement\n"),
    "no YAML": write("---\ntitle: [\n---\n"),
    "no title": write("---\nid: revenue\norder: 5\nsummary: x\n---\n"),
    "an unknown key": write("---\nid: revenue\norder: 5\ntitle: Rendement\nsummary: x\ncolour: red\n---\n"),
    "a conflict of git": write("<<<<<<< HEAD\n---\ntitle: Rendement\n=======\n---\n>>>>>>> other\n"),
    "empty": write(""),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "gone": lambda path: path.unlink(),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


def test_it_holds_the_settings_and_the_titles_in_their_order(newsletter: Newsletter) -> None:
    outline = load_outline(newsletter.root)
    assert (outline.root, outline.settings) == (newsletter.root, newsletter.settings)
    for language in LANGUAGES:
        pages = newsletter.playbook.certainties[language]
        assert list(outline.titles[language].items()) == [(page.id, page.title) for page in pages]


@pytest.mark.parametrize("break_", BREAKS.values(), ids=BREAKS)
def test_a_page_that_cannot_be_read_is_called_by_its_id(
    sample: Path, break_: Callable[[Path], object]
) -> None:
    before = load_outline(sample).titles
    break_(sample / PAGE)
    titles = load_outline(sample).titles
    assert titles[NL] == {**before[NL], "revenue": "Revenue"}
    assert titles[EN] == before[EN]


def test_a_page_whose_text_is_wrong_keeps_its_title(sample: Path) -> None:
    path = sample / PAGE
    path.write_text(path.read_text("utf-8").partition("## ")[0] + "## Onbekend\n\n[x](nowhere.md)\n", "utf-8")
    assert load_outline(sample).titles[NL]["revenue"] == "Rendement"


def test_nothing_but_the_settings_is_needed(sample: Path) -> None:
    shutil.rmtree(sample / "docs")
    for path in (sample / "newsletter").iterdir():
        if path.name != "settings.toml":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    titles = load_outline(sample).titles
    assert titles == {language: {name: name.capitalize() for name in IDS} for language in LANGUAGES}


def test_settings_with_a_mistake_are_told_below_the_root(sample: Path) -> None:
    path = sample / "newsletter/settings.toml"
    path.write_text(path.read_text("utf-8").replace("url =", "ulr =", 1), encoding="utf-8")
    with pytest.raises(ContentError, match=r"^newsletter/settings\.toml:"):
        load_outline(sample)
