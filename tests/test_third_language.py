"""A third language is a folder, a file of words and a table of settings: no Python is touched for it."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.check.language.knowledge import KNOWLEDGE
from generator.cli.generate import main as generate
from generator.cli.newsletter import main as newsletter
from generator.content import load_newsletter
from generator.model import Language
from generator.outline import load_outline
from generator.render.page.signup import wording
from generator.web.page import Pages
from generator.web.service import Service
from generator.words import load_languages
from tests.clocks import STOPPED
from tests.languages import EN

DE = Language("de")
HEADINGS = {
    "Idea": "Idee",
    "Strategy": "Strategie",
    "Execution": "Umsetzung",
    "Checklist": "Checkliste",
    "Measures": "Messen",
    "Pitfalls": "Fallstricke",
    "Sources": "Quellen",
}
SETTINGS = """
[de]
site_name = "Die 7 Gewissheiten"
description = "Ein kleines Projekt, mit dem die Tests arbeiten."
tagline = "Jeden Freitag beim Aufwachen: ein Gedanke, eine Tat."
"""


def change(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text)


def translate(path: Path) -> None:
    """Make an English letter one of no language that the checks know: without small words."""
    front, body = path.read_text().removeprefix("---\n").split("\n---\n", 1)
    small = "|".join(KNOWLEDGE[EN].small_words)
    lines = (
        re.sub(rf"(?i)(?<![\w/.#-])({small})(?![\w/.-])", r"\1en", line)
        if line.startswith(("title: ", "subject: ", "summary: "))
        or (line in body and not line.startswith("## "))
        else line
        for line in f"{front}\n---\n{body}".split("\n")
    )
    path.write_text("---\n" + "\n".join(lines))


def add_german(root: Path) -> None:
    """What somebody adds for German; the English texts stand in for a translation."""
    for path in (root / "newsletter/thoughts").rglob("*.en.md"):
        translate(shutil.copy(path, path.with_name(path.name.replace(".en.", ".de."))))
    shutil.copy(root / "newsletter/assessment.en.yaml", root / "newsletter/assessment.de.yaml")
    for path in (root / "newsletter/issues").rglob("en.md"):
        translate(shutil.copy(path, path.with_name("de.md")))
    shutil.copytree(root / "docs/en", root / "docs/de")
    for path in (root / "docs/de/certainties").glob("*.md"):
        change(path, *((f"## {english}\n", f"## {german}\n") for english, german in HEADINGS.items()))
    words = root / "templates/words"
    shutil.copy(words / "en.toml", words / "de.toml")
    change(
        words / "de.toml",
        ('order = "2"', 'order = "3"'),
        ('name = "English"', 'name = "Deutsch"'),
        ('english = "English"', 'english = "German"'),
        ('locale = "en-GB"', 'locale = "de-DE"'),
        ('called = "english engels"', 'called = "german deutsch duits"'),
        ("View in your browser", "Online lesen"),
        ("Get the newsletter", "Den Brief bekommen"),
        *((f'= "{english}"', f'= "{german}"') for english, german in HEADINGS.items()),
    )
    evidence = root / "newsletter/evidence.yaml"
    text = re.sub(r"(?m)^( +)en: (.*)$", r"\1en: \2\n\1de: \2", evidence.read_text())
    evidence.write_text(re.sub(r', en: ("[^"]*")}', r", en: \1, de: \1}", text))
    settings = root / "newsletter/settings.toml"
    settings.write_text(settings.read_text() + SETTINGS)
    shutil.copy(root / "mkdocs.en.yml", root / "mkdocs.de.yml")
    change(
        root / "mkdocs.de.yml",
        ("docs/en", "docs/de"),
        ("site/en", "site/de"),
        ("language: en", "language: de"),
    )
    change(
        root / "mkdocs.yml", ("[TRANSLATIONS, mkdocs.en.yml]", "[TRANSLATIONS, mkdocs.en.yml mkdocs.de.yml]")
    )


@pytest.fixture
def german(sample: Path) -> Path:
    """The sample in three languages."""
    add_german(sample)
    return sample


def run(root: Path, *words: str, command: object = generate) -> Result:
    result = CliRunner().invoke(command, ["--root", str(root), *words], obj=STOPPED, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def texts_of(folder: Path, names: Sequence[str]) -> list[str]:
    return [(folder / name).read_text() for name in names]


def test_a_letter_is_checked_and_made_in_three_languages(german: Path) -> None:
    found = load_newsletter(german)
    assert list(found.settings.languages) == ["nl", "en", "de"]
    assert all(list(issue.editions) == ["nl", "en", "de"] for issue in found.archive.issues)
    checked = CliRunner().invoke(
        generate, ["--root", str(german), "check"], obj=STOPPED, catch_exceptions=False
    )  # the sample has problems on purpose
    rules = {
        name: set(re.findall(rf"/{name}\.md.*\(([\w-]+)\)$", checked.output, re.MULTILINE))
        for name in ("de", "en")
    }
    assert rules["de"] == rules["en"] - {"spelling"}
    assert "in 3 languages" in checked.output
    assert (
        "Not checked in German, of which too little is known: spelling, figures, reading level."
        in checked.output
    )
    run(german, "issue", "2026-W47")
    folder = german / "build/issues/2026-W47"
    mail, page = texts_of(folder / "de", ["email.html", "page.md"])
    assert '<html lang="de"' in mail
    assert "Online lesen" in mail
    assert "https://example.org/de/archive/2026-W47/" in mail
    assert "20. November 2026" in page
    feed = next((german / "build").rglob("de/feed.xml")).read_text()
    assert "<language>de</language>" in feed


def test_a_letter_is_assembled_in_three_languages(german: Path) -> None:
    run(german, "issue", "2026-W49")
    assert {path.name for path in (german / "newsletter/issues/2026-W49").iterdir()} >= {
        "nl.md",
        "en.md",
        "de.md",
    }
    run(german, "plan")
    made = run(german, "new", "thought", "referral", "two-german-words")
    assert "nl.md, two-german-words.en.md and two-german-words.de.md" in made.output


def test_what_lacks_in_german_is_told_with_its_file(german: Path) -> None:
    (german / "newsletter/issues/2026-W47/de.md").unlink()
    (german / "docs/de/glossary.md").unlink()
    result = CliRunner().invoke(generate, ["--root", str(german), "check"], obj=STOPPED)
    assert result.exit_code == 1
    assert "newsletter/issues/2026-W47/de.md: error: the file is missing" in result.output
    assert (
        "docs/de/glossary.md: error: the file is missing; glossary.md exists in Dutch only" in result.output
    )
    change(german / "newsletter/settings.toml", ("[de]\nsite_name", "[de]\nsite_nam"))
    result = CliRunner().invoke(generate, ["--root", str(german), "check"], obj=STOPPED)
    assert "did you mean “site_name”" in result.output


def test_readers_sign_up_in_german(german: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_MAIL", "maildir:var/mail")
    for name in ("NEWSLETTER_DATABASE", "NEWSLETTER_KEYS"):
        monkeypatch.delenv(name, raising=False)
    assert load_languages(german).default == "nl"
    outline = load_outline(german)
    assert wording(german, outline.settings, DE).language == DE
    pages = Pages(Service(outline, None, lambda: None, None, "https://example.org/"), "style.css")
    page = pages.render_form(DE, "subscribe").decode()
    assert "Den Brief bekommen" in page
    assert 'href="/en/subscribe"' in page
    assert "Niederländisch" in page
    run(german, "init", command=newsletter)
    added = ("subscribers", "add", "reader@example.org", "--language", "de", "--proof", "a letter")
    run(german, *added, command=newsletter)
    assert (
        "reader@example.org"
        in run(german, "subscribers", "list", "--language", "de", command=newsletter).output
    )
    refused = CliRunner().invoke(newsletter, ["--root", str(german), *added[:4], "fr"], obj=STOPPED)
    assert "--language takes nl, en or de, and not “fr”" in refused.output


@pytest.mark.slow
def test_the_site_is_built_in_three_languages(german: Path) -> None:
    run(german, "site")
    page = (german / "site/de/index.html").read_text()
    assert '<html lang="de"' in page
    assert 'hreflang="nl"' in page
    assert 'property="og:locale" content="de_DE"' in page
    script = (german / "site/de/assets/javascripts/words.js").read_text()
    assert 'new URL("../../../"' in script
