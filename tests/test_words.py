"""What the program says: a file for each language, with the same keys and values, for every channel."""

import os
import re
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from generator.cli.generate import main
from generator.content import load_newsletter
from generator.errors import TemplateError
from generator.outline import load_outline
from generator.render.email.message import render_email
from generator.render.feed.feedlist import list_feeds
from generator.render.page.pages import render_pages
from generator.render.page.scripts import render_scripts
from generator.web.page import Pages
from generator.web.service import Service
from generator.words import load_words
from tests.clocks import STOPPED
from tests.languages import EN, NL
from tests.render.mails import edition_of
from tests.render.postings import notice
from tests.site.hosting import ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the words, and nothing else."""
    shutil.copytree(ROOT / "templates/words", tmp_path / "templates/words")
    return tmp_path


def change(root: Path, old: str, new: str, language: str = "en") -> None:
    path = root / f"templates/words/{language}.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_table_has_its_own_texts_and_those_that_are_shared(root: Path) -> None:
    dutch, english = load_words(root).values()
    assert dutch["letter"]["read_online"] == "Bekijk in je browser"
    assert english["letter"]["sources"] == english["shared"]["sources"] == "Sources"
    assert english["service"]["privacy"] == "Privacy", "what a table says itself comes first"
    assert english["notice.confirm"]["button"] == "Confirm my subscription"


ORDER = "must be a number in quotes; the default language has the lowest"
IMAGE = 'image = "Image"\n'
BRACE = "has a brace of its own; expected only values like"
NO_TEXT = '[letter] image has no text; expected one in quotes, like "Brieven"'


@pytest.mark.parametrize(
    "old, new, message",
    [
        (IMAGE, "", "[letter] image is missing; expected a text like that in nl.toml"),
        (IMAGE, f'{IMAGE}imgae = "A"\n', "[letter] imgae is not expected; nl.toml has no such key"),
        (
            "The whole {certainty} checklist",
            "The whole {name} checklist",
            "[letter] whole_checklist has {name}; expected {certainty}, as in nl.toml",
        ),
        (
            "{letter} from {sender}",
            "From us",
            "[form] letter_of has no value in braces; expected {letter} and {sender}, as in nl.toml",
        ),
        ("Done on {day}", "Done on {day", f"[script] done {BRACE} {{name}} or {{number|one|more}}"),
        ("{minutes}.", "{minutes|minute|minutes}.", f"[service] busy_text {BRACE} {{name}}"),
        (IMAGE, "image = 7\n", NO_TEXT),
        (IMAGE, 'image = ""\n', NO_TEXT),
        ("[language]\n", "", "order stands above the first table; move it below its [table]"),
        ('order = "2"', 'order = "1"', "[language] order is that of nl.toml; expected another number"),
        (
            'order = "2"',
            'order = "last"',
            f"[language] order {ORDER}",
        ),
    ],
)
def test_a_file_that_is_not_like_the_first_one_is_named_with_key_and_cure(
    root: Path, old: str, new: str, message: str
) -> None:
    change(root, old, new)
    with pytest.raises(TemplateError) as error:
        load_words(root)
    assert str(error.value) == f"templates/words/en.toml: {message}"


@pytest.mark.parametrize("name", ["gsw.toml", "en-GB.toml", "EN.toml", "copy of en.toml"])
def test_a_file_that_is_not_named_after_a_language_is_refused(root: Path, name: str) -> None:
    (root / "templates/words" / name).touch()
    with pytest.raises(TemplateError) as error:
        load_words(root)
    expected = "the name is not a language of two letters; expected one like nl.toml"
    assert str(error.value) == f"templates/words/{name}: {expected}"


def test_a_file_that_cannot_be_read_is_named(root: Path) -> None:
    path = root / "templates/words/en.toml"
    change(root, 'image = "Image"', 'image = "Image')
    with pytest.raises(TemplateError, match=r"^templates/words/en\.toml:\d+: is not TOML: "):
        load_words(root)
    path.write_bytes(b'[letter]\nimage = "\xe9"')
    with pytest.raises(TemplateError, match=r"^templates/words/en\.toml:2: the file is not UTF-8"):
        load_words(root)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(TemplateError, match=r"^templates/words/en\.toml: is not a file$"):
        load_words(root)
    shutil.rmtree(root / "templates/words")
    with pytest.raises(TemplateError, match=r"^templates/words: there is no file with words, like nl\.toml$"):
        load_words(root)


def test_a_text_that_no_language_has_is_named_where_it_is_asked_for(root: Path) -> None:
    change(root, 'image = "Image"\n', "")
    change(root, 'image = "Beeld"\n', "", "nl")
    with pytest.raises(TemplateError, match=r"^templates/words/en\.toml: \[letter\] image is missing$"):
        load_words(root)[EN]["letter"]["image"]


def test_a_command_says_it_in_one_line(sample: Path) -> None:
    change(sample, 'image = "Image"\n', "")
    result = CliRunner().invoke(main, obj=STOPPED, args=["--root", str(sample), "issue", "2026-W47"])
    assert result.exit_code != 0
    assert (
        "templates/words/en.toml: [letter] image is missing; expected a text like that in nl.toml"
        in result.output
    )


def test_the_scripts_fill_in_and_ask_for_what_there_is() -> None:
    folder = ROOT / "templates/site/assets/javascripts"
    texts = {key: set(re.findall(r"\{(\w+)", text)) for key, text in load_words(ROOT)[NL]["script"].items()}
    module = (folder / "words.js").read_text()
    filled = {
        key: {value.split(":")[0].strip() for value in values.split(",")}
        for key, values in re.findall(r'fill\("(\w+)", \{ (.*?) ?\}\)', module)
    }
    assert filled == {key: values for key, values in texts.items() if values}
    asked = {
        key
        for path in folder.glob("*.js")
        for key in re.findall(r"\bwords\.(\w+)(?!\.?js)", path.read_text())
    }
    assert asked - {"j", "js"} <= texts.keys()


def test_a_copywriter_sees_a_new_sentence_in_every_channel(sample: Path) -> None:
    """No Python is touched, and a process that runs, like the preview, takes it with the next page."""
    load_words(sample)
    for old in (
        "Bekijk in je browser", "Lees verder", "Teamblad printen", "Deze link werkt zeven dagen.",
        "Kijk in je inbox", "afmelden",
    ):  # fmt: skip
        change(sample, old, f"{old} NIEUW", "nl")
    change(sample, 'name = "Nederlands"', 'name = "Vlaams"', "nl")
    newsletter, dutch = load_newsletter(sample), NL
    mail = render_email(newsletter, edition_of(newsletter))
    assert "Bekijk in je browser NIEUW" in mail.html
    assert "Bekijk in je browser NIEUW" in mail.text
    assert f"subject={quote('afmelden NIEUW')}".encode() in mail.message
    assert any(b"Lees verder NIEUW" in page.content for page in render_pages(newsletter, dutch))
    assert b'"Teamblad printen NIEUW"' in render_scripts(newsletter, dutch)["main"].content
    assert "zeven dagen. NIEUW" in notice(newsletter, "confirm").text
    assert "(Vlaams)" in list_feeds(newsletter)[0].title
    service = Service(load_outline(sample), None, lambda: None, None, "https://example.org/")
    assert Pages(service, "").words[dutch]["asked_title"] == "Kijk in je inbox NIEUW"
